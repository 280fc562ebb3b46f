"""Esign-<stage>-Data: the table, the buckets, the key, the callback keys. Knows no function."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.constructs import storage
from infra.stages import Stage


class DataStack(cdk.Stack):
    """All that must not be lost."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        name = f"Esign-{stage.name}-Data"
        super().__init__(scope, name, termination_protection=stage.keep_data, tags=stage.stack_tags)
        self.key = storage.stage_key(self, stage)
        self.table = storage.package_table(self, stage, self.key)
        self.documents = storage.documents_bucket(self, stage, self.key)
        self.evidence = storage.evidence_bucket(self, stage, self.key)
        self.callback_keys = storage.callback_keys(self, stage, self.key)
        cdk.CfnOutput(self, "TableName", value=self.table.table_name)
        cdk.CfnOutput(self, "DocumentsBucket", value=self.documents.bucket_name)
        cdk.CfnOutput(self, "EvidenceBucket", value=self.evidence.bucket_name)
