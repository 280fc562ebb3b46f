"""Creates tables, buckets and keys from their CloudFormation properties."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.cloud.resources.site import Created, Site, pick
from sandbox.cloud.runtime.function import Json

_INDEX = ("IndexName", "KeySchema", "Projection")
_TABLE = ("AttributeDefinitions", "KeySchema", "StreamSpecification", "DeletionProtectionEnabled")


def create_key(site: Site, _name: str, properties: Json) -> Created:
    key = site.client("kms").create_key(Description=properties.get("Description", ""))["KeyMetadata"]
    return Created(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def create_key_alias(site: Site, _name: str, properties: Json) -> Created:
    site.client("kms").create_alias(AliasName=properties["AliasName"], TargetKeyId=properties["TargetKeyId"])
    return Created(properties["AliasName"])


def create_table(site: Site, name: str, properties: Json) -> Created:
    """Billed on demand whatever the template says: there is no throughput to provision here."""
    dynamodb = site.client("dynamodb")
    indexes = {
        kind: [pick(index, _INDEX) for index in properties[kind]]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        if kind in properties
    }
    table = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", **pick(properties, _TABLE), **indexes}
    if stream := table.get("StreamSpecification"):
        table["StreamSpecification"] = {"StreamEnabled": True, **stream}
    if (encryption := properties.get("SSESpecification")) and encryption.get("SSEEnabled"):
        table["SSESpecification"] = {"Enabled": True, **pick(encryption, ("SSEType", "KMSMasterKeyId"))}
    description = dynamodb.create_table(**table)["TableDescription"]
    if expiry := properties.get("TimeToLiveSpecification"):
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    attributes = {"Arn": description["TableArn"], "StreamArn": description.get("LatestStreamArn", "")}
    return Created(name, attributes)


def create_global_table(site: Site, name: str, properties: Json) -> Created:
    """CDK's TableV2. Its replica here says what a Table says itself; other regions do not exist."""
    replica = next((one for one in properties["Replicas"] if one["Region"] == site.region), properties["Replicas"][0])
    kept = pick(replica, ("PointInTimeRecoverySpecification", "DeletionProtectionEnabled"))
    return create_table(site, name, {**properties, **kept})


def create_bucket(site: Site, name: str, properties: Json) -> Created:
    name = name.lower()
    s3 = site.client("s3")
    bucket: dict[str, Json] = {"Bucket": name}
    if site.region != "us-east-1":
        bucket["CreateBucketConfiguration"] = {"LocationConstraint": site.region}
    if properties.get("ObjectLockEnabled"):
        bucket["ObjectLockEnabledForBucket"] = True
    s3.create_bucket(**bucket)
    if versioning := properties.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    if lock := properties.get("ObjectLockConfiguration"):
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    if encryption := properties.get("BucketEncryption"):
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_encryption(encryption))
    if lifecycle := properties.get("LifecycleConfiguration"):
        rules = [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    if public := properties.get("PublicAccessBlockConfiguration"):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=public)
    host = f"{name}.s3.{site.region}.amazonaws.com"
    return Created(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": host, "RegionalDomainName": host})


def _encryption(properties: Mapping[str, Json]) -> Json:
    rules = properties["ServerSideEncryptionConfiguration"]
    return {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault", {}),
                **pick(rule, ("BucketKeyEnabled",)),
            }
            for rule in rules
        ]
    }


def _lifecycle_rule(rule: Mapping[str, Json]) -> Json:
    """CloudFormation's flat rule as S3's API wants it."""
    found: dict[str, Json] = {"Status": rule["Status"], "Filter": _lifecycle_filter(rule)}
    if "Id" in rule:
        found["ID"] = rule["Id"]
    expiration = {
        name: rule[key]
        for key, name in (
            ("ExpirationInDays", "Days"),
            ("ExpirationDate", "Date"),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"),
        )
        if key in rule
    }
    if expiration:
        found["Expiration"] = expiration
    if "Transitions" in rule:
        found["Transitions"] = [
            {"StorageClass": one["StorageClass"], "Days": one["TransitionInDays"]} for one in rule["Transitions"]
        ]
    if "NoncurrentVersionTransitions" in rule:
        found["NoncurrentVersionTransitions"] = [
            {"StorageClass": one["StorageClass"], "NoncurrentDays": one["TransitionInDays"]}
            for one in rule["NoncurrentVersionTransitions"]
        ]
    if "NoncurrentVersionExpirationInDays" in rule:
        found["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    return {**found, **pick(rule, ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"))}


def _lifecycle_filter(rule: Mapping[str, Json]) -> Json:
    tags, prefix = rule.get("TagFilters", []), rule.get("Prefix")
    if not tags:
        return {"Prefix": prefix or ""}
    if len(tags) == 1 and prefix is None:
        return {"Tag": tags[0]}
    return {"And": {"Tags": tags, **({"Prefix": prefix} if prefix else {})}}
