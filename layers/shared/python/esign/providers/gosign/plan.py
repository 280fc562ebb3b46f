"""A package as GoSign would get it, and every reason why GoSign could not take it."""

from __future__ import annotations

from esign.domain.errors import Problem
from esign.domain.package import Package
from esign.ports import DocumentSource
from esign.providers.gosign.build import build_envelope, places_of
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.rules import envelope_problems
from esign.providers.gosign.settings import GosignSettings


def planned(
    package: Package, documents: DocumentSource, settings: GosignSettings, *, verify: bool
) -> tuple[Envelope, tuple[Problem, ...]]:
    """`verify=False`: it passed a preflight, only build it. Raises Unprocessable for options that are none."""
    options = parse_options(package.provider.options)
    placement = places_of(package, documents, settings, options, verify=verify)
    envelope = build_envelope(package, placement, settings, options)
    return envelope, envelope_problems(package, envelope, placement, settings, options)
