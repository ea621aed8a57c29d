"""What can be said of a target policy, and when nothing can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from polku.errors import InputError, NotReadyError
from polku.paths.evaluation.columns import Columns, Float, Int
from polku.paths.evaluation.decisions import HORIZONS, Decision
from polku.paths.evaluation.estimators import Interval, doubly_robust, effective, mean, snips
from polku.paths.evaluation.reward_model import expected_gains
from polku.paths.evaluation.targets import Target

LEAST_EFFECTIVE: Final = 100.0
"""Effective samples below which no value is given."""
LEAST_SUPPORTED: Final = 0.99
"""Share of what the target would suggest that the log might have suggested, below which no value is given."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a target over so many decisions in a row.

    Parameters
    ----------
    target : str
        Name of the policy.
    horizon : int
        Decisions in a row, 1 to 3.
    windows, learners : int
        Runs of so many decisions that ended in a check, and of how many learners.
    effective_samples, effective_learners : float
        How many equally weighted ones would say as much.
    max_weight : float
        Largest importance weight.
    unsupported : float
        Share of what the target would suggest that the log never could have.
    logged : float or None
        Mean gain of what was in use.
    snips, doubly_robust : Interval or None
        The estimates; None where refused.
    difference : Interval or None
        The doubly robust estimate less what was in use, from the same windows.
    refusal : PolkuError or None
        Why no value is given, in three beats.
    """

    target: str
    horizon: int
    windows: int
    learners: int
    effective_samples: float
    effective_learners: float
    max_weight: float
    unsupported: float
    logged: float | None = None
    snips: Interval | None = None
    doubly_robust: Interval | None = None
    difference: Interval | None = None
    refusal: NotReadyError | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; intervals as ``{"value", "low", "high"}``, the refusal as its three beats."""
        plain = asdict(self)
        for name in ("snips", "doubly_robust", "difference"):
            given = getattr(self, name)
            plain[name] = None if given is None else given._asdict()
        no = self.refusal
        return plain | {"refusal": None if no is None else {"what": no.what, "got": str(no.got), "try": no.hint}}


def evaluate(
    decisions: Sequence[Decision], target: Target, *, horizons: Sequence[int] = HORIZONS, seed: int = 0
) -> list[Estimate]:
    """Estimate what a target policy would be worth.

    Parameters
    ----------
    decisions : sequence of Decision
        With gains, from :func:`~polku.paths.evaluation.with_gains`.
    target : Target
        The policy.
    horizons : sequence of int
        Decisions in a row, each 1 to 3.
    seed : int
        Draws the folds of the reward model.

    Returns
    -------
    list of Estimate
        One for each horizon; without a value, and saying why, where the log does not carry one.

    Raises
    ------
    InputError
        If there are no decisions, or a horizon is not 1 to 3.
    """
    if not decisions:
        raise InputError("no decision is logged", got="0 decisions", hint="offer suggestions first: polku serve")
    if not set(horizons) <= set(HORIZONS):
        raise InputError("one to three decisions in a row can be judged", got=list(horizons), hint="say 1, 2 or 3")
    columns = Columns.of(decisions, target)
    return [_estimate(columns, target.name, horizon, seed) for horizon in horizons]


def _estimate(columns: Columns, target: str, horizon: int, seed: int) -> Estimate:
    rows = columns.windows(horizon)
    weight, learner = np.prod(columns.ratio[rows], axis=1), columns.learner[rows[:, 0]]
    by_learner = np.bincount(learner, weight, minlength=1).astype(np.float64)
    unsupported = float(columns.unsupported[rows].mean()) if len(rows) else 0.0
    said: dict[str, Any] = {
        "target": target,
        "horizon": horizon,
        "windows": len(rows),
        "learners": len(np.unique(learner)),
        "effective_samples": effective(weight),
        "effective_learners": effective(by_learner),
        "max_weight": float(weight.max(initial=0.0)),
        "unsupported": max(unsupported, 0.0),
    }
    refusal = _refusal(rows, unsupported, said["effective_samples"])
    if refusal is not None:
        return Estimate(**said, refusal=refusal)
    return Estimate(**said, **_values(columns, rows, weight, said["effective_learners"], seed))


def _values(columns: Columns, rows: Int, weight: Float, learners: float, seed: int) -> dict[str, Any]:
    """Return the estimates of a target that the log carries."""
    gain, learner = columns.gains[rows[:, 0], rows.shape[1] - 1], columns.learner[rows[:, 0]]
    robust = doubly_robust(columns, rows, expected_gains(columns, rows, seed))
    return {
        "logged": float(gain.mean()),
        "snips": snips(weight, gain).interval(learner, learners),
        "doubly_robust": robust.interval(learner, learners),
        "difference": robust.minus(mean(gain)).interval(learner, learners),
    }


def _refusal(rows: Int, unsupported: float, samples: float) -> NotReadyError | None:
    """Return why no value is given, or None."""
    horizon = rows.shape[1]
    if not len(rows):
        what = f"no run of {horizon} decisions is followed by a check"
        return NotReadyError(what, got="0 runs", hint="wait for later answers, or allow more days: --within-days")
    if unsupported > 1.0 - LEAST_SUPPORTED:
        return NotReadyError(
            "the target would suggest what the log never could have",
            got=f"{unsupported:.0%} of its suggestions without support",
            hint="judge a target nearer to what is in use, or let a declared share be drawn: exploration_share",
        )
    if samples < LEAST_EFFECTIVE:
        return NotReadyError(
            f"too few effective samples over {horizon} decision{'s' * (horizon > 1)} to give a value",
            got=f"{samples:.0f} of {len(rows):,} runs (least: {LEAST_EFFECTIVE:.0f})",
            hint="log more decisions, judge fewer in a row, or raise exploration_share",
        )
    return None
