"""The eSignTools simulator: every example of seeds/003, and the rules that stand beside them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pypdfium2 as pdfium
import pytest

from tests.fakes.esigntools_agreements import (
    EMPTY,
    ZONE,
    create,
    created,
    current_file,
    get,
    login,
    person,
    text_at,
)
from tests.fakes.papers import a_pdf

# seeds/003, CreateAgreementDTO: the example as it stands there.
EXAMPLE: dict[str, Any] = {
    "callbackUrl": "https://mysite.com/event",
    "defaultFieldHeight": 0,
    "defaultFieldWidth": 0,
    "name": "Contract123",
    "recipients": [
        {
            "canRenew": True,
            "email": "string",
            "fields": [{"height": 0, "page": 0, "width": 0, "x": 0, "y": 0}],
            "firstname": "string",
            "lastname": "string",
            "phone": "string",
            "position": 0,
            "step": 0,
        }
    ],
    "reminderDelay": "86 400",
    "textTemplateName": "default",
}
# seeds/003, AgreementDTO and RecipientStatusDTO: the examples' names.
AGREEMENT = {"currentStep", "estClientUrlAccess", "id", "name", "pages", "recipients", "renewedDate", "status"}
RECIPIENT = {"canRenew", "email", "firstname", "id", "lastname", "status", "step"}


# Authentication


def test_the_credentials_of_the_document_give_a_token_that_opens_the_other_calls(api):
    answer = api.post("/v1/authenticate", json={"password": "secret", "rememberMe": True, "username": "api"})
    assert set(answer.json()) == {"authorities", "id_token"}
    api.headers["Authorization"] = f"Bearer {answer.json()['id_token']}"
    assert create(api, person(fields=[ZONE])).status_code == 200


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "nobody"}])
def test_wrong_credentials_are_401(api, changes):
    assert api.post("/v1/authenticate", json={"username": "api", "password": "secret"} | changes).status_code == 401


@pytest.mark.parametrize("body", [{"username": "api"}, {"username": "api", "password": 1}, [], {}])
def test_a_login_without_its_required_fields_is_refused(api, body):
    assert api.post("/v1/authenticate", json=body).status_code == 400


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer a.b.c", "Basic YXBpOnNlY3JldA=="])
def test_no_call_works_without_a_token(api, header):
    agreement = created(api)
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/current-file"),
        ("GET", "/proof"),
        ("GET", "/send-mails"),
    ):
        url = f"/signing/v1/agreements/{agreement}{path}"
        assert api.request(method, url, headers={"Authorization": header}).status_code == 401


def test_a_token_says_when_it_ends_and_ends_then(api, service):
    claims = json.loads(base64.urlsafe_b64decode(login(api).split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 86_400
    agreement = created(api)
    service.advance(86_401)
    assert api.get(f"/signing/v1/agreements/{agreement}").status_code == 401


def test_a_token_may_say_nothing_of_its_end(api, service):
    service.configure(token_expires=False)
    token = login(api)
    assert "exp" not in json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    service.tokens.forget()
    assert api.get("/signing/v1/agreements/1", headers={"Authorization": f"Bearer {token}"}).status_code == 401


# Create


def test_every_field_of_the_documents_example_is_known_but_its_values_break_its_own_rules(api):
    answer = post_example(api, EXAMPLE)
    assert answer.status_code == 400
    assert "additional" not in answer.text.lower()


def test_the_documents_example_with_real_values_goes_through_and_comes_back(api, service):
    recipient = EXAMPLE["recipients"][0] | person(phone="+33612345678", position=1, step=1, fields=[ZONE])
    sizes = {"defaultFieldHeight": 50, "defaultFieldWidth": 150}
    answer = post_example(api, EXAMPLE | sizes | {"recipients": [recipient], "reminderDelay": 86400})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == AGREEMENT
    assert set(body["recipients"][0]) == RECIPIENT
    assert (body["status"], body["currentStep"], body["name"], body["pages"]) == ("OPEN", 1, "Contract123", 1)
    assert body["recipients"][0]["status"] == "WAITING"
    assert body["recipients"][0]["canRenew"] is True
    assert get(api, body["id"]) == body


def test_the_examples_reminder_delay_in_text_is_taken_where_the_switch_says_so(api, service):
    recipient = person(fields=[ZONE])
    body = {"name": "x", "recipients": [recipient], "reminderDelay": "86 400"}
    assert post_example(api, body).status_code == 400
    service.configure(numbers_in_text=True)
    assert post_example(api, body).status_code == 200


def post_example(api, body):
    files = {"agreement": (None, json.dumps(body), "application/json"), "pdf": ("a.pdf", EMPTY, "application/pdf")}
    return api.post("/signing/v1/agreements", files=files)


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"recipients": []},
        {"surprise": 1},
        {"reminderDelay": 0},
        {"recipients": [{"email": "a@example.com", "firstname": "A"}]},
        {"recipients": [person(surprise=1, fields=[ZONE])]},
        {"recipients": [person(fields=[ZONE | {"page": 0}])]},
        {"recipients": [person(fields=[ZONE | {"page": 2}])]},
        {"recipients": [person(fields=[ZONE | {"x": 500}])]},
        {"recipients": [person(fields=[ZONE | {"y": 40}])]},
        {"recipients": [person(fields=[ZONE | {"x": 1.5}])]},
        {"recipients": [person(fields=[ZONE | {"x": 2**31}])]},
    ],
)
def test_what_the_schema_does_not_allow_is_refused(api, change, service):
    body = {"name": "x", "recipients": [person(fields=[ZONE])]} | change
    assert post_example(api, body).status_code == 400
    assert not service.agreements


def test_both_parts_are_needed_once_each(api):
    agreement = (None, json.dumps({"name": "x", "recipients": [person(fields=[ZONE])]}), "application/json")
    pdf = ("a.pdf", EMPTY, "application/pdf")
    for files in ({"agreement": agreement}, {"pdf": pdf}, {"agreement": agreement, "pdf": pdf, "more": pdf}):
        assert api.post("/signing/v1/agreements", files=files).status_code == 400
    assert api.post("/signing/v1/agreements", json={}).status_code == 415


def test_the_agreement_may_be_a_plain_string_part(api):
    body = json.dumps({"name": "x", "recipients": [person(fields=[ZONE])]})
    answer = api.post("/signing/v1/agreements", data={"agreement": body}, files={"pdf": ("a.pdf", EMPTY)})
    assert answer.status_code == 200


@pytest.mark.parametrize("shape", ["id_text", "id_json", "location"])
def test_the_reply_of_create_may_be_less_than_the_document_says(api, service, shape):
    service.configure(create_reply=shape, create_status=201)
    answer = create(api, person(fields=[ZONE]))
    (made,) = service.agreements
    assert answer.status_code == 201
    assert answer.headers.get("location", answer.text).endswith(str(made))


# Signature fields


def test_method_1_form_fields_are_bound_by_the_position_in_their_name(api, service):
    fields = {
        "SignatorySignature_1_1": (1, 50, 600, 150, 50),
        "SignatorySignature_1_2": (1, 50, 400, 150, 50),
        "SignatorySignature_2_1": (1, 300, 600, 150, 50),
        "SignatorySignature_2_2": (1, 300, 400, 150, 50),
    }
    agreement = created(api, person("anna"), person("ben", position=2), pdf=a_pdf(signature_fields=fields))
    service.sign(agreement, "anna@example.com")
    pdf = current_file(api, agreement)
    for bottom in (600, 400):
        assert "Anna Peeters" in text_at(pdf, 1, left=50, bottom=bottom, right=200, top=bottom + 50)
        assert "Peeters" not in text_at(pdf, 1, left=300, bottom=bottom, right=450, top=bottom + 50)


def test_method_2_every_tag_becomes_a_field_of_the_default_size(api, service):
    texts = {(1, 72.0, 500.0): "#signature1#", (2, 72.0, 300.0): "#signature1#", (2, 300.0, 300.0): "#signature2#"}
    pdf = a_pdf(2, texts=texts)
    sizes = {"defaultFieldWidth": 120, "defaultFieldHeight": 40}
    agreement = created(api, person("anna", position=1), person("ben", position=2), pdf=pdf, **sizes)
    zones = [(zone.page, zone.rectangle) for zone in service.agreements[agreement].recipients[0].zones]
    assert [page for page, _ in zones] == [1, 2]
    assert {rectangle[2:] for _, rectangle in zones} == {(120.0, 40.0)}
    service.sign(agreement, "ben@example.com")
    assert "Ben Peeters" in text_at(current_file(api, agreement), 2, left=295, bottom=265, right=425, top=315)


def test_method_3_a_zones_y_is_its_top_edge_from_the_bottom_of_the_page(api, service):
    agreement = created(api, person(fields=[{"page": 1, "x": 100, "y": 400, "width": 150, "height": 50}]))
    service.sign(agreement, "anna@example.com")
    pdf = current_file(api, agreement)
    assert "Anna Peeters" in text_at(pdf, 1, left=99, bottom=349, right=251, top=401)
    assert "Peeters" not in text_at(pdf, 1, left=99, bottom=401, right=251, top=460)


def test_a_recipient_without_any_field_is_refused(api, service):
    assert create(api, person()).status_code == 400
    tagged = a_pdf(texts={(1, 72.0, 500.0): "#signature1#"})
    refused = create(api, person("anna"), person("ben", position=2), pdf=tagged)
    assert refused.json()["fieldErrors"][0]["field"] == "/recipients/1/fields"
    assert not service.agreements


@pytest.mark.parametrize("extension", [".rtf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".ods"])
def test_seven_kinds_of_office_files_are_converted_and_their_tags_found(api, extension):
    agreement = created(api, person(), pdf=b"Please sign here #signature1#", filename=f"contract{extension}")
    pdf = current_file(api, agreement)
    assert pdf.startswith(b"%PDF")
    assert "Please sign here" in pdfium.PdfDocument(pdf)[0].get_textpage().get_text_range()


@pytest.mark.parametrize(("data", "name"), [(b"", "a.pdf"), (b"MZ\x90 not a PDF", "a.pdf"), (b"hello", "a.txt")])
def test_what_is_no_document_is_refused(api, data, name):
    assert create(api, person(fields=[ZONE]), pdf=data, filename=name).status_code == 400
