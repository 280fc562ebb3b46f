"""Who may speak as GoSign, by what the account has agreed with InfoCert (seeds/004 §8.1, §12.3, §12.4)."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from esign.domain.errors import ProviderUnavailable, Unprocessable
from esign.http.issuer_keys import AGAIN, FRESH, STALE, IssuerKeys
from esign.providers.gosign.settings import parse_settings
from tests.fakes.clock import START
from tests.fakes.gosign_caller import Gosign, soap_notification, work_notification

ISSUER = "https://login.example/t-1/v2.0"
CONFIGURATION = f"{ISSUER}/.well-known/openid-configuration"
AGREED = {"issuer": ISSUER, "tenantId": "t-1", "notificationAudience": "api://esign", "authorizedParty": "gosign-app"}
OURS = RSAKey.generate_key(2048, {"kid": "a", "use": "sig"})
NEXT = ECKey.generate_key("P-256", {"kid": "b", "use": "sig"})
STRANGE = RSAKey.generate_key(2048, {"kid": "a"})


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def account(authentication, credentials=None, **settings):
    gosign = Gosign(notifications={"authentication": authentication} | settings.pop("notifications", {}), **settings)
    gosign.connector.accounts.replace_credentials(gosign.connector.account, credentials or {})
    gosign.issuer_keys = Provider()
    return gosign


class Provider(IssuerKeys):
    """An identity provider; `asked` are the addresses that were fetched."""

    def __init__(self):
        self.asked = []
        self.keys: list[Any] = [OURS, NEXT]
        self.describes: str | None = ISSUER
        super().__init__(self._fetch_json)

    def _fetch_json(self, url):
        self.asked.append(url)
        if self.describes is None:
            raise ProviderUnavailable("down")
        if url == CONFIGURATION:
            return {"issuer": self.describes, "jwks_uri": "https://keys.example/jwks"}
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def claims(**changes):
    now = int(START.timestamp())
    known = {"iss": ISSUER, "tid": "t-1", "aud": "api://esign", "azp": "gosign-app", "nbf": now, "exp": now + 3600}
    return {name: value for name, value in (known | changes).items() if value is not None}


def token(key=OURS, algorithm="RS256", header=None, **changes):
    found = jwt.encode({"alg": algorithm, "kid": key.kid, **(header or {})}, claims(**changes), key, [algorithm])
    return {"Authorization": f"Bearer {found}"}


def notified(gosign, headers):
    """By both doors: they never differ."""
    package = gosign.sent()
    rest = gosign.notifies(package.id, work_notification(package.id), headers=headers)
    soap = gosign.says(soap_notification(package.id), headers=headers)
    asked = gosign.gets("/status", headers=headers)
    assert rest.status == soap.status == asked.status
    assert gosign.now(package) == package
    return rest, len(gosign.connector.workflows.started)


def refused(gosign, headers):
    told, woken = notified(gosign, headers)
    assert (told.status, woken) == (401, 0)
    assert gosign.raw.calls == {}
    return told.json["message"]


PASSWORD = {"notificationUsername": "gosign", "notificationPassword": "p:ä"}


def test_basic_credentials_are_those_of_the_account():
    told, woken = notified(account("basic", PASSWORD), basic("gosign:p:ä"))
    assert (told.status, woken) == (200, 2)


@pytest.mark.parametrize(
    "headers",
    [{}, basic("gosign:x"), basic("x:p:ä"), basic(""), {"Authorization": "Basic ***"}, {"Authorization": "Basic /w=="}],
)
def test_other_basic_credentials_are_refused(headers):
    assert "Basic" in refused(account("basic", PASSWORD), headers)


def test_an_account_that_forgot_its_password_takes_nobody():
    refused(account("basic"), basic("None:None"))
    refused(account("api-key"), {"X-API-Key": ""})


def test_an_api_key_comes_in_the_agreed_header():
    agreed = {"header": "X-Our-Key"}
    gosign = account("api-key", {"notificationApiKey": "k"}, notifications=agreed)
    assert notified(gosign, {"x-our-key": "k"})[0].status == 200
    refused(account("api-key", {"notificationApiKey": "k"}, notifications=agreed), {"X-API-Key": "k"})
    refused(account("api-key", {"notificationApiKey": "k"}), {"X-API-Key": "K"})


def test_a_workability_question_is_authenticated_too():
    gosign = account("basic", PASSWORD)
    assert gosign.gets("/", envelope="e", user="u").status == 401


def by_jwt(**settings):
    return account("jwt", identityProvider=AGREED | settings)


@pytest.mark.parametrize(("key", "algorithm"), [(OURS, "RS256"), (OURS, "PS256"), (NEXT, "ES256")])
def test_a_token_that_its_issuer_signed_is_taken(key, algorithm):
    assert notified(by_jwt(), token(key, algorithm))[0].status == 200


def test_the_audience_may_be_one_of_several_and_unagreed_claims_may_be_anything():
    assert notified(by_jwt(), token(aud=["x", "api://esign"]))[0].status == 200
    assert notified(by_jwt(tenantId=None, authorizedParty=None), token(tid="z", azp=None))[0].status == 200


def test_times_in_milliseconds_are_read_as_such():
    now = int(START.timestamp() * 1000)
    assert notified(by_jwt(), token(nbf=now, exp=now + 3_600_000))[0].status == 200
    assert "expired" in refused(by_jwt(), token(nbf=now - 7_200_000, exp=now - 3_600_000))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"exp": int(START.timestamp()) - 61}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "soon"}, "expired"),
        ({"nbf": int(START.timestamp()) + 61}, "not valid yet"),
        ({"tid": "t-2"}, "tid"),
        ({"tid": None}, "tid"),
        ({"aud": "api://other"}, "aud"),
        ({"aud": None}, "aud"),
        ({"azp": "another-app"}, "azp"),
        ({"iss": "https://login.example/t-2/v2.0"}, "iss"),
    ],
)
def test_a_token_that_fails_a_check_is_told_which(changes, check, capsys):
    headers = token(**changes)
    told = refused(by_jwt(), headers)
    assert check in told
    assert headers["Authorization"].removeprefix("Bearer ") not in told + capsys.readouterr().out


def handmade(algorithm, sign):
    parts = [{"alg": algorithm, "kid": "a"}, claims()]
    said = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts)
    signature = base64.urlsafe_b64encode(sign(said.encode())).rstrip(b"=").decode()
    return {"Authorization": f"Bearer {said}.{signature}"}


def unsigned():
    return handmade("none", lambda _: b"")


def signed_with_the_public_key():
    return handmade("HS256", lambda said: hmac.digest(OURS.as_pem(private=False), said, "sha256"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer " + "a" * 20_000},
        {"Authorization": "Bearer é.é.é"},
        token(STRANGE),
        token(header={"kid": "unknown"}),
        unsigned(),
        signed_with_the_public_key(),
    ],
    ids=["none", "empty", "garbage", "long", "accents", "forged", "unknown key", "unsigned", "shared secret"],
)
def test_what_the_issuer_did_not_sign_is_refused_and_repeated_nowhere(headers, capsys):
    refused(by_jwt(), headers)
    shown = capsys.readouterr().out
    secret = headers.get("Authorization", "").removeprefix("Bearer ").strip()
    assert not secret or secret not in shown


@pytest.mark.parametrize("known", [{}, {"issuer": ISSUER}, {"audience": "api://esign"}])
def test_an_account_that_could_not_judge_a_token_cannot_be_made(known):
    settings = {"externalSystemCode": "x", "loadedByExtId": "y", "notifications": {"authentication": "jwt"}}
    with pytest.raises(Unprocessable):
        parse_settings(settings | {"identityProvider": known})
    assert parse_settings(settings | {"identityProvider": {"issuer": ISSUER, "audience": "api://esign"}})


def test_a_token_for_an_account_that_names_no_audience_is_refused():
    refused(by_jwt(notificationAudience=None), token())


def test_an_identity_provider_that_is_down_asks_for_a_retry():
    gosign = by_jwt()
    gosign.issuer_keys.describes = None
    package = gosign.sent()
    told = gosign.notifies(package.id, work_notification(package.id), headers=token())
    assert (told.status, told.json["outcome"]) == (200, "failed_please_retry")
    assert gosign.connector.workflows.started == {}


def test_keys_are_asked_for_once_an_hour():
    keys = Provider()
    for seconds in (0, 1, FRESH - 1):
        keys.of(ISSUER, "a", now=seconds)
    assert keys.asked == [CONFIGURATION, "https://keys.example/jwks"]
    keys.of(ISSUER, "a", now=FRESH)
    assert len(keys.asked) == 4


def test_a_new_key_is_found_but_made_up_ones_do_not_make_us_ask_all_the_time():
    keys = Provider()
    keys.keys = [OURS]
    keys.of(ISSUER, "a", now=0)
    keys.keys = [OURS, NEXT]
    assert len(keys.of(ISSUER, "b", now=AGAIN - 1)["keys"]) == 1
    assert len(keys.of(ISSUER, "b", now=AGAIN)["keys"]) == 2
    for second in range(50):
        keys.of(ISSUER, "made up", now=AGAIN + second)
    assert len(keys.asked) == 4


def test_known_keys_outlast_a_provider_that_is_down_for_a_day():
    keys = Provider()
    keys.of(ISSUER, "a", now=0)
    keys.describes = None
    assert keys.of(ISSUER, "a", now=STALE - 1)
    with pytest.raises(ProviderUnavailable):
        keys.of(ISSUER, "a", now=STALE)


def test_keys_of_an_issuer_that_describes_another_are_not_taken():
    keys = Provider()
    keys.describes = "https://login.example/t-2/v2.0"
    with pytest.raises(ProviderUnavailable):
        keys.of(ISSUER, "a", now=0)


def test_a_token_is_judged_by_the_time_of_day():
    gosign = by_jwt()
    assert notified(gosign, token())[0].status == 200
    gosign.connector.clock.advance(timedelta(hours=2).total_seconds())
    assert gosign.gets("/status", headers=token()).status == 401
