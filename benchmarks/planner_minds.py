"""What an oracle may know: the hidden state of every learner, and what a task would do to it on average.

A *mind* is a copy of a law's state over a few skills, N of them at once, moved by expectation instead of luck. The
formulas are those of :mod:`polku.simulate.laws`, read from it, not from the planner: nothing outside the oracle may
look here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np

from planner_course import ITEMS, Class, Float, Int
from polku.simulate.laws import States, Strength, states, strength
from polku.simulate.laws.law import UNREADY


@dataclass(eq=False)
class Mind(ABC):
    """N minds over W skills; `state` is (N, W, ...), `last` (N, W) in days, traits (N,), `before` (W, P) positions."""

    state: Float
    last: Float
    rate: Float
    forgetting: Float
    before: Int

    def repeat(self, times: int) -> Self:
        """Return every mind so many times, one after the other."""
        return self.take(np.repeat(np.arange(len(self.rate)), times))

    def take(self, rows: Int) -> Self:
        """Return the minds at some rows."""
        state, last = self.state[rows], self.last[rows]
        return type(self)(state, last, self.rate[rows], self.forgetting[rows], self.before)

    def speed(self, places: Int, day: float) -> Float:
        """Return the factor of learning speed for each mind at the skills `places`, shape (N, A)."""
        before = self.before[places]
        known = self.known(np.maximum(before, 0).reshape(len(places), -1), day).reshape(before.shape)
        least = np.where(before >= 0, known, 1.0).min(axis=-1)
        speed: Float = self.rate[:, None] * (UNREADY + (1 - UNREADY) * least)
        return speed

    def practise(self, places: Int, day: float) -> None:
        """Let each mind do a task on its own skill; `places` is (N,)."""
        rows, at = np.arange(len(places)), places[:, None]
        for _ in range(ITEMS):
            self.state[rows, places] = self.after(at, day, self.speed(at, day))[:, 0]
            self.last[rows, places] = day

    @abstractmethod
    def known(self, places: Int, day: float) -> Float:
        """Return expected knowledge at a typical demand, (N, A)."""

    @abstractmethod
    def after(self, places: Int, day: float, speed: Float) -> Float:
        """Return the state of the skills after one answer, (N, A, ...)."""

    @abstractmethod
    def would(self, places: Int, day: float, check: float, demand: Float) -> Float:
        """Return expected knowledge at `check` of each skill had a task on it alone been done at `day`, (N, A)."""

    @abstractmethod
    def at_check(self, places: Int, check: float, demand: Float) -> Float:
        """Return expected knowledge at `check` as things are, (N, A)."""


class StrengthMind(Mind):
    """Storage strengths; see :class:`polku.simulate.laws.Strength`."""

    def _left(self, stored: Float, days: Float) -> Float:
        power = -strength.DECAY * self.forgetting[:, None] / (1 + stored)
        return stored * (1 + np.maximum(days, 0)) ** power

    @staticmethod
    def _grown(stored: Float, fresh: Float, speed: Float) -> Float:
        return stored + strength.GAIN * speed * (1 - strength.SPACING * fresh) / (1 + stored)

    @staticmethod
    def _shown(left: Float, demand: Float | float) -> Float:
        return -np.expm1(-((left / demand) ** strength.SHAPE))

    def known(self, places: Int, day: float) -> Float:
        """Return expected knowledge at a typical demand."""
        rows = np.arange(len(self.rate))[:, None]
        return self._shown(self._left(self.state[rows, places], day - self.last[rows, places]), 1.0)

    def after(self, places: Int, day: float, speed: Float) -> Float:
        """Return the state after one answer."""
        rows = np.arange(len(self.rate))[:, None]
        stored = self.state[rows, places]
        fresh = self._left(stored, day - self.last[rows, places]) / np.maximum(stored, 1e-9)
        return self._grown(stored, fresh, speed)

    def would(self, places: Int, day: float, check: float, demand: Float) -> Float:
        """Return expected knowledge at the check after a task."""
        speed = self.speed(places, day)
        stored = self.after(places, day, speed)
        for _ in range(ITEMS - 1):
            stored = self._grown(stored, np.ones_like(stored), speed)
        return self._shown(self._left(stored, np.full(stored.shape, check - day)), demand)

    def at_check(self, places: Int, check: float, demand: Float) -> Float:
        """Return expected knowledge at the check as things are."""
        rows = np.arange(len(self.rate))[:, None]
        return self._shown(self._left(self.state[rows, places], check - self.last[rows, places]), demand)


class StatesMind(Mind):
    """Probabilities of being unknown, fragile, lasting; see :class:`polku.simulate.laws.States`."""

    def _kept(self, state: Float, days: Float) -> Float:
        days = np.maximum(days, 0) * self.forgetting[:, None]
        left: Float = state * np.exp(-days[..., None] / states.DAYS_KEPT)
        left[..., states.UNKNOWN] = 1 - left[..., states.FRAGILE] - left[..., states.LASTING]
        return left

    @staticmethod
    def _moved(state: Float, speed: Float, fasten: Float | float) -> Float:
        unknown, fragile, lasting = np.moveaxis(state, -1, 0)
        up, firm = np.minimum(states.LEARN * speed, 1.0) * unknown, fasten * fragile
        return np.stack([unknown - up, fragile + up - firm, lasting + firm], axis=-1)

    def known(self, places: Int, day: float) -> Float:
        """Return expected knowledge at a typical demand."""
        rows = np.arange(len(self.rate))[:, None]
        return 1 - self._kept(self.state[rows, places], day - self.last[rows, places])[..., states.UNKNOWN]

    def after(self, places: Int, day: float, speed: Float) -> Float:
        """Return the state after one answer."""
        rows = np.arange(len(self.rate))[:, None]
        days = day - self.last[rows, places]
        fasten = np.where(days >= 1.0, states.FASTEN_SPACED, states.FASTEN)
        return self._moved(self._kept(self.state[rows, places], days), speed, fasten)

    def would(self, places: Int, day: float, check: float, demand: Float) -> Float:  # noqa: ARG002 - this law knows no demand
        """Return expected knowledge at the check after a task."""
        speed = self.speed(places, day)
        state = self.after(places, day, speed)
        for _ in range(ITEMS - 1):
            state = self._moved(state, speed, states.FASTEN)
        return 1 - self._kept(state, np.full(state.shape[:2], check - day))[..., states.UNKNOWN]

    def at_check(self, places: Int, check: float, demand: Float) -> Float:  # noqa: ARG002 - this law knows no demand
        """Return expected knowledge at the check as things are."""
        return self.known(places, check)


def minds_of(learners: Class, places: Int) -> Mind:
    """Return the minds of a class over the skills at `places`, which must hold all their prerequisites."""
    law = learners.world.law
    back = np.full(len(learners.course.before) + 1, -1)
    back[places] = np.arange(len(places))
    traits, last = law.traits, law.last[:, places].copy()
    shared = (last, traits.rate, traits.forgetting, back[learners.course.before[places]])
    if isinstance(law, Strength):
        return StrengthMind(law.strength[:, places].copy(), *shared)
    if isinstance(law, States):
        return StatesMind(np.eye(3)[law.state[:, places]], *shared)
    raise TypeError(f"no oracle for {type(law).__name__}")
