"""The connector's own audit record, for doors of GoSign that give no report: what is known, and that it is ours.

As JSON for machines and as a PDF for people. It holds no time of its making, so that making it again gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from esign.domain.package import Package
from esign.providers.gosign.record_pdf import pdf_of

MARK = (
    "Made by the connector, not by GoSign: this account's services give no report. Recipients' states and times are what "
    "GoSign's notifications and reads told the connector."
)


def as_json(package: Package, status: str, signed: Mapping[str, str]) -> bytes:
    """`status`: GoSign's word at the end. `signed`: our document id -> SHA-256 of what came back."""
    return json.dumps(_record(package, status, signed), ensure_ascii=False, indent=2).encode()


def as_pdf(package: Package, status: str, signed: Mapping[str, str]) -> bytes:
    return pdf_of("Audit record", list(_lines(_record(package, status, signed))))


def _record(package: Package, status: str, signed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "madeBy": "Coupa Open eSign Connector",
        "notice": MARK,
        "package": package.id,
        "externalId": package.external_id,
        "name": package.name,
        "provider": package.provider.name,
        "envelope": package.provider.reference[0] if package.provider.reference else None,
        "providerStatus": status,
        "createdAt": _time(package.created_at),
        "sentAt": _time(package.sent_at),
        "documents": [
            {"id": d.id, "name": d.name, "sha256": d.sha256, "signedSha256": signed.get(d.id)}
            for d in package.documents
        ],
        "recipients": [
            {
                "id": r.id,
                "name": r.full_name,
                "email": r.email,
                "role": r.role.value,
                "signingOrder": r.signing_order,
                "status": r.status.value,
                "signedAt": _time(r.signed_at),
                "actedBy": r.acted_by,
            }
            for r in package.recipients
        ],
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if isinstance(value, list):
            yield from ("", name[0].upper() + name[1:])
            for one in value:
                yield ""
                yield from (f"  {key}: {told}" for key, told in one.items() if told is not None)
        elif value is not None:
            yield f"{name}: {value}"
