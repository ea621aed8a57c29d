"""The expected calibration error, and what chance alone would make of it.

The error is a sum of absolute values, so it grows with noise: a small group shows a larger one though its scores
are as good. The gap is therefore set against gaps of the same groups in which every learner's residuals are kept or
turned round together at random (a wild bootstrap by learner or school; Mammen 1993), around the calibration curve
of everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from polku.fairness.arrays import Bools, Floats, Ints, Texts, totals
from polku.fairness.chance import with_intervals
from polku.fairness.evidence import Evidence
from polku.fairness.population import Population
from polku.fairness.resample import signs
from polku.fairness.sample import Sample
from polku.fairness.shortage import shortage
from polku.schemas.slices import Inference

BINS = 15
_CURVE_BINS = 50


@dataclass(frozen=True, eq=False)
class CalibrationError:
    """ECE on 15 bins of equal weight of the group's own scores.

    Parameters
    ----------
    sample : Sample
        The predictions.
    signs : ndarray of float64, shape (draws, n_parcels)
        One or minus one for each parcel of units and draw.
    """

    sample: Sample
    signs: Floats

    @classmethod
    def of(cls, sample: Sample, draws: int, rng: np.random.Generator) -> CalibrationError:
        """Draw the signs."""
        return cls(sample, signs(rng, (draws, int(sample.parcel.max()) + 1)))

    def over(self, members: Bools) -> tuple[float, Floats]:
        """Return the error within `members`, and in worlds where chance alone makes the difference.

        Returns
        -------
        estimate : float
            NaN when nobody is inside.
        by_chance : ndarray of float64, shape (draws,)
        """
        rows = np.flatnonzero(members[self.sample.learner])
        if not len(rows):
            return np.nan, np.full(len(self.signs), np.nan)
        weight = self.sample.w[rows]
        place = equal_mass(weight, self.sample.tie[rows], BINS)
        total = weight.sum()
        residual = weight * (self.sample.y[rows] - self.sample.p[rows])
        common = weight * self._curve[rows]
        estimate = np.abs(totals(place, residual, BINS)).sum() / total
        parcel = self.sample.parcel[self.sample.learner[rows]]
        own = totals(parcel * BINS + place, residual - common, self.signs.shape[1] * BINS)
        drawn = totals(place, common, BINS) + self.signs @ own.reshape(-1, BINS)
        return float(estimate), np.abs(drawn).sum(axis=1) / total

    @cached_property
    def _curve(self) -> Floats:
        """Return for each row how far answers at its score lie from the prediction, over everybody."""
        sample = self.sample
        place = equal_mass(sample.w, sample.tie, _CURVE_BINS)
        residual = totals(place, sample.w * (sample.y - sample.p), _CURVE_BINS)
        weight = totals(place, sample.w, _CURVE_BINS)
        return np.asarray((residual / np.where(weight > 0, weight, 1))[place], dtype=np.float64)


def compare_errors(
    errors: CalibrationError,
    population: Population,
    attribute: tuple[str, Texts, Sequence[str]],
    inference: Inference,
) -> list[Evidence]:
    """Compare the calibration error of each group of an attribute with that of the rest, chance included.

    Parameters
    ----------
    errors : CalibrationError
        The metric.
    population : Population
        Gives the sizes.
    attribute : tuple of str, ndarray of str with shape (n_learners,), sequence of str
        Its name, the group of each learner, and the groups in the order they are shown.
    inference : Inference
        Limits and level.

    Returns
    -------
    list of Evidence
        `explained` is the mean gap by chance; the p-value is corrected for the number of groups.
    """
    name, labels, groups = attribute
    cells, moved = [], []
    for group in groups:
        members = labels == group
        here, there = errors.over(members), errors.over(~members)
        by_chance = here[1] - there[1]
        gap, middle, error = here[0] - there[0], float(by_chance.mean()), float(by_chance.std()) or 1.0
        size, short = shortage(population, "ece", labels, group, inference)
        moved.append(np.abs(by_chance - middle) / error)
        cells.append(
            Evidence(
                attribute=name,
                group=group,
                metric="ece",
                size=size,
                lacking=short,
                estimate=here[0],
                rest=there[0],
                gap=gap,
                error=error,
                explained=middle,
                unexplained_error=error,
                spread=np.nan,
                influence=np.zeros(0),
            )
        )
    chance = np.stack(moved, axis=1)
    return _tested(with_intervals(cells, chance, inference.alpha), chance)


def gated(cells: list[Evidence], others: Sequence[Evidence]) -> list[Evidence]:
    """Hand the attribute's p-value of anything at all on to its calibration errors.

    The error adds a shape, not a question: it is judged where one of the questions was answered. Without any other
    metric its own p-values stand for the attribute.
    """
    known = [cell.anything for cell in others if cell.attribute == cells[0].attribute and np.isfinite(cell.anything)]
    own = min((cell.p for cell in cells if np.isfinite(cell.p)), default=np.nan)
    return [replace(cell, anything=known[0] if known else own) for cell in cells]


def _tested(cells: list[Evidence], chance: Floats) -> list[Evidence]:
    """Give each group its p-value: how often chance alone makes as large a gap in any group."""
    tested = [cell.testable for cell in cells]
    largest = chance[:, tested].max(axis=1, initial=0.0)
    return [
        replace(cell, p=float(1 + (largest >= abs(cell.unexplained) / cell.error).sum()) / (1 + len(largest)))
        if cell.testable
        else cell
        for cell in cells
    ]


def equal_mass(weight: Floats, tie: Ints, bins: int) -> Ints:
    """Return each row's bin: equal weight a bin, equal scores in one bin. Rows are in order of score."""
    middle = np.cumsum(weight) - 0.5 * weight
    runs = np.concatenate([[True], np.diff(tie) > 0])
    first = np.maximum.accumulate(np.where(runs, np.arange(len(tie)), 0))
    place = (middle[first] / weight.sum() * bins).astype(np.int64)
    return np.asarray(np.minimum(place, bins - 1), dtype=np.int64)
