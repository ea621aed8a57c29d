"""How well predictions do, and how far groups lie apart in them, each with what every learner adds to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from polku.fairness.arrays import Bools, Floats, Texts, totals
from polku.fairness.attributes import order_of
from polku.fairness.disaggregate import contrast
from polku.fairness.disclosure import suppressed_groups
from polku.fairness.measures import Auc, Measured, Ratio, prediction_measures
from polku.fairness.population import Size
from polku.fairness.sample import Sample
from polku.fairness.shortage import lacking
from polku.fairness.tables import check_predictions
from polku.schemas.slices import Slices
from polku.training.reliability import BINS, equal_mass

ACCURACY: Final = ("auc", "log_loss", "ece")
"""Of all answers."""
GAPS: Final = ("held_back", "missed_need", "calibration")
"""Of one group against the rest."""
_SURE: Final = 1e-12


class Cell(NamedTuple):
    """One gap: whose, and in what."""

    attribute: str
    group: str
    metric: str


@dataclass(frozen=True, eq=False)
class Found:
    """What predictions of one kind show of the same learners.

    Parameters
    ----------
    accuracy : mapping of str to Measured
        By name.
    gaps : mapping of Cell to Measured
        Group less rest.
    sizes : mapping of (str, str) to int
        Learners of each judged group.
    unit : ndarray of int64, shape (n_learners,)
        What is resampled as a whole.
    hidden : int
        Groups not looked at because too few learners stand behind them, or would be given away.
    unjudged : int
        Groups large enough to be shown, but not to be judged.
    """

    accuracy: Mapping[str, Measured]
    gaps: Mapping[Cell, Measured]
    sizes: Mapping[tuple[str, str], int]
    unit: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    hidden: int
    unjudged: int


def look(predictions: pd.DataFrame, labels: Mapping[str, Texts], slices: Slices, threshold: float) -> Found:
    """Measure predictions over everybody, and over every group that is large enough to be judged.

    Parameters
    ----------
    predictions : DataFrame
        ``learner_id, y_true, y_prob``, optional ``school_id``.
    labels : mapping of str to ndarray of str, shape (n_learners,)
        Group of each learner, by attribute, in order of the learners' ids.
    slices : Slices
        Limits on small numbers.
    threshold : float
        Where error rates are taken.

    Returns
    -------
    Found
    """
    sample = Sample.of(check_predictions(predictions).frame, slices.inference.schools)
    measures = {name: one for name, one in prediction_measures(sample, threshold).items() if name in GAPS}
    gaps: dict[Cell, Measured] = {}
    sizes: dict[tuple[str, str], int] = {}
    hidden = unjudged = 0
    for attribute, label in labels.items():
        counts = {str(group): int((label == group).sum()) for group in set(label.tolist())}
        few = suppressed_groups(counts, slices.disclosure.outside)
        judged = list(_judged(sample, label, [group for group in counts if group not in few], slices))
        hidden, unjudged = hidden + len(few), unjudged + len(counts) - len(few) - len(judged)
        for group in order_of(attribute, np.array(judged, dtype=object), slices.attributes):
            sizes[attribute, group] = counts[group]
            found = contrast(measures, label == group, dict.fromkeys(measures, "difference"))
            gaps |= {Cell(attribute, group, metric): Measured(one.gap, one.influence) for metric, one in found.items()}
    return Found(_accuracy(sample), gaps, sizes, sample.unit, hidden, unjudged)


def _judged(sample: Sample, label: Texts, groups: list[str], slices: Slices) -> Iterator[str]:
    """Return the groups with enough learners, right and wrong answers on either side."""
    for group in groups:
        members: Bools = label == group
        here, there = _size(sample, members), _size(sample, ~members)
        if not lacking(here, there, slices.inference, answers=True):
            yield group


def _size(sample: Sample, members: Bools) -> Size:
    inside = members[sample.learner]
    n, right = int(inside.sum()), float(sample.y[inside].sum())
    return Size(int(members.sum()), n, round(right), round(n - right))


def _accuracy(sample: Sample) -> dict[str, Measured]:
    """Return AUC, log loss and calibration error over everybody."""
    everybody, p = np.arange(len(sample.learners)), np.clip(sample.p, _SURE, 1 - _SURE)
    loss = -(sample.y * np.log(p) + (1 - sample.y) * np.log1p(-p))
    each = Ratio(sample.per_learner(loss), sample.per_learner(np.ones(len(sample))))
    return {
        "auc": Auc(sample, sample.y).over(everybody),
        "log_loss": each.over(everybody),
        "ece": _calibration_error(sample),
    }


def _calibration_error(sample: Sample) -> Measured:
    """Return the calibration error over bins of equal mass; each learner moves it by the side a bin lies on."""
    order, place = equal_mass(sample.p, BINS)
    residual, learner = (sample.y - sample.p)[order], sample.learner[order]
    side = np.sign(totals(place.astype(np.int64), residual, BINS))[place]
    moved: Floats = totals(learner, side * residual, len(sample.learners))
    answers = totals(learner, np.ones(len(learner)), len(sample.learners))
    error = float(moved.sum() / answers.sum())
    return Measured(error, (moved - error * answers) / answers.sum())
