"""Calls of eSignTools as its document writes them (seeds/003), for tests of its simulator."""

from __future__ import annotations

import json

import pypdfium2 as pdfium

from tests.fakes.papers import a_pdf

EMPTY = a_pdf()
ZONE = {"page": 1, "x": 100, "y": 400, "width": 150, "height": 50}


def login(client, **changes):
    body = {"username": "api", "password": "secret"} | changes
    return client.post("/v1/authenticate", json=body, headers={"Authorization": ""}).json()["id_token"]


def person(name="anna", **more):
    return {"email": f"{name}@example.com", "firstname": name.title(), "lastname": "Peeters", **more}


def create(api, *people, pdf=EMPTY, filename="contract.pdf", **more):
    body = {"name": "Contract123", "recipients": list(people), **more}
    files = {"agreement": (None, json.dumps(body), "application/json"), "pdf": (filename, pdf, "application/pdf")}
    return api.post("/signing/v1/agreements", files=files)


def created(api, *people, **more):
    answer = create(api, *(people or (person(fields=[ZONE]),)), **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def get(api, agreement):
    return api.get(f"/signing/v1/agreements/{agreement}").json()


def text_at(pdf, page, *, left, bottom, right, top):
    document = pdfium.PdfDocument(pdf)
    return document[page - 1].get_textpage().get_text_bounded(left, bottom, right, top)


def current_file(api, agreement):
    return api.get(f"/signing/v1/agreements/{agreement}/current-file").content


def paths(listener):
    """Of the calls that a server of http_server has seen."""
    return [seen.path for seen in listener.seen]
