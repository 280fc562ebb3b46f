"""The Contract Signatures simulator: what becomes of a contract, its PDFs on the Atlassian site, webhooks, trouble."""

from __future__ import annotations

import hashlib
import json

import httpx
import pypdfium2 as pdfium
import pytest

from sandbox.demo.signatures import covering_signatures
from sandbox.providers.backstage import NotTheirTurn
from sandbox.providers.contract_signatures.server import KEY, ContractSignaturesSimulator
from tests.fakes.contract_signatures_contracts import CONTRACTS, by_link, created, get, post, signer
from tests.fakes.http_server import local_server, replies

BOTH = (signer(), signer("Jo Low"))


@pytest.fixture(scope="module")
def jira():
    with ContractSignaturesSimulator(host_app="jira") as running:
        yield running


@pytest.fixture(scope="module")
def atlassian(server):
    """A client that takes its Atlassian credentials nowhere else."""
    ((email, token),) = server.site.users.items()
    with httpx.Client(base_url=server.site_url, auth=(email, token), timeout=20) as opened:
        yield opened


def signed(api, service, *people):
    contract = created(api, *(people or (signer(),)))
    for person in people or (signer(),):
        service.sign(contract, person["fullName"])
    return contract


# The course of a contract


def test_all_are_asked_at_once_unless_the_signing_is_sequential(api, service):
    parallel, sequential = created(api, *BOTH), created(api, *BOTH, sequentialSigning=True)
    assert [mail["to"] for mail in service.mails(parallel)] == ["richard.roe@company.com", "jo.low@company.com"]
    assert [mail["to"] for mail in service.mails(sequential)] == ["richard.roe@company.com"]
    with pytest.raises(NotTheirTurn):
        service.sign(sequential, "Jo Low")
    service.sign(sequential, "Richard Roe")
    assert [mail["to"] for mail in service.mails(sequential)] == ["richard.roe@company.com", "jo.low@company.com"]


def test_sent_ongoing_signed(api, service):
    contract = created(api, *BOTH)
    seen = [get(api, contract)["status"]]
    for name in ("Jo Low", "Richard Roe"):
        service.sign(contract, name)
        seen.append(get(api, contract)["status"])
    assert seen == ["sent", "ongoing", "signed"]


def test_one_rejection_ends_it(api, service):
    contract = created(api, *BOTH)
    service.reject(contract, "Jo Low")
    assert get(api, contract)["status"] == "rejected"
    with pytest.raises(NotTheirTurn):
        service.sign(contract, "Richard Roe")


def test_it_expires_after_its_time_and_not_before(api, service):
    contract = created(api)
    service.advance(7 * 86_400 - 60)
    assert get(api, contract)["status"] == "sent"
    service.advance(61)
    assert get(api, contract)["status"] == "expired"
    with pytest.raises(NotTheirTurn):
        service.sign(contract, "Richard Roe")


def test_one_time_passwords_go_to_the_phone_else_to_the_address(api, service):
    people = (signer(phone="+49 172-9973185"), signer("Jo Low"), by_link("Nobody"))
    contract = signed(api, service, *people)
    assert [(otp["by"], otp["to"]) for otp in service.otps(contract)] == [
        ("sms", "+491729973185"),
        ("email", "jo.low@company.com"),
    ]


def test_the_completed_contract_goes_to_those_who_receive_it_and_to_watchers(api, service):
    watcher = {"name": "W", "email": "w@example.com", "notificationKinds": "created|signed|rejected|completed-contract"}
    contract = created(api, signer(), signer("Jo Low", receivesCompletedContract=False), watchers=[watcher])
    for name in ("Richard Roe", "Jo Low"):
        service.sign(contract, name)
    mails = [(mail["to"], mail["kind"]) for mail in service.mails(contract)]
    assert [kind for to, kind in mails if to == "w@example.com"] == [
        "created",
        "signed",
        "signed",
        "completed-contract",
    ]
    assert [to for to, kind in mails if kind == "completed-contract"] == ["w@example.com", "richard.roe@company.com"]


def test_archiving_takes_no_body_and_keeps_the_status(api, service):
    contract = signed(api, service)
    assert api.patch(f"{CONTRACTS}/{contract}", json={}).status_code == 400
    answer = api.patch(f"{CONTRACTS}/{contract}")
    assert (answer.status_code, answer.content) == (204, b"")
    seen = get(api, contract)
    assert seen["status"] == "signed"
    assert seen["archivalTimestamp"].endswith("Z")


def test_deleting_destroys_the_signed_pdfs(api, service, atlassian):
    contract = signed(api, service)
    attachment = get(api, contract)["finalizedPdf"]["id"]
    assert api.delete(f"{CONTRACTS}/{contract}").status_code == 204
    assert api.get(f"{CONTRACTS}/{contract}").status_code == 404
    assert atlassian.get(f"/wiki/api/v2/attachments/{attachment}").status_code == 404


# The PDFs


def v1(attachment, page="1234567"):
    return f"/wiki/rest/api/content/{page}/child/attachment/{attachment['id']}/download"


def test_confluence_v1_redirects_to_a_media_host_that_must_hear_no_credentials(api, service, atlassian):
    shown = get(api, signed(api, service))
    for name in ("finalizedPdf", "certificatePdf"):
        first = atlassian.get(v1(shown[name]), params={"version": 1})
        assert first.status_code == 302
        assert atlassian.get(first.headers["location"]).status_code == 400
        with httpx.Client() as stranger:
            content = stranger.get(first.headers["location"]).content
        assert hashlib.sha3_512(content).hexdigest() == shown[name]["sha3"]
        assert content.startswith(b"%PDF")
    assert [call["authorized"] for call in service.requests("media")] == [True, False] * 2


def test_a_client_that_drops_its_credentials_between_hosts_may_follow(api, service, atlassian):
    shown = get(api, signed(api, service))
    answer = atlassian.get(v1(shown["finalizedPdf"]), follow_redirects=True)
    assert answer.status_code == 200
    assert [call["authorized"] for call in service.requests("media")] == [False]


def test_confluence_v2_names_a_link_that_no_token_opens(api, service, atlassian):
    shown = get(api, signed(api, service))["finalizedPdf"]
    described = atlassian.get(f"/wiki/api/v2/attachments/{shown['id']}").json()
    assert (described["mediaType"], described["pageId"], described["version"]) == (
        "application/pdf",
        "1234567",
        {"number": shown["version"]},
    )
    assert atlassian.get(f"/wiki{described['downloadLink']}", follow_redirects=True).status_code == 401
    content = atlassian.get(v1(shown), follow_redirects=True).content
    assert (len(content), hashlib.sha3_512(content).hexdigest()) == (described["fileSize"], shown["sha3"])


def test_jira_gives_the_bytes_or_a_redirect_and_its_attachments_have_no_version(jira):
    ((email, token),) = jira.site.users.items()
    bearer = {"Authorization": f"Bearer {KEY}"}
    with (
        httpx.Client(base_url=jira.url, headers=bearer, timeout=20) as api,
        httpx.Client(auth=(email, token), timeout=20) as client,
    ):
        contract = signed(api, jira.service)
        shown = get(api, contract)["finalizedPdf"]
        address = f"{jira.site_url}/rest/api/3/attachment/content/{shown['id']}"
        content = client.get(address, params={"redirect": "false"}).content
        assert hashlib.sha3_512(content).hexdigest() == shown["sha3"]
        assert client.get(address).status_code == 303
        assert client.get(f"{jira.site_url}{v1(shown)}").status_code == 404
    assert shown["id"].isdigit()
    assert "version" not in shown


def test_the_site_knows_its_own_credentials_only(api, service, server):
    shown = get(api, signed(api, service))["finalizedPdf"]
    for headers in ({}, {"Authorization": f"Bearer {KEY}"}, {"Authorization": "Basic cmVhZGVyOnh4"}):
        assert httpx.get(f"{server.site_url}{v1(shown)}", headers=headers).status_code == 401


def test_the_wrong_page_or_version_is_404(api, service, atlassian):
    shown = get(api, signed(api, service))["finalizedPdf"]
    assert atlassian.get(v1(shown, page="654321")).status_code == 404
    assert atlassian.get(v1(shown), params={"version": 2}).status_code == 404


def test_the_pdf_shows_who_signed_and_the_certificate_who_when_and_from_where(api, service):
    contract = service.contracts[signed(api, service, *BOTH)]
    final, proof = (
        pdfium.PdfDocument(each.content)[0].get_textpage().get_text_range()
        for each in (contract.finalized, contract.certificate)
    )
    assert "Richard Roe" in final
    assert "Jo Low" in final
    assert "198.51.100.123" in proof


def test_the_pdf_may_come_late(api, service):
    service.configure(finalized_pdf="late")
    contract = signed(api, service)
    assert get(api, contract).keys() & {"finalizedPdf", "certificatePdf"} == set()
    assert get(api, contract)["status"] == "signed"
    service.publish(contract)
    assert get(api, contract).keys() >= {"finalizedPdf", "certificatePdf"}


@pytest.mark.parametrize(("sealed", "signatures"), [(False, 0), (True, 1)])
def test_whether_the_vendor_seals_the_pdf_is_a_switch(api, service, sealed, signatures):
    service.configure(sealed=sealed)
    contract = service.contracts[signed(api, service)]
    assert covering_signatures(contract.finalized.content, service.notary.root_pem) == signatures


# Webhooks


def events(service, listener):
    service.callbacks()
    return [json.loads(seen.body) for seen in listener.seen]


def test_creation_signature_and_completion_are_told_with_the_documented_fields(api, service, server):
    with local_server(replies(204)) as listener:
        service.webhooks.append(f"{listener.url}/hook")
        contract = signed(api, service, signer())
        told = events(service, listener)
    assert sorted(event["eventType"] for event in told) == ["completion", "creation", "signature"]
    for event in told:
        assert event["contractId"] == contract
        assert event["templateId"] == "1234567"
        assert event["hostUrl"] == f"{server.site_url}/wiki"
        assert event["contractName"] == "NDA"
        assert event.keys() >= {"eventUuid", "eventTimestamp", "collectionId"}
    assert len({event["eventUuid"] for event in told}) == 3
    assert [event.get("signers") for event in told if event["eventType"] == "signature"] == [[{"ordinal": 1}]]


def test_a_rejection_is_a_signature_and_a_completion(api, service):
    contract = created(api, *BOTH)
    with local_server(replies(204)) as listener:
        service.webhooks.append(listener.url)
        service.reject(contract, "Jo Low")
        assert sorted(event["eventType"] for event in events(service, listener)) == ["completion", "signature"]


def test_expiry_and_deletion_tell_nobody(api, service):
    expiring, deleted = created(api), created(api)
    with local_server(replies(204)) as listener:
        service.webhooks.append(listener.url)
        service.expire(expiring)
        api.delete(f"{CONTRACTS}/{deleted}")
        assert events(service, listener) == []


@pytest.mark.parametrize(("status", "calls"), [(200, 3), (201, 1), (202, 1), (204, 1), (500, 3)])
def test_only_201_202_and_204_are_success(api, service, status, calls):
    service.configure(callbacks={"retries": 2, "retry_delay": 0.01})
    with local_server(replies(status)) as listener:
        service.webhooks.append(listener.url)
        created(api)
        assert len({event["eventUuid"] for event in events(service, listener)}) == 1
        assert len(listener.seen) == calls


def test_webhooks_can_be_lost_and_doubled(api, service):
    with local_server(replies(204)) as listener:
        service.webhooks.append(listener.url)
        service.configure(callbacks={"drop": True})
        created(api)
        service.configure(callbacks={"drop": False, "duplicates": 1})
        created(api)
        told = events(service, listener)
    assert (len(told), len({event["eventUuid"] for event in told})) == (2, 1)


# Bad luck


def test_a_lost_reply_leaves_the_contract_behind(api, service):
    service.fault("createContract", "lost_reply")
    with pytest.raises(httpx.RemoteProtocolError):
        post(api)
    assert len(service.contracts) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_made_up_statuses_do_no_work(api, service, status):
    service.fault("createContract", "http", status=status, retry_after=2)
    answer = post(api)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2")
    assert not service.contracts


def test_the_atlassian_side_has_bad_luck_too(api, service, atlassian):
    shown = get(api, signed(api, service))["finalizedPdf"]
    service.fault("downloadV1", "http", status=503)
    assert atlassian.get(v1(shown)).status_code == 503
    service.fault("media", "truncated")
    half = atlassian.get(v1(shown), follow_redirects=True).content
    assert hashlib.sha3_512(half).hexdigest() != shown["sha3"]


def test_a_status_that_nobody_documented_can_be_shown(api, service):
    contract = created(api)
    service.present(contract, "uncompleted")
    assert get(api, contract)["status"] == "uncompleted"


def test_it_goes_down_alone_and_comes_back_with_all_it_knew():
    with ContractSignaturesSimulator() as server, local_server(replies(204)) as listener:
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=server.url, headers=headers) as api:
            contract = created(api)
            server.go_down()
            with pytest.raises(httpx.ConnectError):
                get(api, contract)
            assert api.get(f"{server.site_url}/wiki/api/v2/attachments/att1").status_code == 401
            server.come_back()
            server.service.webhooks.append(listener.url)
            server.service.sign(contract, "Richard Roe")
            assert get(api, contract)["status"] == "signed"
            assert len(events(server.service, listener)) == 2
