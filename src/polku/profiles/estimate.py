"""The built-in estimate of mastery, for when no model is trained: from a skill's own answers alone.

Beta-binomial with exponentially discounted counts (West & Harrison 1997, ch. 6; the power prior of Ibrahim & Chen
2000): the prior is Beta(2, 2), each score adds to the successes and its complement to the failures, and older
answers count by half-lives as :class:`~polku.profiles.Evidence` says. A better answer never lowers the estimate.
"""

from __future__ import annotations

import math

from polku.profiles.evidence import Evidence

PRIOR_SUCCESS = 2.0
PRIOR_FAILURE = 2.0


def estimate(evidence: Evidence) -> tuple[float, float]:
    """Return posterior mean and standard deviation of the success rate on a skill.

    Parameters
    ----------
    evidence : Evidence
        What has been shown; ``Evidence()`` when nothing has.

    Returns
    -------
    p : float
        Posterior mean, inside (0, 1).
    sd : float
        Posterior standard deviation: 0.22 without answers, smaller with more.

    Examples
    --------
    >>> [round(number, 3) for number in estimate(Evidence())]
    [0.5, 0.224]
    >>> [round(number, 3) for number in estimate(Evidence(4, recent_success=3.4, weight=3.4))]
    [0.73, 0.153]
    """
    total = PRIOR_SUCCESS + PRIOR_FAILURE + evidence.weight
    p = (PRIOR_SUCCESS + evidence.recent_success) / total
    return p, math.sqrt(p * (1.0 - p) / (total + 1.0))
