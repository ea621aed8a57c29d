"""Upper secondary in ePerusteet: LOPS 2019, whose modules hold the objectives.

An objective of a module has no code: it is named by the number of its text, as material that is aligned to it names it
too. The text states no target area for it. One that speaks of experience, interest or confidence is taken as an
attitude, so that no skill stands on it; whoever reviews the curriculum may decide otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from polku.curriculum.values import Area, Code, Module, Objective, Skill, same_title
from polku.exchange.curriculum_reading import OnStep
from polku.exchange.eperusteet_gathering import Gathering
from polku.exchange.eperusteet_texts import Said, code_of, many, said, speakable, texts

Syllabus = Literal["common", "long", "short"]
CHOSEN: Mapping[str, Syllabus] = {"MAA": "long", "MAB": "short"}
"""The two syllabuses that a learner chooses between; all else is common."""

ATTITUDE = re.compile(
    r"^(saa (kokemuksia|rohkaisua|elämyksiä|mahdollisuu|innostu)|innostu|kiinnostu|rohkaistu|motivoitu|arvosta|"
    r"vahvistaa (luottamusta|itsetuntemusta|myönteistä|minäkuva)|suhtautuu|haluaa|nauttii|"
    r"få[rs]? (erfarenheter|uppmuntran|upplevelser)|uppmuntras|intressera|motivera|uppskatta)",
    re.IGNORECASE,
)
ABILITY = re.compile(r"\b(hallitsee|osaa|ymmärtää|syventää|kehittää|soveltaa|analysoi|behärska|kunna)", re.IGNORECASE)
"""What makes an objective that begins with an attitude one of the subject as well."""

UPPER = "lukio"


def upper_secondary(held: Mapping[str, Any], into: Gathering, on_step: OnStep) -> None:
    """Take LOPS 2019: subjects, syllabuses, modules wherever they hang, their objectives and contents."""
    shared = held.get("laajaAlainenOsaaminen")
    into.competences(shared.get("laajaAlaisetOsaamiset") if isinstance(shared, Mapping) else None)
    subjects = many(held.get("oppiaineet"))
    for done, raw in enumerate(subjects):
        on_step(done, len(subjects))
        for name, one in _syllabuses(raw, into):
            for module in many(one.get("moduulit")):
                take_module(module, name, into)


def _syllabuses(raw: Mapping[str, Any], into: Gathering, within: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a subject and the syllabuses within it, each with its id; modules hang on either."""
    name = into.subject(raw, within)
    if name is None:
        return
    yield name, raw
    for one in many(raw.get("oppimaarat")):
        yield from _syllabuses(one, into, name)


def take_module(raw: Mapping[str, Any], subject: str, into: Gathering) -> None:
    """Take a module with its objectives and contents."""
    number, national, found = speakable(raw.get("id")), code_of(raw), texts(raw.get("nimi"))
    if not number or not (national or found):
        into.refuse("modules", raw, "it has no number, or neither name nor code")
        return
    wanted = national.code if national else f"{subject}.{number}"
    name = into.unique({**into.modules, **into.areas}, wanted, number)
    spoken, syllabus = said(found, name), CHOSEN.get(subject, "common")
    into.modules[name] = Module(
        id=name,
        code=national or into.register(number),
        syllabus=syllabus,
        credits=_credits(raw.get("laajuus")),
        compulsory=raw.get("pakollinen") is True,
        title=spoken.title,
        also=into.also(raw, number=number),
        subject=subject,
        written=spoken.written,
    )
    goals = raw.get("tavoitteet")
    for place, one in enumerate(many(goals.get("tavoitteet")) if isinstance(goals, Mapping) else []):
        _objective(one, into.modules[name], place, into)
    for group in many(raw.get("sisallot")):
        for one in many(group.get("sisallot")):
            _content(one, into.modules[name], into)


def _credits(raw: object) -> float:
    """Return study credits, whole where they are whole, 0 where they are not stated."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 < raw < 1000:
        return 0
    return int(raw) if raw == int(raw) else raw


def _number(raw: Mapping[str, Any]) -> str:
    return speakable(raw.get("_id", raw.get("id")))


def _objective(raw: Mapping[str, Any], module: Module, place: int, into: Gathering) -> None:
    """Take an objective of a module, and the skill that answers can speak for."""
    found, number = texts(raw), _number(raw)
    if not found:
        into.refuse("objectives", raw, "it has no text")
        return
    name = into.unique(into.objectives, f"{module.id}.{number or f't{place + 1}'}", f"t{place + 1}")
    spoken = said(found, name)
    first = next(iter(found.values()))  # the Swedish texts of a module may stand in another order
    attitude = bool(ATTITUDE.match(first)) and not ABILITY.search(first)
    code = into.register(number or name)
    into.objectives[name] = Objective(
        id=name,
        code=code,
        label=same_title(f"{module.id} {place + 1}"),
        band=UPPER,
        target_area="A" if attitude else "C",
        graded=False,
        areas=(module.id,),
        title=spoken.title,
        also=into.also(raw),
        subject=module.subject,
        written=spoken.written,
    )
    if not attitude:
        into.skills[name] = _skill(name, code, module, spoken)


def _skill(name: str, code: Code, module: Module, spoken: Said) -> Skill:
    """Return the skill of an objective: it serves the objective and its module."""
    return Skill(
        id=name,
        code=code,
        band=UPPER,
        area=module.id,
        grade=None,
        syllabus=module.syllabus,
        title=spoken.title,
        objectives=(name, module.id),
        prerequisites=(),
        recommended_after=(),
        written=spoken.written,
    )


def _content(raw: Mapping[str, Any], module: Module, into: Gathering) -> None:
    """Take a content of a module: an area within it."""
    found, number = texts(raw), _number(raw)
    if not found or not number:
        into.refuse("contents", raw, "it has no text or no number")
        return
    name = into.unique({**into.modules, **into.areas}, f"{module.id}.S{number}", number)
    spoken = said(found, name)
    own, also = into.register(number), into.also(raw)
    label = same_title(name)
    into.areas[name] = Area(name, own, label, UPPER, spoken.title, also, module.subject, module.id, spoken.written)
