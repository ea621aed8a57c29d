"""Worlds in which the truth about a model is known: fair ones, and ones with a planted wrong.

Fair means that an answer, given its score, does not depend on the group. Success rates may differ, learners and
schools may differ in more than the scores say, groups may be small: none of that is unlike treatment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


class Drawn(NamedTuple):
    """One draw of a world: predictions or paths, and background."""

    table: pd.DataFrame
    background: pd.DataFrame


@dataclass(frozen=True)
class World:
    """How learners answer, and how they are predicted.

    Parameters
    ----------
    name : str
        As printed.
    learners, rows : int
        Learners, and answers of each.
    share : float
        Share of learners in group b.
    middle, spread : float
        Mean and standard deviation of the true logit of success.
    lower : float
        Logits by which group b succeeds less often: an unequal base rate, which is fair.
    luck : float
        Standard deviation of what a learner (or school) has beyond the scores, in logits.
    schools : int
        Number of schools; 0 for none.
    by_school : bool
        Whether all learners of a school are of one group.
    others : int
        Attributes beside "group", of 2, 3, 4, ... groups, unrelated to anything.
    shift : float
        Planted: logits taken off the scores of b.
    hidden : float
        Planted: share of b's correct answers above the threshold whose scores are put among the low ones.
    held : bool
        Whether the power is held to a bar.
    """

    name: str
    learners: int = 1000
    rows: int = 1
    share: float = 0.5
    middle: float = 0.0
    spread: float = 1.2
    lower: float = 0.0
    luck: float = 0.0
    schools: int = 0
    by_school: bool = False
    others: int = 0
    shift: float = 0.0
    hidden: float = 0.0
    held: bool = False

    @property
    def fair(self) -> bool:
        """Return whether nothing is planted."""
        return self.shift == self.hidden == 0

    def draw(self, rng: np.random.Generator, learners: int | None = None) -> Drawn:
        """Draw predictions and background."""
        n = learners or self.learners
        schools = self.schools * n // self.learners
        school = rng.integers(0, schools, n) if schools else np.arange(n)
        in_b = self._groups(rng, school, schools or n)
        learner = np.repeat(np.arange(n), self.rows)
        ability = self.middle - self.lower * in_b + rng.normal(0, self.spread * 0.8, n)
        known = ability[learner] + rng.normal(0, self.spread * 0.6, len(learner))
        luck = self.luck * rng.normal(size=schools or n)[school][learner]
        y = (rng.random(len(learner)) < expit(known + luck)).astype(np.int64)
        scores = self._wronged(self._meaning(known), y, in_b[learner], rng)
        table = pd.DataFrame({"learner_id": learner, "y_true": y, "y_prob": scores})
        if schools:
            table["school_id"] = school[learner]
        background = {"learner_id": np.arange(n), "group": np.where(in_b, "b", "a")}
        for place in range(self.others):
            background[f"other{place}"] = rng.choice(list("pqrstu")[: 2 + place], n)
        return Drawn(table, pd.DataFrame(background))

    def _groups(self, rng: np.random.Generator, school: NDArray[np.int64], units: int) -> NDArray[np.bool_]:
        """Return who is in b; schools differ in their shares, or are of one group."""
        if self.by_school:
            return np.asarray((rng.random(units) < self.share)[school])
        if self.schools:
            shares = rng.beta(4 * self.share, 4 * (1 - self.share), units)[school]
            return np.asarray(rng.random(len(school)) < shares)
        exact = np.arange(len(school)) < round(self.share * len(school))
        return np.asarray(rng.permutation(exact))

    def _meaning(self, known: Floats) -> Floats:
        """Return the probability of success given what is known, luck averaged out."""
        if not self.luck:
            return np.asarray(expit(known))
        parts = [weight * expit(known + self.luck * node) for node, weight in zip(_NODES, _NODE_WEIGHTS, strict=True)]
        return np.asarray(sum(parts) / _NODE_WEIGHTS.sum())

    def _wronged(
        self, scores: Floats, y: NDArray[np.int64], in_b: NDArray[np.bool_], rng: np.random.Generator
    ) -> Floats:
        """Return the scores with what is planted."""
        if self.shift:
            scores = np.where(in_b, expit(logit(scores) - self.shift), scores)
        if self.hidden:
            moved = in_b & (y == 1) & (scores >= 0.5) & (rng.random(len(y)) < self.hidden)
            low = scores[scores < 0.5]
            scores = np.where(moved, rng.choice(low, len(scores)), scores)
        return np.asarray(scores)


@dataclass(frozen=True)
class Paths:
    """Learners with paths that follow from mastery alone; group b has shown less so far, which is fair."""

    name: str
    learners: int = 1000
    share: float = 0.4
    lower: float = 0.8
    fair: bool = True
    held: bool = False

    def draw(self, rng: np.random.Generator, learners: int | None = None) -> Drawn:
        """Draw paths and background."""
        n = learners or self.learners
        in_b = rng.permutation(np.arange(n) < round(self.share * n))
        stratum = np.clip(np.floor(rng.normal(2.5 - self.lower * in_b, 1.2)), 0, 4).astype(np.int64)
        table = pd.DataFrame(
            {
                "learner_id": np.arange(n),
                "has_stretch": rng.random(n) < 0.3 + 0.12 * stratum,
                "repair_share": rng.beta(2 + (4 - stratum), 4),
                "path_length": rng.poisson(9 - stratum) + 1,
                "silent": rng.random(n) < 0.25 - 0.03 * stratum,
                "mastery_stratum": stratum,
            }
        )
        return Drawn(table, pd.DataFrame({"learner_id": np.arange(n), "group": np.where(in_b, "b", "a")}))


FAIR: tuple[World | Paths, ...] = (
    *(
        World(f"smaller group {n:,} of {n + rest:,}", n + rest, share=n / (n + rest), middle=-1.1)
        for n, rest in ((50, 1000), (100, 1000), (200, 1000), (1000, 2000), (5000, 5000))
    ),
    World("one answer a learner"),
    World("fifty answers a learner", 500, 50, share=0.4, luck=0.8),
    World("schools of both groups", 1000, 4, schools=40, share=0.4, luck=0.6),
    World("schools of one group", 1000, 4, schools=50, by_school=True, luck=0.6),
    World("unequal base rates", 1000, 5, share=0.4, lower=1.5, luck=0.5),
    World("unequal rates, one answer", 2000, 1, share=0.3, lower=1.0),
    World("several attributes", 1500, 4, others=5, luck=0.5),
    Paths("paths, unequal mastery"),
)
"""Worlds without any unlike treatment."""

PLANTED = (
    World("too low, 70 % correct", middle=1.15, spread=1.3, shift=0.518, held=True),
    World("too low, 70 %, sharp scores", middle=1.9, spread=2.5, shift=0.90, held=True),
    World("too low, 30 % correct, 10 answers", rows=10, middle=-1.1, shift=0.263, luck=0.5, held=True),
    World("hidden, 30 %, 10 answers", rows=10, middle=-1.1, hidden=0.258, luck=0.5, held=True),
    World("too low, 50 % correct", spread=1.5, shift=0.357),
    World("too low, 30 % correct", middle=-1.1, shift=0.284),
    World("hidden, 50 %, sharp scores", spread=3.0, hidden=0.121),
)
"""Worlds in which group b is held back by 0.10 more than the others; at least 30 % of answers are correct.

Not held to a bar are those with one answer a learner in which the test that knows what was planted does not
reach it itself, or hardly."""
