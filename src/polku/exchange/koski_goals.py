"""What a Koski document means for somebody's goals: what is done, and what is decided. Nobody's estimate changes by it.

A module that was passed need be nobody's goal any more; it says nothing about what answers would show today. A syllabus
that was adapted by a decision is told as such: which skills belong to it, the school says, never this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from polku.curriculum import Code, Curriculum
from polku.exchange.koski import Background, Course, Decided

SYLLABI: Final = {"MAA": "long", "MAB": "short"}
"""Syllabuses of upper-secondary mathematics by their code; the common module MAY belongs to both."""


@dataclass(frozen=True, slots=True)
class Goals:
    """What is settled about goals by a document.

    Parameters
    ----------
    done : tuple of str
        Modules of the curriculum that were passed.
    skills : tuple of str
        Skills of these modules, in the curriculum's order.
    syllabus : {"long", "short"} or None
        Which syllabus of upper-secondary mathematics the open study right has chosen; None where it says nothing or
        both.
    decided : tuple of (str, Decided)
        Subjects whose goals were adapted by a decision, in order.
    beyond : tuple of str
        Courses that were passed and are nothing of this curriculum.

    Examples
    --------
    >>> Goals(("MAB2",), ("MAB2.01",), "short", (), ()).open_among(["MAB2.01", "MAB3.01"])
    ('MAB3.01',)
    """

    done: tuple[str, ...]
    skills: tuple[str, ...]
    syllabus: str | None
    decided: tuple[tuple[str, Decided], ...]
    beyond: tuple[str, ...]

    def open_among(self, goals: Iterable[str]) -> tuple[str, ...]:
        """Return the goals that are not done yet."""
        return tuple(goal for goal in goals if goal not in self.skills)

    def settings(self, goals: Iterable[str] = (), decision: str | None = None) -> dict[str, Any]:
        """Return the fields of path settings that follow, for a teacher to put or to leave.

        Parameters
        ----------
        goals : iterable of str
            What the teacher leads to now; what is done falls out.
        decision : str, optional
            The decision's reference, where goals are a decided set: then they stay as they are.
        """
        chosen = tuple(goals) if decision else self.open_among(goals)
        said = {"goals": list(chosen) or None, "syllabus": self.syllabus, "decision": decision}
        return {name: value for name, value in said.items() if value is not None}


def goals_of(background: Background, curriculum: Curriculum) -> Goals:
    """Return what a document means for goals in a curriculum.

    Parameters
    ----------
    background : Background
        What was read.
    curriculum : Curriculum
        Whose modules and subject are looked for, by code within the code set.
    """
    passed = [one for one in background.courses() if one.done]
    by_code = {_key(module.code): module.id for module in curriculum.modules.values()}
    done = tuple(dict.fromkeys(by_code[key] for one in passed if (key := _key(one.code)) in by_code))
    beyond = dict.fromkeys(one.code.code for one in passed if _key(one.code) not in by_code)
    return Goals(
        done,
        tuple(skill.id for skill in curriculum.skills.values() if skill.area in done),
        _syllabus(background),
        tuple(dict.fromkeys((one.code.code, one.decided) for one in background.courses() if one.decided)),
        tuple(beyond),
    )


def _key(code: Code) -> tuple[str, str]:
    """Return a code with its set: MAA2 of the courses of 2015 is no MAA2 of the modules of 2019."""
    return code.codeset.casefold(), code.code


def _syllabus(background: Background) -> str | None:
    """Return the syllabus of open study rights in upper secondary, where they name one and no other."""
    courses = [one for right in background.rights if right.is_open for one in right.courses]
    named = {found for one in courses if (found := _named(one)) is not None}
    return next(iter(named)) if len(named) == 1 else None


def _named(course: Course) -> str | None:
    return SYLLABI.get(course.syllabus.code) if course.syllabus is not None else None
