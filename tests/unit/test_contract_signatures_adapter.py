"""The provider over an HTTP transport in memory: what it calls, and what it makes of the answers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest

from esign.domain.account import EvidencePolicy
from esign.domain.document import FileKind
from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
    Unprocessable,
)
from esign.domain.status import PackageStatus
from esign.ports import Absent, Found, Lists, PutsAway, RemovesCopy, SignsByLink, Unknown
from esign.providers.contract_signatures.connect import connect
from esign.providers.contract_signatures.request import mark_of
from esign.providers.opening import Opening
from tests.fakes.contract_signatures import (
    CONTRACT,
    CREDENTIALS,
    SETTINGS,
    Scripted,
    a_contract,
    a_contract_package,
    a_provider,
)
from tests.fakes.factories import an_account
from tests.fakes.papers import Papers

CONTRACTS = "/webapi/contracts"
ONE = f"{CONTRACTS}/{CONTRACT}"
PDF = b"%PDF-1.7 signed"
SHA3 = hashlib.sha3_512(PDF).hexdigest()


def json_(body, status=200, **headers):
    return httpx.Response(status, json=body, headers=headers)


def attachment(**said):
    return {"id": "att87654321", "version": 3, "creationTimestamp": "2022-09-16T13:36:34.971644Z", "sha3": SHA3} | said


def out(**changes):
    return a_contract_package(reference=(CONTRACT,), status=PackageStatus.IN_PROCESS, **changes)


def sent(provider, package):
    return provider.send(package, Papers(default=b""), progress={}, checkpoint=lambda _: None, callback_url="https://x")


def named(package, **said):
    return a_contract(name=f"NDA [{mark_of(package.id)}]", **said)


# ----------------------------------------------------------------------------------------------------------------- send


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    "reply",
    [
        {"json": {"id": CONTRACT}},
        {"json": a_contract()},
        {"json": CONTRACT},
        {"text": CONTRACT},
        {"text": f"  {CONTRACT}\n"},
        {"headers": {"location": f"https://contract-signatures.com/webapi/contracts/{CONTRACT}"}},
        {
            "text": "created",
            "headers": {"location": f"/spaces/{'0' * 8}-0000-0000-0000-{'0' * 12}/contracts/{CONTRACT}"},
        },
    ],
)
def test_the_new_contract_is_known_however_the_reply_says_it(status, reply):
    scripted = Scripted({f"POST {CONTRACTS}": httpx.Response(status, **reply)})
    assert sent(a_provider(scripted), a_contract_package()) == (CONTRACT,)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    "reply", [{}, {"text": "OK"}, {"json": {"status": "ok"}}, {"json": [1]}, {"content": b"\xff" * 9}]
)
def test_a_reply_that_names_no_contract_is_followed_by_a_search(reply):
    package = a_contract_package()
    scripted = Scripted(
        {
            f"POST {CONTRACTS}": httpx.Response(201, **reply),
            f"GET {CONTRACTS}": json_({"totalCount": 1, "contracts": [named(package)]}),
        }
    )
    assert sent(a_provider(scripted), package) == (CONTRACT,)
    assert scripted.asked[1].url.params["substring"] == mark_of(package.id)


@pytest.mark.parametrize(
    "search", [json_({"totalCount": 0}), httpx.Response(500), httpx.Response(403), json_({"no": 1})]
)
def test_a_contract_that_was_made_and_cannot_be_found_is_an_unknown_outcome(search):
    scripted = Scripted({f"POST {CONTRACTS}": httpx.Response(201), f"GET {CONTRACTS}": search})
    with pytest.raises(OutcomeUnknown):
        sent(a_provider(scripted), a_contract_package())


@pytest.mark.parametrize("status", [204, 302, 500, 503])
def test_an_answer_that_no_document_foresees_is_an_unknown_outcome(status):
    with pytest.raises(OutcomeUnknown):
        sent(a_provider(Scripted({f"POST {CONTRACTS}": httpx.Response(status)})), a_contract_package())


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (json_({"code": "E7", "message": "No such page"}, 422), "E7", "No such page"),
        (json_({"error": "bad", "detail": "No such page"}, 400), "bad", "No such page"),
        (json_(["No such page"], 400), None, "['No such page']"),
        (httpx.Response(400, text="No such page"), None, "No such page"),
        (httpx.Response(400, text="x" * 5000), None, "<token>"),
        (httpx.Response(400), None, None),
    ],
)
def test_a_refusal_is_told_in_the_vendors_words_if_there_are_any(answer, code, message):
    with pytest.raises(ProviderRefused) as refused:
        sent(a_provider(Scripted({f"POST {CONTRACTS}": answer})), a_contract_package())
    assert refused.value.fault is not None
    assert (refused.value.fault.code, refused.value.fault.message) == (code, message)


def test_a_package_that_it_cannot_take_is_sent_to_nobody():
    scripted = Scripted({})
    with pytest.raises(ProviderRefused) as refused:
        sent(a_provider(scripted), a_contract_package(27, template=None))
    assert {p.code for p in refused.value.problems} == {"too_many_signers"}
    with pytest.raises(ProviderRefused):
        sent(a_provider(scripted), a_contract_package(template=None))
    assert scripted.asked == []


def test_wrong_options_are_problems_before_anything_is_sent():
    provider = a_provider(Scripted({}))
    (problem,) = provider.preflight(a_contract_package(options={"colour": "red"}), Papers(default=b""))
    assert problem.pointer == "/provider/options/colour"


def test_an_issue_is_looked_up_by_its_key():
    scripted = Scripted(
        {
            "GET company.atlassian.net/rest/api/3/issue/NDA-17": json_({"id": "10042", "key": "NDA-17"}),
            f"POST {CONTRACTS}": json_({"id": CONTRACT}, 201),
        }
    )
    assert sent(a_provider(scripted, hostApp="jira"), a_contract_package(template="NDA-17")) == (CONTRACT,)
    assert json.loads(scripted.asked[1].content)["templateId"] == "10042"


def test_an_issue_that_jira_does_not_show_is_refused_and_nothing_is_made():
    scripted = Scripted({})
    with pytest.raises(ProviderNotFound):
        sent(a_provider(scripted, hostApp="jira"), a_contract_package(template="NDA-17"))
    assert [request.method for request in scripted.asked] == ["GET"]


# ----------------------------------------------------------------------------------------------------------------- find


def test_a_lost_contract_is_found_by_its_mark_alone():
    package, other = a_contract_package(), a_contract_package()
    page = {"totalCount": 3, "contracts": [named(other), a_contract(name=f"{mark_of(package.id)} NDA"), named(package)]}
    scripted = Scripted({f"GET {CONTRACTS}": json_(page)})
    assert a_provider(scripted).find(package, {}) == Found((CONTRACT,), started=True, progress={})
    assert dict(scripted.asked[0].url.params) == {
        "substring": mark_of(package.id), "statuses": "any", "placement": "any", "order": "creation-date-desc",
        "page": "1", "page-size": "5",
    }  # fmt: skip


@pytest.mark.parametrize(
    "page", [{"totalCount": 0}, {"totalCount": 0, "contracts": []}, {"totalCount": 0, "contracts": None}]
)
def test_what_never_arrived_is_absent(page):
    assert a_provider(Scripted({f"GET {CONTRACTS}": json_(page)})).find(a_contract_package(), {}) == Absent()


def test_two_contracts_of_one_package_are_a_matter_for_a_person():
    package = a_contract_package()
    page = {"totalCount": 2, "contracts": [named(package), named(package, id="0" * 8 + CONTRACT[8:])]}
    found = a_provider(Scripted({f"GET {CONTRACTS}": json_(page)})).find(package, {})
    assert isinstance(found, Unknown)


# ----------------------------------------------------------------------------------------------------------------- read


def test_a_contract_that_is_gone_was_withdrawn_by_us_or_is_not_found():
    provider = a_provider(Scripted({}))
    with pytest.raises(ProviderNotFound):
        provider.read(out())
    assert provider.read(out(withdraw_requested="")).status is PackageStatus.CANCELLED


def test_a_package_without_a_contract_is_not_found_without_a_call():
    scripted = Scripted({})
    with pytest.raises(ProviderNotFound):
        a_provider(scripted).read(a_contract_package())
    assert scripted.asked == []


def test_the_key_travels_as_a_bearer_token_and_only_to_its_vendor():
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package))})
    a_provider(scripted).read(package)
    (asked,) = scripted.asked
    assert asked.headers["authorization"] == f"Bearer {CREDENTIALS['apiKey']}"
    assert asked.url == f"https://contract-signatures.com{ONE}"


@pytest.mark.parametrize("body", [{}, [], {"id": CONTRACT}, {"id": CONTRACT, "status": ""}])
def test_an_answer_that_is_no_contract_breaks_the_contract(body):
    with pytest.raises(ContractBroken):
        a_provider(Scripted({f"GET {ONE}": json_(body)})).read(out())


# ---------------------------------------------------------------------------------------------------------- signed files

MEDIA = "https://api.media.atlassian.com/file/1?token=signed"
V1 = "/wiki/rest/api/content/654321/child/attachment/att87654321/download"
SIGNED = {"status": "signed", "finalizedPdf": attachment(), "certificatePdf": attachment(id="att5")}


def files_of(provider, package):
    return [(f.kind, f.document, f.digest, read(f)) for f in provider.signed_files(package)]


def read(file):
    with file.open() as pieces:
        return b"".join(pieces)


def from_media(request):
    assert "authorization" not in request.headers
    return httpx.Response(200, content=PDF)


def test_confluence_v1_hands_over_to_a_media_host_that_gets_no_credentials():
    package = out()
    scripted = Scripted(
        {
            f"GET {ONE}": json_(a_contract(package, **SIGNED)),
            f"GET company.atlassian.net{V1}": httpx.Response(302, headers={"location": MEDIA}),
            f"GET company.atlassian.net{V1.replace('att87654321', 'att5')}": httpx.Response(200, content=PDF),
            "GET api.media.atlassian.com/file/1": from_media,
        }
    )
    assert files_of(a_provider(scripted), package) == [
        (FileKind.SIGNED_DOCUMENT, package.documents[0].id, ("sha3_512", SHA3), PDF),
        (FileKind.AUDIT_TRAIL, None, ("sha3_512", SHA3), PDF),
    ]
    assert scripted.asked[1].url.params["version"] == "3"
    assert scripted.asked[1].headers["authorization"].startswith("Basic ")


def test_confluence_v2_has_no_download_of_its_own():
    package = out()
    scripted = Scripted(
        {
            f"GET {ONE}": json_(a_contract(package, **SIGNED)),
            f"GET company.atlassian.net{V1}": httpx.Response(302, headers={"location": MEDIA}),
            "GET api.media.atlassian.com/file/1": from_media,
        }
    )
    assert read(next(a_provider(scripted, hostApp="confluence-v2").signed_files(package))) == PDF
    assert scripted.asked[1].url.params["version"] == "3"


def test_jira_gives_the_file_itself():
    package = out()
    said = SIGNED | {"finalizedPdf": attachment(id="10010", version=None)}
    scripted = Scripted(
        {
            f"GET {ONE}": json_(a_contract(package, **said)),
            "GET company.atlassian.net/rest/api/3/attachment/content/10010": httpx.Response(200, content=PDF),
        }
    )
    assert read(next(a_provider(scripted, hostApp="jira").signed_files(package))) == PDF
    assert dict(scripted.asked[1].url.params) == {"redirect": "false"}


def test_a_gateway_for_scoped_tokens_is_a_site_too():
    package = out()
    gateway = "https://api.atlassian.com/ex/confluence/11223344-a1b2"
    scripted = Scripted(
        {
            f"GET {ONE}": json_(a_contract(package, **SIGNED)),
            f"GET api.atlassian.com/ex/confluence/11223344-a1b2{V1}": httpx.Response(200, content=PDF),
        }
    )
    assert read(next(a_provider(scripted, siteUrl=f"{gateway}/").signed_files(package))) == PDF


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ({"status": "ongoing"}, EvidencePolicy.OPTIONAL),
        ({"status": "levitating", "finalizedPdf": attachment()}, EvidencePolicy.OPTIONAL),
        ({"status": "signed"}, EvidencePolicy.OPTIONAL),
        ({"status": "signed", "finalizedPdf": attachment()}, EvidencePolicy.REQUIRED),
        ({"status": "signed", "certificatePdf": attachment()}, EvidencePolicy.REQUIRED),
    ],
)
def test_what_is_not_there_yet_is_waited_for(said, evidence):
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, **said))})
    with pytest.raises(ProviderConflict):
        list(a_provider(scripted, evidence=evidence).signed_files(package))


def test_a_certificate_may_be_missing_where_the_account_allows_it():
    package = out()
    said = {"status": "signed", "finalizedPdf": attachment()}
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, **said))})
    final, certificate = a_provider(scripted, evidence=EvidencePolicy.OPTIONAL).signed_files(package)
    assert (final.optional, certificate.optional) == (False, True)
    with pytest.raises(ProviderConflict), certificate.open():
        pass


@pytest.mark.parametrize("sha3", [None, "", "ab", "g" * 128])
def test_an_attachment_without_a_digest_is_none_that_could_be_checked(sha3):
    package = out()
    said = {"status": "signed", "finalizedPdf": attachment(sha3=sha3), "certificatePdf": attachment()}
    with pytest.raises(ContractBroken):
        list(a_provider(Scripted({f"GET {ONE}": json_(a_contract(package, **said))})).signed_files(package))


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, CredentialsRefused), (403, CredentialsRefused), (404, ProviderNotFound), (500, ProviderUnavailable)],
)
def test_trouble_at_atlassian_has_its_own_name(status, error):
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, **SIGNED)), f"GET {V1}": httpx.Response(status)})
    with pytest.raises(error) as failed:
        read(next(a_provider(scripted).signed_files(package)))
    assert failed.value.fault.provider == "atlassian"


def test_missing_atlassian_credentials_are_told_before_a_call():
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, **SIGNED))})
    provider = a_provider(scripted)
    bare = connect(
        an_account(provider="contract-signatures", settings=SETTINGS),
        Opening(
            credentials=lambda: {"apiKey": "k"},
            deadline=provider.site.deadline,
            observe=lambda _told: None,
            allow_loopback=False,
        ),
    )
    provider = replace(provider, site=replace(provider.site, http=replace(bare.site.http, client=scripted.client)))
    with pytest.raises(CredentialsRefused, match="atlassianEmail and atlassianToken"):
        read(next(provider.signed_files(package)))
    assert len(scripted.asked) == 1


# ------------------------------------------------------------------------------------------------- the end of a contract


@pytest.mark.parametrize("status", ["sent", "ongoing"])
def test_what_is_out_for_signature_is_deleted(status):
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, status=status)), f"DELETE {ONE}": httpx.Response(204)})
    a_provider(scripted).withdraw(package, "a mistake")
    assert [request.method for request in scripted.asked] == ["GET", "DELETE"]


@pytest.mark.parametrize("status", ["signed", "rejected", "expired", "levitating"])
def test_nothing_else_is_ever_deleted_by_a_withdrawal(status):
    package = out()
    scripted = Scripted({f"GET {ONE}": json_(a_contract(package, status=status))})
    with pytest.raises(ProviderConflict):
        a_provider(scripted).withdraw(package, None)
    assert [request.method for request in scripted.asked] == ["GET"]


def test_a_withdrawal_may_be_asked_for_again():
    a_provider(Scripted({})).withdraw(out(), None)
    package = out()
    there = Scripted({f"GET {ONE}": json_(a_contract(package)), f"DELETE {ONE}": httpx.Response(404)})
    a_provider(there).withdraw(package, None)


@pytest.mark.parametrize(
    ("policy", "status", "method"),
    [
        ("archive", PackageStatus.COMPLETE, ["PATCH"]),
        ("archive", PackageStatus.EXPIRED, ["PATCH"]),
        ("delete", PackageStatus.COMPLETE, ["DELETE"]),
        ("delete", PackageStatus.SIGNED, ["PATCH"]),
        ("delete", PackageStatus.EXPIRED, ["PATCH"]),
        ("keep", PackageStatus.COMPLETE, []),
    ],
)
def test_an_ended_contract_is_put_away_as_the_account_wants(policy, status, method):
    scripted = Scripted({"PATCH": httpx.Response(204), "DELETE": httpx.Response(204)})
    a_provider(scripted, endedContracts=policy).put_away(replace(out(), status=status))
    assert [request.method for request in scripted.asked] == method
    assert all(request.content == b"" for request in scripted.asked)


def test_putting_away_what_is_gone_is_no_error():
    a_provider(Scripted({})).put_away(replace(out(), status=PackageStatus.COMPLETE))


def test_the_vendors_copy_is_removed_only_of_what_has_ended():
    package = out()
    for status in ("sent", "levitating"):
        with pytest.raises(ProviderConflict):
            a_provider(Scripted({f"GET {ONE}": json_(a_contract(package, status=status))})).remove_copy(package)
    ended = Scripted({f"GET {ONE}": json_(a_contract(package, status="signed")), f"DELETE {ONE}": httpx.Response(204)})
    a_provider(ended).remove_copy(package)
    assert [request.method for request in ended.asked] == ["GET", "DELETE"]


# ------------------------------------------------------------------------------------------------------ links and lists


def test_a_link_is_given_for_signers_by_link_and_to_the_right_one():
    package = out(signers=2)
    first, second = a_contract(package)["signers"]
    signers = [first, second | {"accessKind": "url", "accessUrl": "https://contract-signatures.com/sign/s3cr3t"}]
    provider = a_provider(Scripted({f"GET {ONE}": json_(a_contract(package, signers=signers))}))
    assert provider.signing_urls(package, package.recipients[0].id) == ()
    assert provider.signing_urls(package, package.recipients[1].id) == ("https://contract-signatures.com/sign/s3cr3t",)


def test_a_list_goes_by_pages_from_the_oldest_on():
    package = a_contract_package()
    page = {"totalCount": 3, "contracts": [named(package), a_contract(status="signed")]}
    scripted = Scripted({f"GET {CONTRACTS}": [json_(page), json_({"totalCount": 3})]})
    provider = a_provider(scripted)
    lines, cursor = provider.list_envelopes(limit=2)
    assert [(line.external_reference, line.status) for line in lines] == [
        (mark_of(package.id), PackageStatus.IN_PROCESS),
        (None, PackageStatus.SIGNED),
    ]
    assert provider.list_envelopes(limit=2, cursor=cursor) == ((), None)
    assert [request.url.params["page"] for request in scripted.asked] == ["1", "2"]
    assert scripted.asked[0].url.params["order"] == "creation-date-asc"


def test_what_it_can_do_beyond_the_usual():
    provider = a_provider(Scripted({}))
    for protocol in (SignsByLink, Lists, RemovesCopy, PutsAway):
        assert isinstance(provider, protocol)


# --------------------------------------------------------------------------------------------------------------- verify

KEYS = {
    f"GET {CONTRACTS}": json_({"totalCount": 0}),
    f"POST {CONTRACTS}": httpx.Response(400),
    "GET company.atlassian.net/wiki/rest/api/user/current": json_({"type": "known"}),
}
SOON = (datetime.now(UTC) + timedelta(days=400)).isoformat()


def test_verify_proves_every_privilege_and_changes_nothing():
    scripted = Scripted(KEYS)
    identity = a_provider(scripted, keyValidUntil=SOON).verify()
    assert identity.remarks == ()
    assert all(privilege in identity.description for privilege in ("get", "search", "create", "archive", "delete"))
    changing = [r for r in scripted.asked if r.method in {"PATCH", "DELETE"}]
    assert len(changing) == 2
    assert not any(CONTRACT in str(r.url) for r in changing)
    (create,) = [r for r in scripted.asked if r.method == "POST"]
    assert create.content == b"{}"


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("call", "privilege"),
    [
        ("GET " + CONTRACTS, "search"),
        ("POST " + CONTRACTS, "create"),
        ("PATCH", "archive"),
        ("DELETE", "delete"),
        ("GET", "get"),
    ],
)
def test_a_privilege_that_the_key_lacks_is_named(call, privilege, status):
    identity = a_provider(Scripted(KEYS | {call: httpx.Response(status)}), keyValidUntil=SOON).verify()
    assert [remark for remark in identity.remarks if f"lacks the privilege '{privilege}'" in remark]
    assert privilege not in identity.description.rpartition(":")[2]


@pytest.mark.parametrize("status", [200, 204, 409, 500, 302])
def test_a_privilege_that_could_not_be_proven_is_named(status):
    identity = a_provider(Scripted(KEYS | {"DELETE": httpx.Response(status)}), keyValidUntil=SOON).verify()
    (remark,) = identity.remarks
    assert "'delete'" in remark
    assert "could not be proven" in remark


def test_a_key_that_is_accepted_for_nothing_is_refused():
    nothing = {method: httpx.Response(401) for method in ("GET", "POST", "PATCH", "DELETE")}
    with pytest.raises(CredentialsRefused):
        a_provider(Scripted(nothing)).verify()


def test_a_vendor_that_is_down_is_no_missing_privilege():
    with pytest.raises(ProviderUnavailable):
        a_provider(Scripted({f"GET {CONTRACTS}": httpx.Response(503)})).verify()


def test_an_atlassian_account_that_is_refused_fails_the_proof():
    me = "GET company.atlassian.net/wiki/rest/api/user/current"
    with pytest.raises(CredentialsRefused):
        a_provider(Scripted(KEYS | {me: httpx.Response(401)})).verify()
    identity = a_provider(Scripted(KEYS | {me: httpx.Response(404)}), keyValidUntil=SOON).verify()
    assert "Atlassian" in identity.remarks[0]


def test_a_key_that_ends_soon_or_whose_end_nobody_said_is_remarked():
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert len(a_provider(Scripted(KEYS), keyValidUntil=until).verify().remarks) == 1
    assert len(a_provider(Scripted(KEYS)).verify().remarks) == 1


# ------------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("name", ["baseUrl", "siteUrl"])
def test_credentials_travel_over_tls_only(name):
    with pytest.raises(Unprocessable) as refused:
        a_provider(Scripted({}), **cast("Any", {name: "http://contract-signatures.example"}))
    assert [p.pointer for p in refused.value.problems] == [f"/settings/{name}"]


def test_no_secret_is_in_the_providers_repr():
    text = repr(a_provider(Scripted({})))
    assert not any(secret in text for secret in CREDENTIALS.values())
