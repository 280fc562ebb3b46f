"""What the console makes of a filled form: Coupa's calls, and where their refusals are shown."""

from __future__ import annotations

import base64
from typing import Any, cast

import pytest

from sandbox.console.desk import Holding
from sandbox.console.order import Order, Person, Placed, Refusal, field_of, place, recipients
from sandbox.console.uploads import KEPT, Upload, Uploads
from sandbox.provider_side import ProviderSide
from tests.fakes.console import FakeCoupa, FakeSide, answer, refused

ANNA, BEN = Person("Anna", "anna@example.com", "+32 470 12 34 56"), Person("Ben", "ben@example.com")
ORDER = Order("Frame", "CLM-7", signers=(ANNA, BEN), copies=(Person("Clara", "clara@example.com"),))


def placed(coupa: FakeCoupa, order: Order = ORDER, side: FakeSide | None = None) -> Placed | Refusal:
    holding = Holding("acc_1", "connective", cast("Any", coupa), {})
    return place(order, holding, cast("ProviderSide", side or FakeSide()))


def asked(coupa: FakeCoupa, operation: str) -> Any:
    return next(given for name, given in coupa.calls if name == operation)


def test_an_order_is_created_filled_and_sent():
    coupa = FakeCoupa()
    assert placed(coupa) == Placed("pkg_1")
    assert [name for name, _ in coupa.calls] == ["create", "documents", "recipients", "send"]
    assert asked(coupa, "create") == {"name": "Frame", "externalId": "CLM-7", "sequentialSigning": True}
    assert base64.b64decode(asked(coupa, "documents")[0]["content"]).startswith(b"%PDF")
    assert asked(coupa, "recipients") == [
        {"fullName": "Anna", "email": "anna@example.com", "phone": "+32 470 12 34 56", "signingOrder": 1},
        {"fullName": "Ben", "email": "ben@example.com", "signingOrder": 2},
        {"fullName": "Clara", "email": "clara@example.com", "role": "CC", "signingOrder": 3},
    ]


def test_without_an_order_all_signers_are_first_and_copies_come_after():
    order = Order(signers=(ANNA, BEN), copies=(BEN,), in_order=False)
    given = recipients(order, cast("ProviderSide", FakeSide()))
    assert [one["signingOrder"] for one in given] == [1, 1, 2]


def test_a_large_file_goes_by_the_upload_link():
    coupa = FakeCoupa()
    size = 4 * 1024 * 1024 + 1
    placed(coupa, Order(signers=(ANNA,), document=Upload("big.pdf", bytes(size))))
    assert asked(coupa, "documents")[0]["upload"]["size"] == size
    assert asked(coupa, "upload") == size


def test_where_the_provider_makes_the_contract_its_template_is_named():
    coupa = FakeCoupa()
    placed(coupa, side=FakeSide(template="1234567"))
    assert asked(coupa, "documents") == [{"name": "contract", "template": {"id": "1234567"}}]


def test_what_the_provider_must_know_besides_is_filled_in_but_a_typed_phone_stays():
    coupa, side = FakeCoupa(), FakeSide(wanted=({"phone": "+39 1", "externalId": "x"}, {"fiscalCode": "RSS"}))
    placed(coupa, side=side)
    anna, ben, _ = asked(coupa, "recipients")
    assert (anna["phone"], ben["phone"], anna["externalId"]) == (ANNA.phone, "+39 1", "x")
    assert asked(coupa, "create")["provider"]["options"]["recipients"]["ben@example.com"] == {"fiscalCode": "RSS"}


@pytest.mark.parametrize("operation", ["create", "documents", "recipients", "send"])
def test_a_refusal_is_shown_and_leaves_no_draft(operation):
    coupa = FakeCoupa(answers={operation: refused(("/recipients/1/email", "No address: write one."))})
    assert placed(coupa) == Refusal((), {"signer-1-email": ("No address: write one.",)})
    assert ("delete" in [name for name, _ in coupa.calls]) == (operation != "create")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_could_not_be_sent_now_stays_and_says_why(status):
    coupa = FakeCoupa(answers={"send": refused(status=status, detail="The provider is down.")})
    assert placed(coupa) == Placed("pkg_1", "The provider is down.")


def test_what_belongs_to_no_field_is_said_above():
    coupa = FakeCoupa(answers={"create": refused(("/metadata/x", "Too long."), ("/name", "Empty."), ("/name", "Bad."))})
    assert placed(coupa) == Refusal(("Too long.",), {"name": ("Empty.", "Bad.")})
    silent = FakeCoupa(answers={"create": answer(401)})
    assert placed(silent) == Refusal(("The connector answered fake with 401.",), {})


@pytest.mark.parametrize(
    ("pointer", "name"),
    {
        "/name": "name",
        "/externalId": "externalId",
        "/documents/0/content": "document",
        "/recipients/0/email": "signer-0-email",
        "/recipients/1/phone": "signer-1-phone",
        "/recipients/1": "signer-1-name",
        "/recipients/0/fullName": "signer-0-name",
        "/recipients/2/email": "copy-0-email",
        "/recipients": "",
        "/recipients/x/email": "",
        "/metadata/a": "",
        "": "",
    }.items(),
)
def test_a_pointer_leads_to_the_field_of_the_form(pointer, name):
    assert field_of(pointer, signers=2) == name


def test_only_the_newest_uploads_are_kept():
    uploads = Uploads()
    tokens = [uploads.keep(Upload(str(number), b"")) for number in range(KEPT + 1)]
    assert uploads.get(tokens[0]) is None
    assert [uploads.get(token) for token in tokens[1:]] == [Upload(str(number), b"") for number in range(1, KEPT + 1)]
