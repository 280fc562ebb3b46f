"""The calls of GoSign's SOAP service signBookWS (seeds/004 §5.1 to §5.3), and a read where an account's WSDL has one.

No decision is taken here. `wsdl/signBookWS.wsdl` is a reconstruction; an account may bring its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from lxml import etree

from esign.domain.errors import ContractBroken, OutcomeUnknown, Problem, ProviderError, ProviderFault, Unprocessable
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File
from esign.http.outcome import Reply
from esign.http.soap import SoapService, a_place, load
from esign.http.xml import as_json, children, name, text
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.errors import NAME, OK, normalized, reclassified, refusal
from esign.providers.gosign.fit_soap import fitted
from esign.providers.gosign.wire import EnvelopeView, envelope_in
from esign.providers.gosign.write_alike import Json, present
from esign.providers.gosign.write_rest import Files
from esign.providers.gosign.write_soap import insert_request

MAX_ENVELOPE = 300 * 1024 * 1024  # bytes of an answer with documents in base64
PARTIAL = "DOCUMENTS_PARTIAL_DELETION"
# What a read may call its parameters: the seed names the operation nowhere (§1.1.1), REST v1's body is the nearest (§4.1).
_ID_NAMES = ("enveExtId", "envelopeExtId", "extId", "externalId", "envelopeExternalId")
_LISTS = ("documents", "liveStatus", "notes", "messages", "steps", "details")


class Erased(StrEnum):
    ALL = "ALL"
    SOME = "SOME"


@dataclass(frozen=True, slots=True)
class ToErase:
    """A document by its external id, or all of an envelope with a file name (§5.2)."""

    envelope: str
    document: str | None = None
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class SignBook:
    """One customer's access, for one invocation. `path` is where the service answers, whatever the WSDL says."""

    http: ProviderHttp
    deadline: Deadline
    path: str
    customer_code: Callable[[], str] = field(repr=False)
    service: SoapService = field(repr=False)

    def insert(self, envelope: Envelope, files: Files) -> None:
        """insertEnvelope; the files are encoded while they are sent."""
        places = {part.id: a_place() for part in envelope.documents}
        values = insert_request(envelope, places, customer_code=self.customer_code())
        streams = {place: Base64File(files[document]) for document, place in places.items()}
        self._call("insertEnvelope", values, safe=False, files=streams)

    def erase(self, documents: Sequence[ToErase]) -> Erased:
        """eraseDocuments: for good. Raises ProviderConflict (NO_DOCUMENTS_DELETED) where none of them could be."""
        listed = [present(enveExtId=d.envelope, docExtId=d.document, docFilename=d.file_name) for d in documents]
        done = self._call("eraseDocuments", self._with_code(documentToErase=listed), safe=True, fine=(OK, PARTIAL))
        return Erased.ALL if done == OK else Erased.SOME

    def delete(self, *envelopes: str) -> None:
        """deleteEnvelopes: logical, they are gone for good some days later (§5.3)."""
        pairs = [{"extId": envelope} for envelope in envelopes]
        self._call("deleteEnvelopes", self._with_code(envelopesToDelete={"idPair": pairs}), safe=True)

    def read(self, operation: str, envelope: str, *, with_bytes: bool) -> EnvelopeView:
        """An envelope by an operation of the account's own WSDL, which answers it in REST v1's words (§4.1).

        Raises ProviderNotFound; ProviderRefused when the WSDL has no such operation.
        """
        wanted = self.service.shape(operation).inside
        known = {"customerCode": self.customer_code(), "withDocBytes": with_bytes}
        known |= dict.fromkeys(_ID_NAMES, envelope)
        values = {key: value for key, value in known.items() if key in wanted}
        answer = self._ask(operation, values, safe=True, max_bytes=MAX_ENVELOPE)
        return envelope_in(_envelope(as_json(answer)), Reply(200, {}, b"", self.http.vendor, safe=True))

    def _with_code(self, **values: Any) -> Json:  # noqa: ANN401 - JSON
        return {"customerCode": self.customer_code(), **values}

    def _call(
        self,
        operation: str,
        values: Json,
        *,
        safe: bool,
        files: Mapping[str, Base64File] | None = None,
        fine: tuple[str, ...] = (OK,),
    ) -> str:
        """The code of the answer's returnStatus, which is in `fine`; "any other code is an error" (§5.3)."""
        answer = self._ask(operation, values, safe=safe, files=files)
        status = answer if name(answer) == "returnStatus" else next(children(answer, "returnStatus"), answer)
        said = text(status, "code")
        if said is None:
            _no_code(operation, safe=safe)
        code = normalized(said)
        if code not in fine:
            raise refusal(code, text(status, "message"), status=200, safe=safe)
        return code

    def _ask(
        self,
        operation: str,
        values: Json,
        *,
        safe: bool,
        files: Mapping[str, Base64File] | None = None,
        **limits: int,
    ) -> etree._Element:
        said = fitted(values, self.service.shape(operation))
        try:
            return self.service.call(
                self.http, self.path, operation, said, deadline=self.deadline, safe=safe, files=files, **limits
            )
        except ProviderError as error:
            raise reclassified(error, safe=safe) from error


def sign_book(wsdl: bytes | None, *operations: str) -> SoapService:
    """The account's own description of the service, or ours. Raises Unprocessable for one that cannot be used, or that
    lacks one of `operations`."""
    service = load(wsdl or _ours())
    missing = [operation for operation in operations if not service.has(operation)]
    if missing:
        problem = Problem("/settings/wsdl", "operation_missing", f"The WSDL has no {' and no '.join(missing)}.")
        raise Unprocessable("GoSign's WSDL cannot be used.", code="invalid_settings", problems=(problem,))
    return service


@cache
def _ours() -> bytes:
    return (Path(__file__).parent / "wsdl" / "signBookWS.wsdl").read_bytes()


def _no_code(operation: str, *, safe: bool) -> NoReturn:
    kind = ContractBroken if safe else OutcomeUnknown
    raise kind(f"GoSign: its answer to {operation} has no result code", fault=ProviderFault(NAME, 200))


def _envelope(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """The envelope of an answer, with plain lists: XML has one more level there, and shows a single item as no list."""
    if isinstance(answer, Mapping) and "externalId" not in answer and isinstance(answer.get("envelope"), Mapping):
        return _envelope(answer["envelope"])
    return _listed(answer)


def _listed(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, Mapping):
        return value
    return {key: _items(inner) if key in _LISTS else _listed(inner) for key, inner in value.items()}


def _items(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """`documents` itself repeated, or one `documents` with several `document` inside."""
    if isinstance(value, Mapping) and len(value) == 1 and not isinstance(inner := next(iter(value.values())), str):
        value = inner
    found = value if isinstance(value, list) else [value] if value else []
    return [_listed(item) for item in found]
