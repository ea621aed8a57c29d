"""Sets every group of an attribute against the rest, metric by metric: gaps, errors and explained parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import t as student

from polku.fairness.arrays import Bools, Ints, Texts
from polku.fairness.disaggregate import Contrast
from polku.fairness.evidence import Evidence
from polku.fairness.expected import BLOCKS, Expected
from polku.fairness.population import Population, Size
from polku.fairness.resample import by_unit, standard_error
from polku.schemas.slices import Inference


def compare(
    population: Population, attribute: str, labels: Texts, groups: Sequence[str], inference: Inference
) -> Iterator[Evidence]:
    """Compare each group of one attribute with all other learners.

    Parameters
    ----------
    population : Population
        Whose metrics.
    attribute : str
        Name of the attribute.
    labels : ndarray of str, shape (n_learners,)
        Group of each learner.
    groups : sequence of str
        Groups in the order they are shown.
    inference : Inference
        Least sizes for a verdict.

    Yields
    ------
    Evidence
        Not yet set against chance: `critical` and `p` are NaN.
    """
    for group in groups:
        members = labels == group
        sizes = {
            name: (population.size(name, members), population.size(name, ~members)) for name in population.measures
        }
        short = {name: lacking(*pair, inference, answers=population.counts_answers) for name, pair in sizes.items()}
        expected = population.expected(members, tested=not all(short.values()))
        for metric, found in population.contrasts(members).items():
            yield _evidence(
                (attribute, group, metric),
                (sizes[metric][0], short[metric]),
                found,
                expected.get(metric),
                (members, population.unit),
            )


def lacking(group: Size, rest: Size, inference: Inference, *, answers: bool) -> str:
    """Say which count is below its limit, in the group or else in the rest; empty when none is."""
    limits = [("learners", 0, inference.learners)]
    if answers:
        limits += [("correct answers", 2, inference.positives), ("wrong answers", 3, inference.negatives)]
    for side, size in (("in the group", group), ("among the others", rest)):
        for what, place, least in limits:
            if size[place] < least:
                return f"fewer than {least} {what} {side}"
    return ""


def nested(members: Bools, unit: Ints) -> Bools | None:
    """Return which units lie inside the group; None when a unit holds learners of both sides."""
    inside = np.bincount(unit, weights=members)
    whole = np.bincount(unit)
    return inside > 0 if bool(((inside == 0) | (inside == whole)).all()) else None


def _evidence(
    key: tuple[str, str, str],
    size: tuple[Size, str],
    found: Contrast,
    expected: Expected | None,
    where: tuple[Bools, Ints],
) -> Evidence:
    """Put together one cell; `expected` is None where no part of a gap could be explained."""
    members, unit = where
    inside = nested(members, unit)
    influence = by_unit(found.influence, unit)
    error = standard_error(influence, inside)
    plain = replace(found, scale="difference")
    left_error, left_p = error, np.nan
    if expected is not None and np.isfinite(expected.gap):
        left_error = expected.error or standard_error(influence - by_unit(expected.influence, unit), inside)
        units = int(unit.max()) + 1
        degrees = min(int(members.sum()), int((~members).sum()), units, BLOCKS if expected.error else units) - 1
        left_p = 2 * float(student.sf(abs(found.gap - expected.gap) / left_error, degrees))
        left_p = left_p if np.isfinite(left_p) else 1.0  # an error that nobody knows is no evidence
    return Evidence(
        *key,
        *size,
        estimate=found.group.estimate,
        rest=found.rest.estimate,
        gap=found.gap,
        error=error,
        explained=0.0 if expected is None else expected.gap,
        unexplained_error=left_error,
        unexplained_p=left_p,
        t=plain.gap / standard_error(by_unit(plain.influence, unit), inside),
        influence=influence,
    )
