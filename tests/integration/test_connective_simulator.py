"""The Connective simulator over real HTTP, v3: the main job, every Swagger operation, the vendor's examples."""

from __future__ import annotations

import base64
import io

import httpx
import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from sandbox.providers.connective.server import ConnectiveSimulator

FIELD = {"PageNumber": 1, "Width": "120", "Height": "60", "Left": "100", "Top": "200"}


@pytest.fixture(scope="module")
def server():
    with ConnectiveSimulator() as running:
        yield running


@pytest.fixture
def sim(server):
    server.control.reset()
    return server


@pytest.fixture
def api(sim):
    with httpx.Client(base_url=sim.v3, auth=("api", "secret"), timeout=20) as client:
        yield client


@pytest.fixture
def control(sim):
    return sim.control


def pdf(pages=1, *, text="", form=False):
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"Page {number} {text}")
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


def add(api, package, *fields, data=None, **more):
    document = {"Document": b64(data or pdf()), "DocumentName": "Doc", "DocumentLanguage": "en", **more}
    response = api.post(f"/packages/{package}/documents", json={**document, "SigningFields": list(fields)})
    assert response.status_code == 200, response.text
    return response.json()


def person(name, *actors, **more):
    return {
        "EmailAddress": f"{name}@example.org", "FirstName": name.title(), "LastName": "Doe", "Actors": list(actors), **more
    }  # fmt: skip


def signer(*locations, order=1, **more):
    return {"Type": "Signer", "OrderIndex": order, "LocationIds": list(locations), **more}


def process(api, package, *stakeholders):
    return api.put(f"/packages/{package}/process", json={"Stakeholders": list(stakeholders)})


def send(api, package):
    return api.put(f"/packages/{package}/status", json={"Status": "Pending"})


def two_signers(api, **more):
    """A pending package: jane, then john, on one two-page document; cc gets a copy."""
    package = create(api, **more)
    added = add(
        api, package, {**FIELD, "Label": "one"}, {**FIELD, "PageNumber": -1, "Top": "400", "Label": "two"}, data=pdf(2)
    )
    one, two = (location["Id"] for location in added["Locations"])
    people = (
        person("jane", signer(one, order=1, SendNotifications=True)),
        person("john", signer(two, order=2)),
        person("cc", {"Type": "Receiver", "SendNotifications": True}),
    )
    assert process(api, package, *people).status_code == 200
    response = send(api, package)
    assert response.status_code == 200, response.text
    return package, added["DocumentId"], response.json()


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


def test_two_people_sign_in_order_and_the_file_carries_both_signatures(api, control):
    package, document, shown = two_signers(api)
    assert actor_states(shown)["jane@example.org"] == "Available"
    assert actor_states(shown)["john@example.org"] == "Draft"
    with pytest.raises(httpx.HTTPStatusError):
        control.sign(package, "john@example.org")
    control.sign(package, "jane@example.org")
    assert api.get(f"/packages/{package}/download/{document}").status_code == 409
    assert control.sign(package, "john@example.org")["PackageStatus"] == "Finished"
    signed = api.get(f"/packages/{package}/download/{document}")
    assert signed.headers["content-type"] == "application/pdf"
    assert signatures(signed.content, control.authority()) == ["Jane Doe", "John Doe"]
