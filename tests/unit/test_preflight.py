"""The preflight: every problem at once, the same to Send, to the operator's check and as warnings of a draft."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial

import pytest

from esign.domain.capabilities import Capabilities, Feature, No
from esign.domain.content import DOCX
from esign.domain.drafts import NewDocument, NewField, NewRecipient, Template, UploadRequest
from esign.domain.errors import CredentialsRefused, NotFound, Problem, Unprocessable
from esign.domain.ids import PackageId
from esign.domain.package import Message, Reminders
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    Field,
    FieldType,
    FormField,
    Group,
    ProviderAuthentication,
    Rectangle,
    Role,
    Zone,
    ZonePosition,
)
from esign.operations.check_package import check_package, warnings_of
from esign.operations.preflight import REMEDIES, neutral_problems
from esign.ports import NotShown
from tests.fakes.clock import START
from tests.fakes.connector import CONTRACT, Connector
from tests.fakes.factories import a_document, a_full_package, a_recipient
from tests.fakes.provider import FakeProvider

NOTHING = Capabilities("acme-sign", dict.fromkeys(Feature, No("it has no such thing")))
EVERYTHING = Capabilities("acme-sign", dict.fromkeys(Feature))


class LookingProvider(FakeProvider):
    """Looks into every document, as providers with fields do; `shown` tells what it could read."""

    def __init__(self):
        super().__init__()
        self.shown: list[bytes] = []

    def preflight(self, package, documents):
        for document in package.documents:
            try:
                with documents.open(document.id) as file:
                    self.shown.append(file.read())
            except NotShown:
                continue
        return self.problems


def shown(connector):
    assert isinstance(connector.provider, LookingProvider)
    return connector.provider.shown


def check(connector, package):
    found = check_package(
        connector.account,
        package.id,
        packages=connector.packages,
        documents=connector.documents,
        access=connector.access,
    )
    return [(p.pointer, p.code) for p in found.problems]


def send_problems(connector, package):
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    return [(p.pointer, p.code) for p in refused.value.problems]


# ------------------------------------------------------------------------------------------- what the provider declares


def person(**changes):
    package = a_full_package()
    return replace(package, recipients=(replace(package.recipients[0], **changes),))


def people(*orders):
    package = a_full_package()
    return replace(
        package, recipients=tuple(a_recipient(package.id, n, signing_order=o) for n, o in enumerate(orders, 1))
    )


def field(place, kind=FieldType.SIGNATURE):
    package = person()
    return replace(
        package, recipients=(replace(package.recipients[0], fields=(Field(package.documents[0].id, place, kind),)),)
    )


def documents(**changes):
    package = a_full_package()
    return replace(package, documents=(a_document(package.id, 1, **changes),))


RECTANGLE = Rectangle(1, 1, 1, 9, 9)
NEW_PERSON = partial(NewRecipient, first_name="Anna", last_name="Berg", email="anna@example.com")

# Each feature that a package can ask for: a package that does, and where the asking stands.
ASKING = {
    Feature.UPLOADED_DOCUMENT: (documents(), "/documents/0"),
    Feature.TEMPLATE_DOCUMENT: (documents(template="42"), "/documents/0"),
    Feature.SEVERAL_DOCUMENTS: (
        a_full_package(documents=(a_document(PackageId("p"), 1), a_document(PackageId("p"), 2))),
        "/documents",
    ),
    Feature.SEQUENTIAL_ORDER: (people(1, 2), "/recipients"),
    Feature.PARALLEL_ORDER: (people(1, 1), "/recipients"),
    Feature.MIXED_ORDER: (people(1, 1, 2), "/recipients"),
    Feature.APPROVER: (person(role=Role.APPROVER), "/recipients/0/role"),
    Feature.VIEWER: (person(role=Role.VIEWER), "/recipients/0/role"),
    Feature.CC: (person(role=Role.CC), "/recipients/0/role"),
    Feature.RECIPIENTS_BY_PROVIDER: (a_full_package(recipients=()), "/recipients"),
    Feature.GROUP: (person(group=Group("Board")), "/recipients/0/group"),
    Feature.EMAIL_OTP: (person(authentication=Authentication.EMAIL_OTP), "/recipients/0/authentication"),
    Feature.SMS_OTP: (person(authentication=Authentication.SMS_OTP), "/recipients/0/authentication"),
    Feature.PROVIDER_AUTHENTICATION: (
        person(authentication=ProviderAuthentication("acme-sign", "Retina")),
        "/recipients/0/authentication",
    ),
    Feature.DELIVERY_BY_LINK: (person(delivery=Delivery.LINK), "/recipients/0/delivery"),
    Feature.RECTANGLE: (field(RECTANGLE), "/recipients/0/fields/0"),
    Feature.ANCHOR: (field(Anchor("Sign")), "/recipients/0/fields/0"),
    Feature.FORM_FIELD: (field(FormField("Sign")), "/recipients/0/fields/0"),
    Feature.ZONE: (field(ZonePosition(1, Zone.TOP_LEFT)), "/recipients/0/fields/0"),
    Feature.DEFAULT_PLACE: (person(), "/recipients/0/fields"),
    Feature.INITIALS: (field(RECTANGLE, FieldType.INITIALS), "/recipients/0/fields/0/type"),
    Feature.APPROVAL_FIELD: (field(RECTANGLE, FieldType.APPROVAL), "/recipients/0/fields/0/type"),
    Feature.MESSAGE: (a_full_package(message=Message("Please", "sign")), "/message"),
    Feature.RECIPIENT_MESSAGE: (person(message="Please"), "/recipients/0/message"),
    Feature.LANGUAGE: (person(language="fr"), "/recipients/0/language"),
    Feature.REDIRECT_URL: (person(redirect_url="https://x.example"), "/recipients/0/redirectUrl"),
    Feature.EXPIRY: (a_full_package(expires_at=START), "/expiresAt"),
    Feature.AUTOMATIC_REMINDERS: (a_full_package(reminders=Reminders(first_after_days=1)), "/reminders"),
}

# What is asked of a provider later, by an operation of its own, or what it tells by itself.
NEVER_ASKED = {
    Feature.EXTEND_EXPIRY,
    Feature.REMIND,
    Feature.SKIP_SIGNERS,
    Feature.SIGNING_URL,
    Feature.LIST,
    Feature.WITHDRAW,
    Feature.DECLINE_REASON,
    Feature.SIGNING_TIME,
    Feature.REASSIGNMENT,
    Feature.AUDIT_TRAIL,
    Feature.CALLBACK,
    Feature.RECOVER_LOST_SEND,
}


def test_every_feature_is_either_asked_for_by_a_package_or_never():
    assert set(ASKING) | NEVER_ASKED == set(Feature)
    assert not set(ASKING) & NEVER_ASKED
    assert set(REMEDIES) <= set(ASKING)


@pytest.mark.parametrize("feature", ASKING, ids=lambda f: f.value)
def test_a_missing_feature_is_a_problem_where_it_is_asked_for_with_reason_and_remedy(feature):
    package, pointer = ASKING[feature]
    without = Capabilities("acme-sign", dict(EVERYTHING.features) | {feature: No("it has no such thing")})
    brought = not package.recipients
    found = neutral_problems(package, without, brought=brought)
    (problem,) = [p for p in found if p.code == "unsupported_feature"]
    assert problem.pointer == pointer
    assert f"acme-sign cannot do this ({feature.value}): it has no such thing. " in problem.detail
    assert problem.detail.endswith(".")
    allowed = neutral_problems(package, EVERYTHING, brought=brought)
    assert not [p for p in allowed if p.code == "unsupported_feature"]


def test_a_document_of_a_type_that_is_not_taken_is_told_by_its_place_in_the_list():
    package = a_full_package()
    word = a_document(package.id, 2, content_type=DOCX, order=7)
    package = replace(package, documents=(package.documents[0], word))
    (problem,) = neutral_problems(package, EVERYTHING)
    assert (problem.pointer, problem.code) == ("/documents/1/contentType", "unsupported_content_type")


# --------------------------------------------------------------------------------------- every problem, told alike


def in_trouble():
    """An upload that differs, one that is missing, an unsupported role, and a rule of the vendor's own."""
    connector = Connector(provider=LookingProvider())
    connector.provider.capabilities = Capabilities(
        "fake", dict(EVERYTHING.features) | {Feature.CC: No("it sends no copies")}
    )
    connector.provider.problems = (Problem("/recipients/0/phone", "phone_missing", "Give a phone number."),)
    package = connector.ready()
    digest = hashlib.sha256(b"announced").hexdigest()
    for name, body in (("differs", b"another0x"), ("missing", None)):
        upload = NewDocument(name=f"{name}.pdf", source=UploadRequest(9, digest), external_id=name)
        added = connector.add_documents(package.id, upload).documents[0]
        digest = hashlib.sha256(name.encode()).hexdigest()
        if body is not None:
            connector.documents.objects[str(added.document.key)] = body
    connector.add_recipient(package.id, email="cc@example.com", role=Role.CC)
    return connector, package


EVERY_PROBLEM = [
    ("/documents/1", "upload_differs"),
    ("/documents/2", "upload_missing"),
    ("/recipients/1/role", "unsupported_feature"),
    ("/recipients/0/phone", "phone_missing"),
]


def test_send_tells_every_problem_at_once_and_changes_nothing():
    connector, package = in_trouble()
    before = connector.now(package.id)
    assert send_problems(connector, package) == EVERY_PROBLEM
    assert connector.now(package.id) == before
    assert connector.provider.calls == []


def test_the_operators_check_tells_what_send_would_tell():
    connector, package = in_trouble()
    assert check(connector, package) == EVERY_PROBLEM
    assert connector.budget._windows == {}


def test_what_has_arrived_is_looked_into_and_what_has_not_is_no_trouble():
    connector, package = in_trouble()
    check(connector, package)
    assert shown(connector) == [CONTRACT]


def test_a_check_of_a_package_that_is_well_finds_nothing():
    connector = Connector()
    assert check(connector, connector.ready()) == []


def test_a_check_of_nothing_is_not_found():
    connector = Connector()
    with pytest.raises(NotFound):
        check(connector, a_full_package())


def test_one_problem_is_told_once_though_two_find_it():
    connector = Connector()
    connector.provider.capabilities = NOTHING
    connector.provider.problems = (Problem("/documents/0", "unsupported_feature", "It takes no files."),)
    package = connector.ready()
    found = check(connector, package)
    assert found.count(("/documents/0", "unsupported_feature")) == 1


# ------------------------------------------------------------------------------------------------------- as warnings


def test_a_draft_that_is_being_filled_is_told_what_its_provider_could_not_take():
    connector = Connector(provider=LookingProvider())
    connector.provider.capabilities = Capabilities(
        "fake", dict(EVERYTHING.features) | {Feature.TEMPLATE_DOCUMENT: No("none")}
    )
    connector.provider.problems = (Problem("/recipients/0/phone", "phone_missing", "Give a phone number."),)
    package = connector.create().package
    with_template = connector.add_documents(package.id, NewDocument(name="T", source=Template("42")))
    assert [(p.pointer, p.code) for p in with_template.warnings] == [("/documents/0", "unsupported_feature")]
    place = NewField(with_template.documents[0].document.id, RECTANGLE)
    with_people = connector.add_recipients(package.id, NEW_PERSON(fields=(place,)))
    assert [(p.pointer, p.code) for p in with_people.warnings] == [
        ("/documents/0", "unsupported_feature"),
        ("/recipients/0/phone", "phone_missing"),
    ]
    assert shown(connector) == []
    assert connector.budget._windows == {}


def test_what_is_still_to_come_is_no_warning():
    connector = Connector()
    package = connector.create().package
    upload = NewDocument(name="big.pdf", source=UploadRequest(9, "ab" * 32))
    assert connector.add_documents(package.id, upload).warnings == ()


def test_an_account_that_cannot_be_judged_has_no_warnings_and_refuses_nothing():
    connector = Connector()
    package = connector.create().package

    class Locked:
        capabilities = EVERYTHING

        def preflight(self, package, documents):
            raise CredentialsRefused("renew them")

    connector.providers.provider = Locked()  # type: ignore[assignment]
    connector.add_document(package.id)
    assert connector.add_recipients(package.id, NEW_PERSON()).warnings == ()


def test_a_draft_that_a_function_without_the_vendors_library_cannot_judge_has_no_warnings():
    class Without:
        def unbudgeted(self, account):
            raise ModuleNotFoundError("No module named 'zeep'")

    assert warnings_of(a_full_package(), Without()) == ()  # type: ignore[arg-type]
