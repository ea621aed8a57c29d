"""ABROCA: the area between the ROC curve of a group and that of all others (Gardner, Brooks & Baker 2019).

It sees curves that cross, which the AUC does not. It is never negative, so it grows with noise: with a hundred learners
a bare limit of 0.05 flags models without any difference more often than not (Borchers & Baker 2025). So its size in
worlds where the scores mean the same for everybody, chance included, is its `explained` part; whether there is anything
at all is decided where it is decided for the AUC, by the question whether scores order answers as well as they promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from polku.fairness.arrays import Floats, Texts
from polku.fairness.chance import with_intervals
from polku.fairness.evidence import Evidence
from polku.fairness.population import Population, Size
from polku.fairness.roc import Rocs, Sums, area_between
from polku.fairness.shortage import shortage
from polku.schemas.slices import Inference

METRIC = "abroca"


def compare_curves(
    rocs: Rocs,
    sums: Mapping[str, Sums],
    population: Population,
    attribute: tuple[str, Texts],
    inference: Inference,
) -> list[Evidence]:
    """Compare the ROC curve of each group of an attribute with that of the rest.

    Parameters
    ----------
    rocs : Rocs
        Everybody's answers.
    sums : mapping of str to Sums
        Those of each group, in the order they are shown.
    population : Population
        Gives the sizes.
    attribute : tuple of str and ndarray of str with shape (n_learners,)
        Its name, and the group of each learner.
    inference : Inference
        Limits and level.

    Returns
    -------
    list of Evidence
        `rest` is zero: the others are what is compared with. No p-value yet, see :func:`decided`.
    """
    name, labels = attribute
    cells: list[Evidence] = []
    moved: list[Floats] = []
    for group, own in sums.items():
        if len(sums) == 2 and cells:  # of two groups each one's curve is the other's rest
            cell, drawn = cells[0], moved[0]
        else:
            cell, drawn = _cell(name, rocs, own)
        size, short = shortage(population, METRIC, labels, group, inference)
        cells.append(replace(cell, group=group, size=size, lacking=short))
        moved.append(drawn)
    return with_intervals(cells, np.stack(moved, axis=1), inference.alpha)


def decided(cells: Sequence[Evidence], others: Sequence[Evidence]) -> list[Evidence]:
    """Hand on to each area the p-values of the AUC in the same group: the same question decides on both."""
    known = {(cell.attribute, cell.group): cell for cell in others if cell.metric == "auc"}
    return [
        replace(cell, p=by.p, anything=by.anything)
        if cell.testable and (by := known.get((cell.attribute, cell.group)))
        else cell
        for cell in cells
    ]


def _cell(attribute: str, rocs: Rocs, own: Sums) -> tuple[Evidence, Floats]:
    """Return a group's area, yet without its name and size, and how far bootstrap samples lie from their middle."""
    estimate, explained, drawn = _areas(rocs, own)
    error = float(drawn.std()) or 1.0
    cell = Evidence(
        attribute=attribute,
        group="",
        metric=METRIC,
        size=Size(0, 0, 0, 0),
        lacking="",
        estimate=estimate,
        rest=0.0,
        gap=estimate,
        error=error,
        explained=explained,
        unexplained_error=error,
        spread=error,
        influence=np.zeros(0),
    )
    return cell, np.abs(drawn - drawn.mean()) / error


def _areas(rocs: Rocs, own: Sums) -> tuple[float, float, Floats]:
    """Return the area, its mean size where scores keep their promise, and its size in bootstrap samples."""
    rest = rocs.everybody - own
    found, drawn = area_between(own.found, rest.found), area_between(own.drawn, rest.drawn)
    promised = area_between(own.promised(rocs.meaning), rest.promised(rocs.meaning))
    known = drawn[np.isfinite(drawn)]
    if not len(known) or not np.isfinite(found):
        return np.nan, np.nan, np.zeros(len(drawn))
    return float(found), float(np.nanmean(promised)), np.where(np.isfinite(drawn), drawn, known.mean())
