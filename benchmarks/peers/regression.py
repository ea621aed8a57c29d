"""Logistic regressions on counts of earlier answers: PFA and Best-LR, with scikit-learn."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod

import numpy as np
from scipy.sparse import csr_array, csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from peers.log import Floats, Ints, Log, earlier


class _Regression(ABC):
    """Logistic regression on sparse columns with scikit-learn's default penalty, as Gervet et al. (2020) fit theirs.

    Fitted by Newton's method, which converges in seconds: scikit-learn's own choice stops at a hundred steps, long
    before these models are as good as they can be.
    """

    def fit(self, train: Log) -> None:
        """Fit the weights."""
        self.model = self.estimator()
        self.model.fit(_narrow(self.columns(train)), train.correct >= 0.5)

    def predict(self, test: Log) -> Floats:
        """Return the probability of each row."""
        found: Floats = self.model.predict_proba(_narrow(self.columns(test)))[:, 1]
        return found

    def estimator(self) -> LogisticRegression:
        """Return what is fitted."""
        return LogisticRegression(solver="newton-cg", max_iter=1000)

    @abstractmethod
    def columns(self, log: Log) -> csr_array:
        """Return the columns of each row."""


class PFA(_Regression):
    """Performance factors analysis (Pavlik, Cen & Koedinger 2009).

    Skills, and for each skill the logarithm of one plus its earlier right and wrong answers: the logarithm, which
    Gervet et al. (2020) use, predicts better than plain counts.

    Examples
    --------
    >>> log = Log.of([0, 0], [0, 1], [[0], [0, 1]], [1.0, 0.0], [0, 0])
    >>> PFA().columns(log).toarray().round(2).tolist()
    [[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.69, 0.0, 0.0, 0.0]]
    """

    def columns(self, log: Log) -> csr_array:
        """Return skills, right and wrong answers by skill."""
        key = log.learner[log.row_of_tag] * log.sizes[1] + log.skill
        correct = log.correct[log.row_of_tag]
        right, wrong = earlier(key, correct), earlier(key, 1.0 - correct)
        parts = [_by_skill(log, values) for values in (np.ones(len(key)), np.log1p(right), np.log1p(wrong))]
        return csr_array(hstack(parts, format="csr"))


class BestLR(_Regression):
    """Best-LR (Gervet et al. 2020): PFA with items, and with the learner's own counts over all answers.

    Examples
    --------
    >>> log = Log.of([0, 0], [0, 1], [[0], [0, 1]], [1.0, 0.0], [0, 0])
    >>> BestLR().columns(log).shape
    (2, 10)
    """

    def columns(self, log: Log) -> csr_array:
        """Return items, and the counts of right and wrong answers: by skill, and of all."""
        item = csr_array((np.ones(len(log)), (np.arange(len(log)), log.item)), shape=(len(log), int(log.sizes[0])))
        counts = [np.log1p(earlier(log.learner, share)) for share in (log.correct, 1.0 - log.correct)]
        return csr_array(hstack([item, PFA().columns(log), csr_array(np.column_stack(counts))], format="csr"))


class StoppedBestLR(BestLR):
    """Best-LR as scikit-learn fits it when nothing is said: a hundred steps of L-BFGS, not converged."""

    def fit(self, train: Log) -> None:
        """Fit the weights, without the warning that says so."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            super().fit(train)

    def estimator(self) -> LogisticRegression:
        """Return scikit-learn's default."""
        return LogisticRegression()


def _by_skill(log: Log, values: Floats) -> csr_array:
    rows: Ints = log.row_of_tag
    return csr_array((values, (rows, log.skill)), shape=(len(log), int(log.sizes[1])))


def _narrow(columns: csr_array) -> csr_matrix:
    """Return the columns with 32-bit indices, which scikit-learn's solvers read."""
    found = csr_matrix(columns)
    found.indices, found.indptr = found.indices.astype(np.int32), found.indptr.astype(np.int32)
    return found
