"""The GoSign simulator over real HTTP: OAuth2 v2, GoSign 5, the identity provider, getUrl."""

from __future__ import annotations

import base64

import httpx
import pytest

from sandbox.providers.gosign.settings import Customer
from tests.fakes.gosign_envelopes import (
    PDF,
    action,
    example,
    gs5,
    oauth,
    oauth_stranger,
    oauth_task,
    with_papers,
)

OK = {"code": "OK", "message": "Successfull"}
GRANT = {"grant_type": "password", "username": "segr", "password": "user-password"}
CLIENT = {"client_id": "connector", "client_secret": "client-secret"}
TRUST = Customer().identity


@pytest.fixture
def http(gosign, running):
    client = running[1]
    token = client.post(f"{gosign.url}/gosign/oauth/token", data=GRANT | CLIENT).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


@pytest.fixture
def insert(gosign, http):
    return lambda body, base="oauth": http.post(f"{getattr(gosign, base)}/envelopes", json=body)


def idp(gosign, **changes):
    form = {"grant_type": "client_credentials", "client_id": "connector", "client_secret": "idp-secret"}
    form["scope"] = f"{TRUST.audience}/.default"
    return httpx.post(f"{gosign.url}/idp/{TRUST.tenant}/oauth2/v2.0/token", data=form | changes)


# ------------------------------------------------------------------------------------------------------------------ §9.1


def test_a_token_comes_for_the_query_a_form_or_a_client_by_basic(gosign, running):
    url, http = f"{gosign.url}/gosign/oauth/token", httpx
    sample = example("9.1-token")
    for answer in (
        http.post(url, params=GRANT | CLIENT),
        http.post(url, data=GRANT | CLIENT),
        http.post(url, params=GRANT, auth=("connector", "client-secret")),
    ):
        assert set(answer.json()) == set(sample)
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", sample["expires_in"])


def test_wrong_credentials_get_no_token(gosign):
    url = f"{gosign.url}/gosign/oauth/token"
    assert httpx.post(url, data=GRANT | CLIENT | {"client_secret": "x"}).json()["error"] == "invalid_client"
    assert httpx.post(url, data=GRANT | CLIENT | {"password": "x"}).json()["error"] == "invalid_grant"
    assert httpx.post(url, data=CLIENT | {"grant_type": "implicit"}).json()["error"] == "unsupported_grant_type"


def test_an_unknown_or_expired_token_is_a_401_as_in_the_example(gosign, http, insert):
    headers = {"authorization": "Bearer e2c32a3e-2c43-4708-80a2-3fb282a3990"}
    answer = http.get(f"{gosign.oauth}/envelopes/E1", headers=headers)
    assert (answer.status_code, answer.json()) == (401, example("9.5-ko"))
    gosign.control.configure(token_seconds=60)
    assert insert(oauth()).json() == OK
    gosign.control.expire_tokens()
    assert insert(oauth("E2")).status_code == 401


# ------------------------------------------------------------------------------------------------------- §9.2 to §9.6, §10


def test_the_insertion_of_9_2_answers_with_the_envelope_once_its_action_names_its_document(insert):
    body = with_papers(example("9.2-insert"))
    task = body["envelope"]["procDef"]["tasks"][0]
    task["actorExpr"] = "mgrU"
    assert insert(body).json()["code"] == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"
    task["actionDefs"][0]["docExternalId"] = "document ID"
    answer, sample = insert(body).json(), example("9.2-insert-response")
    assert set(answer) == set(sample)
    assert set(answer["documents"][0]) == set(sample["documents"][0])


def test_the_insertion_of_10_is_taken(insert):
    assert insert(with_papers(example("10-oauth"))).json() == OK


def test_what_get_envelope_shows_is_what_the_samples_show(gosign, http, insert):
    insert(oauth(useType="CORPORATE", sysGenerator="EMA", starred=True))
    simple = http.get(f"{gosign.oauth}/envelopes/E1").json()
    full = http.get(f"{gosign.oauth}/envelopes/E1/withDocuments").json()
    for shown, name in ((simple, "9.3-simple"), (full, "9.3-with-documents")):
        sample = example(name)
        assert set(shown) == set(sample)
        assert set(shown["documents"][0]) == set(sample["documents"][0])
    assert base64.b64decode(full["documents"][0]["bytes"]) == PDF


def test_the_status_is_a_json_string_and_an_unknown_envelope_is_not_found(gosign, http, insert):
    insert(oauth())
    assert http.get(f"{gosign.oauth}/envelopes/E1/status").text == '"IN_PROGRESS"'
    gosign.control.sign("E1", "mgr")
    assert http.get(f"{gosign.oauth}/envelopes/E1/status").json() == "WORKED"
    gosign.control.present("E1", status="SOMETHING_NEW")
    assert http.get(f"{gosign.oauth}/envelopes/E1/status").json() == "SOMETHING_NEW"
    assert http.get(f"{gosign.oauth}/envelopes/TEST08092020/status").json() == example("9.4-ko")


def test_a_deletion_answers_as_the_examples(gosign, http, insert):
    insert(oauth("TEST08092020"))
    url = f"{gosign.oauth}/envelopes/TEST08092020/delete/"
    assert http.post(url).json() == example("9.4-ok")
    assert http.post(url).json() == example("9.4-ko")


def test_the_kos_of_9_2_are_those_of_the_examples(insert):
    insert(oauth("TEST08092020"))
    assert insert(oauth("TEST08092020")).json() == example("9.2-ko-exists")
    twice = oauth(documents=[*oauth()["envelope"]["documents"]] * 2)
    assert insert(twice).json()["code"] == example("9.2-ko-documents")["code"]


def test_a_signing_link_leads_to_a_page_that_signs_and_returns(gosign, http, insert):
    insert(oauth())
    wanted = {
        "command": "sign",
        "envelopeExtId": "E1",
        "extUserId": "mgr",
        "extRedirect": "https://buyer.example/x?y=1",
    }
    link = http.get(f"{gosign.url}/gosign/secure/oauth/getUrl", params=wanted)
    assert link.headers["content-type"].startswith("text/plain")
    assert "<form" in httpx.get(link.text).text
    done = httpx.post(link.text, data={"do": "sign"})
    assert (done.status_code, done.headers["location"]) == (303, "https://buyer.example/x?y=1")
    assert http.get(f"{gosign.oauth}/envelopes/E1/status").json() == "WORKED"
    assert http.get(f"{gosign.url}/gosign/secure/oauth/getUrl", params=wanted).json()["code"] == "ILLEGAL_ARGUMENT"


@pytest.mark.parametrize(
    "change",
    [
        {"trustLevelCode": "FEA"},
        {"trustLevel": None},
        {"sendingMode": "IMD"},
        {"useType": "P"},
        {"UseType": "PUBLIC"},
        {"note": "x"},
    ],
)
def test_the_words_of_rest_v1_are_none_of_oauth2s(insert, change):
    assert insert(oauth(**change)).json()["code"] == "ILLEGAL_ARGUMENT"


@pytest.mark.parametrize("name", ["commonMessages", "commonMessage"])
def test_both_names_of_the_message_are_taken(insert, name):
    body = oauth()
    body["envelope"][name] = body["envelope"].pop("commonMessages")
    assert insert(body).json() == OK


@pytest.mark.parametrize("position", ["CENTRAL", "TOP_LEFT_NORTH_WEST", "INVISIBLE"])
def test_compass_positions_are_words(insert, position):
    there = action(kind="SIGN", appearance={"compassAppearance": {"page": -1, "position": position}})
    assert insert(oauth(tasks=[oauth_task(actionDefs=[there])])).json() == OK
    numbered = action(kind="SIGN", appearance={"compassAppearance": {"page": -1, "position": 1}})
    assert insert(oauth("E2", tasks=[oauth_task(actionDefs=[numbered])])).json()["code"] == "ILLEGAL_ARGUMENT"


# ------------------------------------------------------------------------------------------------------------------ §9.7


@pytest.mark.parametrize("kind", Customer().signature_types)
def test_gosign_5_takes_every_signature_type(insert, kind):
    assert insert(gs5(kind=kind), "gs5").json() == OK


def test_gosign_5_has_no_trust_level_and_gosign_4_no_signature_type(insert, gosign):
    body = gs5()
    body["envelope"]["trustLevel"] = "FEA"
    assert insert(body, "gs5").json()["code"] == "ILLEGAL_ARGUMENT"
    gosign.control.configure(switches={"gs5_trust_level": "tolerate"})
    assert insert(body, "gs5").json() == OK
    assert insert(oauth("E2", tasks=[oauth_task(signatureType="SIMPLE")])).json()["code"] == "ILLEGAL_ARGUMENT"
    assert insert(oauth("E3", trustLevel=None), "gs5").json()["code"] == "ILLEGAL_ARGUMENT", "one of them is needed"


def test_a_signature_type_that_is_not_enabled_has_its_own_code(insert, gosign):
    gosign.control.configure(signature_types=["SIMPLE"])
    assert insert(gs5(kind="FEA_OTP"), "gs5").json()["code"] == "SIGNATURE_NOT_ENABLED_EXCEPTION"


OTP = {"phoneNumber": "+390123456789", "countryCode": "it", "serialType": "TIN", "fiscalCode": "RSSMRA80A01H501U"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "OK")]
    + [({name: None}, "ILLEGAL_ARGUMENT") for name in OTP]
    + [({"phoneNumber": "3482259422"}, "ILLEGAL_ARGUMENT"), ({"serialType": "XXX"}, "ILLEGAL_ARGUMENT")]
    + [({"countryCode": "ITA"}, "ILLEGAL_ARGUMENT"), ({"emailLanguage": "ru"}, "ILLEGAL_ARGUMENT")],
)  # fmt: skip
def test_fea_otp_needs_four_things_of_a_new_user(insert, changes, code):
    users = [oauth_stranger(**OTP | changes)]
    tasks = [oauth_task("anna@supplier.exampleU", signatureType="FEA_OTP")]
    assert insert(gs5(tasks=tasks, users=users), "gs5").json()["code"] == code


def test_a_version_5_field_must_not_be_used_for_version_4(insert):
    users = [oauth_stranger(countryCode="it")]
    assert insert(oauth(users=users)).json()["code"] == "ILLEGAL_ARGUMENT"


def test_quickstart_fea_has_a_single_task(insert):
    tasks = [oauth_task(signatureType="QUICKSTART_FEA"), oauth_task("usrU", signatureType="QUICKSTART_FEA")]
    assert insert(gs5(tasks=tasks), "gs5").json()["code"] == "RETURN_STATUS_PROCESS_DEFINITION_ERROR"


@pytest.mark.parametrize("name", ["9.7.1-tasks", "9.7.3-tasks", "9.7.4-tasks"])
def test_the_listings_of_9_7_name_all_places_of_which_only_one_may_be(insert, name):
    tasks = example(name)["tasks"]
    assert insert(gs5(tasks=tasks), "gs5").json()["code"] == "ILLEGAL_ARGUMENT"
    task, one = tasks[0], tasks[0]["actionDefs"][0]
    one |= {
        "docExternalId": "doc1",
        "appearance": {"coordAppearance": {"page": 1, "llx": 0, "lly": 0, "urx": 9, "ury": 9}},
    }
    one["confString"] = task["confString"] = "{}"
    task["actorExpr"] = "mgrU"
    assert insert(gs5(tasks=tasks), "gs5").json() == OK


# ------------------------------------------------------------------------------------------------------------------- §12


def test_a_machine_inserts_with_a_token_of_the_identity_provider(gosign, http):
    token = idp(gosign).json()["access_token"]
    answer = http.post(f"{gosign.oauth}/envelopes", json=oauth(), headers={"authorization": f"Bearer {token}"})
    assert answer.json() == OK
    assert gosign.control.envelope("E1")["loadedByExtId"] == TRUST.loader


def test_the_identity_provider_is_found_through_its_issuer(gosign):
    configuration = httpx.get(f"{gosign.url}/idp/{TRUST.tenant}/v2.0/.well-known/openid-configuration").json()
    assert configuration["issuer"] == f"{gosign.url}/idp/{TRUST.tenant}/v2.0"
    keys = httpx.get(configuration["jwks_uri"]).json()["keys"]
    assert [set(key) >= {"kid", "n", "e"} and "d" not in key for key in keys] == [True]
    assert idp(gosign, client_secret="x").status_code == 401
    assert idp(gosign, grant_type="password").status_code == 400


@pytest.mark.parametrize(
    ("claims", "failed"),
    [
        ({"iss": "https://elsewhere.example/v2.0"}, "iss"),
        ({"exp": 1}, "validity"),
        ({"nbf": 4102444800}, "validity"),
        ({"tid": "another"}, "tid"),
        ({"aud": "api://another"}, "aud"),
        ({}, "azp"),
    ],
)
def test_the_first_failed_check_of_a_token_is_told_with_a_401(gosign, http, claims, failed):
    token = gosign.control.token(**{"aud": TRUST.audience} | claims)
    answer = http.get(f"{gosign.oauth}/envelopes/E1", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["error_description"]) == (401, f"JWT check failed: {failed}")


def test_a_token_with_a_foreign_signature_is_refused(gosign, http):
    token = gosign.control.token(aud=TRUST.audience, azp="connector")
    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{signature[::-1]}"
    answer = http.get(f"{gosign.oauth}/envelopes/E1", headers={"authorization": f"Bearer {forged}"})
    assert answer.json()["error_description"] == "JWT check failed: signature"
