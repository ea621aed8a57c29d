"""Continuity: it goes on from what was practised last."""

from __future__ import annotations

import numpy as np

from polku.paths.standing import Standing
from polku.paths.terrain import Numbers

SAME_AREA = 0.5
"""A skill of the same content area goes on half as directly as one that builds on the last skill."""


def continuity(standing: Standing) -> Numbers:
    """Return how directly a skill goes on from the skill answered last, shape (n,).

    1 for the skill itself while it is open and for those that build directly on it, one half for others of
    its content area, else 0.
    """
    terrain, recent = standing.terrain, standing.recent
    onwards = (terrain.hard.count(recent) + terrain.soft.count(recent) > 0) | (recent & standing.open)
    near = np.isin(terrain.area, terrain.area[recent & (terrain.area >= 0)])
    return np.where(onwards, 1.0, np.where(near, SAME_AREA, 0.0))
