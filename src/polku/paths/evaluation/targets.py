"""Target policies: what would have been suggested in a logged situation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError, nearest
from polku.paths.evaluation.decisions import Alternative, Decision
from polku.paths.situation import plan_again
from polku.schemas.policy import PathPolicy

Chances = NDArray[np.float64]
LINES = ("best", "uniform", "curriculum_order")
"""Built-in targets, all within what the rules held acceptable at the time: the best-scored step without any drawing,
each acceptable step alike, and the acceptable step that stands first in the curriculum."""


class Target(Protocol):
    """A policy to be judged."""

    @property
    def name(self) -> str:
        """Return what to call it."""

    def chances(self, decision: Decision) -> Chances:
        """Return the probability of suggesting each alternative, float64[n].

        The sum falls short of one by the probability of suggesting what was not even considered.
        """


@dataclass(frozen=True, slots=True)
class _Line:
    """A built-in line."""

    name: str
    place: Mapping[str, int]

    def chances(self, decision: Decision) -> Chances:
        """Return the probability of suggesting each alternative."""
        chance = np.array([one.chance for one in decision.alternatives])
        if self.name == "uniform":
            return np.where(chance > 0.0, 1.0 / np.count_nonzero(chance), 0.0)
        possible = np.flatnonzero(chance > 0.0).tolist()
        chosen = min(possible, key=lambda place: self._rank(decision.alternatives[place]))
        chances: Chances = np.eye(len(chance))[chosen]
        return chances

    def _rank(self, one: Alternative) -> tuple[float, float]:
        """Return what decides which step comes first; the lowest does."""
        if self.name == "best":
            return -one.chance, -one.score
        return self.place.get(one.skill_id, len(self.place)), 0.0


def line(name: str, curriculum: Curriculum) -> Target:
    """Return a built-in target.

    Parameters
    ----------
    name : {"best", "uniform", "curriculum_order"}
        See :data:`LINES`.
    curriculum : Curriculum
        Gives the order.

    Raises
    ------
    InputError
        If there is no such line.

    Examples
    --------
    >>> decision = Decision("anna", 0, "b", (Alternative("b", 0.9), Alternative("a", 0.1), Alternative("c", 0.0)))
    >>> letters = Curriculum.of_skills("abc")
    >>> [line(name, letters).chances(decision).tolist() for name in LINES]
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]
    """
    if name not in LINES:
        raise InputError("no such line to compare with", got=name, hint=nearest(name, LINES))
    return _Line(name, {skill: place for place, skill in enumerate(curriculum.order)})


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """Another policy file: plans again from each logged situation.

    Parameters
    ----------
    name : str
        What to call it.
    policy : PathPolicy
        From :func:`polku.paths.load_policy` or a file of its form.
    curriculum : Curriculum
        The one the log was made with.
    """

    name: str
    policy: PathPolicy
    curriculum: Curriculum

    def chances(self, decision: Decision) -> Chances:
        """Return the probability of suggesting each alternative, its own drawing included.

        Raises
        ------
        InputError
            If the log does not hold the situation.
        """
        if decision.situation is None:
            raise InputError(
                "this log holds no situations, so that no other policy can plan from them",
                got="decisions without a situation",
                hint="evaluate the store, or a file written with --out; or compare a built-in --line",
            )
        found = plan_again(self.curriculum, self.policy, decision.situation)
        return np.array([found.get(one.skill_id, 0.0) for one in decision.alternatives])
