"""Review: shown a while ago, good to meet again."""

from __future__ import annotations

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import Numbers


def review(standing: Standing) -> Numbers:
    """Return how long ago a skill that is no longer open was answered, shape (n,).

    ``1 - 2 ** (-days / half_life_days)``; 0 without a clock, without an answer, and for open skills.
    """
    faded = 1.0 - np.exp2(-standing.days / standing.policy.review.half_life_days)
    return np.where(standing.open | np.isnan(faded), 0.0, faded)
