"""Gathers what a curriculum of ePerusteet states, gives ids, and counts what cannot be used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from polku.curriculum.values import (
    Area,
    Code,
    Content,
    Criterion,
    Module,
    Objective,
    Skill,
    Subject,
    Transversal,
    same_title,
)
from polku.exchange.curriculum_reading import CurriculumReading, Refused
from polku.exchange.eperusteet_texts import code_of, coded, day, many, said, speakable, texts

ATTITUDES = re.compile(
    r"merkity|\barvo(t|-)|arvoper|asente|asenne|motivaatio|minäku|värdering|attityd|betydelse", re.IGNORECASE
)
WORKING = re.compile(r"työskentel|opiskelutai|oppimaan oppi|arbetsfärdig|studiefärdig|arbetssätt", re.IGNORECASE)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TOP_DOWN = ("C", "B", "A")


class Gathering:
    """Everything taken so far from one file.

    Parameters
    ----------
    codeset, number : str
        What numbers of the file mean: the register, and the curriculum in it.
    """

    def __init__(self, codeset: str, number: str) -> None:
        self.codeset, self.number = codeset, number
        self.subjects: dict[str, Subject] = {}
        self.transversals: dict[str, Transversal] = {}
        self.areas: dict[str, Area] = {}
        self.modules: dict[str, Module] = {}
        self.objectives: dict[str, Objective] = {}
        self.skills: dict[str, Skill] = {}
        self.criteria: dict[str, Criterion] = {}
        self.targets: dict[str, str] = {}
        self.refused: list[Refused] = []
        self.seen: Counter[str] = Counter()

    def refuse(self, kind: str, raw: Mapping[str, Any], reason: str) -> None:
        """Write down an element that cannot be used."""
        self.refused.append(Refused(kind, str(raw.get("id", raw.get("_id", "?"))), reason))

    def lost(self, what: str, count: int) -> None:
        """Count what is left out of elements that are taken."""
        if count:
            self.seen[what] += count

    def register(self, number: object) -> Code:
        """Return an element's number as a code."""
        return Code(self.codeset, self.number, str(number))

    def unique(self, taken: Iterable[str] | Mapping[str, Any], wanted: str, number: str) -> str:
        """Return the wanted id, or with the element's number where it is taken or blank."""
        names = taken if isinstance(taken, Mapping) else set(taken)
        name = wanted or number
        if name in names:
            name = f"{name}.{number}"
        while name in names:
            name += "'"
        return name

    def also(self, *raw: Mapping[str, Any], number: object = None) -> tuple[Code, ...]:
        """Return an element's number and the lasting identifier it carries, as further codes."""
        found = [] if number is None else [self.register(number)]
        for one in raw:
            for key in ("tunniste", "_tunniste"):
                value = one.get(key)
                if isinstance(value, str) and UUID.fullmatch(value):
                    found.append(Code("tunniste", "", value.lower()))
        return tuple(dict.fromkeys(found))

    def competences(self, raw: object) -> dict[str, str]:
        """Take the transversal competences; return their ids by number."""
        ids: dict[str, str] = {}
        for one in many(raw):
            found, number = texts(one.get("nimi")), str(one.get("id", ""))
            if not found or not number:
                self.refuse("transversals", one, "it has no name or no number")
                continue
            code, label, rest = coded(found, "L")
            national = code_of(one)
            wanted = code or (f"LA{national.code}" if national else "")
            name = self.unique(self.transversals, wanted, f"L.{number}")
            spoken = said(rest, name)
            own = national or self.register(number)
            self.transversals[name] = Transversal(
                name, own, label or same_title(name), spoken.title, self.also(one, number=number), spoken.written
            )
            ids[number] = name
        return ids

    def learn_targets(self, raw: object) -> None:
        """Remember what the target areas of a subject are about: A attitudes, B working skills, C the subject."""
        for one in many(raw):
            found = " ".join(texts(one.get("nimi")).values())
            self.targets[str(one.get("id"))] = "A" if ATTITUDES.search(found) else "B" if WORKING.search(found) else "C"

    def target(self, numbers: Iterable[str]) -> str:
        """Return the target area of an objective: C where it is about the subject too, or where nothing is said."""
        areas = {self.targets[one] for one in numbers if one in self.targets}
        return next((area for area in TOP_DOWN if area in areas), "C")

    def subject(self, raw: Mapping[str, Any], within: str = "", *, same: bool = False) -> str | None:
        """Take a subject or a syllabus; return its id, None where it cannot be used.

        Parameters
        ----------
        raw : mapping
            The subject.
        within : str
            Id of the subject whose syllabus it is.
        same : bool
            Whether a second one of the same code is the same subject, as in the phases of adults' basic education.
        """
        found, number, national = texts(raw.get("nimi")), speakable(raw.get("id")), code_of(raw)
        if not number or not (found or national):
            self.refuse("subjects", raw, "it has no number, or neither name nor code")
            return None
        wanted = national.code if national else ""
        if within and wanted in {"", self.subjects[within].code.code}:
            wanted = f"{within}-{number}"
        if same and wanted in self.subjects and self.subjects[wanted].within == within:
            return wanted
        name = self.unique(self.subjects, wanted, number)
        spoken = said(found, name)
        own = national or self.register(number)
        self.subjects[name] = Subject(name, own, spoken.title, within, self.also(raw, number=number), spoken.written)
        return name

    def criterion(self, objective: str, raw: Mapping[str, Any], place: int, finnish: frozenset[str]) -> None:
        """Take a row of an objective's criteria: text to read, by language, never a ground for a mark."""
        found = texts(raw.get("osaamisenKuvaus")) or texts(raw.get("hyvanOsaamisenKuvaus"))
        if found.get("sv") in finnish:
            del found["sv"]  # the Finnish of another row has got into it
            self.lost("criteria whose Swedish is Finnish", 1)
        if not found:
            self.refuse("criteria", raw, "it has no text")
            return
        mark = raw.get("arvosana")
        name = self.unique(self.criteria, f"{objective}.{raw.get('id', place)}", str(place))
        known = mark if isinstance(mark, int) and not isinstance(mark, bool) else None
        self.criteria[name] = Criterion(name, objective, known, found, texts(raw.get("arvioinninKohde")))

    def reading(self, raw: Mapping[str, Any], name: str, standard: str) -> CurriculumReading:
        """Return all that was taken as a reading."""
        published = day(raw.get("viimeisinJulkaisuAika")) or day(_stamp(raw)) or day(raw.get("muokattu"))
        content = Content(
            skills=tuple(self.skills.values()),
            objectives=tuple(self.objectives.values()),
            areas=tuple(self.areas.values()),
            modules=tuple(self.modules.values()),
            id=name,
            version=published,
            title=said(texts(raw.get("nimi")), name).title,
            subjects=tuple(self.subjects.values()),
            transversals=tuple(self.transversals.values()),
            criteria=tuple(self.criteria.values()),
            valid_from=day(raw.get("voimassaoloAlkaa")),
            valid_until=day(raw.get("voimassaoloLoppuu")),
        )
        return CurriculumReading(content, standard, self._counts(), tuple(self.refused), self._notes())

    def _counts(self) -> dict[str, int]:
        within = sum(1 for one in self.subjects.values() if one.within)
        return {
            "subjects": len(self.subjects) - within,
            "syllabuses": within,
            "objectives": len(self.objectives),
            "areas": sum(1 for one in self.areas.values() if not one.within),
            "contents": sum(1 for one in self.areas.values() if one.within),
            "transversals": len(self.transversals),
            "modules": len(self.modules),
            "criteria": len(self.criteria),
            "skills": len(self.skills),
        }

    def _notes(self) -> tuple[str, ...]:
        partly = Counter(" and ".join(one.written) for one in self.objectives.values() if one.written)
        notes = [f"{count:,} objectives are written in {languages} only" for languages, count in partly.most_common()]
        silent = sum(1 for one in self.objectives.values() if not one.estimable)
        if silent:
            notes.append(f"{silent:,} objectives of attitudes and working skills carry no skill of their own")
        notes += [f"{count:,} {what}" for what, count in self.seen.items()]
        return (*notes, "a national curriculum states no prerequisites: add them with --prerequisites")


def _stamp(raw: Mapping[str, Any]) -> object:
    stamp = raw.get("globalVersion")
    return stamp.get("aikaleima") if isinstance(stamp, Mapping) else None
