"""Makes documents and packages for a Connective simulator by its v3 API, and checks the signatures in a PDF.

Knows the vendor's API only; the connector's client has no part in it.
"""

from __future__ import annotations

import base64
import io

from asn1crypto import pem, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

FIELD = {"PageNumber": 1, "Width": "120", "Height": "60", "Left": "100", "Top": "200"}


def pdf(pages=1, *, text="", form=False, rotation=0):
    """A4 pages; `text` stands at 72 points from the left and 142 from the top, a text field SignHere below."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(1, pages + 1):
        canvas.setPageRotation(rotation)
        canvas.drawString(72, 700, text or f"Page {number}")
        if form:
            canvas.acroForm.textfield(name="SignHere", x=100, y=500, width=120, height=40)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def b64(data):
    return base64.b64encode(data).decode()


def create(api, **more):
    response = api.post("/packages", json={"Initiator": "info@mail.com", "PackageName": "Contract", **more})
    assert response.status_code == 201, response.text
    return response.json()["PackageId"]


def document(*fields, data=None, **more):
    named = {"DocumentName": "Doc", "DocumentLanguage": "en", **more}
    return {"Document": b64(data or pdf()), "SigningFields": list(fields), **named}


def add(api, package, *fields, data=None, **more):
    response = api.post(f"/packages/{package}/documents", json=document(*fields, data=data, **more))
    assert response.status_code == 200, response.text
    return response.json()


def person(name, *actors, **more):
    names = {"EmailAddress": f"{name}@example.org", "FirstName": name.title(), "LastName": "Doe"}
    return {**names, "Actors": list(actors), **more}


def signer(*locations, order=1, **more):
    return {"Type": "Signer", "OrderIndex": order, "LocationIds": list(locations), **more}


def process(api, package, *stakeholders):
    return api.put(f"/packages/{package}/process", json={"Stakeholders": list(stakeholders)})


def send(api, package):
    return api.put(f"/packages/{package}/status", json={"Status": "Pending"})


def with_document(api, fields=1, **more):
    """A draft with one document: its package id, the document's id, the ids of its locations."""
    package = create(api, **more)
    added = add(api, package, *({**FIELD, "Top": str(100 + 80 * n), "Label": f"L{n}"} for n in range(fields)))
    return package, added["DocumentId"], [location["Id"] for location in added["Locations"]]


def started(api, *stakeholders, fields=1, **more):
    """A pending package; each stakeholder is a function of the locations, or a stakeholder."""
    package, _, locations = with_document(api, fields, **more)
    people = [each(locations) if callable(each) else each for each in stakeholders]
    for response in (process(api, package, *people), send(api, package)):
        assert response.status_code == 200, response.text
    return package


def one_signer(api, **more):
    return started(api, lambda places: person("jane", signer(places[0])), **more)


def jane(places):
    return person("jane", signer(places[0], order=1))


def john(places):
    return person("john", signer(places[1], order=2))


def two_signers(api, **more):
    return started(api, jane, john, fields=2, **more)


def status(api, package):
    return api.get(f"/packages/{package}/status").json()


def actor_states(shown):
    return {s["EmailAddress"]: a["ActorStatus"] for s in shown["Stakeholders"] for a in s["Actors"]}


def signatures(data, authority):
    """Checks every signature of the PDF against the test CA; the names of the signers in order."""
    root = x509.Certificate.load(pem.unarmor(authority)[2])
    names = []
    for embedded in PdfFileReader(io.BytesIO(data)).embedded_signatures:
        checked = validate_pdf_signature(embedded, ValidationContext(trust_roots=[root]))
        assert checked.bottom_line, checked.pretty_print_details()
        names.append(embedded.signer_cert.subject.native["common_name"])
    return names
