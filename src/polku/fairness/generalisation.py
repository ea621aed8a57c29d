"""Whether a model serves a school it has never seen as well as it serves the others.

The same learners' same answers are predicted twice: out of fold, by a model that knows others of their school, and by
one that knows nobody of it. What the second loses is the price of being new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtri

from polku.fairness.arrays import Bools, Floats
from polku.fairness.beside import hidden_groups
from polku.fairness.cell import rounded
from polku.fairness.evidence import EVERYONE, POWER
from polku.fairness.resample import bootstrap_t, by_unit, standard_error
from polku.fairness.supplement import Supplement, Value
from polku.fairness.twice import Twice
from polku.fairness.verdict import Verdict
from polku.schemas.slices import Slices

COLUMNS = (
    *("place", "n", "responses", "auc", "auc_elsewhere", "loss", "low", "high"),
    *("log_loss", "log_loss_elsewhere", "calibration", "calibration_elsewhere", "verdict", "reason"),
)
LIMIT = 0.03
"""Loss of AUC from which a model is a concern where it is new."""


def generalisation_supplement(
    usual: pd.DataFrame, elsewhere: pd.DataFrame, slices: Slices, *, limit: float = LIMIT, seed: int = 0
) -> Supplement:
    """Compare predictions for places that a model has never seen with ordinary out-of-fold predictions.

    Parameters
    ----------
    usual : DataFrame
        ``response_id, y_prob``: out-of-fold predictions of the candidate.
    elsewhere : DataFrame
        ``place, learner_id, response_id, y_true, y_prob``: predictions of models that have not seen the place, as of
        :func:`polku.training.elsewhere.predict_elsewhere`.
    slices : Slices
        Least sizes for a verdict, limits on small numbers, and the number of draws.
    limit : float
        Loss of AUC that is a concern.
    seed : int
        Of the draws behind the intervals.

    Returns
    -------
    Supplement
        Topic "generalisation": one line for all places and one for each, in the order of names. Intervals of the loss
        are simultaneous over the lines, by bootstrap-t over learners. *Concern*: the loss reaches the limit and its
        interval excludes zero. *Pass*: its interval lies below the limit.

    Raises
    ------
    InputError
        If a column is missing, or the tables share no response.
    """
    twice = Twice.of(usual, elsewhere)
    hidden = hidden_groups(twice.place, slices.disclosure.outside)
    names = sorted(set(twice.place.tolist()) - hidden)
    members = {EVERYONE: np.ones(len(twice.place), dtype=bool)} | {name: twice.place == name for name in names}
    intervals = _intervals(twice, members, slices, seed)
    rows = []
    for name, inside in members.items():
        figures = {key: rounded(value) for key, value in (twice.figures(inside) | intervals[name]).items()}
        verdict, reason = judge(intervals[name], twice.lacking(inside, slices), limit)
        answers = int(inside[twice.usual.learner].sum())
        line: dict[str, Value] = {"place": name, "n": int(inside.sum()), "responses": answers, **figures}
        rows.append(tuple((line | {"verdict": verdict, "reason": reason})[column] for column in COLUMNS))
    return Supplement("generalisation", COLUMNS, tuple(rows), len(hidden), tuple(_notes(limit)))


def judge(loss: Mapping[str, float], lacking: str, limit: float) -> tuple[Verdict, str]:
    """Say what the evidence on one place allows.

    Parameters
    ----------
    loss : mapping of str to float
        "loss", "low", "high" and "mde", the least loss noticed four times in five.
    lacking : str
        Which count is too small; empty when none is.
    limit : float
        Loss that is a concern.

    Examples
    --------
    >>> judge({"loss": 0.05, "low": 0.02, "high": 0.08, "mde": 0.04}, "", 0.03)[0]
    'concern'
    >>> judge({"loss": 0.00, "low": -0.02, "high": 0.02, "mde": 0.03}, "", 0.03)
    ('pass', 'the interval rules out a loss of 0.03')
    """
    if lacking or not np.isfinite(loss["loss"]):
        return "not_enough_evidence", lacking or "the AUC cannot be estimated here"
    if loss["loss"] >= limit and loss["low"] > 0:
        return "concern", f"answers are ordered worse by {loss['loss']:.3f} where nobody was seen before"
    if loss["high"] < limit:
        return "pass", f"the interval rules out a loss of {limit:g}"
    return "not_enough_evidence", f"a loss of {loss['mde']:.3f} would have been noticed four times in five"


def _intervals(twice: Twice, members: Mapping[str, Bools], slices: Slices, seed: int) -> dict[str, dict[str, float]]:
    """Return loss, interval and least noticeable loss by place."""
    found = {name: twice.losses(inside) for name, inside in members.items()}
    parcel = twice.usual.parcel
    influence: Floats = np.stack([by_unit(measured.influence, parcel) for measured in found.values()], axis=1)
    drawn = bootstrap_t(influence, slices.inference.resamples, np.random.default_rng((seed, 6)))
    known = [place for place, measured in enumerate(found.values()) if np.isfinite(measured.estimate)]
    critical = float(np.quantile(drawn[:, known].max(axis=1, initial=0.0), 1 - slices.inference.alpha))
    result = {}
    for (name, measured), inside in zip(found.items(), members.values(), strict=True):
        error = standard_error(measured.influence[inside], None)
        half = critical * error
        result[name] = {
            "loss": measured.estimate,
            "low": measured.estimate - half,
            "high": measured.estimate + half,
            "mde": (critical + float(ndtri(POWER))) * error,
        }
    return result


def _notes(limit: float) -> Iterator[str]:
    yield f"a loss of {limit:g} in AUC is a concern; in no line does a verdict block a release"
    yield "learners are resampled: the intervals are about these schools, not about schools in general"
    yield "a model for a place left out also has fewer learners to learn from, and none on what only that place asks"
