"""Basic education for adults in ePerusteet (AIPE): phases in place of grades, courses in place of content areas."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polku.curriculum.values import Area, same_title
from polku.exchange.curriculum_reading import OnStep
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_objectives import Place, learn, stated, syllabuses
from polku.exchange.eperusteet_texts import many, refs, said, speakable, texts


def adults(held: Mapping[str, Any], into: Gathering, on_step: OnStep) -> None:
    """Take AIPE: its phases have subjects of their own, with objectives and courses but no grades."""
    competences = into.competences(held.get("laajaalaisetosaamiset", held.get("laajaalaisetOsaamiset")))
    phases = many(held.get("vaiheet"))
    for done, phase in enumerate(phases):
        on_step(done, len(phases))
        into.learn_targets(phase.get("opetuksenKohdealueet"))
        slug = _slug(texts(phase.get("nimi"))) or f"v{speakable(phase.get('id'))}"
        for raw in many(phase.get("oppiaineet")):
            learn(raw, into)
            for name, one in syllabuses(raw, into, same=True):
                place = Place(name, "", f"{name}.{slug}", competences=competences)
                numbers = stated(one, place, into)
                _courses(one, name, numbers, into)


def _courses(raw: Mapping[str, Any], subject: str, numbers: Mapping[str, str], into: Gathering) -> None:
    """Take adults' courses as areas of their objectives."""
    for one in many(raw.get("kurssit")):
        code = one.get("koodi")
        wanted = speakable(code.get("arvo")) if isinstance(code, Mapping) else ""
        number = speakable(one.get("id"))
        found = texts(one.get("nimi"))
        if not number or not (wanted or found):
            into.refuse("areas", one, "the course has no number, or neither name nor code")
            continue
        name = into.unique(into.areas, wanted, number)
        spoken = said(found, name)
        own, also = into.register(number), into.also(one, number=number)
        into.areas[name] = Area(name, own, same_title(name), "", spoken.title, also, subject, "", spoken.written)
        for reference in refs(one.get("tavoitteet")):
            _teach(numbers.get(reference), name, into)


def _teach(objective: str | None, course: str, into: Gathering) -> None:
    """Say that a course teaches an objective."""
    if objective is None:
        into.lost("references of courses to objectives that are not there", 1)
        return
    known = into.objectives[objective]
    into.objectives[objective] = replace(known, areas=(*known.areas, course))
    skill = into.skills.get(objective)
    if skill is not None and not skill.area:
        into.skills[objective] = replace(skill, area=course)


def _slug(found: Mapping[str, str]) -> str:
    """Return the first word of a phase's name in plain letters, as ``paattovaihe``."""
    name = unicodedata.normalize("NFKD", next(iter(found.values()), "")).casefold()
    word = "".join(sign for sign in name if sign.isalnum() or sign.isspace()).encode("ascii", "ignore").decode()
    return word.split()[0] if word.split() else ""
