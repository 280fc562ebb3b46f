"""What can be seen in a PDF's signatures (port `SignatureInspector`), without the network and without a verdict.

Whose certificate it is and who vouches for it is not asked: that is the signing service's word, and names nobody here.
A signature is *sound* when its bytes and its key agree, it covers the revision that it signed, and what was added later
is what a PDF's signatures allow. Knows no package and no store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.version import __version__ as pyhanko_version
from pyhanko_certvalidator import ValidationContext

from esign.domain.document import SignatureObservation

MOST_DECODED = 64 * 1024 * 1024  # bytes of one stream; pages and pictures are never decoded here
MOST_SIGNATURES = 200  # looked at in one file; each is a hash over all of it


@dataclass(frozen=True, slots=True)
class _Seen:
    """One signature, or document time stamp."""

    algorithm: str
    intact: bool = False
    covers: SignatureCoverageLevel = SignatureCoverageLevel.UNCLEAR
    level: ModificationLevel = ModificationLevel.OTHER
    allowed: bool = False

    @property
    def sound(self) -> bool:
        whole_revision = self.covers >= SignatureCoverageLevel.ENTIRE_REVISION
        return self.intact and self.allowed and whole_revision and self.level < ModificationLevel.OTHER

    @property
    def whole(self) -> bool:
        return self.intact and self.covers == SignatureCoverageLevel.ENTIRE_FILE


class PdfSignatureInspector:
    """See `esign.ports.SignatureInspector`."""

    def __init__(self) -> None:
        for name in ("pyhanko", "pyhanko_certvalidator"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they log the names of signers

    def inspect(self, body: BinaryIO) -> SignatureObservation:
        """Never raises for what the file holds: a bomb, a torso or a riddle is one that cannot be read."""
        try:
            return _observed(body)
        except Exception:  # noqa: BLE001 - whatever a strange file makes the parser say, it is an observation
            return SignatureObservation(readable=False, tool=_tool())


def _observed(body: BinaryIO) -> SignatureObservation:
    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=MOST_DECODED))
    reader = PdfFileReader(body, strict=False, decode_limits=limits)
    signatures = [_look(one, async_validate_pdf_signature) for one in _few(reader.embedded_regular_signatures)]
    stamps = [_look(one, async_validate_pdf_timestamp) for one in _few(reader.embedded_timestamp_signatures)]
    worst = max((one.level for one in signatures), default=None)
    return SignatureObservation(
        readable=True,
        signatures=len(signatures),
        intact=sum(one.intact for one in signatures),
        sound=sum(one.sound for one in signatures),
        time_stamps=len(stamps),
        covers_whole_file=any(one.whole for one in (*signatures, *stamps)),
        modification_level=worst.name if worst is not None else None,
        digest_algorithms=tuple(sorted({one.algorithm for one in signatures})),
        tool=_tool(),
    )


def _few(found: Iterable[EmbeddedPdfSignature]) -> list[EmbeddedPdfSignature]:
    listed = list(found)
    if len(listed) > MOST_SIGNATURES:
        raise ValueError("more signatures than any contract has")
    return listed


def _look(signature: EmbeddedPdfSignature, validate: Callable[..., Coroutine[Any, Any, Any]]) -> _Seen:
    """A signature that no sense can be made of is there, and not intact."""
    offline = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        status = asyncio.run(validate(signature, offline))
    except Exception:  # noqa: BLE001 - see PdfSignatureInspector.inspect
        return _Seen(signature.md_algorithm)
    level = getattr(status, "modification_level", None)
    if level is None and status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        level = ModificationLevel.NONE
    return _Seen(
        signature.md_algorithm,
        intact=bool(status.intact and status.valid),
        covers=status.coverage,
        level=ModificationLevel.OTHER if level is None else level,
        allowed=status.docmdp_ok is not False,
    )


def _tool() -> str:
    return f"pyHanko {pyhanko_version}"
