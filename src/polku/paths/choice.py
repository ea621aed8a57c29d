"""One choice among scored skills: the best one, the earlier of equals."""

from __future__ import annotations

import numpy as np

from polku.paths.terrain import Mask, Numbers


def best_of(value: Numbers, mask: Mask) -> int | None:
    """Return the position of the best skill in a mask, the earlier of equals; None where the mask is empty.

    Examples
    --------
    >>> best_of(np.array([0.2, 0.9, 0.9]), np.array([True, True, True]))
    1
    """
    places = np.flatnonzero(mask)
    return int(places[value[places].argmax()]) if len(places) else None
