"""Says what the evidence on one item allows one to say: pass, concern, or not enough evidence.

*Concern* is class C of either kind, by p-values corrected for everything that was tested. *Pass* rules class C of both
kinds out: the intervals of D-DIF, and of the D-DIF that a standard deviation of standing adds, lie within 1.5, or what
the gates say instead. The rest is *not enough evidence*, with the least D-DIF that would have been noticed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from polku.fairness.cell import rounded
from polku.fairness.evidence import POWER
from polku.fairness.items.cell import ItemCell
from polku.fairness.items.classes import PUBLISHED, ZUMBO_THOMAS, by_gain, crossing, ets
from polku.fairness.items.haenszel import ETS, Haenszel
from polku.fairness.items.logistic import Logistic
from polku.fairness.items.purify import Compared
from polku.schemas.item_limits import ItemLimits

_HALF = float(ndtri(0.975))
"""Standard errors on either side of a 95 % interval."""
_NOTICED = float(ndtri(POWER))
"""Standard errors beyond the limit at which an effect is noticed four times in five."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What looking at many items made of one comparison.

    Parameters
    ----------
    uniform, non_uniform : float
        Corrected p-values; NaN where nothing was tested.
    critical : float
        Standard errors that the strictest correction asks for.
    limits : ItemLimits
        How large is large.
    """

    uniform: float
    non_uniform: float
    critical: float
    limits: ItemLimits = PUBLISHED

    def least(self, error: float) -> float:
        """Return the least effect of this standard error that would be noticed four times in five."""
        return (self.critical + _NOTICED) * error


def judged(found: Compared, attribute: str, group: str, item_id: str, correction: Correction) -> ItemCell:
    """Judge one item.

    Parameters
    ----------
    found : Compared
        What was measured.
    attribute, group, item_id : str
        Of whom and what.
    correction : Correction
        For everything else that was looked at.

    Returns
    -------
    ItemCell
    """
    mde = correction.least(_planned_error(found))
    cell = ItemCell(
        *(attribute, group, item_id),
        kind="",
        verdict="not_enough_evidence",
        reason=f"{found.lacking or 'nobody of equal standing on both sides'}; {_unnoticed(mde)}",
        n=found.n,
        rest=found.rest,
        share=rounded(found.share),
        rest_share=rounded(found.rest_share),
        mde=rounded(mde),
    )
    if found.uniform is None or found.curves is None or not np.isfinite(found.uniform.d_dif):
        return cell
    tested = _with_curves(_with_uniform(cell, found.uniform, correction), found.curves, correction)
    return _verdict(tested, correction.limits.large)


def _with_uniform(cell: ItemCell, uniform: Haenszel, correction: Correction) -> ItemCell:
    half = _HALF * uniform.error
    return replace(
        cell,
        d_dif=rounded(uniform.d_dif),
        error=rounded(uniform.error),
        interval=(round(uniform.d_dif - half, 6), round(uniform.d_dif + half, 6)),
        p=rounded(uniform.p),
        p_adjusted=rounded(correction.uniform),
        p_dif=rounded(uniform.p_dif),
        ets=ets(uniform.d_dif, uniform.error, uniform.p),
        uniform_class=ets(uniform.d_dif, uniform.error, correction.uniform, correction.limits),
        mde=rounded(correction.least(uniform.error)),
    )


def _with_curves(cell: ItemCell, curves: Logistic, correction: Correction) -> ItemCell:
    gain = curves.r2_uniform + curves.r2_non_uniform
    return replace(
        cell,
        p_uniform=rounded(curves.p_uniform),
        p_non_uniform=rounded(curves.p_non_uniform),
        p_both=rounded(curves.p_both),
        p_non_uniform_adjusted=rounded(correction.non_uniform),
        r2_uniform=rounded(curves.r2_uniform),
        r2_non_uniform=rounded(curves.r2_non_uniform),
        jodoin_gierl=by_gain(gain, curves.p_both),
        zumbo_thomas=by_gain(gain, curves.p_both, ZUMBO_THOMAS),
        unsigned=rounded(curves.unsigned),
        tilt=rounded(curves.tilt),
        tilt_error=rounded(curves.tilt_error),
        non_uniform_class=crossing(curves.unsigned, correction.non_uniform, correction.limits),
    )


def _verdict(cell: ItemCell, large: float) -> ItemCell:
    """Say what the figures of a tested item allow."""
    d_dif, unsigned, mde = cell.d_dif or 0.0, cell.unsigned or 0.0, cell.mde or np.nan
    if cell.uniform_class == "C":
        side = "harder" if d_dif < 0 else "easier"
        reason = f"class C: {side} for the group at equal standing, D-DIF {d_dif:+.2f}"
        return replace(cell, kind="uniform", verdict="concern", reason=reason)
    if cell.non_uniform_class == "C":
        reason = f"class C: another curve over standing for the group, {unsigned:.2f} apart in shares right"
        return replace(cell, kind="non_uniform", verdict="concern", reason=reason)
    watched = ", class B: to be watched" if "B" in {cell.uniform_class, cell.non_uniform_class} else ""
    if _excluded(cell, large):
        reason = f"D-DIF {d_dif:+.2f}{watched}; class C of either kind is ruled out"
        return replace(cell, verdict="pass", reason=reason)
    return replace(cell, reason=f"D-DIF {d_dif:+.2f}{watched}, but class C is not ruled out; {_unnoticed(mde)}")


def _excluded(cell: ItemCell, large: float) -> bool:
    """Return whether the intervals rule class C out."""
    low, high = cell.interval or (-np.inf, np.inf)
    tilt, error = cell.tilt or 0.0, cell.tilt_error or 0.0
    return max(-low, high) < large and abs(tilt) + _HALF * error < large


def _planned_error(found: Compared) -> float:
    """Return the standard error of D-DIF that these numbers of learners would have at best."""
    if not found.n or not found.rest:
        return float("nan")
    n = found.n + found.rest
    share = (found.n * found.share + found.rest * found.rest_share) / n
    effective = found.n * found.rest / n
    return ETS / float(np.sqrt(effective * share * (1 - share))) if 0 < share < 1 else float("nan")


def _unnoticed(mde: float) -> str:
    if not np.isfinite(mde):
        return "no DIF could have been noticed"
    return f"a D-DIF under {mde:.2g} would likely go unnoticed at this size"
