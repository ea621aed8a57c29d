"""Remediation: later skills lean on it, and answers point here."""

from __future__ import annotations

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import Numbers


def remediation(standing: Standing) -> Numbers:
    """Return how much an open skill holds up, where answers point to it, shape (n,).

    The value is ``d / (d + 1)`` with ``d`` the number of open skills that build on it, near or far. Answers
    point to a skill when its own answers, or those on a skill directly above it, ask for a return.
    """
    value = np.zeros(len(standing.terrain))
    for place in np.flatnonzero(standing.pointed):
        leaning = (standing.terrain.descendants[place] & standing.open_bits).bit_count()
        value[place] = leaning / (leaning + 1)
    return value
