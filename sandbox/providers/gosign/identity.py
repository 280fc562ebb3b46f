"""An identity provider as of Entra ID, run beside GoSign: keys, machine tokens, and GoSign's checks of them (§12).

§12.4: the text says milliseconds for nbf and exp but adds 3600 for an hour: seconds. It prints `/.wellknown/`; the real
path is `/.well-known/`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from sandbox.providers.gosign.errors import Refusal
from sandbox.providers.gosign.settings import Customer

if TYPE_CHECKING:
    from sandbox.providers.gosign.simulator import Simulator

ALGORITHM = "RS256"
HOUR = 3600
LEEWAY = 60


class KeyRing:
    """The identity provider's signing key, made on first use."""

    @functools.cached_property
    def key(self) -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": "simulator-1", "use": "sig", "alg": ALGORITHM}, private=True)

    def public(self) -> dict[str, Any]:
        """The JWKS."""
        return dict(KeySet([self.key]).as_dict(private=False))


def issuer(simulator: Simulator, customer: Customer) -> str:
    return f"{simulator.url}/idp/{customer.identity.tenant}/v2.0"


def token(simulator: Simulator, customer: Customer, client: str, audience: str, **changes: Any) -> str:  # noqa: ANN401
    """A JWT as in §12.4. `changes` replace claims, for the tests of a receiver; `typ` and `kid` are of the header."""
    now = int(simulator.now().timestamp())
    claims = {
        "iss": issuer(simulator, customer),
        "tid": customer.identity.tenant,
        "aud": audience,
        "nbf": now,
        "iat": now,
        "exp": now + HOUR,
        "azp": client,
        "ver": "2.0",
    }
    return jwt.encode({"alg": ALGORITHM, "kid": "simulator-1"}, claims | changes, simulator.keys.key)


def notification_token(simulator: Simulator, customer: Customer) -> str:
    """§12.3: "GoSign, as well as the external system, will request to the identity provider the JWT token"."""
    trust = customer.identity
    return token(simulator, customer, trust.gosign_client, trust.notification_audience)


def check(simulator: Simulator, customer: Customer, presented: str) -> str:
    """The five checks of §12.4, in its order; the GoSign user in whose name the machine acts [I].

    Raises Refusal with HTTP 401 and "the description of the first failed check".
    """
    trust = customer.identity
    try:
        claims = jwt.decode(presented, KeySet([simulator.keys.key]), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        raise _failed("signature") from None
    now = simulator.now().timestamp()
    checks = {
        "iss": claims.get("iss") == issuer(simulator, customer),
        "validity": _number(claims, "nbf") - LEEWAY <= now < _number(claims, "exp"),
        "tid": claims.get("tid") == trust.tenant,
        "aud": claims.get("aud") == trust.audience,
        "azp": claims.get("azp") in trust.clients,
    }
    for name, holds in checks.items():
        if not holds:
            raise _failed(name)
    return trust.loader


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _failed(name: str) -> Refusal:
    return Refusal("invalid_token", f"JWT check failed: {name}", 401)
