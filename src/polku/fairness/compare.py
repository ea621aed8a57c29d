"""Sets every group of an attribute against the rest, metric by metric: gaps, errors and explained parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from polku.fairness.arrays import Bools, Texts
from polku.fairness.disaggregate import Contrast
from polku.fairness.evidence import Evidence
from polku.fairness.expected import Expected
from polku.fairness.population import Population, Size
from polku.fairness.resample import by_unit, standard_error
from polku.fairness.shortage import shortage
from polku.fairness.sides import nested
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
        Not yet set against chance: `critical`, `p` and `pooled` are NaN.
    """
    seen: tuple[dict[str, Contrast], dict[str, Expected]] | None = None
    for group in groups:
        members = labels == group
        sizes = {name: shortage(population, name, labels, group, inference) for name in population.measures}
        if seen is not None and len(groups) == 2 and population.mirrors:
            seen = _turned(*seen)
        else:
            seen = (
                population.contrasts(members),
                population.expected(members, tested=not all(short for _, short in sizes.values())),
            )
        for metric, found in seen[0].items():
            yield _evidence(
                (attribute, group, metric), sizes[metric], found, seen[1].get(metric), (members, population)
            )


def _turned(
    contrasts: dict[str, Contrast], expected: dict[str, Expected]
) -> tuple[dict[str, Contrast], dict[str, Expected]]:
    """Return what was found as the other of two groups sees it: half the work."""
    return {name: found.turned for name, found in contrasts.items()}, {
        name: Expected(-found.gap, -found.influence, found.error) for name, found in expected.items()
    }


def _evidence(
    key: tuple[str, str, str],
    size: tuple[Size, str],
    found: Contrast,
    expected: Expected | None,
    where: tuple[Bools, Population],
) -> Evidence:
    """Put together one cell; `expected` is None where no part of a gap could be explained."""
    members, population = where
    unit = population.unit
    inside = nested(members, unit)
    influence = by_unit(found.influence, unit)
    error = left_error = standard_error(influence, inside)
    if expected is not None and np.isfinite(expected.gap):
        left_error = expected.error
        if len(expected.influence):
            left_error = standard_error(influence - by_unit(expected.influence, unit), inside)
    return Evidence(
        *key,
        *size,
        estimate=found.group.estimate,
        rest=found.rest.estimate,
        gap=found.gap,
        error=error,
        explained=0.0 if expected is None else expected.gap,
        unexplained_error=left_error,
        spread=standard_error(by_unit(found.group.influence, unit)[inside], None) if inside is not None else error,
        influence=by_unit(found.influence, population.parcel),
    )
