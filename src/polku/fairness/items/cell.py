"""One judged item of one group."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from polku.fairness.items.classes import Class
from polku.fairness.verdict import Verdict

Kind = Literal["", "uniform", "non_uniform"]
_KEPT = {"attribute", "group", "item_id", "kind", "verdict", "reason"}


@dataclass(frozen=True, slots=True)
class ItemCell:
    """One item for one group, against all the other learners of equal standing.

    Parameters
    ----------
    attribute, group, item_id : str
        What was compared.
    kind : {"", "uniform", "non_uniform"}
        The kind of DIF behind a concern; the larger class of the two, uniform where they are equal.
    verdict : {"pass", "concern", "not_enough_evidence"}
        What the evidence allows one to say of the item.
    reason : str
        Why, in one sentence.
    n, rest : int or None
        Learners compared. None when suppressed, like every figure below; what follows is None where nothing was tested.
    share, rest_share : float or None
        Shares right in the group and among the others, whatever their standing.
    d_dif, error : float or None
        MH D-DIF and its standard error; negative where the item is harder for the group.
    interval : tuple of two floats or None
        95 % interval of `d_dif`, for this item alone.
    p, p_adjusted : float or None
        Mantel-Haenszel test, before and after correction (Benjamini-Hochberg over everything that was tested); where
        small, the exact one if that is larger.
    p_dif : float or None
        Standardised difference in shares right.
    ets : {"A", "B", "C"} or None
        Published class: by `p`, uncorrected.
    p_uniform, p_non_uniform, p_both : float or None
        Logistic regression: the group, its product with standing (where small, the exact one if larger), both.
    p_non_uniform_adjusted : float or None
        After correction.
    r2_uniform, r2_non_uniform : float or None
        Gains in Nagelkerke's R².
    jodoin_gierl, zumbo_thomas : {"A", "B", "C"} or None
        Published classes of the two gains together.
    unsigned : float or None
        Mean absolute difference between the fitted curves, in shares right.
    tilt, tilt_error : float or None
        D-DIF gained with a standard deviation of standing, and its standard error.
    uniform_class, non_uniform_class : {"A", "B", "C"} or None
        The classes that decide, by corrected p-values.
    mde : float or None
        Least absolute D-DIF noticed four times in five at this size, with every correction.
    """

    attribute: str
    group: str
    item_id: str
    kind: Kind
    verdict: Verdict
    reason: str
    n: int | None = None
    rest: int | None = None
    share: float | None = None
    rest_share: float | None = None
    d_dif: float | None = None
    error: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    p_adjusted: float | None = None
    p_dif: float | None = None
    ets: Class | None = None
    p_uniform: float | None = None
    p_non_uniform: float | None = None
    p_both: float | None = None
    p_non_uniform_adjusted: float | None = None
    r2_uniform: float | None = None
    r2_non_uniform: float | None = None
    jodoin_gierl: Class | None = None
    zumbo_thomas: Class | None = None
    unsigned: float | None = None
    tilt: float | None = None
    tilt_error: float | None = None
    uniform_class: Class | None = None
    non_uniform_class: Class | None = None
    mde: float | None = None

    def hidden(self, k: int) -> Self:
        """Return the cell without its figures; the verdict on the item tells nothing of a learner, and stays."""
        figures: dict[str, Any] = {field.name: None for field in fields(self) if field.name not in _KEPT}
        reason = f"figures not shown: fewer than {k} learners here, or in a group that this one would give away"
        return replace(self, **figures, reason=reason)
