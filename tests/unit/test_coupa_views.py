"""What Coupa reads: every domain object, full or bare, comes out in the published shape."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from esign.coupa import answers, reports, views
from esign.coupa.wire import Wire
from esign.domain.capabilities import Capabilities, Feature, No
from esign.domain.document import Document, EvidenceFile, Upload
from esign.domain.events import Event, EventType, TimelineEntry
from esign.domain.package import Callback, Package, PackageHead
from esign.domain.recipient import Anchor, FormField, Place, Recipient, Rectangle, Zone, ZonePosition
from esign.domain.status import SIGNING_STATUS, PackageStatus
from esign.operations.configure_callback import ProviderCallback
from esign.operations.get_signed_documents import SignedDocument
from tests.fakes.clock import START
from tests.fakes.factories import a_full_package, a_package, an_account

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(0, 2**53 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=8),
    type(None): st.none(),
    datetime: st.datetimes(
        min_value=START.replace(tzinfo=None), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])
    ),
    Any: st.text(max_size=8) | st.integers() | st.none(),
}
PLACES = st.sampled_from(
    [Rectangle(-1, 0, 1.5, 100, 50), Anchor("#1#"), FormField("x"), ZonePosition(1, Zone.TOP_LEFT)]
)
EVENTS = st.lists(st.sampled_from([e.value for e in EventType]), max_size=3).map(tuple)
KNOWN: dict[Any, st.SearchStrategy[Any]] = {Place: PLACES, Callback: st.builds(Callback, st.text(), EVENTS)}


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as the domain writes it."""
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in KNOWN or hint in LEAVES:
        return (KNOWN | LEAVES)[hint]
    if origin in {Union, UnionType}:
        return st.one_of(*(anything(argument) for argument in arguments))
    if origin is tuple:
        return st.lists(anything(arguments[0]), max_size=2).map(tuple)
    if origin in {Mapping, dict}:
        return st.dictionaries(anything(arguments[0]), anything(arguments[1]), max_size=2)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    hints = get_type_hints(hint)
    return st.builds(hint, **{field.name: anything(hints[field.name]) for field in dataclasses.fields(hint)})


# (type, view, published shape)
VIEWS: list[tuple[Any, Callable[[Any], Any], type[Wire]]] = [
    (Package, views.package, answers.Package),
    (PackageHead, views.package_head, answers.PackageHead),
    (PackageHead, views.summary, answers.PackageSummary),
    (Document, views.document, answers.Document),
    (Recipient, views.recipient, answers.Recipient),
    (Callback, views.callback, answers.Callback),
    (TimelineEntry, reports.timeline_entry, answers.TimelineEntry),
    (Event, reports.notification, answers.Notification),
    (SignedDocument, reports.signed_document, answers.SignedDocument),
]


@pytest.mark.parametrize(("domain", "view", "shape"), VIEWS, ids=[v.__name__ for _, v, _ in VIEWS])
def test_a_view_has_its_published_shape(domain: Any, view: Callable[[Any], Any], shape: type[Wire]) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(anything(domain))
    def check(thing: Any) -> None:
        shape.model_validate_json(json.dumps(view(thing)))

    check()


def test_a_bare_package_leaves_out_what_is_absent() -> None:
    package = a_package()
    assert views.package(package) == {
        "id": package.id,
        "revision": 1,
        "name": "Frame contract",
        "status": "DRAFT",
        "sequentialSigning": False,
        "createdAt": "2026-03-02T09:00:00.000Z",
        "updatedAt": "2026-03-02T09:00:00.000Z",
        "archived": False,
        "provider": {"name": "connective"},
        "documents": [],
        "recipients": [],
    }


def test_a_name_is_told_whole_and_in_parts() -> None:
    (recipient,) = a_full_package().recipients
    told = views.recipient(recipient)
    assert (told["fullName"], told["firstName"], told["lastName"]) == ("Anna Berg1", "Anna", "Berg1")
    assert (told["status"], told["authentication"], told["fields"]) == ("CREATED", "NONE", [])


def test_times_are_utc_with_milliseconds() -> None:
    east = timezone(timedelta(hours=2))
    assert views.instant(datetime(2027, 1, 31, 17, 0, 0, 123456, tzinfo=east)) == "2027-01-31T15:00:00.123Z"


def test_an_upload_link_is_only_in_the_answer_that_made_it() -> None:
    (document,) = a_full_package().documents
    upload = Upload(
        "PUT", "https://s3.example/x", {"Content-Type": "application/pdf"}, datetime(2027, 1, 1, tzinfo=UTC)
    )
    told = views.document(document, upload=upload)
    answers.Document.model_validate_json(json.dumps(told))
    assert told["upload"]["headers"] == {"Content-Type": "application/pdf"}
    assert "upload" not in views.document(document)


def test_no_answer_shows_a_secret_or_a_place_in_a_store() -> None:
    package = a_full_package()
    written = json.dumps(views.package(package))
    assert not any(word in written for word in ("createHash", "sendAttempt", '"key"', "callbackKey", "version"))
    told = json.dumps(reports.account(an_account(), capabilities(), identity="x", remarks=()))
    assert not any(word in told for word in ("secret", "settings", "sourceHosts"))


def capabilities() -> Capabilities:
    return Capabilities("connective", {f: No("it has none") if f is Feature.ZONE else None for f in Feature})


def test_an_account_lists_every_feature_with_the_reason_where_it_is_missing() -> None:
    told = reports.account(an_account(), capabilities(), identity="Acme", remarks=("Audit proofs are off.",))
    answers.Account.model_validate_json(json.dumps(told))
    features = {f["name"]: f for f in told["capabilities"]["features"]}
    assert set(features) == {f.value for f in Feature}
    assert features["zone_field"] == {"name": "zone_field", "supported": False, "reason": "it has none"}
    assert features["cc"] == {"name": "cc", "supported": True}
    assert told["provider"] == {"name": "connective", "identity": "Acme", "remarks": ["Audit proofs are off."]}


@pytest.mark.parametrize("callback", [None, Callback("https://a.example", ("package.sent",))])
@pytest.mark.parametrize(
    "standing", [ProviderCallback(None, "automatic", None), ProviderCallback("https://c.example", "manual", START)]
)
def test_a_callbacks_answer_tells_both_sides(callback: Callback | None, standing: ProviderCallback) -> None:
    told = reports.callback_answer(callback, standing)
    answers.CallbackAnswer.model_validate_json(json.dumps(told))
    assert told["providerCallback"]["registration"] == standing.registration
    assert ("url" in told) is (callback is not None)


def test_the_last_page_has_no_cursor() -> None:
    assert reports.page("packages", [], None) == {"packages": []}
    assert reports.page("packages", [], "abc") == {"packages": [], "cursor": "abc"}


def test_the_published_words_are_the_domains() -> None:
    assert {item.value for item in answers.SigningStatus} == set(SIGNING_STATUS.values())
    assert set(SIGNING_STATUS) == set(PackageStatus)


@pytest.mark.parametrize(
    ("domain", "shape", "kept_back"),
    [
        (Document, answers.Document, {"key", "comes_back"}),
        (Recipient, answers.Recipient, {"subjects", "met"}),
        (EvidenceFile, answers.SignedDocument, {"number", "key", "version", "observed", "locked_until"}),
    ],
)
def test_what_becomes_of_documents_and_people_is_told_completely(
    domain: Any, shape: type[Wire], kept_back: set[str]
) -> None:
    """A field that is added to the domain has to be decided about here."""
    fields = {field.name for field in dataclasses.fields(domain)}
    told = {"document" if name == "document_id" else name for name in shape.model_fields}
    assert fields - told == kept_back
