"""What the answers of one learner say, objective by objective, beside what the curriculum says. Never a grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from polku.curriculum import Curriculum
from polku.curriculum.values import Criterion, Objective
from polku.paths.released import Standing
from polku.paths.standing import Standing as Ground
from polku.paths.terrain import Terrain

State = Literal["shown", "implied", "open", "few"]
LANGUAGES: Final = ("fi", "sv", "en")


@dataclass(frozen=True)
class SkillLine:
    """What the answers say of one skill.

    Parameters
    ----------
    skill_id : str
        The skill.
    title : mapping of str to str
        Its title by language.
    state : {"shown", "implied", "open", "few"}
        Shown by answers of its own, spoken for by a later one, open still, or too few answers to say.
    answers : int
        How many there are.
    last : int or None
        When the latest was given, microseconds UTC; None without a clock.
    sure : {"sure", "fairly", "unsure"}
        How sure that makes us, as ``sureness.<word>`` says it.
    """

    skill_id: str
    title: Mapping[str, str]
    state: State
    answers: int
    last: int | None
    sure: str


@dataclass(frozen=True)
class ObjectiveLine:
    """One objective with the evidence for it.

    Parameters
    ----------
    objective : Objective
        As the curriculum states it.
    skills : tuple of SkillLine
        Skills that serve it and have answers, in the curriculum's order.
    without : int
        Skills that serve it, at the learner's grade or before, and have no answers yet.
    criteria : tuple of Criterion
        What the national criteria describe; to be read, nothing is computed from them.
    """

    objective: Objective
    skills: tuple[SkillLine, ...]
    without: int
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Evidence:
    """All that the answers say.

    Parameters
    ----------
    objectives : tuple of ObjectiveLine
        Those for which there are answers: of the latest grades first, in the curriculum's order within them.
    modules : tuple of (mapping of str to str, tuple of SkillLine)
        Title and skills of upper-secondary modules, which have no objectives of this kind.
    unseen : tuple of Objective
        Objectives of the learner's grades for which answers to tasks cannot speak: the teacher sees them in class.
    states : mapping of str to str
        State of each skill with answers, or that a later one speaks for.
    answers : int
        How many there are in all.
    """

    objectives: tuple[ObjectiveLine, ...]
    modules: tuple[tuple[Mapping[str, str], tuple[SkillLine, ...]], ...]
    unseen: tuple[Objective, ...]
    states: Mapping[str, State]
    answers: int


def evidence_of(standing: Standing, now: int | None) -> Evidence:
    """Return what a learner's answers say.

    Parameters
    ----------
    standing : Standing
        The learner's, profile up to date; empty while nothing may be read from answers.
    now : int or None
        Microseconds UTC; None without a clock.
    """
    curriculum, ground = standing.released.lens.curriculum, _ground(standing, now)
    place = ground.terrain.index
    lines = {
        skill: _line(curriculum, ground, place[skill])
        for skill in curriculum.order
        if ground.answers[place[skill]] and standing.profile.answers
    }
    states: dict[str, State] = {skill: "implied" for skill in curriculum.order if ground.implied[place[skill]]}
    states |= {skill: line.state for skill, line in lines.items()}
    bands = {curriculum.skills[skill].band for skill in lines}
    return Evidence(
        objectives=_objectives(curriculum, lines, standing.learner.grade),
        modules=_modules(curriculum, lines),
        unseen=tuple(one for one in curriculum.objectives.values() if not one.estimable and one.band in bands),
        states=states,
        answers=standing.profile.answers,
    )


def _ground(standing: Standing, now: int | None) -> Ground:
    released = standing.released
    return Ground.of(
        Terrain.of(released.lens.curriculum),
        standing.states,
        released.policy,
        standing.learner.grade,
        now,
        modelled=released.model is not None,
    )


def _line(curriculum: Curriculum, ground: Ground, place: int) -> SkillLine:
    skill = curriculum.order[place]
    told, shown = bool(ground.told[place]), bool(ground.shown[place])
    state: State = "shown" if shown else "implied" if ground.implied[place] else "open" if told else "few"
    sure = "unsure" if not told else "sure" if ground.sd[place] <= ground.policy.evidence.sure_sd else "fairly"
    last = int(ground.last[place])
    timed = last >= 0 and bool(ground.days[place] == ground.days[place])  # NaN without a clock
    title = curriculum.skills[skill].title
    return SkillLine(skill, title, state, int(ground.answers[place]), last if timed else None, sure)


def _objectives(curriculum: Curriculum, lines: Mapping[str, SkillLine], grade: int | None) -> tuple[ObjectiveLine, ...]:
    serving: dict[str, list[SkillLine]] = {}
    without: dict[str, int] = {}
    for name, skill in curriculum.skills.items():
        for objective in skill.objectives:
            if name in lines:
                serving.setdefault(objective, []).append(lines[name])
            elif grade is None or (skill.grade or 0) <= grade:
                without[objective] = without.get(objective, 0) + 1
    criteria: dict[str, list[Criterion]] = {}
    for one in curriculum.content.criteria:
        criteria.setdefault(one.objective, []).append(one)
    lines_of = [
        ObjectiveLine(one, tuple(serving[name]), without.get(name, 0), tuple(criteria.get(name, ())))
        for name, one in curriculum.objectives.items()
        if name in serving and one.estimable
    ]
    return tuple(sorted(lines_of, key=lambda line: line.objective.band, reverse=True))  # the latest grades first


def _modules(
    curriculum: Curriculum, lines: Mapping[str, SkillLine]
) -> tuple[tuple[Mapping[str, str], tuple[SkillLine, ...]], ...]:
    within: dict[str, list[SkillLine]] = {}
    for name, line in lines.items():
        module = curriculum.module_of(name)
        if module is not None:
            within.setdefault(module.id, []).append(line)
    return tuple((curriculum.modules[name].title, tuple(found)) for name, found in within.items())
