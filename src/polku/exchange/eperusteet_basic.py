"""Basic education in ePerusteet: POPS 2014, and the local curricula made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.exchange.curriculum_reading import OnStep
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_objectives import Place, learn, stated, syllabuses
from polku.exchange.eperusteet_texts import many, refs, speakable

BAND_OF = {1: "1-2", 2: "1-2", **dict.fromkeys(range(3, 7), "3-6"), **dict.fromkeys(range(7, 10), "7-9")}


def basic_education(held: Mapping[str, Any], into: Gathering, on_step: OnStep) -> None:
    """Take POPS: subjects, their syllabuses however deep, and their objectives by grade band."""
    competences = into.competences(held.get("laajaalaisetosaamiset"))
    bands = {str(one.get("id")): _grades(one) for one in many(held.get("vuosiluokkakokonaisuudet"))}
    subjects = many(held.get("oppiaineet"))
    for raw in subjects:
        learn(raw, into)
    for done, raw in enumerate(subjects):
        on_step(done, len(subjects))
        for name, one in syllabuses(raw, into):
            for part in many(one.get("vuosiluokkakokonaisuudet")):
                reference = part.get("_vuosiluokkaKokonaisuus", part.get("_vuosiluokkakokonaisuus"))
                _part(part, name, bands.get(str(reference), set()) | _grades(part), competences, into)


def local(root: Mapping[str, Any], into: Gathering, on_step: OnStep) -> None:
    """Take a local curriculum: it gives each objective its year, and names the national one by an identifier."""
    subjects = [wrapped.get("oppiaine", wrapped) for wrapped in many(root.get("oppiaineet"))]
    for raw in many(subjects):
        learn(raw, into)
    for done, raw in enumerate(many(subjects)):
        on_step(done, len(subjects))
        for name, one in syllabuses(raw, into):
            for part in many(one.get("vuosiluokkakokonaisuudet")):
                _years(part, name, into)


def _years(part: Mapping[str, Any], name: str, into: Gathering) -> None:
    """Take what a subject states for each year, earliest first."""
    for year in sorted(many(part.get("vuosiluokat")), key=lambda one: min(_grades(one), default=0)):
        _part(year, name, _grades(year), {}, into, by_year=True)


def _grades(raw: Mapping[str, Any]) -> set[int]:
    """Return the grades a part is for; their order in the file means nothing."""
    stated = raw.get("vuosiluokat", raw.get("vuosiluokka"))
    names = refs(stated) if isinstance(stated, list) else [str(stated)]
    numbers = {name.removeprefix("vuosiluokka_") for name in names}
    return {int(number) for number in numbers if number.isdecimal() and int(number) in BAND_OF}


def _part(
    raw: Mapping[str, Any],
    subject: str,
    grades: set[int],
    competences: Mapping[str, str],
    into: Gathering,
    *,
    by_year: bool = False,
) -> None:
    """Take what a subject states for one grade band, or in a local curriculum for one year."""
    bands = {BAND_OF[grade] for grade in grades}
    band = bands.pop() if len(bands) == 1 else ""
    prefix = subject + (band.replace("-", "") or f"v{speakable(raw.get('id'))}")
    year = min(grades) if by_year and grades else None
    stated(raw, Place(subject, band, prefix, year, competences), into)
