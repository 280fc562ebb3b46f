"""What every provider owes the connector, over real HTTP against its simulator. Written once, run over every row.

Design: architecture, "Rules that the contract suite asks of every provider".
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from esign.domain.capabilities import Feature
from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderError,
    ProviderNotFound,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnavailable,
)
from esign.domain.package import Package
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import (
    Absent,
    ExtendsExpiry,
    Found,
    Lists,
    Reminds,
    SignatureProvider,
    SignsByLink,
    SkipsSigners,
    TakenInCharge,
    Unknown,
)
from tests.contract.provider_features import EXERCISES
from tests.contract.provider_worlds import WORLDS, Settles, Step, World
from tests.contract.standard_world import SECRET

CALLBACK = "http://127.0.0.1:9/callbacks/vendor/acme/pkg/k1.token"
MAX_PROGRESS = 8 * 1024


@pytest.fixture(scope="module", params=sorted(WORLDS))
def running(request):
    with WORLDS[request.param]() as world:
        yield world


def send(world: World, package: Package, provider: SignatureProvider | None = None, progress=None) -> Package:
    """The package as it is after Send."""
    saved: list[Mapping[str, Any]] = []
    reference = (provider or world.provider()).send(
        package, world.papers(), progress=progress or {}, checkpoint=saved.append, callback_url=CALLBACK
    )
    assert all(len(json.dumps(step)) <= MAX_PROGRESS for step in saved)
    if isinstance(reference, TakenInCharge):
        assert isinstance(world, Settles)
        reference = world.settled(package)
    return out(package, reference, saved[-1] if saved else {})


def needs(world: World, step: Step) -> None:
    """Skips where Send has no such step."""
    if step not in world.steps:
        pytest.skip(f"sending has no step {step!r} there")


def out(package: Package, reference, progress=None) -> Package:
    state = replace(package.provider, reference=reference, progress=progress or {})
    return replace(package, provider=state, status=PackageStatus.IN_PROCESS)


def send_in_vain(world: World, package: Package) -> tuple[ProviderError, Mapping[str, Any]]:
    """The error of a Send that fails, and the progress that it had saved."""
    saved: list[Mapping[str, Any]] = [{}]
    with pytest.raises(ProviderError) as failed:
        world.provider().send(package, world.papers(), progress={}, checkpoint=saved.append, callback_url=CALLBACK)
    return failed.value, saved[-1]


# ------------------------------------------------------------------------------------------------------ the way it goes


def test_the_default_configuration_works(world):
    package = world.package()
    provider = world.provider()
    assert provider.preflight(package, world.papers()) == ()
    sent = send(world, package, provider)
    assert provider.read(sent).status is PackageStatus.IN_PROCESS
    world.sign(sent, sent.recipients[0])
    seen = provider.read(sent)
    assert seen.status is PackageStatus.SIGNED
    assert seen.recipients[0].status is RecipientStatus.SIGNED
    files = []
    for file in provider.signed_files(sent):
        with file.open() as pieces:
            files.append((file.kind.value, file.document, b"".join(pieces)))
    kinds = [(kind, document) for kind, document, _ in files]
    assert kinds[0] == ("SIGNED_DOCUMENT", sent.documents[0].id)
    assert set(kinds[1:]) == {("AUDIT_TRAIL", None)}  # a record of ours has two forms
    assert all(content for _, _, content in files)
    assert files[0][2].startswith(b"%PDF-")


def test_verify_takes_few_calls_and_proves_the_credentials(world):
    assert world.provider().verify().description
    assert len(world.seen) == world.verify_calls
    with pytest.raises(CredentialsRefused):
        world.provider(password="wrong").verify()


def test_every_feature_is_declared_and_every_missing_one_has_a_reason(world):
    declared = world.provider().capabilities
    for feature in Feature:
        assert declared.supports(feature) or len(declared.why_not(feature) or "") > 10, feature


def test_the_extra_operations_are_there_exactly_where_they_are_declared(world):
    provider = world.provider()
    for feature, protocol in {
        Feature.REMIND: Reminds,
        Feature.EXTEND_EXPIRY: ExtendsExpiry,
        Feature.SKIP_SIGNERS: SkipsSigners,
        Feature.SIGNING_URL: SignsByLink,
        Feature.LIST: Lists,
    }.items():
        assert isinstance(provider, protocol) is provider.capabilities.supports(feature), feature


@pytest.mark.parametrize("feature", list(Feature), ids=lambda f: f.value)
def test_every_declared_feature_works(world, feature):
    if not world.provider().capabilities.supports(feature):
        pytest.skip("declared as missing, with its reason")
    if feature in world.bypassed:
        pytest.skip(f"bypassed: {world.bypassed[feature]}")
    EXERCISES[feature](world, send)


# --------------------------------------------------------------------------------------------------------- the sad ways


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("decline", PackageStatus.DECLINED),
        ("expire", PackageStatus.EXPIRED),
        ("withdraw_there", PackageStatus.CANCELLED),
        ("fail", PackageStatus.FAILED),
    ],
)
def test_every_end_of_a_package_is_told(world, how, status):
    if how not in world.ends:
        pytest.skip("the service knows no such end")
    sent = send(world, world.package(2))
    if how == "decline":
        world.decline(sent, sent.recipients[0], "The price is wrong.")
    else:
        getattr(world, how)(sent)
    seen = world.provider().read(sent)
    assert seen.status is status
    if how == "decline":
        if Feature.SEQUENTIAL_ORDER in world.bypassed:  # the service shows no person
            assert seen.recipients == ()
            return
        assert [r.status for r in seen.recipients] == [RecipientStatus.DECLINED, RecipientStatus.CANCELLED]
        told = world.provider().capabilities.supports(Feature.DECLINE_REASON)
        told = told and Feature.DECLINE_REASON not in world.bypassed  # a notification may tell what no read does
        assert seen.reason == seen.recipients[0].decline_reason == ("The price is wrong." if told else None)


def test_an_unknown_word_of_the_vendor_is_no_status(world):
    sent = send(world, world.package())
    world.say(sent, "Levitating")
    seen = world.provider().read(sent)
    assert seen.status is None
    assert seen.vendor_status == "Levitating"


def test_an_unfinished_package_has_no_signed_files(world):
    sent = send(world, world.package())
    with pytest.raises(ProviderConflict):
        list(world.provider().signed_files(sent))


def test_a_package_that_is_out_can_be_withdrawn_and_withdrawn_again(world):
    asked = replace(send(world, world.package()), withdraw_requested="a mistake")
    world.provider().withdraw(asked, "a mistake")
    assert world.provider().read(asked).status is PackageStatus.CANCELLED
    world.provider().withdraw(asked, "a mistake")


def test_a_signed_package_cannot_be_withdrawn(world):
    sent = send(world, world.package())
    world.sign(sent, sent.recipients[0])
    with pytest.raises(ProviderConflict):
        world.provider().withdraw(sent, None)


def test_an_envelope_that_is_gone_is_not_found(world):
    gone = out(world.package(), ("00000000-0000-0000-0000-000000000000",))
    with pytest.raises(ProviderNotFound):
        world.provider().read(gone)


# ---------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("trouble", "more", "error"),
    [
        ("http", {"status": 401}, CredentialsRefused),
        ("http", {"status": 403}, CredentialsRefused),
        ("http", {"status": 404}, ProviderNotFound),
        ("http", {"status": 409}, ProviderConflict),
        ("http", {"status": 429, "retry_after": 77}, ProviderRateLimited),
        ("http", {"status": 500}, ProviderUnavailable),
        ("http", {"status": 503}, ProviderUnavailable),
        ("http", {"status": 302}, ContractBroken),
        ("garbage", {}, ContractBroken),
        ("reset", {}, ProviderUnavailable),
        ("slow", {"seconds": 2.0}, ProviderUnavailable),
    ],
    ids=lambda value: str(value) if not isinstance(value, dict) else "-".join(map(str, value.values())),
)
def test_trouble_with_a_read_has_the_right_name(world, trouble, more, error):
    sent = send(world, world.package())
    world.trouble("read", trouble, times=9, **more)
    with pytest.raises(error) as raised:
        world.provider(seconds=0.25 if trouble == "slow" else 1.0).read(sent)
    assert raised.value.retry_after == more.get("retry_after")


@pytest.mark.parametrize("step", ["create", "upload", "start"])
@pytest.mark.parametrize("status", [400, 401, 404, 409, 429])
def test_a_refused_send_leaves_nothing_behind_and_is_no_doubt(world, step, status):
    needs(world, step)
    world.trouble(step, "http", status=status)
    error, _ = send_in_vain(world, world.package())
    assert not isinstance(error, OutcomeUnknown)
    assert isinstance(error, ProviderRefused | CredentialsRefused | ProviderRateLimited)
    assert world.envelopes() == []
    assert send(world, world.package()).provider.reference


@pytest.mark.parametrize("step", ["create", "upload", "start"])
@pytest.mark.parametrize(("trouble", "more"), [("http", {"status": 500}), ("lost_reply", {}), ("reset", {})])
def test_a_send_without_an_answer_is_an_unknown_outcome(world, step, trouble, more):
    needs(world, step)
    world.trouble(step, trouble, **more)
    error, _ = send_in_vain(world, world.package())
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize("step", ["create", "upload", "start"])
def test_a_lost_reply_never_makes_a_second_envelope(world, step):
    """Where `find` can tell, the package goes out exactly once; where it cannot, it says so."""
    needs(world, step)
    package = world.package(2)
    world.trouble(step, "lost_reply")
    _, progress = send_in_vain(world, package)
    found = world.provider().find(package, progress)
    if isinstance(found, Unknown):
        assert not world.provider().capabilities.supports(Feature.RECOVER_LOST_SEND)
        assert len(world.envelopes()) == 1
        return
    assert isinstance(found, Found)
    assert found.started is (step == world.steps[-1])
    reference = found.reference
    if not found.started:
        reference = send(world, package, progress=found.progress).provider.reference
    assert world.envelopes() == [(reference[0], True)]
    assert world.provider().read(out(package, reference)).status is PackageStatus.IN_PROCESS


def test_what_never_arrived_is_absent_or_unknown(world):
    found = world.provider().find(world.package(), {})
    can_tell = world.provider().capabilities.supports(Feature.RECOVER_LOST_SEND)
    assert isinstance(
        found, Absent if can_tell else Absent | Unknown
    )  # who notes what it asks for knows without asking


def test_a_resumed_send_repeats_no_step_that_was_done(world):
    needs(world, "upload")
    package = world.package(documents=3)
    world.trouble("upload", "http", status=500, after=2)
    error, progress = send_in_vain(world, package)
    assert isinstance(error, OutcomeUnknown)
    world.seen.clear()
    send(world, package, progress=progress)
    posted = [e.path for e in world.seen if e.method == "POST"]
    assert sum(path.endswith("/documents") for path in posted) == 1
    assert not any(path.endswith("/packages") for path in posted)


# --------------------------------------------------------------------------------------------------- secrets and time


def test_no_secret_is_seen_in_repr_log_or_traceback(world, caplog):
    caplog.set_level(logging.DEBUG)
    provider = world.provider()
    texts = [repr(provider), str(provider)]
    world.trouble("verify", "http", status=400)
    try:
        provider.verify()
    except ProviderError as error:
        texts += ["".join(traceback.format_exception(error)), repr(error.fault)]
    sent = send(world, world.package(), provider)
    with suppress(ProviderError):
        list(provider.signed_files(sent))
    texts += [str(exchange) for exchange in world.seen] + [caplog.text]
    for secret in (*world.secrets, "anna.berg1@example.com", "Basic "):
        assert not any(secret in text for text in texts), secret


@pytest.mark.parametrize("step", ["verify", "read", "create", "download"])
def test_every_call_has_a_deadline(world, step):
    sent = send(world, world.package()) if step in {"read", "download"} else world.package()
    if step == "download":
        world.sign(sent, sent.recipients[0])
    world.trouble(step, "slow", seconds=5.0, times=5)
    provider = world.provider(seconds=0.25)
    began = datetime.now(UTC)
    with pytest.raises((ProviderUnavailable, OutcomeUnknown)):
        _call(world, provider, step, sent)
    assert datetime.now(UTC) - began < timedelta(seconds=4)  # it would be 5 without one


def _call(world, provider, step, package):
    match step:
        case "verify":
            provider.verify()
        case "read":
            provider.read(package)
        case "create":
            send(world, package, provider)
        case _:
            with next(iter(provider.signed_files(package))).open() as pieces:
                list(pieces)


def test_the_suite_covers_every_feature(world):
    covered = set(EXERCISES) | set(world.bypassed)
    declared = world.provider().capabilities
    assert {f for f in Feature if declared.supports(f)} <= covered
    assert SECRET in world.secrets
