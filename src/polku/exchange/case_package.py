"""What a CASE package holds, as it was sent: items and associations, without what nobody could use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from polku.curriculum.checks import SPEAKABLE
from polku.errors import InputError
from polku.exchange.case_terms import KNOWN
from polku.exchange.curriculum_reading import Refused


@dataclass(frozen=True, slots=True)
class Link:
    """An association between two nodes, by their identifiers."""

    type: str
    origin: str
    destination: str
    sequence: int | None = None
    titles: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Package:
    """A package as it was sent, without what could not be used."""

    document: Mapping[str, Any]
    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    rubrics: list[Mapping[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def title(self, node: str, default: str = "") -> str:
        """Return how people call a node: its code, else its text, else what a link called it."""
        item = self.items.get(node, {})
        return str(item.get("humanCodingScheme") or item.get("fullStatement") or default or node)


def unpacked(raw: object, where: str) -> Package:
    """Return what a package holds, each unusable object written down with its reason."""
    held = raw.get("CFPackage") if isinstance(raw, Mapping) and isinstance(raw.get("CFPackage"), Mapping) else raw
    document = held.get("CFDocument") if isinstance(held, Mapping) else None
    if not isinstance(held, Mapping) or not isinstance(document, Mapping):
        raise InputError(
            f"{where} holds no CASE package", got=type(raw).__name__, hint="send a CFPackage with CFDocument"
        )
    package = Package(document)
    for item in _objects(held.get("CFItems")):
        _take_item(item, package)
    if not package.items:
        raise InputError(
            f"{where}: no items", got=str(document.get("title", "")), hint="send the package, not its document"
        )
    seen: set[tuple[str, str, str]] = set()
    for one in _objects(held.get("CFAssociations")):
        _take_link(one, package, seen)
    package.rubrics = list(_objects(held.get("CFRubrics")))
    return package


def _objects(raw: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list without their nulls."""
    for one in raw if isinstance(raw, list) else []:
        if isinstance(one, dict):
            yield {key: part for key, part in one.items() if part is not None}


def _take_item(item: Mapping[str, Any], package: Package) -> None:
    name = item.get("identifier")
    text = item.get("fullStatement") or item.get("abbreviatedStatement") or item.get("humanCodingScheme")
    if not isinstance(name, str) or not name.strip():
        package.refused.append(Refused("items", "?", "it has no identifier"))
    elif not isinstance(text, str) or not text.strip():
        package.refused.append(Refused("items", name, "it has no statement"))
    elif not SPEAKABLE.fullmatch(name):
        package.refused.append(Refused("items", name, "its identifier holds what responses cannot carry"))
    elif name in package.items:
        package.refused.append(Refused("items", name, "its identifier repeats"))
    else:
        package.items[name] = item


def _take_link(one: Mapping[str, Any], package: Package, seen: set[tuple[str, str, str]]) -> None:
    """Take an association; of the same one twice the second adds nothing."""
    name, type_ = str(one.get("identifier", "?")), one.get("associationType")
    (origin, first), (destination, second) = _node(one, "origin"), _node(one, "destination")
    if not isinstance(type_, str) or not origin or not destination:
        package.refused.append(Refused("associations", name, "it has no type, no origin or no destination"))
        return
    if (type_, origin, destination) in seen:
        package.seen["associations are stated twice"] += 1
        return
    seen.add((type_, origin, destination))
    if type_ not in KNOWN and not type_.startswith("ext:"):
        package.seen[f"associations of the type {type_!r} are kept and not used"] += 1
    known = {*package.items, str(package.document.get("identifier"))}
    if not {origin, destination} <= known:
        package.seen["associations lead out of the package"] += 1
    package.links.append(Link(type_, origin, destination, _place(one.get("sequenceNumber")), (first, second)))


def _place(sequence: object) -> int | None:
    """Return a place among siblings; servers send it as text and as a fraction without one, too."""
    if isinstance(sequence, str) and sequence.strip().isdecimal():
        return int(sequence)
    if isinstance(sequence, float) and sequence.is_integer():
        return int(sequence)
    return sequence if isinstance(sequence, int) and not isinstance(sequence, bool) else None


def _node(one: Mapping[str, Any], end: str) -> tuple[str, str]:
    """Return the identifier and the title of one end; an address alone ends in the identifier."""
    link = one.get(f"{end}NodeURI")
    if isinstance(link, Mapping):
        name = link.get("identifier") or str(link.get("uri", "")).rpartition("/")[2]
        return str(name).removeprefix("urn:uuid:"), str(link.get("title") or "")
    if isinstance(link, str):
        return link.rpartition("/")[2].removeprefix("urn:uuid:"), ""
    name = one.get(f"{end}NodeIdentifier")
    return (name, "") if isinstance(name, str) else ("", "")
