"""What AWS says when it does not do what was asked, in our words. One place for S3, Secrets Manager, SQS, Step Functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from esign.domain.errors import StoreUnavailable


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"]


@contextmanager
def asking(service: str) -> Iterator[None]:
    """Raises StoreUnavailable, without AWS's own words: they can hold names of ours."""
    try:
        yield
    except ClientError as error:
        raise StoreUnavailable(f"{service} did not do what was asked ({code_of(error)}).") from None
    except BotoCoreError as error:
        raise StoreUnavailable(f"{service} did not answer ({type(error).__name__}).") from None
