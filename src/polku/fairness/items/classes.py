"""How large is large: the published classes of DIF, and those that decide here."""

from __future__ import annotations

from typing import Literal

import numpy as np

from polku.schemas.item_limits import ItemLimits

Class = Literal["A", "B", "C"]
"""A: negligible, B: to be watched, C: large."""

JODOIN_GIERL = (0.035, 0.070)
ZUMBO_THOMAS = (0.130, 0.260)
"""Limits on the gain in R² (Jodoin & Gierl 2001; Zumbo & Thomas 1997)."""
PUBLISHED = ItemLimits()
"""The published limits on D-DIF and on shares right; a home may set others in its gates."""


def ets(d_dif: float, error: float, p: float, limits: ItemLimits = PUBLISHED, alpha: float = 0.05) -> Class:
    """Return the ETS class of uniform DIF (Holland & Thayer 1988; rules as in Zwick 2012).

    C: at least 1.5, and above 1 by a one-sided test at five per cent. A: below 1, or not apart from 0 by `p` at
    `alpha`. B: the rest. The numbers are those of `limits`.

    Examples
    --------
    >>> ets(-2.0, 0.3, 0.0001), ets(-1.6, 0.5, 0.001), ets(-1.2, 0.9, 0.2)
    ('C', 'B', 'A')
    """
    size = abs(d_dif)
    if not np.isfinite(size) or size < limits.watched or not p < alpha:
        return "A"
    return "C" if size >= limits.large and size - limits.watched > limits.beyond * error else "B"


def crossing(unsigned: float, p: float, limits: ItemLimits = PUBLISHED, alpha: float = 0.05) -> Class:
    """Return the class of non-uniform DIF: what the curves of a shape of their own cost, in shares right.

    Examples
    --------
    >>> crossing(0.12, 0.001), crossing(0.07, 0.001), crossing(0.12, 0.3)
    ('C', 'B', 'A')
    """
    if not p < alpha or unsigned < limits.watched_curves:
        return "A"
    return "C" if unsigned >= limits.large_curves else "B"


def by_gain(gain: float, p: float, limits: tuple[float, float] = JODOIN_GIERL, alpha: float = 0.05) -> Class:
    """Return the class of a gain in Nagelkerke's R², for comparison with published tables.

    Examples
    --------
    >>> by_gain(0.05, 0.001), by_gain(0.05, 0.001, ZUMBO_THOMAS), by_gain(0.09, 0.2)
    ('B', 'A', 'A')
    """
    if not p < alpha or gain < limits[0]:
        return "A"
    return "C" if gain >= limits[1] else "B"
