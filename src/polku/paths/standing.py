"""Where one learner stands on the terrain: what is shown, what is open, what may be suggested."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray

from polku.paths.agreement import MEMORY, agreed
from polku.paths.readings import Readings
from polku.paths.terrain import Mask, Numbers, Terrain, positions, to_bits
from polku.paths.values import SkillState
from polku.schemas.policy import PathPolicy

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, eq=False)
class Standing:
    """What the rules may look at. Nothing here says who the learner is.

    Attributes
    ----------
    terrain : Terrain
        The curriculum, `n` skills.
    policy : PathPolicy
        The teacher's settings.
    p : float64 array, shape (n,)
        Estimated success, NaN where nothing is estimated.
    sd : float64 array, shape (n,)
        Its standard deviation, infinite where unknown.
    answers : int64 array, shape (n,)
        Answers on each skill.
    last : int64 array, shape (n,)
        When each skill was last answered (microseconds UTC or order number), -1 for never.
    days : float64 array, shape (n,)
        Days since then, NaN without a clock or an answer.
    right : float64 array, shape (n,)
        Share of the latest answers that were right, NaN where unknown: for words, no rule looks at it.
    grade : int or None
        The learner's grade.
    aims : bool array, shape (n,), optional
        Skills that people have set as goals; None where nobody has.
    horizon : int, optional
        Steps left until the goals are looked at, where somebody says how many.
    modelled : bool
        Whether a model estimates; else the responses alone do.
    pressing : bool
        Whether to carry on at the learner's level for now: nothing holds back, nothing is returned to.
    """

    terrain: Terrain
    policy: PathPolicy
    p: Numbers
    sd: Numbers
    answers: NDArray[np.int64]
    last: NDArray[np.int64]
    days: Numbers
    right: Numbers
    grade: int | None
    aims: Mask | None = None
    horizon: int | None = None
    modelled: bool = False
    pressing: bool = False

    @classmethod
    def of(
        cls,
        terrain: Terrain,
        states: Mapping[str, SkillState],
        policy: PathPolicy,
        grade: int | None,
        now: int | None,
        *,
        modelled: bool = False,
    ) -> Standing:
        """Return the standing; states of skills that the curriculum lacks are left out.

        A model's estimates are set even with the learner's own answers.
        """
        if isinstance(states, Readings) and Terrain.of(states.curriculum) is terrain:
            p, sd, answers, last, right = states.p, states.sd, states.answers, states.last, states.right
        else:
            p, sd, answers, last, right = _columns(states, terrain)
        days = (
            np.full(len(terrain), np.nan)
            if now is None
            else np.where(last < 0, np.nan, np.maximum(now - last, 0) / DAY)
        )
        if modelled:
            p = agreed(p, right, np.minimum(answers, MEMORY), policy.evidence.off_by)
        return cls(terrain, policy, p, sd, answers, last, days, right, grade, modelled=modelled)

    @cached_property
    def told(self) -> Mask:
        """Which skills have enough answers of their own to say something."""
        return (self.answers >= self.policy.evidence.skill_answers) & ~np.isnan(self.p)

    @cached_property
    def shown(self) -> Mask:
        """Which skills the learner's own answers have shown."""
        return self.told & (self.p >= self.policy.evidence.shown_at)

    @cached_property
    def gap(self) -> Mask:
        """Which skills are worth returning to by the learner's own answers."""
        return self.told & (self.p < self.policy.evidence.gap_below)

    @cached_property
    def implied(self) -> Mask:
        """Which skills a shown later skill speaks for, unless their own answers say otherwise."""
        return self._spread(self.shown, self.terrain.ancestors) & ~self.gap

    @cached_property
    def presumed(self) -> Mask:
        """Which skills of earlier grades are taken as met: no answer near them speaks against it."""
        years = self.policy.evidence.earlier_grades_met
        if self.grade is None or years is None:
            return np.zeros(len(self.terrain), dtype=np.bool_)
        doubted = (self.told & ~self.shown) | self.terrain.hard.touch(self.gap)
        doubted |= self._spread(self.gap, self.terrain.descendants)
        earlier: Mask = self.terrain.grade <= self.grade - years
        return earlier & ~doubted

    @cached_property
    def open(self) -> Mask:
        """Which skills are still to be shown."""
        return ~(self.shown | self.implied | self.presumed)

    @cached_property
    def open_bits(self) -> int:
        """The open skills as a bit set."""
        return to_bits(self.open)

    @cached_property
    def holding(self) -> Mask:
        """Which open skills hold back a suggestion that builds on them: clearly not there, or, if so chosen, never met.

        One holds no longer once it has been met and its answers do not speak against going on. It need not be shown
        for that. Where enough of them speak against it, it holds for a few days, or until a later answer lifts the
        estimate; without a clock only the answer ends that. After many answers it holds nothing back either: then it
        is for people to look at.
        """
        if self.pressing:
            return np.zeros(len(self.terrain), dtype=np.bool_)
        look = self.policy.lookahead
        against = self.told & (self.p < look.hold_below) & (self.answers < look.hold_answers)
        against &= ~(self.days > look.hold_days)
        unmet = (self.answers == 0) & look.hold_unmet
        holding: Mask = self.open & (against | unmet)
        return holding

    @cached_property
    def holding_bits(self) -> int:
        """The skills that hold back as a bit set."""
        return to_bits(self.holding)

    @cached_property
    def pointed(self) -> Mask:
        """Which open skills answers point to: their own, or those on a skill that builds directly on them."""
        return self.open & (self.gap | self.terrain.hard.touch(self.gap))

    @cached_property
    def recent(self) -> Mask:
        """Which skills were answered last of all."""
        latest: Mask = self.last == self.last.max(initial=-1)
        return latest & (self.last >= 0)

    @cached_property
    def ready(self) -> Mask:
        """Which skills build on nothing that is still open."""
        ready: Mask = self.terrain.hard.count(self.open) == 0
        return ready

    @cached_property
    def due(self) -> Mask:
        """Which skills the learner's own answers have shown, long enough ago to be met again.

        What only a later skill speaks for is not called familiar.
        """
        rested: Mask = self.days >= self.policy.review.after_days
        return rested & self.shown

    @cached_property
    def lifts(self) -> Mask:
        """Which skills are at the learner's grade or above."""
        lifts: Mask = self.terrain.grade >= (np.inf if self.grade is None else self.grade)
        return lifts

    def _spread(self, mask: Mask, reach: Collection[int]) -> Mask:
        """Return which skills are in the reach of one in `mask`."""
        reached = np.zeros(len(mask), dtype=np.bool_)
        sets = tuple(reach)
        reached[positions(reduce(or_, (sets[place] for place in np.flatnonzero(mask)), 0))] = True
        return reached


def _columns(
    states: Mapping[str, SkillState], terrain: Terrain
) -> tuple[Numbers, Numbers, NDArray[np.int64], NDArray[np.int64], Numbers]:
    """Return estimate, spread, answers, latest answer and share of right ones of every skill, each of shape (n,)."""
    size = len(terrain)
    p, sd, answers = np.full(size, np.nan), np.full(size, np.inf), np.zeros(size, dtype=np.int64)
    last, right = np.full(size, -1, dtype=np.int64), np.full(size, np.nan)
    for name, state in states.items():
        place = terrain.index.get(name)
        if place is not None:
            p[place], answers[place] = state.p, state.answers
            sd[place] = np.inf if state.sd is None else state.sd
            last[place] = -1 if state.last_answered_at is None else state.last_answered_at
            right[place] = np.nan if state.right is None else state.right
    return p, sd, answers, last, right
