"""AWS and provider calls of each operation, counted: botocore's own events over moto, and the simulator's request log.

A process that has run for a while, so that secrets are cached and the account's budget window is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks.apps import (
    ACCOUNT,
    aws_variables,
    empty_table,
    listen,
    make_resources,
    on_aws,
    simulated_signers,
    warm_up,
)
from benchmarks.cases import CASES, Case
from benchmarks.desk import Desk
from sandbox.coupa.receiver import Receiver
from sandbox.coupa.sample import sample_contract
from sandbox.providers.connective.control import Control
from sandbox.providers.connective.server import ConnectiveSimulator
from tests.contract.store_fixtures import atomic_dynamodb

Calls = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Call:
    """`times` calls of one kind, and why they are needed."""

    what: str  # dynamodb:GetItem; for a provider its own name of the call
    why: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Expected:
    """For one document, two signers and somebody who gets a copy."""

    aws: tuple[Call, ...]
    provider: tuple[Call, ...] = ()

    @property
    def as_counted(self) -> Counted:
        return Counted({call.what: call.times for call in self.aws}, {call.what: call.times for call in self.provider})


@dataclass(frozen=True, slots=True)
class Counted:
    aws: Calls
    provider: Calls


_LOAD = Call("dynamodb:Query", "the package, its documents and recipients")
_ACCOUNT = Call("dynamodb:GetItem", "the account: its provider and settings may have changed")
_BUDGET = Call("dynamodb:UpdateItem", "the account's budget of provider calls holds across environments")
_CHANGE = Call("dynamodb:TransactWriteItems", "the change, its events and its timeline are one")
_BELL = Call("sqs:SendMessage", "the deliverer hears of the events at once, not at the next sweep")
_PROVIDER = (_LOAD, _ACCOUNT, _BUDGET)
_LOOK = Call("GetPackageStatus", "the state and the people in one answer")
_SEND = (
    Call("CreatePackage", "a draft there, which nobody sees"),
    Call("AddDocumentToPackage", "one for each document"),
    Call("SetProcessInformation", "the people, and where each signs"),
    Call("SetPackageStatus", "starts it; only from here on can anybody sign"),
)

_ACCOUNT_OF = Call("dynamodb:GetItem", "the account of the address: which of its tokens are valid, and its settings")
_WHOSE = Call("dynamodb:GetItem", "the account of the address, and whether it has this package", 2)
_RAW = Call("s3:PutObject", "the raw call, for a replay and for disputes")
_KEPT = (
    _RAW,
    Call("dynamodb:PutItem", "a line of the timeline"),
    Call("stepfunctions:StartExecution", "nobody has the lease, so a refresh starts"),
)
_HEARD = (*_KEPT, Call("dynamodb:UpdateItem", "the wake-up, and whether a refresh runs already"))

EXPECTED: dict[str, Expected] = {
    "authorizer": Expected((Call("dynamodb:GetItem", "the account and the hashes of its secrets"),)),
    "create_package": Expected((Call("dynamodb:TransactWriteItems", "the package and its external id"),)),
    "add_documents": Expected(
        (
            _LOAD,
            Call("s3:PutObject", "the bytes, one for each document"),
            Call("dynamodb:TransactWriteItems", "all documents of the request, or none"),
            Call("dynamodb:GetItem", "the account: what its provider could not take is a warning"),
        )
    ),
    "add_recipients": Expected(
        (
            Call("dynamodb:Query", "numbers and order go on where the stored recipients end"),
            Call("dynamodb:TransactWriteItems", "all recipients of the request, or none"),
            Call("dynamodb:GetItem", "the account: what its provider could not take is a warning"),
        )
    ),
    "send_package": Expected(
        (
            *_PROVIDER,
            Call("s3:GetObject", "page boxes for the preflight, again for the submission, and the bytes to upload", 3),
            Call(
                "dynamodb:TransactWriteItems",
                "the intent, the callback key, a checkpoint after each of three steps, the outcome",
                6,
            ),
            _BELL,
        ),
        _SEND,
    ),
    "get_package": Expected((_LOAD,)),
    "get_package?refresh": Expected((*_PROVIDER, _CHANGE), (_LOOK,)),
    "get_package_summary": Expected((Call("dynamodb:GetItem", "the head of the package"),)),
    "get_signed_documents": Expected((_LOAD, Call("s3:GetObject", "document, audit proof and manifest inline", 3))),
    "delete_package": Expected(
        (_LOAD, _CHANGE, Call("s3:DeleteObjects", "the staged documents go with the draft, in one call")),
    ),
    "delete_package (out)": Expected(
        (
            *_PROVIDER,
            Call("dynamodb:TransactWriteItems", "the wish before the provider is asked, then what it shows", 2),
            _BELL,
        ),
        (Call("SetPackageStatus", "Revoked"), _LOOK),
    ),
    "configure_callback": Expected((_ACCOUNT, _LOAD, _CHANGE)),
    "verify_account": Expected(
        (
            Call("dynamodb:GetItem", "the account for its capabilities, and when its provider is opened", 2),
            _BUDGET,
        ),
        (
            Call("PackageList", "proves address and credentials"),
            Call("PackageAuditProof", "whether audit proofs are switched on in the customer's environment"),
        ),
    ),
    "list_packages": Expected((Call("dynamodb:Query", "one page of index `listing`"),)),
    "list_events": Expected(
        (
            Call("dynamodb:GetItem", "an unknown package is 404, not an empty timeline"),
            Call("dynamodb:Query", "one page of the timeline"),
        )
    ),
    "remind_recipients": Expected(
        (*_PROVIDER, Call("dynamodb:TransactWriteItems", "the reminder and the provider's answer, in the timeline")),
        (Call("SendPackageReminders", "reminds everybody who has not signed"),),
    ),
    "extend_expiry": Expected((*_PROVIDER, _CHANGE), (Call("ExpiryTimeStamp", "gives more time"),)),
    "skip_recipients": Expected(
        (
            *_PROVIDER,
            Call("dynamodb:TransactWriteItems", "that we asked for it, then what the provider shows", 2),
            _BELL,
        ),
        (Call("SkipSigners", "skips"), _LOOK),
    ),
    "get_signing_url": Expected(_PROVIDER, (_LOOK,)),
    "connective callback": Expected(_HEARD),
    "esigntools callback": Expected(
        (Call("dynamodb:GetItem", "the package's own agreement: another's id, of any customer, wakes nothing"), *_HEARD)
    ),
    "contract-signatures callback": Expected(
        (
            Call("dynamodb:GetItem", "the account of the address, and whose contract it is", 2),
            Call("dynamodb:UpdateItem", "the message's id taken, the wake-up, the message's id kept", 3),
            *_KEPT,
        )
    ),
    "gosign notification": Expected((_WHOSE, *_HEARD)),
    "gosign notification (recipient moved)": Expected((_WHOSE, _LOAD, _CHANGE, _BELL, *_HEARD)),
    "gosign ping": Expected((_ACCOUNT_OF,)),
    "gosign workable?": Expected((Call("dynamodb:GetItem", "the account of the address, and the package's state", 2),)),
    "gosign notification (SOAP)": Expected((_WHOSE, *_HEARD)),
    "gosign workable? (SOAP)": Expected(
        (Call("dynamodb:GetItem", "the account of the address, and the state of each package asked about", 2),)
    ),
    "gosign OperationDone (SOAP)": Expected((_ACCOUNT_OF, _LOAD, _CHANGE, _BELL, _RAW)),
    "find_due": Expected(
        (
            Call("dynamodb:Query", "one for each shard of index `due`", 10),
            Call("dynamodb:GetItem", "the account, once for each; and the line itself, since the index follows it", 2),
            Call("dynamodb:UpdateItem", "the shard taken and given back, and the line moved on condition", 3),
            Call("stepfunctions:StartExecution", "one for each package that needs more than a look"),
        )
    ),
    "take_stock": Expected(
        (
            Call(
                "dynamodb:Query",
                "one for each shard of index `due` and for each account's listing, and twice the accounts; once an hour",
                13,
            ),
        )
    ),
    "sync_package": Expected(
        (
            _LOAD,
            _ACCOUNT,
            Call("dynamodb:UpdateItem", "the lease, the budget, and the lease given back", 3),
            _CHANGE,
            _BELL,
        ),
        (_LOOK,),
    ),
    "collect_evidence": Expected(
        (*_PROVIDER, Call("s3:PutObject", "the signed document and its audit proof", 2), _CHANGE),
        (
            Call("GetPackageStatus", "which documents there are"),
            Call("DownloadDocumentFromPackage", "one for each document"),
            Call("PackageAuditProof", "the audit proof of all of them"),
        ),
    ),
    "inspect_signatures": Expected((_LOAD, Call("s3:GetObject", "each signed PDF, to the local disk"), _CHANGE)),
    "complete_package": Expected(
        (
            _LOAD,
            _ACCOUNT,
            Call("s3:GetObject", "the gate looks at what is really stored, file by file", 2),
            Call("s3:PutObjectRetention", "each file by its version, then the manifest", 3),
            Call("s3:PutObject", "the manifest"),
            _CHANGE,
            _BELL,
        )
    ),
    "apply_retention": Expected(
        (_LOAD, _ACCOUNT, Call("dynamodb:UpdateItem", "when something of the package goes next")),
    ),
    "submit_package": Expected(
        (
            *_PROVIDER,
            Call("s3:GetObject", "page boxes for the plan, and the bytes to upload", 2),
            Call(
                "dynamodb:TransactWriteItems",
                "the attempt is its own, the try and the callback key, a checkpoint after each of three steps, the outcome",
                6,
            ),
            _BELL,
        ),
        _SEND,
    ),
    "deliver_notifications": Expected(
        (
            Call(
                "dynamodb:Query", "the package, its events, that there are no more, and who waits for the endpoint", 4
            ),
            _ACCOUNT,
            Call("dynamodb:UpdateItem", "lease and endpoint taken, the cursor after each event, both given back", 5),
            Call("dynamodb:PutItem", "what Coupa answered, in the timeline"),
        )
    ),
}


def measure_calls(*, only: Callable[[Case], bool] = lambda _: True) -> dict[str, Counted]:
    """By the name of the case."""
    seen: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        seen[f"{model.service_model.service_name}:{model.name}"] += 1

    with ExitStack() as stack:
        stack.enter_context(atomic_dynamodb())
        stack.enter_context(aws_variables())
        simulator = stack.enter_context(ConnectiveSimulator())
        simulator.control.configure(callbacks={"drop": True})
        receiver = stack.enter_context(Receiver())
        made = make_resources()
        listen(count)
        told = {}
        for case in filter(only, CASES):
            app = on_aws(made, provider_url=simulator.url, callback_url=receiver.url)
            warm_up(app)
            desk = Desk(app, ACCOUNT, simulated_signers(simulator.control), contract=sample_contract())
            told[case.name] = _counted(case, desk, seen, simulator.control)
            empty_table()
    return told


def _counted(case: Case, desk: Desk, seen: Counter[str], simulator: Control) -> Counted:
    event = case.event(desk)
    before = len(simulator.requests())
    seen.clear()
    desk.call(case.folder, event)
    provider = Counter(str(request["operation"]) for request in simulator.requests()[before:])
    return Counted(dict(seen), dict(provider))
