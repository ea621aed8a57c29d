"""Learners who meet items: a law, an item bank and luck, driven in a batch or one answer at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import NotFoundError, nearest
from polku.simulate.config import LawName
from polku.simulate.emission import Emission
from polku.simulate.items import FLATTER, HARDER, ItemBank, draw_items, prerequisite_table
from polku.simulate.laws import LAWS, Law, Start
from polku.simulate.luck import Luck, stream
from polku.simulate.occasions import Lessons
from polku.simulate.traits import draw_traits

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Steps = Callable[[int, int], None]
DAY = 86_400_000_000
"""Microseconds of a day."""


class World:
    """Learners with hidden knowledge who answer items and learn from it.

    Parameters
    ----------
    law : Law
        Hidden state of the learners.
    bank : ItemBank
        What they can be asked.
    luck : Luck
        Random numbers of each learner's occasions.
    attention : ndarray of float64, shape (L,), optional
        Share of answers that are more than a guess; the law's traits by default.
    burden : ndarray of float64, shape (L,), optional
        Logits that word problems ask more of a learner; none by default.
    harder, flatter : ndarray of float64, shape (L,), optional
        Logits that items marked ``HARDER`` ask more; share of the slope that items marked ``FLATTER`` lose; none by
        default.

    Examples
    --------
    >>> from polku.curriculum import Curriculum
    >>> world = World.fresh(Curriculum.of_skills(["add", "subtract"]), learners=2, law="strength", seed=1)
    >>> learner = world.learner(0)
    >>> before = learner.success("add", at=0)
    >>> answers = [learner.practise("add", at=minute * 60_000_000) for minute in range(10)]
    >>> learner.success("add", at=600_000_000) > before
    True
    >>> learner.success("add", at=90 * DAY) < learner.success("add", at=600_000_000)
    True
    """

    def __init__(
        self,
        law: Law,
        bank: ItemBank,
        luck: Luck,
        *,
        attention: Floats | None = None,
        burden: Floats | None = None,
        harder: Floats | None = None,
        flatter: Floats | None = None,
    ) -> None:
        self.law = law
        self.bank = bank
        self.luck = luck
        self.occasions = np.zeros(len(law.traits.rate), dtype=np.int64)
        self._attention = law.traits.attention if attention is None else attention
        nothing = np.zeros(len(self.occasions))
        self._burden = nothing if burden is None else burden
        self._harder = nothing if harder is None else harder
        self._flatter = nothing if flatter is None else flatter

    @classmethod
    def fresh(cls, curriculum: Curriculum, *, learners: int, law: LawName, seed: int) -> Self:
        """Return a world of learners who have met none of the skills yet.

        Two worlds of one seed have the same items, traits and luck, whatever happens in them.
        """
        traits = draw_traits(learners, stream(seed, "traits"))
        nothing = np.zeros((learners, len(curriculum.order)))
        start = Start(traits, prerequisite_table(curriculum), nothing, nothing, nothing)
        return cls(LAWS[law](start), draw_items(curriculum, stream(seed, "items")), Luck(seed, learners))

    def attempt(self, learners: Indices, items: Indices, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Let ``learners[i]`` answer ``items[i]`` at ``at[i]`` and learn from it.

        Parameters
        ----------
        learners : ndarray of int64, shape (n,)
            Positions, no two equal.
        items : ndarray of int64, shape (n,)
            Positions in the bank.
        at : ndarray of int64, shape (n,)
            Microseconds UTC, not before a learner's last attempt.

        Returns
        -------
        ndarray of bool, shape (n,)
            Whether each answer was correct.
        """
        now, demand = at / DAY, self.bank.demand[items]
        luck = self.luck.draw(learners, self.occasions[learners])
        main = (learners, self.bank.skill[items], now)
        two = np.flatnonzero(self.bank.second[items] >= 0)
        also = (learners[two], self.bank.second[items[two]], now[two])
        known = self.law.recall(*main, demand, luck[:, 0])
        known[two] *= self.law.recall(*also, demand[two], luck[two, 1])
        correct: NDArray[np.bool_] = luck[:, 2] < self._emission(learners, items).success(known)
        self.law.practise(*main, luck[:, 3])
        self.law.practise(*also, luck[two, 4])
        self.occasions[learners] += 1
        return correct

    def teach(self, learners: Indices, skills: Indices, at: NDArray[np.int64]) -> None:
        """Let ``learners[i]``, no two equal, attend a lesson on ``skills[i]``: they learn, and answer nothing."""
        luck = self.luck.draw(learners, self.occasions[learners])
        about = (learners, skills, at / DAY)
        self.law.recall(*about, np.ones(len(learners)), luck[:, 0])
        self.law.practise(*about, luck[:, 3])
        self.occasions[learners] += 1

    def run(
        self,
        learners: Indices,
        items: Indices,
        at: NDArray[np.int64],
        *,
        lessons: Lessons | None = None,
        on_step: Steps | None = None,
    ) -> NDArray[np.bool_]:
        """Run whole histories: every learner's answers and lessons, each in the order of time.

        Works through the k-th occasions of all learners at once, which is as good as one learner after
        another because learners do not meet.

        Parameters
        ----------
        learners, items, at : ndarray of int64, shape (n,)
            As for :meth:`attempt`, in any order; learners repeat.
        lessons : Lessons, optional
            Lessons between the answers; first where times are equal.
        on_step : callable, optional
            Told ``(done, total)`` rounds.

        Returns
        -------
        ndarray of bool, shape (n,)
            Whether each answer was correct.
        """
        taught = Lessons.none() if lessons is None else lessons
        who, when = np.concatenate([taught.learner, learners]), np.concatenate([taught.at, at])
        order = np.lexsort((when, who))
        _, start, count = np.unique(who[order], return_index=True, return_counts=True)
        correct = np.zeros(len(learners), dtype=np.bool_)
        rounds = int(count.max(initial=0))
        for k in range(rounds):
            rows = order[start[count > k] + k]
            lesson, answer = rows[rows < len(taught.at)], rows[rows >= len(taught.at)] - len(taught.at)
            self.teach(taught.learner[lesson], taught.skill[lesson], taught.at[lesson])
            correct[answer] = self.attempt(learners[answer], items[answer], at[answer])
            if on_step is not None:
                on_step(k + 1, rounds)
        return correct

    def success(self, learners: Indices, items: Indices, at: NDArray[np.int64], *, planted: bool = True) -> Floats:
        """Return the true probability that ``learners[i]`` would answer ``items[i]`` correctly at ``at[i]``.

        Parameters
        ----------
        learners, items, at : ndarray of int64, shape (n,)
            As for :meth:`attempt`; learners may repeat, nothing changes.
        planted : bool
            With the burden and noise that are planted, or as if there were none.
        """
        now = at / DAY
        demand, second = self.bank.demand[items], self.bank.second[items]
        known = self.law.knowledge(learners, self.bank.skill[items], now, demand)
        also = self.law.knowledge(learners, np.maximum(second, 0), now, demand)
        known = known * np.where(second >= 0, also, 1.0)
        return self.law.expected(known, self._emission(learners, items, planted=planted).success)

    def learner(self, index: int) -> Learner:
        """Return one learner to work with, a view on this world."""
        return Learner(self, index)

    def copy(self) -> Self:
        """Return a world that goes its own way from here, with the same luck."""
        twin = copy.copy(self)
        twin.law, twin.occasions = self.law.copy(), self.occasions.copy()
        return twin

    def _emission(self, learners: Indices, items: Indices, *, planted: bool = True) -> Emission:
        """Return how knowledge shows in these answers."""
        attention = self._attention if planted else self.law.traits.attention
        uneven = self.bank.uneven[items] * planted
        burden = self._burden[learners] * self.bank.word_problem[items] * planted
        burden = burden + self._harder[learners] * (uneven == HARDER)
        slope = 1.0 - self._flatter[learners] * (uneven == FLATTER)
        return Emission(self.bank.guess[items], self.bank.slip[items], attention[learners], burden, slope)


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner of a :class:`World`, addressed by skill ids.

    Parameters
    ----------
    world : World
        Where the learner's state lives.
    index : int
        Position of the learner.
    """

    world: World
    index: int

    def practise(self, skill_id: str, at: int, *, item: int | None = None) -> bool:
        """Answer an item of the skill at `at` (microseconds UTC), learn, and say whether it was correct.

        Without `item`, a position in the bank, it is the skill's reference item.
        """
        return bool(self.world.attempt(*self._ask(skill_id, at, item))[0])

    def attend(self, skill_id: str, at: int) -> None:
        """Attend a lesson on the skill at `at`: learn without an answer."""
        learner, item, when = self._ask(skill_id, at, None)
        self.world.teach(learner, self.world.bank.skill[item], when)

    def success(self, skill_id: str, at: int, *, item: int | None = None) -> float:
        """Return the true probability of a correct answer at `at`; changes nothing."""
        return float(self.world.success(*self._ask(skill_id, at, item))[0])

    def knowledge(self, skill_id: str, at: int) -> float:
        """Return the knowledge (0-1) in the face of a typical demand at `at`; changes nothing."""
        learner, item, when = self._ask(skill_id, at, None)
        return float(self.world.law.knowledge(learner, self.world.bank.skill[item], when / DAY, np.ones(1))[0])

    def _ask(self, skill_id: str, at: int, item: int | None) -> tuple[Indices, Indices, NDArray[np.int64]]:
        """Return the one-row arrays of a question about `skill_id`."""
        bank = self.world.bank
        if skill_id not in bank.skills:
            raise NotFoundError("no such skill in this world", got=skill_id, hint=nearest(skill_id, bank.skills))
        asked = bank.reference[bank.skills.index(skill_id)] if item is None else item
        return np.array([self.index]), np.array([asked]), np.array([at])
