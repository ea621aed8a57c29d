"""Anybody's CASE package in our terms: leaves of the tree, and whatever stands in a prerequisite, are skills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from polku.curriculum import LANGUAGES, Area, Code, Content, Skill
from polku.curriculum.values import same_title
from polku.exchange.case_package import Link, Package
from polku.exchange.case_terms import CHILD, PART, PRECEDES, TRANSLATION
from polku.exchange.plain_text import plain

LAST = 1 << 30
"""Siblings without a sequence number come after those with one."""


def foreign_content(package: Package) -> Content:
    """Return items as skills and areas, with `precedes` as prerequisites.

    Items keep their identifiers as ids, since results of other systems name them so. Siblings that the package numbers
    are recommended in that order. Of several parents the first is an item's area.
    """
    name = str(package.document.get("identifier") or "case")
    language = _language(package.document) or "en"
    translated = _translations(package)
    items = {
        node: item for node, item in package.items.items() if node not in translated.values() or node in translated
    }
    children = _children(package)
    prerequisites = _edges(package, PRECEDES)
    ends = {*prerequisites, *(one for before in prerequisites.values() for one in before)}
    skills = [node for node in items if node not in children or node in ends]
    parents = _parents(children)
    after = _siblings(children, set(skills))
    texts = {node: _title(item, package, translated.get(node), language) for node, item in items.items()}
    areas = [node for node in items if node in children]
    return Content(
        skills=tuple(
            Skill(
                id=node,
                code=_code(items[node], node, name),
                band="",
                area=next((one for one in parents.get(node, ()) if one in items), ""),
                grade=_grade(items[node]),
                syllabus=None,
                title=texts[node][0],
                objectives=(),
                prerequisites=tuple(one for one in prerequisites.get(node, ()) if one in items),
                recommended_after=tuple(one for one in after.get(node, ()) if not _hard(one, node, prerequisites)),
                written=texts[node][1],
            )
            for node in skills
        ),
        areas=tuple(
            Area(
                node,
                _code(items[node], node, name),
                same_title(str(items[node].get("humanCodingScheme") or node)),
                "",
                texts[node][0],
                written=texts[node][1],
            )
            for node in areas
        ),
        id=name,
        version=str(package.document.get("version") or package.document.get("lastChangeDateTime") or ""),
        title=same_title(plain(package.document.get("title")) or name),
    )


def _code(item: Mapping[str, Any], node: str, document: str) -> Code:
    return Code("case", document, str(item.get("humanCodingScheme") or node))


def _language(one: Mapping[str, Any]) -> str:
    """Return one of our languages, as ``fi`` of ``fi-FI``."""
    short = str(one.get("language") or "")[:2].lower()
    return short if short in LANGUAGES else ""


def _title(
    item: Mapping[str, Any], package: Package, translation: str | None, default: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return an item's title by language, and the languages it is written in."""
    found: dict[str, str] = {}
    for one in (item, package.items.get(translation or "", {})):
        text = plain(one.get("fullStatement") or one.get("abbreviatedStatement") or one.get("humanCodingScheme"))
        if text:
            found.setdefault(_language(one) or default, text)
    first = next(iter(found.values()), str(item.get("identifier")))
    written = tuple(one for one in LANGUAGES if one in found)
    return {one: found.get(one, first) for one in LANGUAGES}, () if len(written) == len(LANGUAGES) else written


def _translations(package: Package) -> dict[str, str]:
    """Return per item another item that only says the same in another language."""
    return {
        one.destination: one.origin
        for one in package.links
        if one.type == TRANSLATION and one.origin in package.items and one.destination in package.items
    }


def _children(package: Package) -> dict[str, list[str]]:
    """Return each item's children in the order of their sequence numbers, then of the file."""
    found: dict[str, list[tuple[int, Link]]] = defaultdict(list)
    for one in package.links:
        if one.type in {CHILD, PART} and one.origin in package.items and one.origin != one.destination:
            found[one.destination].append((LAST if one.sequence is None else one.sequence, one))
    return {parent: [link.origin for _, link in sorted(of, key=lambda pair: pair[0])] for parent, of in found.items()}


def _parents(children: Mapping[str, list[str]]) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = defaultdict(list)
    for parent, ones in children.items():
        for one in ones:
            parents[one].append(parent)
    return parents


def _siblings(children: Mapping[str, list[str]], skills: set[str]) -> dict[str, list[str]]:
    """Return per skill the sibling that the package puts just before it."""
    after: dict[str, list[str]] = defaultdict(list)
    for ones in children.values():
        placed = list(dict.fromkeys(one for one in ones if one in skills))
        for first, second in pairwise(placed):
            if first not in after[second]:
                after[second].append(first)
    return after


def _hard(one: str, other: str, prerequisites: Mapping[str, list[str]]) -> bool:
    """Return whether a prerequisite orders two items already, either way."""
    return one in prerequisites.get(other, ()) or other in prerequisites.get(one, ())


def _edges(package: Package, type_: str) -> dict[str, list[str]]:
    """Return per item of the package the items before it."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in package.links:
        if one.type == type_ and one.origin in package.items and one.destination in package.items:
            found[one.destination].append(one.origin)
    return found


def _grade(item: Mapping[str, Any]) -> int | None:
    """Return the lowest grade that an item is for, where its levels are numbers."""
    levels = item.get("educationLevel")
    numbers = [int(one) for one in levels if str(one).isdecimal()] if isinstance(levels, list) else []
    return min((number for number in numbers if 1 <= number <= 12), default=None)
