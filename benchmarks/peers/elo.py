"""Elo ratings of learners and items: both move after every answer, by less the more has been seen."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import numba
import numpy as np

from peers.log import Floats, Log, with_fallback

GAINS: Final = (0.2, 0.4, 0.8, 1.2, 1.8)
FADES: Final = (0.01, 0.03, 0.05, 0.1, 0.2)
LOCAL: Final = (0.0, 0.3, 0.6, 1.0)
"""Share of the learner's gain that a skill's own ability moves by; 0 is the rating without skills."""
EDGE: Final = 1e-9
njit: Any = numba.njit


class Elo:
    """Elo with the uncertainty function gain / (1 + fade * answers), and an ability per skill on top of the learner's.

    Gain, fade and the skills' share are those with the lowest log loss over the training learners, each answer
    predicted before it moves a rating (Pelánek 2016; the two levels of ability: Papoušek, Pelánek & Stanislav 2014).
    Difficulties stand still while test learners are predicted.

    Examples
    --------
    >>> log = Log.of([0, 0, 1, 1], [0, 1, 0, 1], [[0]] * 4, [1.0, 0.0, 1.0, 0.0], [0] * 4)
    >>> model = Elo()
    >>> model.fit(log)
    >>> easy, hard = model.predict(log.rows(log.learner == 0))
    >>> bool(easy > hard)
    True
    """

    def __init__(self) -> None:
        few = Log.of([0], [0], [[0]], [1.0], [0])
        sweep(*_columns(few), np.zeros(1), 1, (0.1, 0.1, 0.1), np.zeros(1), True)  # compiled beside the clock

    def fit(self, train: Log) -> None:
        """Tune the gains and rate the items."""
        self.train, self.skills = train, int(train.sizes[1])
        rate = train.correct.mean()
        best, columns = np.inf, _columns(train)
        for settings in product(GAINS, FADES, LOCAL):
            difficulty = np.full(int(train.sizes[0]), -np.log(rate / (1.0 - rate)))
            found = np.empty(len(train))
            sweep(*columns, difficulty, self.skills, settings, found, True)
            loss = _log_loss(train.correct, found)
            if loss < best:
                best, self.settings, self.difficulty = loss, settings, difficulty

    def predict(self, test: Log) -> Floats:
        """Return the probability of each row, difficulties fixed."""
        found = np.empty(len(test))
        learner, _, skill, skill_start, correct = _columns(test)
        difficulty = with_fallback(self.difficulty, self.train, test)
        rows = np.arange(len(test))
        sweep(learner, rows, skill, skill_start, correct, difficulty, self.skills, self.settings, found, False)
        return found


def _columns(log: Log) -> tuple[Any, ...]:
    return log.learner, log.item, log.skill, log.skill_start, log.correct


def _log_loss(correct: Floats, found: Floats) -> float:
    kept = np.clip(found, EDGE, 1.0 - EDGE)
    return float(-np.mean(correct * np.log(kept) + (1.0 - correct) * np.log1p(-kept)))


@njit(cache=True)
def sweep(learner, item, skill, skill_start, correct, difficulty, skills, settings, found, learning):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, PLR0913, PLR0917 - compiled
    """Predict each row into `found`, then move the ratings; `difficulty` moves where `learning`."""
    gain, fade, share = settings
    local, met = np.zeros(skills), np.zeros(skills)
    answers = np.zeros(len(difficulty))
    ability, seen = 0.0, 0.0
    for row in range(len(learner)):
        if row == 0 or learner[row] != learner[row - 1]:
            ability, seen = 0.0, 0.0
            local[:] = 0.0
            met[:] = 0.0
        tags = skill[skill_start[row] : skill_start[row + 1]]
        at = item[row]
        level = ability
        for tag in tags:
            level += local[tag] / len(tags)
        found[row] = 1.0 / (1.0 + np.exp(difficulty[at] - level))
        surprise = correct[row] - found[row]
        ability += gain / (1.0 + fade * seen) * surprise
        seen += 1.0
        for tag in tags:
            local[tag] += share * gain / (1.0 + fade * met[tag]) * surprise
            met[tag] += 1.0
        if learning:
            difficulty[at] -= gain / (1.0 + fade * answers[at]) * surprise
            answers[at] += 1.0
