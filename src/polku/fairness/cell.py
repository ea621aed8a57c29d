"""One judged cell of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from polku.fairness.evidence import Evidence
from polku.fairness.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one group, against all the other learners.

    Parameters
    ----------
    attribute, group, metric : str
        What was compared: "home_language", "sv", "held_back". A crossing is "gender & support", "girl & none".
    n : int or None
        Learners in the group. None when suppressed, like every figure below.
    responses, positives : int or None
        Their responses, and how many of those were correct. For path metrics: learners, and learners for whom it holds.
    estimate, rest : float or None
        The metric in the group and in all the others. None where it cannot be estimated.
    gap : float or None
        Group minus rest; on the ratio scale group over rest, minus one.
    explained : float or None
        The part of `gap` that is there without any difference in how the group is treated: from base rates (error
        rates, AUC) or from the number of answers (ECE). 0 where nothing of the kind applies.
    interval : tuple of two floats or None
        Interval of `gap`, simultaneous over the groups of the attribute.
    p, p_adjusted : float or None
        Of the part that is not explained: corrected for the groups of the attribute; then also for metrics and
        attributes (Benjamini-Hochberg).
    mde : float or None
        Least gap that would be noticed four times in five at this size.
    verdict : {"pass", "concern", "not_enough_evidence"}
        What the evidence allows one to say.
    reason : str
        Why, in one sentence.
    pooled : float or None
        `estimate` drawn towards those of the other groups by its uncertainty; for reading small groups, never judged.
    """

    attribute: str
    group: str
    metric: str
    n: int | None
    responses: int | None
    positives: int | None
    estimate: float | None
    rest: float | None
    gap: float | None
    explained: float | None
    interval: tuple[float, float] | None
    p: float | None
    p_adjusted: float | None
    mde: float | None
    verdict: Verdict
    reason: str
    pooled: float | None = None

    @classmethod
    def of(cls, evidence: Evidence, p_adjusted: float, verdict: Verdict, reason: str) -> Self:
        """Put a judgement beside its evidence.

        Figures are rounded to six decimals, so that sums in another order print the same.
        """
        low, high = (rounded(end) for end in evidence.interval)
        return cls(
            attribute=evidence.attribute,
            group=evidence.group,
            metric=evidence.metric,
            n=evidence.size.n,
            responses=evidence.size.responses,
            positives=evidence.size.positives,
            estimate=rounded(evidence.estimate),
            rest=rounded(evidence.rest),
            gap=rounded(evidence.gap),
            explained=rounded(evidence.explained) if np.isfinite(evidence.gap) else None,
            interval=None if low is None or high is None else (low, high),
            p=rounded(evidence.p),
            p_adjusted=rounded(p_adjusted),
            mde=rounded(evidence.mde),
            verdict=verdict,
            reason=reason,
            pooled=rounded(evidence.pooled),
        )


def rounded(value: float) -> float | None:
    """Return a figure with six decimals, or None where there is none.

    Examples
    --------
    >>> rounded(2 / 3), rounded(float("nan"))
    (0.666667, None)
    """
    return round(float(value), 6) + 0.0 if np.isfinite(value) else None
