"""The Rasch model, ability followed online: difficulties from training learners, ability from earlier answers."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, log_expit, logsumexp

from peers.log import Floats, Log, with_fallback

NODES: Final = np.linspace(-5.0, 5.0, 41)
SWEEPS: Final = 40
_LEAST, _MOST = 0.05, 4.0


class Rasch:
    """Marginal maximum likelihood over a grid of abilities (Bock & Aitkin 1981), a posteriori for items.

    Abilities are normal with a fitted variance, difficulties normal with fitted mean and variance. A test learner's
    ability is the posterior over the grid given the earlier answers; the prediction is its mean, which has a lower log
    loss than the prediction at the single most likely ability.

    Examples
    --------
    >>> log = Log.of([0, 0, 1, 1], [0, 1, 0, 1], [[0]] * 4, [1.0, 0.0, 1.0, 0.0], [0] * 4)
    >>> model = Rasch()
    >>> model.fit(log)
    >>> easy, hard = model.predict(log.rows(log.learner == 0))
    >>> bool(easy > hard)
    True
    """

    def fit(self, train: Log) -> None:
        """Fit difficulties and the spread of abilities."""
        self.train = train
        right, wrong = (_by_item(train, weight) for weight in (train.correct, 1.0 - train.correct))
        answered = np.asarray((right + wrong).sum(axis=0))
        rate = train.correct.mean()
        difficulty = np.full(int(train.sizes[0]), -np.log(rate / (1.0 - rate)))
        ability, spread, centre = 1.0, 1.0, difficulty[0]
        for _ in range(SWEEPS):
            margin = NODES - difficulty[:, None]
            prior = -0.5 * NODES**2 / ability
            posterior = right @ log_expit(margin) + wrong @ log_expit(-margin) + prior
            posterior = np.exp(posterior - logsumexp(posterior, axis=1, keepdims=True))
            p = expit(margin)
            meetings, successes = (right + wrong).T @ posterior, np.asarray((right.T @ posterior).sum(axis=1))
            precision = (meetings * p * (1.0 - p)).sum(axis=1) + 1.0 / spread
            slope = (meetings * p).sum(axis=1) - successes - (difficulty - centre) / spread
            difficulty = difficulty + slope / precision
            ability = float(np.clip((posterior.mean(axis=0) * NODES**2).sum(), _LEAST, _MOST))
            seen = answered > 0
            centre = float(difficulty[seen].mean())
            spread = float(np.clip(np.mean((difficulty - centre)[seen] ** 2 + 1.0 / precision[seen]), _LEAST, _MOST))
        self.difficulty, self.ability = difficulty, ability

    def predict(self, test: Log) -> Floats:
        """Return the posterior mean probability of each row."""
        margin = NODES - with_fallback(self.difficulty, self.train, test)[:, None]
        share = test.correct[:, None]
        gain = share * log_expit(margin) + (1.0 - share) * log_expit(-margin)
        before = np.cumsum(gain, axis=0) - gain
        first = np.searchsorted(test.learner, test.learner, side="left")
        belief = before - before[first] - 0.5 * NODES**2 / self.ability
        belief = np.exp(belief - belief.max(axis=1, keepdims=True))
        found: Floats = (belief * expit(margin)).sum(axis=1) / belief.sum(axis=1)
        return found


def _by_item(train: Log, weight: Floats) -> csr_array:
    """Return the sum of weights by learner and item."""
    learner = np.unique(train.learner, return_inverse=True)[1]
    return csr_array((weight, (learner, train.item)), shape=(int(learner.max()) + 1, int(train.sizes[0])))
