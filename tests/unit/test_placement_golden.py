"""Golden files: what each provider is told of each kind of field, or why it is told nothing.

`ESIGN_GOLDEN=write` writes tests/data/placement/ anew; look at the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from esign.domain.recipient import Anchor, Field, FormField, Rectangle, Zone, ZonePosition
from esign.operations.preflight import neutral_problems
from esign.placement.place import resolve
from esign.providers.connective import places as connective
from esign.providers.esigntools import options as esigntools_options
from esign.providers.esigntools import places as esigntools
from esign.providers.gosign import settings as gosign_settings
from esign.providers.gosign.build import build_envelope, places_of
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.words import Dialect
from esign.providers.gosign.write_rest import appearance
from esign.runtime.providers import vendor
from tests.fakes.factories import a_document, a_full_package, a_recipient
from tests.fakes.papers import Papers, a_pdf

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "placement"
PAPER = a_pdf(
    2,
    texts={(1, 72, 400): "Sign here", (1, 72, 300): "#SIG1", (1, 72, 200): "#signature1#", (2, 300, 500): "##FIRMA##"},
    signature_fields={"Buyer": (2, 100, 300, 150, 50), "SignatorySignature_1_1": (2, 300, 300, 150, 50)},
)
TURNED = a_pdf(1, size=(842, 595), rotation=90)
KINDS: dict[str, Rectangle | Anchor | FormField | ZonePosition | None] = {
    "rectangle": Rectangle(1, 100.4, 200.6, 150, 50),
    "rectangle on the last page": Rectangle(-1, 100, 200, 150, 50),
    "rectangle on a turned page": Rectangle(1, 100, 200, 150, 50),
    "anchor": Anchor("Sign here", dx=10, dy=-60, width=120, height=40),
    "anchor of connective's own form": Anchor("#SIG1"),
    "anchor of esigntools' own form": Anchor("#signature1#"),
    "anchor of gosign's own form": Anchor("##FIRMA##", dx=5),
    "form field": FormField("Buyer"),
    "form field of esigntools' own form": FormField("SignatorySignature_1_1"),
    "zone": ZonePosition(1, Zone.MIDDLE_CENTER),
    "zone that gosign has": ZonePosition(-1, Zone.BOTTOM_RIGHT),
    "nothing": None,
}

GOSIGN_SETTINGS = {"externalSystemCode": "X", "loadedByExtId": "coupa", "anchorsAsTags": True}


def contract(kind):
    package = a_full_package()
    paper = a_document(package.id)
    place = KINDS[kind]
    fields = (Field(paper.id, place),) if place else ()
    person = a_recipient(package.id, fields=fields)
    return replace(package, documents=(paper,), recipients=(person,))


def papers(kind):
    """Without the text tag and form field that eSignTools would take by itself, where nothing is asked for."""
    plain = a_pdf(2) if kind == "nothing" else PAPER
    return Papers(default=TURNED if "turned" in kind else plain)


def told_connective(package, source):
    placement = resolve(package, source, target=connective.TARGET)
    fields = [asdict(connective.signing_field(n, p)) for n, p in enumerate(placement.places, start=1)]
    known = [{k: round(v, 2) if isinstance(v, float) else v for k, v in f.items()} for f in fields]
    return [{k: v for k, v in f.items() if k not in {"label", "recipient"}} for f in known], placement


def told_esigntools(package, source):
    settings, options = esigntools_options.parse_settings({}), esigntools_options.parse_options({})
    placement = resolve(package, source, target=esigntools.target(package, settings, options))
    said = esigntools.zones(placement, package.documents[0].id, package.recipients[0].id)
    found = [{"found there": p.form_field or p.marker} for p in placement.places if p.form_field or p.marker]
    return [*said, *found], placement


def gosign(dialect):
    def told(package, source):
        settings, options = gosign_settings.parse_settings(GOSIGN_SETTINGS), parse_options({})
        placement = places_of(package, source, settings, options, verify=True)
        envelope = build_envelope(package, placement, settings, options)
        return [appearance(a.appearance, dialect) for t in envelope.tasks for a in t.actions], placement

    return told


PROVIDERS = {
    "connective": told_connective,
    "esigntools": told_esigntools,
    "gosign-rest": gosign(Dialect.REST),
    "gosign-oauth": gosign(Dialect.OAUTH),
}


def golden(provider, told):
    """What the file holds; with ESIGN_GOLDEN=write it is written first."""
    path = GOLDEN / f"{provider}.json"
    if os.environ.get("ESIGN_GOLDEN") == "write":
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return json.loads(path.read_text())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_kind_of_field_is_told_as_the_golden_file_has_it(provider):
    told = {}
    for kind in KINDS:
        said, placement = PROVIDERS[provider](contract(kind), papers(kind))
        told[kind] = [p.code for p in placement.problems] or said
    assert json.loads(json.dumps(told)) == golden(provider, told)


def test_contract_signatures_takes_no_field_and_says_so():
    """contracts: the signer macros of the page say where people sign; a field is 422, never silence."""
    capabilities = vendor("contract-signatures").capabilities({})
    told = {}
    for kind in KINDS:
        found = neutral_problems(contract(kind), capabilities)
        told[kind] = [(p.pointer, p.code) for p in found if "fields" in p.pointer]
    assert all(found for kind, found in told.items() if kind != "nothing")
    assert json.loads(json.dumps(told)) == golden("contract-signatures", told)
