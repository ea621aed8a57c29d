"""Prerequisites for a curriculum that states none: from a school, from experts, as a CSV file or a CASE package.

A CSV file has the columns `before` and `after`, and may have `strength` (`hard` or `soft`). A name is a skill's id, a
number or an identifier of the register it came from, or a module or a content area: then all of its skills are meant. A
CASE package gives its `precedes`; a node is found by its identifier or its coding scheme.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from polku.curriculum import Content
from polku.errors import InputError, nearest
from polku.exchange.case_package import unpacked
from polku.exchange.case_read import fits_case
from polku.exchange.case_terms import PRECEDES, identifier
from polku.exchange.curriculum_reading import Refused, json_of

COLUMNS = ("before", "after")
STRENGTHS = {"": "prerequisites", "hard": "prerequisites", "soft": "recommended_after"}


@dataclass(frozen=True, slots=True)
class Named:
    """An edge as a file states it: what it calls the skills, how strong it is, and where it stands."""

    before: str
    after: str
    strength: str
    place: str


def with_prerequisites(content: Content, path: Path) -> tuple[Content, int, tuple[Refused, ...]]:
    """Add the edges of a file to a curriculum.

    Parameters
    ----------
    content : Content
        Of any subject.
    path : Path
        CSV, or CASE as JSON.

    Returns
    -------
    content : Content
        With the edges, each once.
    taken : int
        Edges of the file that were taken.
    refused : tuple of Refused
        Edges that name what is not in the curriculum, or are not of a known strength.

    Raises
    ------
    InputError
        If the file cannot be read, or none of its edges could be used.
    """
    names, edges = _names(content), list(_edges(path))
    added: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    refused: list[Refused] = []
    for one in edges:
        lost = next((name for name in (one.before, one.after) if name not in names), None)
        if lost is not None or one.strength not in STRENGTHS:
            reason = f"no skill {lost!r}: {nearest(lost, names)}" if lost is not None else f"strength {one.strength!r}"
            refused.append(Refused("edges", one.place, reason))
            continue
        for after in names[one.after]:
            known = added[after][STRENGTHS[one.strength]]
            known += [before for before in names[one.before] if before not in {after, *known}]
    if len(refused) == len(edges):
        got = refused[0].reason if refused else "an empty file"
        raise InputError(f"{path}: no edge could be used", got=got, hint="columns before,after with ids of skills")
    skills = tuple(
        replace(
            skill,
            prerequisites=_joined(skill.prerequisites, added[skill.id]["prerequisites"]),
            recommended_after=_joined(skill.recommended_after, added[skill.id]["recommended_after"]),
        )
        for skill in content.skills
    )
    return replace(content, skills=skills), len(edges) - len(refused), tuple(refused)


def _joined(old: tuple[str, ...], new: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _names(content: Content) -> Mapping[str, list[str]]:
    """Return the skills that each name means: one for a skill, all for a module or an area."""
    names: dict[str, list[str]] = defaultdict(list)
    codes = {one.id: (one.code, *one.also) for one in content.objectives}
    for skill in content.skills:
        own = {skill.id, skill.code.code, identifier(content.id, "skills", skill.id)}
        own |= {code.code for objective in skill.objectives for code in codes.get(objective, ())}
        own |= {skill.area, *skill.objectives} - {""}
        for name in own:
            names[name].append(skill.id)
    return names


def _edges(path: Path) -> Iterator[Named]:
    if path.suffix.lower() == ".csv":
        yield from _csv_edges(path)
        return
    raw = json_of(path)
    if not fits_case(raw):
        raise InputError(f"{path} holds no prerequisites", got="JSON that is no CASE package", hint="CASE, or .csv")
    package = unpacked(raw, str(path))
    for place, link in enumerate((one for one in package.links if one.type == PRECEDES), 1):
        ends = [_called(package.items.get(node, {}), node) for node in (link.origin, link.destination)]
        yield Named(ends[0], ends[1], "hard", f"precedes {place}")


def _called(item: Mapping[str, object], node: str) -> str:
    """Return what a node is called in our files: its coding scheme, else its identifier."""
    scheme = item.get("humanCodingScheme")
    return scheme if isinstance(scheme, str) and scheme else node


def _csv_edges(path: Path) -> Iterator[Named]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path} is not there", hint="give the path of a CSV file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read", got=error, hint="save the file as UTF-8") from error
    rows = csv.DictReader(text.splitlines())
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        got = ", ".join(rows.fieldnames or ()) or "an empty file"
        raise InputError(f"{path} has no columns before and after", got=got, hint="before,after and maybe strength")
    for row in rows:
        before, after = ((row[column] or "").strip() for column in COLUMNS)
        yield Named(before, after, (row.get("strength") or "").strip().lower(), f"line {rows.line_num}")
