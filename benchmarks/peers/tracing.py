"""Bayesian knowledge tracing as pyBKT fits it; the only module that runs in the peers' own environment."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pandas as pd

from peers.log import Floats, Log

SEED = 0


class BKT:
    """One hidden Markov model a skill (Corbett & Anderson 1995; Badrinath, Wang & Pardos 2021).

    An item of several skills counts as its combination, which is a skill of its own: tracing has no other place for it
    without predicting one answer several times. A combination that no training learner met is predicted by the mean
    score. One start of the expectation maximisation instead of pyBKT's five, and no pool of processes, which pyBKT
    opens anew in every step: both make it several times faster; five starts gain less than 0.01 AUC.

    Parameters
    ----------
    forgets : bool
        Whether a skill can be lost again.
    """

    def __init__(self, *, forgets: bool = False) -> None:
        warnings.simplefilter("ignore")  # divisions by zero, where a skill has all answers right
        self.forgets = forgets
        self.model: Any = importlib.import_module("pyBKT.models").Model(seed=SEED, num_fits=1, parallel=False)

    def fit(self, train: Log) -> None:
        """Fit a model for every combination of skills."""
        self.mean = float(train.correct.mean())
        self.known = np.unique(train.combination)
        self.model.fit(data=_frame(train), forgets=self.forgets)

    def predict(self, test: Log) -> Floats:
        """Return the probability of each row before its answer is known."""
        found = np.full(len(test), self.mean)
        known = np.isin(test.combination, self.known)
        predicted = self.model.predict(data=_frame(test.rows(known)))
        found[known] = predicted.sort_values("order_id")["correct_predictions"].to_numpy()
        return found


class ForgettingBKT(BKT):
    """Bayesian knowledge tracing in which a skill can be lost again."""

    def __init__(self) -> None:
        super().__init__(forgets=True)


def _frame(log: Log) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order_id": np.arange(len(log)),
            "user_id": log.learner,
            "skill_name": log.combination.astype(str),
            "correct": (log.correct >= 0.5).astype(np.int64),
        }
    )
