"""How answers within a group recalibrate its scores: the slope and the intercept of Cox (1958).

The answers are regressed, logistically, on the logit of their score. The *slope* says how far scores are spread: below
one they are too extreme, above one too timid. The *intercept* is taken with the slope held at one: calibration in the
large on the scale of the logit, zero where scores are neither too high nor too low on the whole (Steyerberg 2019,
ch. 15; Van Calster et al. 2016). An intercept beside a free slope would say what happens at a score of one half, which
few learners may be near.

Fits are made on the bins of :class:`~polku.fairness.expected.Expectation`; a learner's influence is that of an
M-estimator, the score of its answers times the inverse information.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from polku.fairness.arrays import Ints
from polku.fairness.expected import Expectation, platt
from polku.fairness.measures import Measured

_STEPS = 12
_LONGEST = 2.0


@dataclass(frozen=True, eq=False)
class Intercept:
    """Constant added to the logit of the scores so that it fits the answers; 0 where it does already.

    Parameters
    ----------
    expectation : Expectation
        Scores in bins.
    """

    expectation: Expectation

    def over(self, members: Ints) -> Measured:
        """Return the intercept among `members`; NaN without correct or without wrong answers."""
        found = self.expectation.binned(members)
        if found is None:
            return _nothing(self.expectation)
        centres, weight, correct = found
        constant = 0.0
        for _ in range(_STEPS):
            likely = expit(constant + centres)
            information = (weight * likely * (1 - likely)).sum()
            constant += float(np.clip((correct - weight * likely).sum() / information, -_LONGEST, _LONGEST))
        residual = self.expectation.residuals(members, constant, 1.0)[0]
        return Measured(constant, residual / information)


@dataclass(frozen=True, eq=False)
class Slope:
    """How much the logit of the scores must be stretched to fit the answers; 1 where it fits already.

    Parameters
    ----------
    expectation : Expectation
        Scores in bins.
    """

    expectation: Expectation

    def over(self, members: Ints) -> Measured:
        """Return the slope among `members`; NaN without correct or without wrong answers.

        A prior of the weight of one observation holds it to one, so that it is finite where scores tell all.
        """
        found = self.expectation.binned(members)
        if found is None:
            return _nothing(self.expectation)
        centres, weight, correct = found
        constant, slope = platt(centres, weight[None], correct[None])[0]
        likely = expit(constant + slope * centres)
        design = np.stack([np.ones_like(centres), centres])
        information = np.einsum("b,ib,jb->ij", weight * likely * (1 - likely), design, design) + np.eye(2)
        inverse = np.linalg.inv(information)[1]
        parts = self.expectation.residuals(members, float(constant), float(slope))
        return Measured(float(slope), inverse @ parts)


def _nothing(expectation: Expectation) -> Measured:
    return Measured(np.nan, np.zeros(len(expectation.sample.learners)))
