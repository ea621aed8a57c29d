"""What a model reads of every skill of a curriculum, in columns: made and planned from in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.paths.values import SkillState
from polku.profiles import Evidence, Profile, estimate

Numbers = NDArray[np.float64]
UNTOLD = estimate(Evidence())[1]
"""Spread of the built-in estimate where there are no answers."""


@dataclass(frozen=True, eq=False)
class Readings(Mapping[str, SkillState]):
    """The states of all `n` skills of a curriculum, in its order.

    Attributes
    ----------
    curriculum : Curriculum
        Whose skills.
    p, sd : float64 array, shape (n,)
        Estimated success, and how far off it may be.
    answers : int64 array, shape (n,)
        Answers on each skill.
    last : int64 array, shape (n,)
        When each was last answered (microseconds UTC or order number), -1 for never.
    right : float64 array, shape (n,)
        Share of the latest answers that were right, NaN without any.

    Examples
    --------
    >>> curriculum = Curriculum.of_skills(["a", "b"])
    >>> never, none = np.array([-1, -1]), np.array([np.nan, np.nan])
    >>> Readings(curriculum, np.array([0.5, 0.8]), np.array([0.2, 0.1]), np.array([0, 0]), never, none)["b"]
    SkillState(p=0.8, answers=0, sd=0.1, last_answered_at=None, right=None)
    """

    curriculum: Curriculum
    p: Numbers
    sd: Numbers
    answers: NDArray[np.int64]
    last: NDArray[np.int64]
    right: Numbers

    @classmethod
    def of(cls, profile: Profile, curriculum: Curriculum, p: Numbers, sd: Numbers | None) -> Readings:
        """Return a model's estimates beside what the answers themselves say.

        The spread is the built-in estimate's, or the model's own where that is larger.
        """
        size = len(curriculum.order)
        own, answers = np.full(size, UNTOLD), np.zeros(size, dtype=np.int64)
        last, right = np.full(size, -1, dtype=np.int64), np.full(size, np.nan)
        for skill, one in profile.evidence().items():
            if skill in curriculum and one.answers:
                place = curriculum.index(skill)
                own[place], answers[place] = estimate(one)[1], one.answers
                last[place] = -1 if one.last_answered_at is None else one.last_answered_at
                right[place] = one.recent_success / one.weight
        return cls(curriculum, p, own if sd is None else np.maximum(own, sd), answers, last, right)

    def __getitem__(self, skill_id: str) -> SkillState:
        """Return the state of one skill."""
        if skill_id not in self.curriculum:
            raise KeyError(skill_id)
        place = self.curriculum.index(skill_id)
        last, right = int(self.last[place]), float(self.right[place])
        return SkillState(
            float(self.p[place]),
            int(self.answers[place]),
            float(self.sd[place]),
            None if last < 0 else last,
            None if np.isnan(right) else right,
        )

    def __iter__(self) -> Iterator[str]:
        """Return the skills in the curriculum's order."""
        return iter(self.curriculum.order)

    def __len__(self) -> int:
        """Return the number of skills."""
        return len(self.curriculum.order)
