"""What a skill's readout is compared with: each peer takes in answers one by one and says how a skill stands.

All are told the same: training learners for what is fitted, then a learner's answers in order. None is told which
item comes next. The decayed rate is what a school would compute without any model; Elo (Pelánek 2016) rates learner and
skill against item difficulty; BKT (Corbett & Anderson 1994) is fitted per skill on a grid, by likelihood.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polku.profiles.stops import Stops
from polku.records import Responses
from polku.training import fit_item_statistics

Float = NDArray[np.float64]
GRID = np.array(
    list(product((0.1, 0.3, 0.5, 0.7, 0.9), (0.02, 0.05, 0.1, 0.2, 0.35), (0.1, 0.2, 0.3, 0.4), (0.05, 0.1, 0.2, 0.3)))
)
"""P(known at first), P(learnt by an attempt), P(guess), P(slip)."""
USUAL = np.array([0.5, 0.1, 0.2, 0.1])


class Peer(Protocol):
    """One learner's state at a time."""

    def start(self) -> None:
        """Forget the learner before."""

    def take(self, item: str, skills: list[str], correct: float) -> None:
        """Take in one answer."""

    def read(self, skill: str) -> float:
        """Return the probability of success on a skill's next task."""


class DecayedRate:
    """Success rate of the skill, older answers counting less by a half-life in answers on the skill."""

    def __init__(self, train: Responses, half_life: float) -> None:
        self.prior, self.rate = float(train.correct.mean()), 0.5 ** (1.0 / half_life)
        self.start()

    def start(self) -> None:
        """Forget the learner before."""
        self.sums: dict[str, tuple[float, float]] = {}

    def take(self, item: str, skills: list[str], correct: float) -> None:
        """Add the score to the fading sums of its skills."""
        del item
        for skill in skills:
            right, weight = self.sums.get(skill, (0.0, 0.0))
            self.sums[skill] = right * self.rate + correct, weight * self.rate + 1.0

    def read(self, skill: str) -> float:
        """Return the rate, drawn towards the mean of all answers by the weight of two."""
        right, weight = self.sums.get(skill, (0.0, 0.0))
        return (right + 2.0 * self.prior) / (weight + 2.0)


class Elo:
    """Ratings of learner and skill against the fitted difficulty of items; read at the skill's reference item."""

    def __init__(self, train: Responses, gain: tuple[float, float] = (0.4, 0.4), decline: float = 0.02) -> None:
        self.known = fit_item_statistics(train)
        self.gain, self.decline = gain, decline
        self.start()

    def start(self) -> None:
        """Forget the learner before."""
        self.learner, self.answers = 0.0, 0
        self.skill: defaultdict[str, float] = defaultdict(float)
        self.counts: defaultdict[str, int] = defaultdict(int)

    def take(self, item: str, skills: list[str], correct: float) -> None:
        """Move the ratings by the surprise."""
        rating = self.learner + sum(self.skill[skill] for skill in skills) / len(skills)
        surprise = correct - 1.0 / (1.0 + math.exp(self.known.difficulty(item, skills) - rating))
        self.learner += self.gain[0] / (1.0 + self.decline * self.answers) * surprise
        self.answers += 1
        for skill in skills:
            self.skill[skill] += self.gain[1] / (1.0 + self.decline * self.counts[skill]) * surprise
            self.counts[skill] += 1

    def read(self, skill: str) -> float:
        """Return the expected success on the reference item."""
        rating = self.learner + self.skill.get(skill, 0.0)
        return 1.0 / (1.0 + math.exp(self.known.reference_item_difficulty(skill) - rating))


class BayesianTracing:
    """P(known) by skill, carried from answer to answer; read as P(correct)."""

    def __init__(self, train: Responses) -> None:
        self.parameters = fit_tracing(train)
        self.start()

    def start(self) -> None:
        """Forget the learner before."""
        self.known: dict[str, float] = {}

    def take(self, item: str, skills: list[str], correct: float) -> None:
        """Update P(known) of each skill by Bayes' rule, then let the attempt teach."""
        del item
        for skill in skills:
            first, learnt, guess, slip = self.parameters.get(skill, USUAL)
            known = self.known.get(skill, first)
            if_known, if_not = (1.0 - slip, guess) if correct > 0.5 else (slip, 1.0 - guess)
            known = known * if_known / (known * if_known + (1.0 - known) * if_not)
            self.known[skill] = known + (1.0 - known) * learnt

    def read(self, skill: str) -> float:
        """Return P(correct)."""
        first, _, guess, slip = self.parameters.get(skill, USUAL)
        known = self.known.get(skill, first)
        return float(known * (1.0 - slip) + (1.0 - known) * guess)


def fit_tracing(train: Responses) -> dict[str, Float]:
    """Return the parameters of :data:`GRID` of the largest likelihood, by skill."""
    row = np.repeat(np.arange(len(train)), np.diff(train.skill_start))
    order = np.lexsort((row, train.learner[row], train.skill))
    row, skill = row[order], train.skill[order]
    return {
        str(train.skills[code]): GRID[np.argmax(_likelihood(train, row[skill == code]))]
        for code in range(len(train.skills))
    }


def _likelihood(train: Responses, rows: NDArray[np.int64]) -> Float:
    """Return the log likelihood of all sequences of one skill under every point of the grid."""
    first, learnt, guess, slip = GRID.T
    total, learner, known = np.zeros(len(GRID)), -1, first
    for row in rows:
        if train.learner[row] != learner:
            learner, known = train.learner[row], first
        right = train.correct[row] > 0.5
        if_known, if_not = (1.0 - slip, guess) if right else (slip, 1.0 - guess)
        both = known * if_known + (1.0 - known) * if_not
        total += np.log(both)
        known = known * if_known / both
        known = known + (1.0 - known) * learnt
    return total


def walk(peer: Peer, responses: Responses, stops: Stops) -> Float:
    """Return what a peer says at each stop of one skill, float64[q]."""
    out = np.empty(len(stops))
    learner, known = -1, 0
    items, skills = responses.items.tolist(), responses.skills.tolist()
    for place in np.argsort(stops.row, kind="stable").tolist():
        row = int(stops.row[place])
        if responses.learner[row] != learner:
            learner = int(responses.learner[row])
            known = int(responses.learner_start[learner])
            peer.start()
        for earlier in range(known, row):
            tags = responses.skill[responses.skill_start[earlier] : responses.skill_start[earlier + 1]]
            peer.take(items[responses.item[earlier]], [skills[tag] for tag in tags], float(responses.correct[earlier]))
        known = row
        out[place] = peer.read(skills[int(stops.skill[place])])
    return out


def peers(train: Responses) -> dict[str, Peer]:
    """Return the peers, fitted."""
    rates: dict[str, Peer] = {f"decayed rate, {life:g}": DecayedRate(train, life) for life in (2.0, 5.0, 10.0, 30.0)}
    ratings: dict[str, Peer] = {"Elo": Elo(train), "Elo, skill alone": Elo(train, (0.0, 0.8), 0.1)}
    return rates | ratings | {"BKT": BayesianTracing(train)}
