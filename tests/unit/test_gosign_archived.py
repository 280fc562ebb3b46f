"""What GoSign does not tell for certain, and what nobody may conclude from it: an archived envelope, an unknown word."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from esign.domain.document import FileKind
from esign.domain.errors import ProviderConflict
from esign.domain.status import PackageStatus
from esign.providers.gosign.adapter import GosignProvider
from esign.providers.gosign.capabilities import declared
from esign.providers.gosign.settings import parse_settings
from esign.providers.gosign.wire import EnvelopeView
from tests.fakes.gosign_packages import GOSIGN5, OAUTH, REST, a_contract

SENT = a_contract(1)
SENT = replace(SENT, status=PackageStatus.IN_PROCESS, provider=replace(SENT.provider, reference=(SENT.id,)))
SIGNED = replace(SENT, status=PackageStatus.SIGNED)
PAPER = {"externalId": SENT.documents[0].id, "originalFname": "contract.pdf", "mimeType": "application/pdf"}


@dataclass
class Door:
    """An envelope as a read shows it; what is deleted is noted."""

    shown: dict[str, Any]
    shows_people: bool = True
    deleted: list[str] = field(default_factory=list)

    def look(self, envelope, *, documents=False):
        bare = [{**paper, "bytes": None} for paper in self.shown.get("documents", [])]
        return self._view(envelope, documents=bare)

    def fetch(self, envelope, _into):
        return self._view(envelope)

    def _view(self, envelope, **instead):
        return EnvelopeView.model_validate({"externalId": envelope, **self.shown, **instead})

    def delete(self, envelope):
        self.deleted.append(envelope)


def provider(door, settings=REST):
    return GosignProvider(
        writes=door, reads=door, deletes=door, declared=declared(settings), settings=parse_settings(settings)
    )


# ------------------------------------------------------------------------------------------------------------ withdrawal


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        (OAUTH, {"status": "STORED"}),
        (GOSIGN5, {"status": "STORED"}),
        (REST, {"status": "STO", "previousStatus": None}),
        (REST, {"status": "LEVITATING"}),
        (OAUTH, {"status": ""}),
    ],
    ids=["OAuth2", "GoSign 5", "REST", "an unknown word", "no word"],
)
def test_what_is_not_known_to_be_open_is_never_deleted_by_a_withdrawal(settings, shown):
    """It may be signed, and GoSign's copy the only one; GoSign purges what is deleted (§5.3)."""
    door = Door(shown)
    with pytest.raises(ProviderConflict) as raised:
        provider(door, settings).withdraw(SENT, None)
    assert door.deleted == []
    assert f"'{shown['status']}'" in raised.value.detail
    assert "look at the envelope in GoSign" in raised.value.detail


@pytest.mark.parametrize("word", ["PGS", "TRJ", "DRF", "IN_PROGRESS", "TO_CONFIRM"])
def test_what_is_open_is_deleted_by_a_withdrawal(word):
    door = Door({"status": word})
    provider(door).withdraw(SENT, None)
    assert door.deleted == [SENT.id]


@pytest.mark.parametrize("word", ["WKD", "REJ", "EXP"])
def test_what_has_ended_is_not(word):
    door = Door({"status": word})
    with pytest.raises(ProviderConflict):
        provider(door).withdraw(SENT, None)
    assert door.deleted == []


@pytest.mark.parametrize("word", ["STORED", "LEVITATING", "PGS"])
def test_the_copy_of_what_is_not_known_to_have_ended_is_not_removed(word):
    door = Door({"status": word})
    with pytest.raises(ProviderConflict):
        provider(door).remove_copy(SIGNED)
    assert door.deleted == []


# ---------------------------------------------------------------------------------------------------------- signed files


def content(file) -> bytes:
    with file.open() as pieces:
        return b"".join(pieces)


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


@pytest.mark.parametrize("settings", [OAUTH, GOSIGN5], ids=lambda door: door["integration"])
def test_what_was_read_as_signed_and_is_archived_since_still_gives_its_files(settings):
    """These doors show no status before the last one (§9.6)."""
    door = Door({"status": "STORED", "documents": [{**PAPER, "bytes": b64(b"%PDF")}]}, shows_people=False)
    signed, *_ = provider(door, settings).signed_files(SIGNED)
    assert content(signed) == b"%PDF"


@pytest.mark.parametrize(
    ("package", "shown"),
    [
        (SENT, {"status": "STORED"}),
        (SIGNED, {"status": "LEVITATING"}),
        (SIGNED, {"status": "IN_PROGRESS"}),
        (SIGNED, {"status": "STO", "previousStatus": "REJ"}),
    ],
    ids=["never read as signed", "an unknown word", "not ended", "refused"],
)
def test_nothing_else_gives_any_file(package, shown):
    with pytest.raises(ProviderConflict):
        list(provider(Door(shown)).signed_files(package))


def test_documents_without_an_id_give_their_own_bytes():
    """§4.1: externalId is established by the external system; what was added at GoSign, and its report, have none."""
    shown = {"docType": "A", "mimeType": "application/pdf", "originalFname": "attachment.pdf"}
    report = {"docType": "R", "mimeType": "application/pdf", "originalFname": "report.pdf", "externalId": None}
    papers = [
        {**PAPER, "bytes": b64(b"%PDF contract")},
        {**shown, "bytes": b64(b"%PDF attachment")},
        {**shown, "bytes": b64(b"%PDF another of that name")},
        {**report, "bytes": b64(b"%PDF report")},
    ]
    files = list(provider(Door({"status": "WKD", "documents": papers})).signed_files(SIGNED))
    assert [(file.kind, file.name, content(file)) for file in files] == [
        (FileKind.SIGNED_DOCUMENT, "contract.pdf", b"%PDF contract"),
        (FileKind.SIGNED_DOCUMENT, "attachment.pdf", b"%PDF attachment"),
        (FileKind.SIGNED_DOCUMENT, "attachment.pdf", b"%PDF another of that name"),
        (FileKind.AUDIT_TRAIL, "report.pdf", b"%PDF report"),
    ]
