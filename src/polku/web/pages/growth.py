"""What a learner has shown so far: a list that only grows.

A skill is on it once :data:`ENOUGH` answers to it were right, whenever that was, and stays there. Wrong answers, time
and a new model take nothing from it: an answer that was given was given. Only a corrected answer can change the past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from polku.curriculum import Curriculum
from polku.paths.asking import RIGHT
from polku.profiles.replaced import in_skills_of
from polku.records import Responses

ENOUGH: Final = 3
"""Right answers after which a skill is on the list: few enough to be met by anybody who practises."""
FRESH: Final = 14 * 86_400_000_000
"""Microseconds for which a skill counts as newly shown: two school weeks."""
Title = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """One skill that was shown.

    Parameters
    ----------
    title : mapping of str to str
        Its title by language.
    fresh : bool
        Whether it came onto the list in the last two weeks.
    """

    title: Title
    fresh: bool


@dataclass(frozen=True)
class Growth:
    """Everything that was shown, by content area.

    Parameters
    ----------
    areas : tuple of (mapping of str to str, tuple of Shown)
        Title of each content area, and its skills, both in the curriculum's order.

    Examples
    --------
    >>> from polku.testing.store import sample
    >>> graph = Curriculum.of_skills(["a", "b"])
    >>> Growth.of(graph, sample(learners=1, answers=0), now=0).total
    0
    """

    areas: tuple[tuple[Title, tuple[Shown, ...]], ...]

    @property
    def total(self) -> int:
        """Return how many skills were shown."""
        return sum(len(skills) for _, skills in self.areas)

    @property
    def fresh(self) -> int:
        """Return how many of them are new."""
        return sum(one.fresh for _, skills in self.areas for one in skills)

    @classmethod
    def of(cls, curriculum: Curriculum, answers: Responses, *, now: int) -> Growth:
        """Return what a learner's answers have shown.

        Parameters
        ----------
        curriculum : Curriculum
            Whose skills are named, and in which order.
        answers : Responses
            All of one learner, in any order.
        now : int
            Microseconds UTC. Answers without a clock are of no day, so nothing is new of theirs.
        """
        since = now - FRESH if answers.clock else None
        shown = _shown_at(curriculum, answers)
        found: dict[str, list[Shown]] = {}
        for skill_id in (one for one in curriculum.order if one in shown):
            skill = curriculum.skills[skill_id]
            one = Shown(skill.title, since is not None and shown[skill_id] > since)
            found.setdefault(skill.area, []).append(one)
        return cls(tuple((_area(curriculum, area), tuple(skills)) for area, skills in found.items()))


def _shown_at(curriculum: Curriculum, answers: Responses) -> dict[str, int]:
    """Return when each skill had enough right answers."""
    right: Counter[str] = Counter()
    shown: dict[str, int] = {}
    for one in sorted(in_skills_of(curriculum, answers), key=lambda answer: (answer.answered_at, answer.response_id)):
        for skill in one.skill_ids if one.correct >= RIGHT else ():
            right[skill] += 1
            if right[skill] == ENOUGH:
                shown[skill] = one.answered_at
    return shown


def _area(curriculum: Curriculum, area: str) -> Title:
    found = curriculum.areas.get(area)
    return {} if found is None else found.title
