"""Difficulty: neither too easy nor too hard for now."""

from __future__ import annotations

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import Numbers

UNKNOWN = 0.5
"""Where nothing is estimated, difficulty speaks neither for a skill nor against it."""


def difficulty(standing: Standing) -> Numbers:
    """Return how close the estimated success is to the policy's aim, shape (n,).

    1 at the aim, falling in a straight line to 0 at the end of the scale that lies farther away.
    """
    aim = standing.policy.difficulty.aim
    value = 1.0 - np.abs(standing.p - aim) / max(aim, 1.0 - aim)
    return np.where(np.isnan(value), UNKNOWN, value)
