"""Says what the evidence of one cell allows one to say: pass, concern, or not enough evidence.

A *concern* needs all of: a p-value below the level after every correction, a gap of at least the gate's limit, and
left of it, when its explained part is taken off, as much or a third of the gap, and more than a standard error. A
*pass* needs an interval that rules out a gap as large as the one that blocks (`block_at`, or `limit` where none does),
for the gap or for what is left of it. Everything else is *not enough evidence*, with the least gap that would have
been noticed.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtri

from polku.fairness.evidence import EVERYONE, Evidence, Interval
from polku.schemas.gates import INVARIANTS, Gate

Verdict = Literal["pass", "concern", "not_enough_evidence"]
Judged = tuple[Verdict, str]
_A_PART_OF_IT = 1 / 3
_NEED_BOTH_KINDS = {"auc", "abroca", "held_back", "missed_need", "calibration_intercept", "calibration_slope"}
_MAKES = {"ece": "chance alone would make", "abroca": "chance and what the scores promise would make"}


def judge(cell: Evidence, p_adjusted: float, gate: Gate, alpha: float) -> Judged:
    """Return the verdict on one cell, and why.

    Parameters
    ----------
    cell : Evidence
        What is known.
    p_adjusted : float
        Its p-value after every correction; NaN where nothing was tested.
    gate : Gate
        Limit, blocking gap and scale.
    alpha : float
        Level of `p_adjusted`.

    Returns
    -------
    verdict : {"pass", "concern", "not_enough_evidence"}
    reason : str
        One sentence.
    """
    if cell.attribute == EVERYONE and gate.most is not None and np.isfinite(cell.estimate):
        return _over_everybody(cell, gate.most, alpha)
    if too_little := _too_little(cell):
        return "not_enough_evidence", too_little
    return _invariant(cell) if cell.metric in INVARIANTS else _of_gap(cell, p_adjusted, gate, alpha)


def bounds(limit: float, scale: str) -> Interval:
    """Return the gaps that lie at a limit: symmetric, on the ratio scale by multiplication.

    Examples
    --------
    >>> bounds(0.2, "ratio")
    (-0.2, 0.25)
    """
    return (-limit, limit) if scale == "difference" else (-limit, limit / (1 - limit))


def beyond(gap: float, limit: float, scale: str) -> bool:
    """Return whether a gap reaches a limit on either side."""
    low, high = bounds(limit, scale)
    return gap <= low or gap >= high


def apart(interval: Interval, limit: float, scale: str) -> bool:
    """Return whether a whole interval lies at or beyond a limit, on one side."""
    low, high = bounds(limit, scale)
    return interval[1] <= low or interval[0] >= high


def _of_gap(cell: Evidence, p_adjusted: float, gate: Gate, alpha: float) -> Judged:
    """Judge the gap of a group that there is enough to judge."""
    if p_adjusted < alpha and beyond(cell.gap, gate.limit, gate.scale) and _left(cell, gate):
        return (
            "concern",
            f"{_gap(cell)}, beyond the limit of {gate.limit:g}, and chance does not explain it{_base(cell)}",
        )
    zone = gate.limit if gate.block_at is None else gate.block_at
    if _within(cell.interval, zone, gate.scale):
        return "pass", f"{_gap(cell)}; a gap of {zone:g} is ruled out"
    if _within(cell.unexplained_interval, zone, gate.scale):
        return "pass", f"{_gap(cell)}{_base(cell)}; what is left is ruled out to reach {zone:g}"
    return "not_enough_evidence", f"{_gap(cell)}, but a gap of {zone:g} is not ruled out; {_unnoticed(cell)}"


def _within(interval: Interval, zone: float, scale: str) -> bool:
    low, high = bounds(zone, scale)
    return low < interval[0] and interval[1] < high


def _left(cell: Evidence, gate: Gate) -> bool:
    """Return whether what is left of the gap reaches the limit too, or a third of the gap, on the same side.

    What is smaller than its own standard error, or has none, is nothing to speak of, whatever else goes by group.
    """
    if not abs(cell.unexplained) >= cell.unexplained_error:
        return False
    share = cell.unexplained / cell.gap if cell.gap else 0.0
    return share >= _A_PART_OF_IT or (share > 0 and beyond(cell.unexplained, gate.limit, gate.scale))


def _invariant(cell: Evidence) -> Judged:
    if cell.estimate == 1:
        return "pass", "holds for every learner"
    return "concern", f"does not hold for {1 - cell.estimate:.1%} of these learners; it must hold for all"


def _over_everybody(cell: Evidence, most: float, alpha: float) -> Judged:
    """Judge a metric over all learners against the most that it may be, each side at the level."""
    half = -float(ndtri(alpha)) * cell.spread
    if cell.estimate - half > most:
        return "concern", f"{cell.estimate:.3f} over all learners; it may be at most {most:g}"
    if cell.estimate + half <= most:
        return "pass", f"{cell.estimate:.3f} over all learners, at most {most:g}"
    return "not_enough_evidence", f"{cell.estimate:.3f} over all learners: {most:g} is neither kept nor broken for sure"


def _too_little(cell: Evidence) -> str:
    """Say what keeps a cell from being judged at all; empty when nothing does."""
    if not np.isfinite(cell.estimate):
        return _unestimable(cell)
    if cell.metric in INVARIANTS:
        return ""
    if cell.lacking:
        return f"{cell.lacking}; {_unnoticed(cell)}"
    return "" if np.isfinite(cell.gap) else "there is no ratio to the others: theirs is zero"


def _unestimable(cell: Evidence) -> str:
    if cell.metric in _NEED_BOTH_KINDS:
        absent = "correct" if cell.size.positives == 0 else "wrong"
        return f"cannot be estimated: no {absent} answers in the group"
    return "cannot be estimated: nobody in the group it applies to"


def _gap(cell: Evidence) -> str:
    return f"gap {cell.gap:+.3f}"


def _base(cell: Evidence) -> str:
    if not cell.explained:
        return ""
    what = _MAKES.get(cell.metric, "unequal success rates alone would make")
    return f" ({what} {cell.explained:+.3f} of it)"


def _unnoticed(cell: Evidence) -> str:
    if not np.isfinite(cell.mde):
        return "no gap could have been noticed"
    return f"a gap under {cell.mde:.2g} would likely go unnoticed at this size"
