"""Which units lie on which side of a comparison."""

from __future__ import annotations

import numpy as np

from polku.fairness.arrays import Bools, Ints


def nested(members: Bools, unit: Ints) -> Bools | None:
    """Return which units lie inside the group; None when a unit holds learners of both sides."""
    inside = np.bincount(unit, weights=members)
    whole = np.bincount(unit)
    return inside > 0 if bool(((inside == 0) | (inside == whole)).all()) else None
