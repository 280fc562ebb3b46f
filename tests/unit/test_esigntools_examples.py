"""Every example of eSignTools' document, verbatim from its text: what it says is sent, read and called back."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from esign.domain.errors import ProviderError
from esign.domain.recipient import Anchor, FormField, Rectangle
from esign.domain.status import PackageStatus
from esign.http.outcome import Reply, Vendor
from esign.providers.esigntools.callback import parse
from esign.providers.esigntools.capabilities import EXTENSIONS
from esign.providers.esigntools.credentials import EsignToolsCredentials
from esign.providers.esigntools.options import BASES
from esign.providers.esigntools.people import named_position
from esign.providers.esigntools.snapshot import snapshot
from esign.providers.esigntools.wire import AgreementView, read_token
from tests.fakes.esigntools import Service
from tests.fakes.papers import a_pdf
from tests.unit.test_esigntools_fields import DOCUMENT
from tests.unit.test_esigntools_request import bodies, package_for, people


def example(heading):
    """The JSON that stands below a line."""
    start = DOCUMENT.index("\n{\n", DOCUMENT.index(f"\n{heading}\n"))
    return json.JSONDecoder().raw_decode(DOCUMENT[start + 1 :])[0]


def shape(value):
    """Names and types, without the values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


SCHEMAS = ["Credentials", "JWTToken", "CreateAgreementDTO", "CreateRecipientDTO", "CreateSignatureZoneDTO"]
SCHEMAS += ["AgreementDTO", "RecipientStatusDTO"]


def test_every_json_of_the_document_is_one_of_its_schemas_or_the_login():
    top = re.findall(r"(?<!\[)\n\{\n", DOCUMENT)  # the others lie inside a list
    assert len(top) == len([*SCHEMAS, "Body parameter", "200 Response"])


def test_the_two_environments():
    stated = dict(re.findall(r"- (Test|Production) Environment: (\S+)", DOCUMENT))
    assert {name.lower(): url for name, url in stated.items()} == BASES


@pytest.mark.parametrize("heading", ["Body parameter", "Credentials"])
def test_the_login_without_the_optional_wish_to_be_remembered(heading):
    asked = example(heading)
    del asked["rememberMe"]
    assert shape(EsignToolsCredentials("string", "string").body()) == shape(asked)


@pytest.mark.parametrize("heading", ["200 Response", "JWTToken"])
def test_the_answer_to_a_login_holds_the_token(heading):
    reply = Reply(200, {}, json.dumps(example(heading)).encode(), Vendor("esigntools"), safe=True)
    assert read_token(reply).value == "string"


def a_whole_request():
    """With everything that CreateAgreementDTO can be told."""
    package = package_for(Rectangle(1, 100, 200, 150, 50))
    (made,) = bodies(
        package, canRenew=True, reminderDelay=86_400, textTemplateName="default",
        defaultFieldWidth=150, defaultFieldHeight=50,
    )  # fmt: skip
    return made.body | {"callbackUrl": "https://mysite.com/event"}


def test_an_agreement_is_asked_for_in_the_documents_shape():
    """But for the phone, which asks for a code by SMS, and the delay, whose example "86 400" is no integer(int32)."""
    stated = shape(example("CreateAgreementDTO"))
    del stated["recipients"][0]["phone"]
    assert shape(a_whole_request()) == stated | {"reminderDelay": "int"}


def test_a_recipient_and_a_zone_are_asked_for_in_the_documents_shape():
    recipient = a_whole_request()["recipients"][0]
    assert shape(recipient | {"phone": "+33612345678"}) == shape(example("CreateRecipientDTO"))
    assert shape(recipient["fields"][0]) == shape(example("CreateSignatureZoneDTO"))


def test_the_documents_agreement_is_read():
    view = AgreementView.model_validate(example("AgreementDTO"))
    assert (view.id, view.status, view.current_step, len(view.recipients)) == ("0", "OPEN", 0, 1)
    package = package_for(None)
    assert snapshot(package, [(package.documents[0].id, view)]).status is PackageStatus.IN_PROCESS


def test_the_documents_recipient_is_read():
    (shown,) = AgreementView.model_validate({"id": 0, "recipients": [example("RecipientStatusDTO")]}).recipients
    assert (shown.email, shown.firstname, shown.lastname, shown.step) == ("string", "string", "string", 0)
    assert shown.status == "WAITING"


CALLBACKS = re.findall(r"^- (https://mysite\.com/event\?\S+)", DOCUMENT, re.MULTILINE)


def test_the_document_has_three_callbacks():
    assert len(CALLBACKS) == 3


@pytest.mark.parametrize("url", CALLBACKS)
def test_each_callback_is_understood(url):
    parts = urlsplit(url)
    hint = parse(parts.path, dict(parse_qsl(parts.query)), {}, b"")
    assert hint.agreement == "1234"
    assert hint.kind.upper() == dict(parse_qsl(parts.query))["eventType"]


@pytest.mark.parametrize(
    ("names", "positions"),
    [
        (["SignatorySignature_1_1"], [1]),
        (["SignatorySignature_1_1", "SignatorySignature_1_2"], [1]),
        (
            ["SignatorySignature_1_1", "SignatorySignature_1_2", "SignatorySignature_2_1", "SignatorySignature_2_2"],
            [1, 2],
        ),
    ],
)
def test_a_pdf_with_the_documents_form_fields_needs_no_zones(names, positions):
    assert all(f"- {name}\n" in DOCUMENT for name in names)
    fields = {name: (1, 50, 50 + 100 * n, 150, 50) for n, name in enumerate(names)}
    told = people(package_for(*[None] * len(positions)), a_pdf(signature_fields=fields))
    assert [(person["position"], "fields" in person) for person in told] == [(n, False) for n in positions]
    assert [named_position(FormField(name)) for name in names] == [int(name.split("_")[1]) for name in names]


def test_the_documents_tags_need_no_zones():
    tags = re.findall(r"Each (#signature\d#)", DOCUMENT)
    assert tags == ["#signature1#", "#signature2#"]
    pdf = a_pdf(texts={(1, 72.0, 400.0 + 200 * n): tag for n, tag in enumerate(tags)})
    for package in (package_for(None, None), package_for(*map(Anchor, tags))):
        assert [(p["position"], "fields" in p) for p in people(package, pdf)] == [(1, False), (2, False)]


def test_every_format_that_is_converted_is_taken():
    stated = re.search(r"one of the following extension : (.+?) The document", DOCUMENT)
    assert stated
    assert {name.lstrip(".") for name in stated[1].split(", ")} == set(EXTENSIONS.values()) - {"pdf"}


def test_two_steps_let_the_second_wait():
    assert "If step=1 for recipient A and step=2 for recipient B, eSignTools will wait A to sign" in DOCUMENT
    assert [person["step"] for person in people(package_for(None, None))] == [1, 2]


CALLS = re.findall(r"^(POST|GET|DELETE) (/\S+)$", DOCUMENT, re.MULTILINE)


def test_the_client_makes_exactly_the_documents_calls(tmp_path):
    service = Service()
    client = service.client()
    made = client.create_agreement(
        {"name": "n", "recipients": []}, (tmp_path / "f").open("w+b"), "f.pdf", "application/pdf"
    )
    client.agreement(made)
    client.send_mails(made)
    client.delete_agreement(made)
    for fetch in (client.current_file, client.proof):
        with (tmp_path / "g").open("w+b") as into:
            fetch(made, into)
    called = {(r.method, re.sub(r"/\d+", "/{id}", r.url.path.removeprefix("/api"))) for r in service.seen}
    assert len(CALLS) == 7
    assert called == {(method, path.replace("{agreementId}", "{id}")) for method, path in CALLS}


@pytest.mark.parametrize("status", [401, 403, 404])
def test_every_documented_refusal_has_a_name(status):
    service = Service()
    service.script = [httpx.Response(status)] * 2
    with pytest.raises(ProviderError) as refused:
        service.client().agreement("1234")
    assert refused.value.fault
    assert refused.value.fault.status == status
