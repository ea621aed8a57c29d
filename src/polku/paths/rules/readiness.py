"""Readiness: what the skill builds on has been shown."""

from __future__ import annotations

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import Numbers

SOFT = 0.5
"""A recommended earlier skill counts half of a prerequisite."""


def readiness(standing: Standing) -> Numbers:
    """Return the share of a skill's prerequisites that are no longer open, shape (n,).

    Skills that are merely recommended to come earlier count half. A skill that builds on nothing is ready: 1.
    """
    terrain, met = standing.terrain, ~standing.open
    everything = np.ones(len(terrain), dtype=np.bool_)
    wanted = terrain.hard.count(everything) + SOFT * terrain.soft.count(everything)
    have = terrain.hard.count(met) + SOFT * terrain.soft.count(met)
    return np.divide(have, wanted, out=np.ones(len(terrain)), where=wanted > 0)
