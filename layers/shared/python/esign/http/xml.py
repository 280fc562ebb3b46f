"""Reading XML from outside: well-formed, without a DTD, without entities, without the network, and not too deep.

Needs lxml, which only functions with the `soap` layer have. Knows no vendor and no SOAP.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree


class UnsafeXml(ValueError):
    """Not XML, or such as nobody has a reason to send. The message never quotes it."""


def parse(content: bytes, *, huge: bool = False) -> etree._Element:
    """The root. `huge` lifts libxml2's limits (10 MB of text, 256 levels): only for those who proved who they are.

    Raises UnsafeXml.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=huge,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnsafeXml("it is not well-formed XML") from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise UnsafeXml("it has a document type declaration")
    return root


def name(element: etree._Element) -> str:
    """Without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Those of these names, in any namespace."""
    return (child for child in element.iterchildren("*") if name(child) in names)


def text(element: etree._Element, child: str) -> str | None:
    """The text of the first child of this name, stripped; None where there is none."""
    found = next(children(element, child), None)
    return ((found.text or "").strip() or None) if found is not None else None


def as_json(element: etree._Element) -> Any:  # noqa: ANN401 - JSON
    """Text, or the children by local name: a list where a name is repeated. Attributes are left out."""
    inside = list(element.iterchildren("*"))
    if not inside:
        return element.text
    found: dict[str, Any] = {}
    for child in inside:
        value, key = as_json(child), name(child)
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found
