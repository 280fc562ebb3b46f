"""The one table of Lambda functions: a folder of functions/, what it touches, and its size.

The operations that Coupa calls come from esign.coupa.routes by themselves. Knows nothing of CDK.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from esign.coupa.routes import ROUTE, ROUTES, Need, Route

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "functions"


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda. `timeout` in seconds, `memory` in MB; `layers` are folders of layers/, in no order."""

    folder: str  # below functions/; also the function's name here: "coupa/create_package"
    needs: frozenset[Need]
    timeout: int
    memory: int
    layers: tuple[str, ...] = ("dependencies", "shared")
    bell_batch: int = 0  # messages of the bell per call; 0: the bell does not call it

    @property
    def calls_out(self) -> bool:
        """Whether it calls providers, Coupa's endpoints, or the sources of documents."""
        return bool(self.needs & {Need.CREDENTIALS, Need.NOTIFICATION_SECRETS, Need.DOCUMENTS_WRITE})

    @property
    def construct_id(self) -> str:
        """coupa/create_package -> CoupaCreatePackage."""
        return "".join(word.capitalize() for word in self.folder.replace("/", "_").split("_"))


_N = Need
_READ = frozenset({_N.TABLE_READ})
_WRITE = _READ | {_N.TABLE_WRITE}

AUTHORIZER = Function("authorizer", _READ | {_N.LAST_USE}, timeout=10, memory=256)

# Who calls providers may meet one that speaks SOAP; zeep is loaded only then.
_SPEAKS = ("dependencies", "shared", "soap")


def _operation(route: Route) -> Function:
    layers = _SPEAKS if _N.CREDENTIALS in route.needs else ("dependencies", "shared")
    return Function(f"coupa/{route.operation}", route.needs, route.timeout, route.memory, layers)


OPERATIONS = tuple(map(_operation, ROUTES))

# Of an account's own address, where the caller may have to prove itself, and recipients may be moved by what it says.
_HEARS = _WRITE | {_N.CALLBACK_KEYS, _N.RAW_CALLBACKS, _N.START_REFRESH, _N.CREDENTIALS, _N.BELL}

CALLBACKS = (
    Function(
        "callbacks/connective",
        _WRITE | {_N.CALLBACK_KEYS, _N.RAW_CALLBACKS, _N.START_REFRESH},
        timeout=10,
        memory=256,
    ),
    Function(
        "callbacks/esigntools",
        _WRITE | {_N.CALLBACK_KEYS, _N.RAW_CALLBACKS, _N.START_REFRESH},
        timeout=10,
        memory=256,
    ),
    Function("callbacks/gosign_rest", _HEARS, timeout=10, memory=256, layers=("dependencies", "jose", "shared")),
    Function(
        "callbacks/gosign_soap", _HEARS, timeout=10, memory=256, layers=("dependencies", "jose", "shared", "soap")
    ),
    Function(
        "callbacks/contract_signatures",
        _WRITE | {_N.CALLBACK_KEYS, _N.RAW_CALLBACKS, _N.START_REFRESH},
        timeout=10,
        memory=256,
    ),
)

# Called by refresh-package, so they have no refresh to start; CloudFormation could not say that circle either.
IN_REFRESH = (
    Function(
        "workflow/submit_package",
        ROUTE["send_package"].needs - {_N.START_REFRESH},
        timeout=900,
        memory=1024,
        layers=_SPEAKS,
    ),
    Function("workflow/sync_package", _WRITE | {_N.CREDENTIALS, _N.BELL}, timeout=60, memory=512, layers=_SPEAKS),
    Function(
        "workflow/collect_evidence",
        _WRITE | {_N.CREDENTIALS, _N.EVIDENCE_WRITE},
        timeout=900,
        memory=1024,
        layers=_SPEAKS,
    ),
    Function(
        "workflow/inspect_signatures",
        _WRITE | {_N.EVIDENCE_READ},
        timeout=120,
        memory=1024,  # pyHanko decodes up to 256 MB of one stream
        layers=("dependencies", "pades", "shared"),
    ),
    Function(
        "workflow/complete_package",
        _WRITE | {_N.EVIDENCE_READ, _N.EVIDENCE_WRITE, _N.BELL},
        timeout=60,
        memory=512,
    ),
    Function(
        "workflow/apply_retention",
        _WRITE | {_N.CREDENTIALS, _N.DOCUMENTS_DELETE, _N.EVIDENCE_DELETE},
        timeout=60,
        memory=512,
        layers=_SPEAKS,
    ),
)

FIND_DUE = Function(
    "workflow/find_due",
    _WRITE | {_N.START_REFRESH, _N.BELL, _N.CREDENTIALS},
    timeout=75,
    memory=512,
    layers=_SPEAKS,
)
# Ten packages side by side, each at most Timing.delivery_lease (60 s) and the end of its last call.
DELIVER = Function(
    "workflow/deliver_notifications", _WRITE | {_N.NOTIFICATION_SECRETS}, timeout=75, memory=512, bell_batch=10
)

# Reads every account's whole listing, once an hour.
TAKE_STOCK = Function("workflow/take_stock", _READ, timeout=300, memory=512)

BEHIND_APIS = (AUTHORIZER, *OPERATIONS, *CALLBACKS)  # a new version of these comes into use step by step
OUTSIDE = (AUTHORIZER, *OPERATIONS, *CALLBACKS, FIND_DUE, DELIVER, TAKE_STOCK)
ALL: tuple[Function, ...] = (*OUTSIDE, *IN_REFRESH)

_GOSIGN = "/callbacks/gosign/{account}/{token}"  # the address that InfoCert is told; GoSign appends the rest

PUBLIC: dict[str, tuple[tuple[str, str], ...]] = {
    # Every method without an authorizer, and the function behind it. Providers cannot log in; the path's token does.
    "callbacks/connective": tuple(
        (method, path)
        for path in (
            "/callbacks/connective/{account}/{package}/{token}",
            # …/notification, and whatever Connective may append: whether it adds the package's id is unknown
            "/callbacks/connective/{account}/{package}/{token}/{rest+}",
        )
        for method in ("GET", "POST")
    ),
    "callbacks/esigntools": tuple(
        (method, "/callbacks/esigntools/{account}/{package}/{token}") for method in ("GET", "POST")
    ),
    "callbacks/gosign_rest": (
        ("GET", f"{_GOSIGN}/status"),
        ("POST", f"{_GOSIGN}/envelopes/{{envelope}}/notify"),
        ("GET", f"{_GOSIGN}/envelopes/{{envelope}}/managers/{{user}}/status"),
        ("GET", f"{_GOSIGN}/envelopes/{{envelope}}/managers/{{user}}/for/{{original}}/status"),
    ),
    "callbacks/gosign_soap": (("POST", f"{_GOSIGN}/soap"), ("GET", f"{_GOSIGN}/soap")),
    "callbacks/contract_signatures": (("POST", "/callbacks/contract-signatures/{account}/{token}"),),
}

# Of PUBLIC, those that hand on only the head of their body, so that API Gateway's 10 MB can come; and the media type of
# what they answer. Who sends more is answered 413.
MAPPED: dict[tuple[str, str], str] = {
    ("POST", f"{_GOSIGN}/envelopes/{{envelope}}/notify"): "application/json",
    ("POST", f"{_GOSIGN}/soap"): "text/xml",
}


class HandlerMissing(FileNotFoundError):
    """Rows of the table without a handler.py."""


def check_handlers(root: Path, rows: Sequence[Function] = ALL) -> None:
    """Every row has its handler below `root`. Raises HandlerMissing, naming all that have not."""
    missing = [row.folder for row in rows if not (root / row.folder / "handler.py").is_file()]
    if missing:
        raise HandlerMissing(
            "infra/functions.py names functions that have no handler.py:\n"
            + "".join(f"  {root / folder}/handler.py\n" for folder in missing)
        )
