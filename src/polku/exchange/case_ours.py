"""A CASE package that this project wrote, back as it was: entries from extensions, edges from associations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from polku.curriculum import Content
from polku.curriculum.reading import parse
from polku.exchange.case_package import Package
from polku.exchange.case_terms import EXTENSION, PRECEDES, RECOMMENDED, TYPES
from polku.exchange.curriculum_reading import Refused

Json = dict[str, Any]
EDGES = {PRECEDES: "prerequisites", RECOMMENDED: "recommended_after"}


def our_content(package: Package, document: Mapping[str, Any], where: str) -> Content:
    """Return the content of a package of our own.

    Parameters
    ----------
    package : Package
        As unpacked.
    document : mapping
        Our part of the document's extensions.
    where : str
        Name of its source.

    Raises
    ------
    DefinitionError
        If the entries do not hold, because somebody changed them.
    """
    lists: dict[str, list[Json]] = {kind: [] for kind in TYPES}
    skills: dict[str, Json] = {}
    for name, item in package.items.items():
        kind, entry = _ours(item)
        if kind not in lists:
            package.refused.append(Refused("items", name, "it is not one of ours in a package of ours"))
            continue
        _retitle(entry, item)
        lists[kind].append(entry)
        if kind == "skills":
            skills[name] = entry
    for link in package.links:
        key = EDGES.get(link.type)
        if key and link.origin in skills and link.destination in skills:
            skills[link.destination].setdefault(key, []).append(skills[link.origin]["id"])
    criteria = [entry for rubric in package.rubrics for entry in _criteria(rubric)]
    whole = {**document, **lists, "criteria": criteria}
    return parse(json.dumps({key: part for key, part in whole.items() if part not in ([], None)}), where)


def _ours(item: Mapping[str, Any]) -> tuple[str, Json]:
    """Return the kind and a copy of the entry that an item carries."""
    extensions = item.get("extensions")
    own = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    entry = own.get("entry") if isinstance(own, Mapping) else None
    if not isinstance(own, Mapping) or not isinstance(entry, Mapping):
        return "", {}
    return str(own.get("kind")), dict(entry)


def _retitle(entry: Json, item: Mapping[str, Any]) -> None:
    """Take over a statement that somebody else changed."""
    title = entry.get("title")
    if isinstance(title, Mapping) and item.get("fullStatement") != title.get("fi"):
        entry["title"] = {**title, "fi": item["fullStatement"]}


def _criteria(rubric: Mapping[str, Any]) -> list[Json]:
    extensions = rubric.get("extensions")
    own = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    found = own.get("criteria") if isinstance(own, Mapping) else None
    return [dict(one) for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
