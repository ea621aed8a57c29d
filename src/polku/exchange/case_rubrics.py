"""National criteria as CASE rubrics: a level has words and no score, since no mark is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.exchange.case_terms import EXTENSION, Naming, identifier

Json = dict[str, Any]
RUBRIC = "CFRubrics"


def rubrics_of(criteria: list[Json], items: Mapping[str, Json], naming: Naming, content: str) -> list[Json]:
    """Return a rubric per objective that has criteria.

    Parameters
    ----------
    criteria : list of dict
        Entries of a curriculum file.
    items : mapping of str to dict
        Items of objectives, by the objective's id.
    naming : Naming
        Writes identifiers and addresses.
    content : str
        Id of the curriculum.
    """
    rows: dict[str, list[Json]] = {}
    for entry in criteria:
        rows.setdefault(entry["objective"], []).append(entry)
    return [_rubric(name, entries, items[name], naming, content) for name, entries in rows.items()]


def _rubric(name: str, entries: list[Json], item: Json, naming: Naming, content: str) -> Json:
    criterion = identifier(content, "criterion", name)
    own = naming.head(RUBRIC, identifier(content, "rubric", name))
    levels = [_level(entry, place, criterion, naming, content) for place, entry in enumerate(entries, 1)]
    row = {
        **naming.head(RUBRIC, criterion),
        "CFItemURI": naming.link("CFItems", item, name),
        "position": 1,
        "rubricId": own["identifier"],
        "CFRubricCriterionLevels": levels,
    }
    return {**own, "title": name, "CFRubricCriteria": [row], "extensions": {EXTENSION: {"criteria": entries}}}


def _level(entry: Json, place: int, criterion: str, naming: Naming, content: str) -> Json:
    mark, text = entry.get("mark"), entry["text"]
    return {
        **naming.head(RUBRIC, identifier(content, "level", entry["id"])),
        "description": text.get("fi") or next(iter(text.values())),
        **({} if mark is None else {"quality": str(mark)}),
        "position": place,
        "rubricCriterionId": criterion,
    }
