"""What one person does to which document, and where: from fields, from options, or merely noted.

Rules are not judged here (`rules.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, FieldType, Recipient, Role, Zone
from esign.placement.measure import corners
from esign.placement.place import Placement
from esign.placement.placed import Placed
from esign.placement.target import Target
from esign.providers.gosign.envelope import (
    Action,
    Appearance,
    BlankField,
    Compass,
    Conf,
    Coordinates,
    Tag,
)
from esign.providers.gosign.options import ActionOption, GosignOptions, GraphometricOption
from esign.providers.gosign.people import own_options
from esign.providers.gosign.settings import GosignSettings, Shared
from esign.providers.gosign.words import ActionType, CompassPosition

T = TypeVar("T")

WORKERS = frozenset({Role.SIGNER, Role.APPROVER, Role.VIEWER})
_OF_ROLE = {Role.SIGNER: ActionType.SIGN, Role.APPROVER: ActionType.APPROVE, Role.VIEWER: ActionType.VIEW}
_OF_FIELD = {FieldType.INITIALS: ActionType.INITIALS, FieldType.APPROVAL: ActionType.APPROVE}
_TEXTS = {
    "customSignatureText": "custom_signature_text",
    "customSignatureTextL1": "custom_signature_text_l1",
    "customSignatureTextL2": "custom_signature_text_l2",
}
_DIALS = {  # the others' numbers mean different places in REST v1 and SOAP: computed
    Zone.TOP_LEFT: CompassPosition.TOP_LEFT,
    Zone.TOP_CENTER: CompassPosition.TOP,
    Zone.TOP_RIGHT: CompassPosition.TOP_RIGHT,
    Zone.BOTTOM_RIGHT: CompassPosition.BOTTOM_RIGHT,
}
_ONLY_NOTED: Conf = {"visibilityStatus": "N"}  # §4.1: the PDF is not changed


def target(settings: GosignSettings) -> Target:
    """§3.5.1: coordinates from the lower left of the sheet, and texts that GoSign looks up itself."""

    def searches(anchor: Anchor, recipient: Recipient) -> str | None:
        text = anchor.text
        if anchor.width or anchor.height or "%4" in text:  # %4: an id that only GoSign knows
            return None
        if not settings.tag_separators:
            return text.replace("%3", recipient.email or "%3")
        enclosed = any(
            text.startswith(s) and text.endswith(s) and len(text) > 2 * len(s) for s in settings.tag_separators
        )
        return text if enclosed and "%" not in text else None

    return Target(
        needs_page=False,
        says_last_page=True,
        searches=searches,
        stands_alone=not settings.tag_separators,
        zones=frozenset(_DIALS),
        roles=WORKERS,
    )


def actions_of(
    package: Package, index: int, level: str, placement: Placement, settings: GosignSettings, options: GosignOptions
) -> tuple[Action, ...]:
    """Of the recipient with this index. `level`: the trust level or signature type of their step."""
    recipient = package.recipients[index]
    asked = own_options(recipient, options).actions
    mine = (place for place in placement.places if place.recipient == recipient.id)
    acts = [_placed_action(place, recipient, level, settings, options) for place in mine]
    acts += [_asked_action(package, wish, (index, n), level, settings, options) for n, wish in enumerate(asked)]
    return tuple(acts) or tuple(_noted(package, recipient, index))


def _placed_action(
    place: Placed, recipient: Recipient, level: str, settings: GosignSettings, options: GosignOptions
) -> Action:
    kind = _OF_FIELD.get(place.type, _OF_ROLE[recipient.role])
    conf = _texts(kind, level, settings, options)
    if kind is ActionType.SIGN and first(options.signature_visible, settings.signature_visible) is False:
        conf["visibilityStatus"] = "H"
    return Action(place.document, kind, _appearance(place, settings), conf=conf, pointer=place.pointer)


def _appearance(place: Placed, settings: GosignSettings) -> Appearance:
    if place.form_field:
        return BlankField(place.form_field)
    if place.marker and (place.box is None or settings.anchors_as_tags):
        dx, dy = (place.anchor.dx, place.anchor.dy) if place.anchor else (0.0, 0.0)
        return Tag(place.marker, None, dx, dy)
    if place.zone and place.page_number:
        return Compass(place.page_number, _DIALS[place.zone])
    at = corners(place)
    return Coordinates(at.page, *(round(v, 2) for v in (at.llx, at.lly, at.urx, at.ury)))


def _noted(package: Package, recipient: Recipient, index: int) -> Iterator[Action]:
    """An approval or a look at every document, without a mark in the PDF."""
    if recipient.role is Role.SIGNER:
        return
    for document in package.documents:
        nowhere = Compass(1, CompassPosition.INVISIBLE)
        yield Action(document.id, _OF_ROLE[recipient.role], nowhere, conf=_ONLY_NOTED, pointer=f"/recipients/{index}")


def _asked_action(
    package: Package,
    wish: ActionOption,
    at: tuple[int, int],
    level: str,
    settings: GosignSettings,
    options: GosignOptions,
) -> Action:
    """`at`: the recipient's index and the number of their action."""
    index, number = at
    recipient = package.recipients[index]
    document = package.document(wish.document)
    conf = _texts(wish.type, level, settings, wish, options) | _graph(wish.graphometric)
    if wish.visibility:
        conf["visibilityStatus"] = wish.visibility
    return Action(
        document=document.id if document else DocumentId(wish.document),
        type=wish.type,
        appearance=_asked_place(wish),
        mandatory=wish.mandatory,
        conf=conf,
        pointer=f"/provider/options/recipients/{recipient.id}/actions/{number}",
    )


def _asked_place(wish: ActionOption) -> Appearance:
    if wish.compass:
        return Compass(wish.compass.page, wish.compass.position)
    if wish.tag:
        return Tag(wish.tag.start, wish.tag.end, wish.tag.x_offset, wish.tag.y_offset, wish.tag.corner)
    if wish.coordinates:
        c = wish.coordinates  # a print of the seed has them upside down (§4.3.2): the lower left corner comes first
        left, right = sorted((c.llx, c.urx))
        bottom, top = sorted((c.lly, c.ury))
        return Coordinates(c.page, left, bottom, right, top)
    return BlankField(wish.field or "")


def _texts(
    kind: ActionType, level: str | None, settings: GosignSettings, *asked: Shared | ActionOption
) -> dict[str, str | bool]:
    """§4.1, confString of an action: what is written into the mark. The account's lines only where GoSign heeds them."""
    conf: dict[str, str | bool] = {}
    for key, name in _TEXTS.items():
        own = next((value for one in asked if (value := getattr(one, name))), None)
        usual = getattr(settings, name) if key == "customSignatureText" or admits_lines(level, kind) else None
        if text := own or usual:
            conf[key] = str(text)
    if settings.action_in_tcf:
        conf["actionInTCF"] = "true"
    return conf


def _graph(graphometric: GraphometricOption | None) -> dict[str, str | bool]:
    if graphometric is None:
        return {}
    told = {
        "graphFieldName": graphometric.field_name,
        "graphFieldDesc": graphometric.field_description,
        "graphSignerRole": graphometric.signer_role,
        "graphSignerName": graphometric.signer_name,
    }
    return {key: value for key, value in told.items() if value}


def admits_lines(level: str | None, kind: ActionType) -> bool:
    """§4.1: which actions take customSignatureTextL1 and L2 at which trust level."""
    if level == "DIGITAL_P7M":
        return False
    if kind in {ActionType.APPROVE, ActionType.VIEW}:
        return True
    return kind is ActionType.SIGN and level != "DIGITAL_PDF"


def first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one
