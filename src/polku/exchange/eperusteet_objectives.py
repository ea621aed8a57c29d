"""Objectives and content areas of basic education in ePerusteet, as every one of its curricula writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from polku.curriculum.values import Area, Objective, Skill, same_title
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_texts import coded, many, refs, said, speakable, texts


@dataclass(frozen=True, slots=True)
class Place:
    """Where objectives stand: the subject, the grade band, what ids begin with, and the year where one is stated."""

    subject: str
    band: str
    prefix: str
    grade: int | None = None
    competences: Mapping[str, str] | None = None


def learn(raw: Mapping[str, Any], into: Gathering) -> None:
    """Remember target areas before objectives name them: a syllabus may name those of its subject."""
    into.learn_targets(raw.get("kohdealueet"))
    for one in many(raw.get("oppimaarat")):
        learn(one, into)


def syllabuses(
    raw: Mapping[str, Any], into: Gathering, within: str = "", *, same: bool = False
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a subject and the syllabuses within it, each with its id."""
    name = into.subject(raw, within, same=same)
    if name is None:
        return
    yield name, raw
    for one in many(raw.get("oppimaarat")):
        yield from syllabuses(one, into, name, same=same)


def stated(raw: Mapping[str, Any], place: Place, into: Gathering) -> dict[str, str]:
    """Take content areas and objectives; return the objectives' ids by number."""
    areas: dict[str, str] = {}
    for one in many(raw.get("sisaltoalueet")):
        name = _area(one, place, into)
        if name:
            areas[str(one.get("id"))] = name
    found: dict[str, str] = {}
    for one in many(raw.get("tavoitteet")):
        name = _objective(one, place, areas, into)
        if name:
            found[str(one.get("id"))] = name
    return found


def _area(raw: Mapping[str, Any], place: Place, into: Gathering) -> str | None:
    """Take a content area; in a local curriculum the same one of another year is not a second."""
    found, number = texts(raw.get("nimi")), speakable(raw.get("id"))
    if not found or not number:
        into.refuse("areas", raw, "it has no name or no number")
        return None
    code, label, rest = coded(found, "S")
    wanted = f"{place.prefix}.{code or number}"
    also = into.also(raw, number=number)
    known = into.areas.get(wanted)
    if place.grade is not None and known is not None and known.title["fi"] == said(rest, wanted).title["fi"]:
        return wanted
    name = into.unique(into.areas, wanted, number)
    spoken = said(rest, name)
    own = into.register(number)
    into.areas[name] = Area(
        name, own, label or same_title(code or name), place.band, spoken.title, also, place.subject, "", spoken.written
    )
    return name


def _objective(raw: Mapping[str, Any], place: Place, areas: Mapping[str, str], into: Gathering) -> str | None:
    """Take an objective with its criteria; where answers can speak for it, it is a skill as well."""
    found, number = texts(raw.get("tavoite")), speakable(raw.get("id"))
    if not found or not number:
        into.refuse("objectives", raw, "it has no text" if number else "it has no number")
        return None
    code, label, rest = coded(found, "T")
    again = _met_before(raw, place, into)
    if again is not None:
        return again
    name = into.unique(into.objectives, f"{place.prefix}.{code or number}", number)
    spoken, rows = said(rest, name), many(raw.get("arvioinninkohteet"))
    served = [one for one in refs(raw.get("laajattavoitteet")) if one in (place.competences or {})]
    lost = [one for one in refs(raw.get("sisaltoalueet")) if one not in areas]
    into.lost("references to content areas that are not there", len(lost))
    into.objectives[name] = Objective(
        id=name,
        code=into.register(number),
        label=label or same_title(code or name),
        band=place.band,
        target_area=into.target(refs(raw.get("kohdealueet"))),
        graded=bool(rows),
        areas=tuple(dict.fromkeys(areas[one] for one in refs(raw.get("sisaltoalueet")) if one in areas)),
        title=spoken.title,
        also=into.also(raw, number=number),
        subject=place.subject,
        transversal=tuple(dict.fromkeys((place.competences or {})[one] for one in served)),
        written=spoken.written,
    )
    _criteria(name, rows, into)
    _skill(into.objectives[name], place, into)
    return name


def _met_before(raw: Mapping[str, Any], place: Place, into: Gathering) -> str | None:
    """Return the id of an objective that an earlier year of a local curriculum stated already."""
    lasting = [code for code in into.also(raw) if code.codeset == "tunniste"]
    if place.grade is None or not lasting:
        return None
    for one in into.objectives.values():
        if one.subject == place.subject and one.band == place.band and lasting[0] in one.also:
            return one.id
    return None


def _criteria(objective: str, rows: list[dict[str, Any]], into: Gathering) -> None:
    """Take the rows of an objective's criteria, lowest mark first: their order in the file means nothing."""
    pairs = [texts(row.get("osaamisenKuvaus")) for row in rows]
    finnish = frozenset(pair["fi"] for pair in pairs if "fi" in pair)
    for place, row in enumerate(sorted(rows, key=_mark)):
        into.criterion(objective, row, place, finnish)


def _mark(row: Mapping[str, Any]) -> int:
    mark = row.get("arvosana")
    return mark if isinstance(mark, int) else 0


def _skill(objective: Objective, place: Place, into: Gathering) -> None:
    if not objective.estimable:
        return
    into.skills[objective.id] = Skill(
        id=objective.id,
        code=objective.code,
        band=place.band,
        area=objective.areas[0] if len(objective.areas) == 1 else "",
        grade=place.grade,
        syllabus=None,
        title=objective.title,
        objectives=(objective.id,),
        prerequisites=(),
        recommended_after=(),
        written=objective.written,
    )
