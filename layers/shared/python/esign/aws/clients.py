"""The AWS clients, made once per running environment when first asked for, from one default session.

boto3 is imported when the first client is asked for. The endpoint, the region and the
credentials are botocore's own business (environment variables), so nothing here knows where it runs.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


@cache
def dynamodb() -> DynamoDBClient:
    return _session().client("dynamodb", config=_config(read_timeout=5))


@cache
def s3() -> S3Client:
    from botocore.config import Config

    ours = Config(
        signature_version="s3v4",
        # Our own SHA-256 travels with every object; botocore need not add a CRC of its own.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # Links name the region's own host. Left to itself, botocore signs them for S3's global one, which regions after
        # March 2019 do not have, and which sends a new bucket's callers elsewhere (307), where the signature is wrong:
        # docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
        s3={"addressing_style": "virtual"},
    )
    return _session().client("s3", config=_config(read_timeout=20).merge(ours))


@cache
def secretsmanager() -> SecretsManagerClient:
    return _session().client("secretsmanager", config=_config(read_timeout=5))


@cache
def sqs() -> SQSClient:
    return _session().client("sqs", config=_config(read_timeout=5))


@cache
def stepfunctions() -> SFNClient:
    return _session().client("stepfunctions", config=_config(read_timeout=5))


@cache
def _session() -> boto3.Session:
    import boto3

    return boto3.Session()


def _config(*, read_timeout: int) -> Config:
    """Seconds; three tries in all, each with botocore's jitter."""
    from botocore.config import Config

    return Config(connect_timeout=2, read_timeout=read_timeout, retries={"mode": "standard", "total_max_attempts": 3})
