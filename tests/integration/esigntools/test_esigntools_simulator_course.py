"""The eSignTools simulator: what becomes of an agreement, callbacks, made-up trouble."""

from __future__ import annotations

import httpx
import pypdfium2 as pdfium
import pytest

from sandbox.demo.signatures import covering_signatures
from sandbox.providers.backstage import NotTheirTurn
from sandbox.providers.esigntools.server import EsigntoolsSimulator
from tests.fakes.esigntools_agreements import (
    ZONE,
    create,
    created,
    current_file,
    get,
    login,
    paths,
    person,
)
from tests.fakes.http_server import local_server, replies
from tests.fakes.papers import a_pdf

# The course of an agreement


def test_recipients_of_a_later_step_wait_for_the_earlier_ones(api, service):
    agreement = created(api, person("anna", fields=[ZONE], step=1), person("ben", fields=[ZONE], step=2))
    assert [mail["to"] for mail in service.mails(agreement)] == ["anna@example.com"]
    with pytest.raises(NotTheirTurn):
        service.sign(agreement, "ben@example.com")
    service.sign(agreement, "anna@example.com")
    seen = get(api, agreement)
    assert (seen["currentStep"], [r["status"] for r in seen["recipients"]]) == (2, ["SIGNED", "WAITING"])
    assert [mail["to"] for mail in service.mails(agreement)] == ["anna@example.com", "ben@example.com"]


def test_with_the_same_step_all_are_asked_at_once(api, service):
    agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE]))
    assert [mail["to"] for mail in service.mails(agreement)] == ["anna@example.com", "ben@example.com"]


def test_when_all_have_signed_it_is_closed_and_sealed_once(api, service):
    agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE | {"y": 300}]))
    service.sign(agreement, "anna@example.com")
    assert covering_signatures(current_file(api, agreement), service.notary.root_pem) == 0
    service.sign(agreement, "ben@example.com")
    assert get(api, agreement)["status"] == "CLOSED"
    assert covering_signatures(current_file(api, agreement), service.notary.root_pem) == 1


@pytest.mark.parametrize(("how", "signatures"), [("per_signer", 2), ("none", 0)])
def test_how_the_file_is_signed_is_a_switch(api, service, how, signatures):
    service.configure(signature=how)
    fields = {"SignatorySignature_1_1": (1, 50, 600, 150, 50)}
    people = (person("anna"), person("ben", position=2, fields=[ZONE]))
    agreement = created(api, *people, pdf=a_pdf(signature_fields=fields))
    for name in ("anna", "ben"):
        service.sign(agreement, f"{name}@example.com")
    assert covering_signatures(current_file(api, agreement), service.notary.root_pem) == signatures


def test_the_proof_is_there_once_it_is_closed(api, service):
    agreement = created(api)
    url = f"/signing/v1/agreements/{agreement}/proof"
    assert api.get(url).status_code == 404
    service.sign(agreement, "anna@example.com")
    proof = pdfium.PdfDocument(api.get(url).content)[0].get_textpage().get_text_range()
    assert "anna@example.com" in proof
    assert "SIGNED" in proof


def test_a_rejection_aborts_and_nobody_can_sign_any_more(api, service):
    agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE]))
    service.reject(agreement, "anna@example.com")
    seen = get(api, agreement)
    assert (seen["status"], [r["status"] for r in seen["recipients"]]) == ("ABORTED", ["REFUSED", "WAITING"])
    with pytest.raises(NotTheirTurn):
        service.sign(agreement, "ben@example.com")


def test_a_phone_brings_a_code_by_sms_that_must_be_right(api, service):
    agreement = created(api, person("anna", fields=[ZONE], phone="+33612345678"), person("ben", fields=[ZONE]))
    with pytest.raises(NotTheirTurn):
        service.sign(agreement, "anna@example.com", code="wrong")
    service.sign(agreement, "anna@example.com")
    service.sign(agreement, "ben@example.com")
    assert {sms["to"] for sms in service.codes(agreement)} == {"+33612345678"}


def test_send_mails_writes_again_to_whose_turn_it_is_and_each_get_counts(api, service):
    agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE], step=2))
    url = f"/signing/v1/agreements/{agreement}/send-mails"
    assert [api.get(url).json(), api.get(url).json()] == [True, True]
    assert [(m["to"], m["kind"]) for m in service.mails(agreement)] == [
        ("anna@example.com", "invitation"),
        ("anna@example.com", "reminder"),
        ("anna@example.com", "reminder"),
    ]


def test_reminders_go_out_by_themselves_every_so_many_minutes(api, service):
    agreement = created(api, person(fields=[ZONE]), reminderDelay=60)
    quiet = created(api)
    service.advance(2.5 * 3600)
    assert [mail["kind"] for mail in service.mails(agreement)] == ["invitation", "reminder", "reminder"]
    assert [mail["kind"] for mail in service.mails(quiet)] == ["invitation"]


def test_the_text_template_is_used_for_the_mails(api, service):
    agreement = created(api, person(fields=[ZONE]), textTemplateName="purchasing")
    assert service.mails(agreement)[0]["template"] == "purchasing"


def test_a_deleted_agreement_cannot_be_signed(api, service):
    agreement = created(api)
    answer = api.delete(f"/signing/v1/agreements/{agreement}")
    assert (answer.status_code, bool(answer.text)) == (200, True)
    assert get(api, agreement)["status"] == "DELETED"
    with pytest.raises(NotTheirTurn):
        service.sign(agreement, "anna@example.com")


def test_delete_may_answer_204(api, service):
    service.configure(delete_reply="empty")
    assert api.delete(f"/signing/v1/agreements/{created(api)}").status_code == 204


def test_a_signed_agreement_cannot_be_deleted(api, service):
    agreement = created(api)
    service.sign(agreement, "anna@example.com")
    assert api.delete(f"/signing/v1/agreements/{agreement}").status_code == 403
    assert get(api, agreement)["status"] == "CLOSED"


def test_whether_one_of_two_signatures_forbids_deletion_is_a_switch(api, service):
    service.configure(delete_partly_signed=False)
    agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE]))
    service.sign(agreement, "anna@example.com")
    assert api.delete(f"/signing/v1/agreements/{agreement}").status_code == 403


def test_unknown_agreements_are_404_and_another_customers_403(api, service):
    agreement = created(api)
    assert api.get("/signing/v1/agreements/999999").status_code == 404
    stranger = {"Authorization": f"Bearer {login(api, username='other', password='secret2')}"}
    assert api.get(f"/signing/v1/agreements/{agreement}", headers=stranger).status_code == 403


def test_names_come_back_as_they_were_and_one_address_may_stand_twice(api, service):
    twice = [person(firstname="Zoë", lastname="O'Neill 李", fields=[ZONE]), person(firstname="B" * 300, fields=[ZONE])]
    agreement = created(api, *twice)
    assert [r["firstname"] for r in get(api, agreement)["recipients"]] == ["Zoë", "B" * 300]
    service.sign(agreement, "anna@example.com")
    service.sign(agreement, "anna@example.com")
    assert get(api, agreement)["status"] == "CLOSED"


# Callbacks


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_documents_three_callbacks_come_with_id_and_event(api, service, method):
    service.configure(callbacks={"method": method, "retries": 0})
    with local_server(replies()) as listener:
        address = f"{listener.url}/event"
        agreement = created(api, person("anna", fields=[ZONE]), person("ben", fields=[ZONE]), callbackUrl=address)
        service.sign(agreement, "anna@example.com")
        service.callbacks()
        service.sign(agreement, "ben@example.com")
        service.callbacks()
        refused = created(api, callbackUrl=address)
        service.reject(refused, "anna@example.com")
        assert {call["method"] for call in service.callbacks()} == {method}
        assert paths(listener) == [
            f"/event?id={agreement}&eventType=OUT_FOR_SIGNATURE",
            f"/event?id={agreement}&eventType=ESIGNED",
            f"/event?id={refused}&eventType=REJECTED",
        ]


def test_nothing_is_called_for_expiry_and_deletion(api, service):
    for end in (service.expire, lambda agreement: api.delete(f"/signing/v1/agreements/{agreement}")):
        end(agreement := created(api, callbackUrl="http://127.0.0.1:1/event"))
        assert service.callbacks(agreement) == []


def test_how_a_query_is_joined_is_a_switch(api, service):
    with local_server(replies()) as listener:
        for habit in ("merged", "appended"):
            service.configure(callbacks={"query": habit, "retries": 0})
            service.sign(created(api, callbackUrl=f"{listener.url}/e?a=1"), "anna@example.com")
            service.callbacks()
        assert [path.count("?") for path in paths(listener)] == [1, 2]


def test_callbacks_can_be_lost_and_doubled(api, service):
    with local_server(replies()) as listener:
        service.configure(callbacks={"drop": True})
        service.sign(created(api, callbackUrl=listener.url), "anna@example.com")
        service.callbacks()
        assert paths(listener) == []
        service.configure(callbacks={"drop": False, "duplicates": 1})
        service.sign(created(api, callbackUrl=listener.url), "anna@example.com")
        service.callbacks()
        assert len(paths(listener)) == 2


# Bad luck


@pytest.mark.parametrize("shape", ["problem", "json", "text", "empty"])
def test_the_shape_of_errors_is_a_switch(api, service, shape):
    service.configure(errors=shape)
    answer = api.get("/signing/v1/agreements/999999")
    kinds = {"problem": "application/problem+json", "json": "application/json", "text": "text/plain; charset=utf-8"}
    assert answer.status_code == 404
    assert answer.headers.get("content-type") == kinds.get(shape)


def test_a_lost_reply_leaves_the_agreement_behind(api, service):
    service.fault("createAgreement", "lost_reply")
    with pytest.raises(httpx.RemoteProtocolError):
        create(api, person(fields=[ZONE]))
    assert len(service.agreements) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_made_up_statuses_do_no_work(api, service, status):
    service.fault("createAgreement", "http", status=status, retry_after=2)
    answer = create(api, person(fields=[ZONE]))
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2")
    assert not service.agreements


def test_garbage_and_resets_can_be_had(api, service):
    agreement = created(api)
    service.fault("getAgreement", "garbage")
    with pytest.raises(ValueError, match="Expecting value"):
        get(api, agreement)
    service.fault("getAgreement", "reset")
    with pytest.raises(httpx.HTTPError):
        get(api, agreement)


def test_it_goes_down_and_comes_back_with_all_it_knew():
    with EsigntoolsSimulator() as server, httpx.Client(base_url=server.url) as api:
        api.headers["Authorization"] = f"Bearer {login(api)}"
        with local_server(replies()) as listener:
            agreement = created(api, callbackUrl=listener.url)
            server.go_down()
            with pytest.raises(httpx.ConnectError):
                get(api, agreement)
            server.come_back()
            server.service.sign(agreement, "anna@example.com")
            assert get(api, agreement)["status"] == "CLOSED"
            server.service.callbacks()
            assert len(paths(listener)) == 1
