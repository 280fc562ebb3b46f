"""One exercise per feature, for the provider contract suite: what "yes" in the capability table must mean.

Each takes the world and the suite's `send`, and fails where the declared feature does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from esign.domain.capabilities import Feature
from esign.domain.document import FileKind
from esign.domain.package import Message, Package, Reminders
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    Field,
    FieldType,
    FormField,
    Group,
    Member,
    Place,
    ProviderAuthentication,
    Rectangle,
    Role,
    Zone,
    ZonePosition,
)
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import ExtendsExpiry, Found, Lists, Reminds, SignsByLink, SkipsSigners
from tests.contract.provider_worlds import World

Send = Callable[..., Package]
Exercise = Callable[[World, Send], None]


def with_people(package: Package, **changes: object) -> Package:
    """The same changes for every recipient."""
    return replace(package, recipients=tuple(replace(r, **changes) for r in package.recipients))  # type: ignore[arg-type]


def with_person(package: Package, index: int, **changes: object) -> Package:
    people = list(package.recipients)
    people[index] = replace(people[index], **changes)  # type: ignore[arg-type]
    return replace(package, recipients=tuple(people))


def statuses(world: World, sent: Package) -> list[RecipientStatus | None]:
    seen = {r.recipient: r.status for r in world.provider().read(sent).recipients}
    return [seen.get(r.id) for r in sent.recipients]


def finish(world: World, sent: Package) -> None:
    """Everybody whose act is expected acts, in order; the package is then signed."""
    for recipient in sorted((r for r in sent.recipients if r.acts), key=lambda r: r.signing_order):
        world.sign(sent, recipient)
    assert world.provider().read(sent).status is PackageStatus.SIGNED


def uploaded(world: World, send: Send) -> None:
    finish(world, send(world, world.package()))


def several_documents(world: World, send: Send) -> None:
    sent = send(world, world.package(documents=3))
    finish(world, sent)
    files = [f for f in world.provider().signed_files(sent) if f.kind is FileKind.SIGNED_DOCUMENT]
    assert [f.document for f in files] == [d.id for d in sent.documents]


def sequential(world: World, send: Send) -> None:
    sent = send(world, world.package(2))
    assert statuses(world, sent) == [RecipientStatus.SENT, RecipientStatus.WAITING]
    world.sign(sent, sent.recipients[0])
    assert statuses(world, sent) == [RecipientStatus.SIGNED, RecipientStatus.SENT]


def parallel(world: World, send: Send) -> None:
    sent = send(world, with_people(world.package(2), signing_order=1))
    assert statuses(world, sent) == [RecipientStatus.SENT, RecipientStatus.SENT]


def mixed(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(3), 1, signing_order=1))
    assert statuses(world, sent) == [RecipientStatus.SENT, RecipientStatus.SENT, RecipientStatus.WAITING]


def approver(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(2), 0, role=Role.APPROVER))
    world.sign(sent, sent.recipients[0])
    assert statuses(world, sent) == [RecipientStatus.APPROVED, RecipientStatus.SENT]
    finished = replace(sent, recipients=sent.recipients[1:])
    finish(world, finished)


def viewer(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(2), 1, role=Role.VIEWER, signing_order=1))
    world.sign(sent, sent.recipients[1])
    assert statuses(world, sent)[1] is RecipientStatus.VIEWED
    finish(world, sent)


def copy_receiver(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(2), 1, role=Role.CC))
    finish(world, sent)
    assert statuses(world, sent) == [RecipientStatus.SIGNED, RecipientStatus.SENT]
    assert sent.recipients[1].email in world.mails(sent)


def group(world: World, send: Send) -> None:
    members = tuple(Member("Max", f"Member{n}", f"member{n}@example.com") for n in (1, 2))
    sent = send(world, with_person(world.package(), 0, group=Group("Board", members), email=None))
    provider = world.provider()
    if isinstance(provider, SignsByLink):
        assert len(set(provider.signing_urls(sent, sent.recipients[0].id))) == 2
    finish(world, sent)


def authenticated(how: Authentication | ProviderAuthentication) -> Exercise:
    def exercise(world: World, send: Send) -> None:
        package = with_person(world.package(), 0, authentication=how, phone="+32477123456")
        sent = send(world, package)
        finish(world, sent)
        assert world.methods[how] in (world.provider().read(sent).recipients[0].signed_with or "")

    return exercise


def by_link(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(), 0, delivery=Delivery.LINK))
    assert sent.recipients[0].email not in world.mails(sent)
    provider = world.provider()
    assert isinstance(provider, SignsByLink)
    assert provider.signing_urls(sent, sent.recipients[0].id)


def acts_besides_signing(kind: FieldType) -> Exercise:
    def exercise(world: World, send: Send) -> None:
        package = world.package()
        document = package.documents[0].id
        fields = (Field(document, Rectangle(1, 100, 200, 150, 50)), Field(document, Rectangle(2, 72, 90, 60, 30), kind))
        finish(world, send(world, with_person(package, 0, fields=fields)))

    return exercise


def message(world: World, send: Send) -> None:
    assert send(world, world.package(message=Message("Please sign", "The contract of today."))).provider.reference


def recipient_message(world: World, send: Send) -> None:
    assert send(world, with_person(world.package(), 0, message="For you.")).provider.reference


def placed(place: Place) -> Exercise:
    def exercise(world: World, send: Send) -> None:
        package = world.package()
        fields = (Field(package.documents[0].id, place),)
        sent = send(world, with_person(package, 0, fields=fields))
        finish(world, sent)

    return exercise


def language(world: World, send: Send) -> None:
    assert send(world, with_person(world.package(language="fr"), 0, language="de")).provider.reference


def redirected(world: World, send: Send) -> None:
    sent = send(world, with_person(world.package(), 0, redirect_url="https://supplier.example/done"))
    assert sent.provider.reference


def expiry(world: World, send: Send) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    assert world.provider().read(send(world, world.package(expires_at=until))).expires_at == until


def extended(world: World, send: Send) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    sent = send(world, world.package(expires_at=until))
    provider = world.provider()
    assert isinstance(provider, ExtendsExpiry)
    provider.extend_expiry(sent, until + timedelta(days=7))
    assert provider.read(sent).expires_at == until + timedelta(days=7)


def automatic_reminders(world: World, send: Send) -> None:
    reminders = Reminders(first_after_days=3, every_days=3)
    assert send(world, world.package(reminders=reminders)).provider.reference


def reminded(world: World, send: Send) -> None:
    sent = send(world, world.package())
    before = len(world.mails(sent))
    provider = world.provider()
    assert isinstance(provider, Reminds)
    provider.remind(sent)
    assert len(world.mails(sent)) == before + 1


def skipped(world: World, send: Send) -> None:
    sent = send(world, world.package(2))
    world.sign(sent, sent.recipients[0])
    provider = world.provider()
    assert isinstance(provider, SkipsSigners)
    provider.skip_signers(sent)
    assert provider.read(sent).status is PackageStatus.SIGNED
    assert statuses(world, sent) == [RecipientStatus.SIGNED, RecipientStatus.SKIPPED]


def signing_url(world: World, send: Send) -> None:
    sent = send(world, world.package())
    provider = world.provider()
    assert isinstance(provider, SignsByLink)
    (url,) = provider.signing_urls(sent, sent.recipients[0].id)
    assert url.startswith("http")


def listed(world: World, send: Send) -> None:
    sent = [send(world, world.package()) for _ in range(3)]
    provider = world.provider()
    assert isinstance(provider, Lists)
    lines, cursor = provider.list_envelopes(limit=2)
    more, end = provider.list_envelopes(limit=2, cursor=cursor)
    assert [line.reference for line in (*lines, *more)] == [p.provider.reference for p in sent]
    assert [line.external_reference for line in (*lines, *more)] == [p.id for p in sent]
    assert {line.status for line in lines} == {PackageStatus.IN_PROCESS}
    assert cursor
    assert end is None


def withdrawn(world: World, send: Send) -> None:
    sent = send(world, world.package())
    asked = replace(sent, withdraw_requested="a mistake")  # stored before the provider hears of it
    world.provider().withdraw(asked, "a mistake")
    assert statuses(world, asked) == [RecipientStatus.CANCELLED]


def decline_reason(world: World, send: Send) -> None:
    sent = send(world, world.package())
    world.decline(sent, sent.recipients[0], "Clause 4")
    assert world.provider().read(sent).recipients[0].decline_reason == "Clause 4"


def signing_time(world: World, send: Send) -> None:
    sent = send(world, world.package())
    world.sign(sent, sent.recipients[0])
    signed_at = world.provider().read(sent).recipients[0].signed_at
    assert signed_at is not None
    assert abs(signed_at - datetime.now(UTC)) < timedelta(minutes=5)


def audit_trail(world: World, send: Send) -> None:
    sent = send(world, world.package())
    world.sign(sent, sent.recipients[0])
    trails = [f for f in world.provider().signed_files(sent) if f.kind is FileKind.AUDIT_TRAIL]
    with trails[0].open() as pieces:
        assert b"".join(pieces)


def called_back(world: World, send: Send) -> None:
    sent = send(world, world.package())
    world.sign(sent, sent.recipients[0])
    assert any("/callbacks/vendor/acme/" in url for url in world.callbacks(sent))


def recovered(world: World, send: Send) -> None:
    package = world.package()
    sent = send(world, package)
    found = world.provider().find(package, {})
    assert found == Found(sent.provider.reference, started=True, progress=found.progress)


EXERCISES: dict[Feature, Exercise] = {
    Feature.UPLOADED_DOCUMENT: uploaded,
    Feature.TEMPLATE_DOCUMENT: uploaded,
    Feature.SEVERAL_DOCUMENTS: several_documents,
    Feature.SEQUENTIAL_ORDER: sequential,
    Feature.PARALLEL_ORDER: parallel,
    Feature.MIXED_ORDER: mixed,
    Feature.APPROVER: approver,
    Feature.VIEWER: viewer,
    Feature.CC: copy_receiver,
    Feature.GROUP: group,
    Feature.EMAIL_OTP: authenticated(Authentication.EMAIL_OTP),
    Feature.SMS_OTP: authenticated(Authentication.SMS_OTP),
    Feature.PROVIDER_AUTHENTICATION: authenticated(ProviderAuthentication("connective", "BeId")),
    Feature.DELIVERY_BY_LINK: by_link,
    Feature.RECTANGLE: placed(Rectangle(1, 100, 200, 150, 50)),
    Feature.ANCHOR: placed(Anchor("Sign here", dy=-60)),
    Feature.FORM_FIELD: placed(FormField("Buyer")),
    Feature.ZONE: placed(ZonePosition(2, Zone.BOTTOM_RIGHT)),
    Feature.DEFAULT_PLACE: uploaded,
    Feature.INITIALS: acts_besides_signing(FieldType.INITIALS),
    Feature.APPROVAL_FIELD: acts_besides_signing(FieldType.APPROVAL),
    Feature.MESSAGE: message,
    Feature.RECIPIENT_MESSAGE: recipient_message,
    Feature.LANGUAGE: language,
    Feature.REDIRECT_URL: redirected,
    Feature.EXPIRY: expiry,
    Feature.EXTEND_EXPIRY: extended,
    Feature.AUTOMATIC_REMINDERS: automatic_reminders,
    Feature.REMIND: reminded,
    Feature.SKIP_SIGNERS: skipped,
    Feature.SIGNING_URL: signing_url,
    Feature.LIST: listed,
    Feature.WITHDRAW: withdrawn,
    Feature.DECLINE_REASON: decline_reason,
    Feature.SIGNING_TIME: signing_time,
    Feature.AUDIT_TRAIL: audit_trail,
    Feature.CALLBACK: called_back,
    Feature.RECOVER_LOST_SEND: recovered,
}
