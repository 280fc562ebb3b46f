"""One request at a time in each store, so that conditions hold. Without it 8 threads lost 49 of 400 `ADD`s, and two writers
could win one conditional put.

S3's requests do not pass through call_action, so its two entries are locked; by then the body has been read. SSM is left as
it is: nothing writes to it while the cloud runs, and its import costs a second.
"""

from __future__ import annotations

from threading import RLock

from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response
from moto.secretsmanager.responses import SecretsManagerResponse

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    for handlers in (
        ((DynamoHandler, "call_action"),),
        ((S3Response, "_key_response"), (S3Response, "_bucket_response")),
        ((SecretsManagerResponse, "call_action"),),
    ):
        lock = RLock()
        for handler, method in handlers:
            patches.replace(handler, method, _locked(lock))


def _locked(lock: RLock) -> Json:
    def wrap(original: Json) -> Json:
        def method(*args: Json, **kwargs: Json) -> Json:
            with lock:
                return original(*args, **kwargs)

        return method

    return wrap
