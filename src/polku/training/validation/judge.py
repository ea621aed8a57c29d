"""Turns a figure with its interval into a finding: the whole interval within the limit, beyond it, or across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.schemas.validation import EvidenceNeeded, Limit
from polku.training.validation.estimate import Estimate
from polku.training.validation.report import Check, Finding

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """What a figure rests on.

    Examples
    --------
    >>> Basis.of(np.array([1.0, 0.0]), np.array([0, 0])).lacking(EvidenceNeeded())
    '1 learner, 30 needed'
    """

    learners: int
    responses: int
    right: float

    @classmethod
    def of(cls, correct: Float, learner: NDArray[np.integer]) -> Basis:
        """Count the learners, responses and right answers of some rows."""
        return cls(len(np.unique(learner)), len(correct), float(correct.sum()))

    def lacking(self, needed: EvidenceNeeded) -> str:
        """Return what is too little for a judgement, in words; empty when nothing is."""
        counts = {
            "learner": (self.learners, needed.learners),
            "response": (self.responses, needed.responses),
            "right answer": (int(self.right), needed.each_class),
            "wrong answer": (int(self.responses - self.right), needed.each_class),
        }
        short = [
            f"{count:,} {name}{'' if count == 1 else 's'}, {least} needed"
            for name, (count, least) in counts.items()
            if count < least
        ]
        return short[0] if short else ""


def finding_of(estimate: Estimate, limit: float, *, centre: float | None = None) -> Finding:
    """Return what an interval says of a limit.

    Parameters
    ----------
    estimate : Estimate
        The figure.
    limit : float
        Largest value that is no concern, or largest distance from `centre`.
    centre : float, optional
        Where the figure should lie; without it only large values are a concern.

    Returns
    -------
    Finding
        A concern needs the whole interval beyond the limit, a pass the whole interval within it: between them the
        evidence is not enough.

    Examples
    --------
    >>> finding_of(Estimate(0.02, 0.01, 0.03), 0.05), finding_of(Estimate(0.7, 0.6, 0.9), 0.2, centre=1.0)
    ('pass', 'not_enough_evidence')
    """
    if not estimate.defined:
        return "not_enough_evidence"
    low, high = (estimate.low, estimate.high) if centre is None else (estimate.low - centre, estimate.high - centre)
    if low > limit or (centre is not None and high < -limit):
        return "concern"
    return "pass" if high <= limit and (centre is None or low >= -limit) else "not_enough_evidence"


SENTENCES: dict[Finding, str] = {
    "pass": "the whole interval lies within the limit",
    "concern": "the whole interval lies beyond the limit",
    "not_enough_evidence": "the limit lies within the interval: more answers would tell",
}


def judged(
    name: str,
    limit: Limit,
    needed: EvidenceNeeded,
    basis: Basis,
    estimate: Estimate,
    *,
    centre: float | None = None,
) -> Check:
    """Return the check `name` of one figure.

    Parameters
    ----------
    name : str
        Which check.
    limit : Limit
        Its question, limit and consequence.
    needed : EvidenceNeeded
        What a judgement needs.
    basis : Basis
        What the figure rests on.
    estimate : Estimate
        The figure.
    centre : float, optional
        As in :func:`finding_of`.
    """
    lacking = basis.lacking(needed)
    if not lacking and not estimate.defined:
        lacking = "the answers or the predictions are all alike"
    finding: Finding = "not_enough_evidence" if lacking else finding_of(estimate, limit.limit, centre=centre)
    return check_of(name, limit, finding, lacking or SENTENCES[finding], basis, estimate)


def check_of(
    name: str, limit: Limit, finding: Finding, reason: str, basis: Basis, estimate: Estimate | None = None
) -> Check:
    """Return a check whose finding is known; a figure that is not defined is left out."""
    shown = estimate if estimate is not None and estimate.defined else None
    return Check(
        name=name,
        question=limit.question,
        finding=finding,
        reason=reason,
        limit=limit.limit,
        value=None if shown is None else shown.value,
        low=None if shown is None else shown.low,
        high=None if shown is None else shown.high,
        learners=basis.learners,
        responses=basis.responses,
        outcome=limit.outcome,
        required=limit.required,
        overridable=limit.overridable,
    )


def not_answerable(name: str, limit: Limit, reason: str) -> Check:
    """Return a check that these data cannot answer."""
    return check_of(name, limit, "not_answerable", reason, Basis(0, 0, 0.0))
