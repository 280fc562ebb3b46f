"""The types of a stage's fields that have a form, each with the sentence that says which. Knows no field by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

_HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"


def _like(pattern: str, sentence: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise PydanticCustomError("form", "must be {sentence}", {"sentence": sentence})
        return value

    return AfterValidator(check)


def _network(*, within: tuple[int, int]) -> Callable[[str], str]:
    shortest, longest = within

    def check(value: str) -> str:
        try:
            prefix = ip_network(value).prefixlen
        except ValueError:
            prefix = -1
        if not shortest <= prefix <= longest:
            raise PydanticCustomError(
                "form",
                "must be a network like 203.0.113.0/24, its last bits 0, with a prefix of {shortest} to {longest} bits",
                {"shortest": shortest, "longest": longest},
            )
        return value

    return check


StageName = Annotated[
    str, _like(r"[a-z][a-z0-9-]{0,30}", "lower-case letters, digits and hyphens, a letter first, 31 at most")
]
Url = Annotated[
    str, _like(rf"https://{_HOST}(/[^\s?#]*[^\s?#/])?", "an address like https://esign.example.com, no / last")
]
DomainName = Annotated[str, _like(_HOST, "a name like esign.example.com, in lower case")]
HostPattern = Annotated[
    str, _like(rf"(\*\.)?{_HOST}", "a host like api.example.com, or *.example.com for every name below it")
]
CertificateArn = Annotated[
    str,
    _like(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+", "the ARN of an ACM certificate, in the API's region"
    ),
]
S3Uri = Annotated[str, _like(r"s3://[a-z0-9.-]{3,63}/\S+", "an object of S3 like s3://bucket/truststore.pem")]
Email = Annotated[str, _like(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address like operations@example.com")]
Addresses = Annotated[str, AfterValidator(_network(within=(8, 128)))]
PrivateNetwork = Annotated[str, AfterValidator(_network(within=(16, 24)))]
Positive = Annotated[int, Field(ge=1)]
Days = Annotated[int, Field(ge=1, le=36500)]
