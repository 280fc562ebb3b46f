"""Calls of Contract Signatures as its document writes them (seeds/002), for tests of its simulator."""

from __future__ import annotations

from typing import Any

CONTRACTS = "/webapi/contracts"


def signer(name: str = "Richard Roe", **more: Any) -> dict[str, Any]:
    """The example's signer."""
    email = f"{name.lower().replace(' ', '.')}@company.com"
    return {"fullName": name, "accessKind": "email", "email": email, **more}


def by_link(name: str = "Janie Doe", **more: Any) -> dict[str, Any]:
    return {"fullName": name, "accessKind": "url", **more}


def post(api, *signers, **more):
    """The request's example: template "1234567", name "NDA"."""
    body = {"templateId": "1234567", "name": "NDA", "signers": list(signers or (signer(),)), **more}
    return api.post(CONTRACTS, json=body)


def created(api, *signers, **more):
    answer = post(api, *signers, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def get(api, contract):
    answer = api.get(f"{CONTRACTS}/{contract}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def search(api, **parameters):
    answer = api.get(CONTRACTS, params={name.replace("_", "-"): value for name, value in parameters.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(found):
    return [contract["name"] for contract in found.get("contracts", [])]
