"""How hard items, skills and areas are: a frozen value, fitted in ``training`` and used here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from polku.errors import InputError
from polku.home import digest
from polku.profiles.sequence_effects import SequenceEffects
from polku.records import Responses


@dataclass(frozen=True)
class ItemStatistics:
    """Logit difficulties: 0 where half of the learners succeed, larger is harder.

    An unknown item is as hard as its skills on average, an unknown skill as its area, an unknown area as
    everything.

    Parameters
    ----------
    items, skills, areas : mapping of str to float
        Difficulty by id.
    overall : float
        Difficulty of everything.
    item_skills : mapping of str to sequence of str, optional
        Skills of each item, for the reference item of a skill.
    skill_areas : mapping of str to str, optional
        Area of each skill, unknown skills included.
    withheld : sequence of str, optional
        Items whose answers are no evidence, since they are under review (``models/items_under_review.csv``): profiles
        folded with these statistics leave them out.
    item_answers : mapping of str to int, optional
        Answers each item had in training: how much it counts for the reference item of its skills.
    sequence : SequenceEffects, optional
        What came just before, and how others then fared; fitted for models that look at it.

    Raises
    ------
    InputError
        If a difficulty is not a finite number.

    Examples
    --------
    >>> known = ItemStatistics({"i1": 1.0}, {"s1": -0.5}, {"a": 0.25}, 0.0, {"i1": ["s1"]}, {"s2": "a"})
    >>> known.difficulty("i1", ["s1"]), known.difficulty("new", ["s1", "s2"]), known.difficulty("new", ["s3"])
    (1.0, -0.125, 0.0)
    >>> ItemStatistics.from_json(known.to_json()) == known
    True
    """

    items: Mapping[str, float]
    skills: Mapping[str, float]
    areas: Mapping[str, float]
    overall: float
    item_skills: Mapping[str, Sequence[str]] = field(default_factory=dict)
    skill_areas: Mapping[str, str] = field(default_factory=dict)
    withheld: Sequence[str] = ()
    item_answers: Mapping[str, int] = field(default_factory=dict)
    sequence: SequenceEffects = field(default_factory=SequenceEffects.nothing)

    def __post_init__(self) -> None:
        """Refuse numbers that would poison every profile."""
        object.__setattr__(self, "withheld", tuple(self.withheld))  # JSON has lists only
        for level in (self.items, self.skills, self.areas, {"overall": self.overall}):
            wrong = [name for name, value in level.items() if not math.isfinite(value)]
            if wrong:
                raise InputError("a difficulty is not a finite number", got=wrong[0], hint="fit the statistics again")

    def difficulty(self, item_id: str, skill_ids: Sequence[str]) -> float:
        """Return the difficulty of an item, of its skills on average when the item is unknown."""
        known = self.items.get(item_id)
        if known is not None:
            return known
        if not skill_ids:
            return self.overall
        return math.fsum(self.skill_difficulty(skill) for skill in skill_ids) / len(skill_ids)

    def skill_difficulty(self, skill_id: str) -> float:
        """Return the difficulty of a skill, of its area or of everything when unknown."""
        known = self.skills.get(skill_id)
        if known is not None:
            return known
        return self.areas.get(self.skill_areas.get(skill_id, ""), self.overall)

    def reference_item_difficulty(self, skill_id: str) -> float:
        """Return the median difficulty over the answers on a skill: the item that mastery of the skill refers to.

        Over answers and not over items, so that it is the kind of task that learners of the skill do meet.
        """
        reference = self._references.get(skill_id)
        return self.skill_difficulty(skill_id) if reference is None else reference

    def rows(self, responses: Responses) -> NDArray[np.float64]:
        """Return the (n,) difficulties of the responses' items."""
        of_item = np.array([self.items.get(item, math.nan) for item in responses.items], dtype=np.float64)
        difficulty = of_item[responses.item]
        start = responses.skill_start
        for row in np.flatnonzero(np.isnan(difficulty)):
            skills = responses.skills[responses.skill[start[row] : start[row + 1]]]
            difficulty[row] = self.difficulty(responses.items[responses.item[row]], list(skills))
        return difficulty

    def skill_rows(self, responses: Responses) -> NDArray[np.float64]:
        """Return the (m,) difficulties of the responses' skills, aligned with ``responses.skill``."""
        of_skill = np.array([self.skill_difficulty(skill) for skill in responses.skills], dtype=np.float64)
        return of_skill[responses.skill]

    def to_json(self) -> str:
        """Return canonical text; numbers read back bit for bit."""
        plain: dict[str, object] = {
            "items": dict(self.items),
            "skills": dict(self.skills),
            "areas": dict(self.areas),
            "overall": self.overall,
            "item_skills": {item: list(skills) for item, skills in self.item_skills.items()},
            "skill_areas": dict(self.skill_areas),
        }
        if self.withheld:  # what a model has not, does not change its hash
            plain["withheld"] = list(self.withheld)
        if self.item_answers:
            plain["item_answers"] = dict(self.item_answers)
        if self.sequence:
            plain["sequence"] = self.sequence.to_dict()
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ItemStatistics:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        InputError
            If the text is not that.
        """
        try:
            raw = json.loads(text)
            if "sequence" in raw:
                raw["sequence"] = SequenceEffects.from_dict(raw["sequence"])
            return cls(**raw)
        except (TypeError, ValueError, AttributeError) as error:
            raise InputError("these are not item statistics", got=error, hint="train the model again") from error

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text."""
        return digest(self.to_json())

    @cached_property
    def _references(self) -> dict[str, float]:
        """Median difficulty of each skill's items, each counted as often as it was answered."""
        of_skill: dict[str, list[tuple[float, int]]] = {}
        for item, skills in self.item_skills.items():
            one = self.items.get(item, self.overall), self.item_answers.get(item, 1)
            for skill in skills:
                of_skill.setdefault(skill, []).append(one)
        return {skill: _median(weighted) for skill, weighted in of_skill.items()}


def _median(weighted: list[tuple[float, int]]) -> float:
    """Return the median of values that each occur so many times, as of the list written out."""
    values, times = (np.array(column) for column in zip(*sorted(weighted), strict=True))
    upto = np.cumsum(times)
    low, high = (int(np.searchsorted(upto, middle, side="right")) for middle in ((upto[-1] - 1) // 2, upto[-1] // 2))
    return float(values[low] + values[high]) / 2.0
