"""Sets gaps against chance: intervals by bootstrap, p-values by permutation, corrections for looking often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from polku.fairness.arrays import Floats, Ints, Texts
from polku.fairness.evidence import Evidence
from polku.fairness.population import Population
from polku.fairness.resample import Permuted, bootstrap_t, permutation_p
from polku.schemas.slices import Inference


def against_chance(
    cells: Sequence[Evidence],
    population: Population,
    labels: Mapping[str, Texts],
    inference: Inference,
    seed: int,
) -> list[Evidence]:
    """Give every cell its critical value and, where it may be judged, its p-value.

    Parameters
    ----------
    cells : sequence of Evidence
        As :func:`polku.fairness.compare.compare` yields them, of every attribute.
    population : Population
        Whose metrics they are.
    labels : mapping of str to ndarray of str, shape (n_learners,)
        Group of each learner, by attribute.
    inference : Inference
        Level and numbers of draws.
    seed : int
        Seed of every draw.

    Returns
    -------
    list of Evidence
        In the order given.
    """
    if not cells:
        return []
    influence = np.stack([cell.influence for cell in cells], axis=1)
    by_chance = bootstrap_t(influence, inference.resamples, np.random.default_rng((seed, 1)))
    families: dict[tuple[str, str], list[int]] = {}
    for place, cell in enumerate(cells):
        families.setdefault((cell.attribute, cell.metric), []).append(place)
    permuted = {
        attribute: _permuted(
            [cell for cell in cells if cell.attribute == attribute], population, groups, inference, seed
        )
        for attribute, groups in labels.items()
    }
    done: dict[int, Evidence] = {}
    for (attribute, metric), places in families.items():
        family = [cells[place] for place in places]
        found = set_against(family, by_chance[:, places], permuted[attribute].get(metric), inference.alpha)
        done.update(zip(places, found, strict=True))
    return [done[place] for place in range(len(cells))]


def set_against(cells: Sequence[Evidence], chance: Floats, permuted: Floats | None, alpha: float) -> list[Evidence]:
    """Give the groups of one attribute and metric their critical value and p-values.

    Parameters
    ----------
    cells : sequence of Evidence
        The groups.
    chance : ndarray of float64, shape (draws, n_groups)
        Absolute studentised gaps in worlds without any.
    permuted : ndarray of float64, shape (n_tested,), or None
        P-values of the testable groups by permutation; without them they come from `chance`.
    alpha : float
        Level of the intervals.

    Returns
    -------
    list of Evidence
        In the order given. Groups too small to test get an interval of their own, never narrower than the others'.
    """
    tested = [place for place, cell in enumerate(cells) if cell.testable]
    largest = chance[:, tested].max(axis=1, initial=0.0)
    joint = float(np.quantile(largest, 1 - alpha))
    comparisons = 1 if len(cells) == 2 else len(tested)  # of two groups, each is the other's rest
    done = []
    for place, cell in enumerate(cells):
        if not cell.testable:
            alone = float(np.quantile(chance[:, place], 1 - alpha / len(cells)))
            done.append(replace(cell, critical=max(alone, joint)))
            continue
        by_chance = float(1 + (largest >= abs(cell.t)).sum()) / (1 + len(largest))
        p = by_chance if permuted is None else float(permuted[tested.index(place)])
        left = np.minimum(1.0, comparisons * cell.unexplained_p)  # NaN where nothing is explained: then p stands alone
        done.append(replace(cell, critical=joint, p=float(np.fmax(p, left))))
    return done


def adjusted(cells: Sequence[Evidence]) -> list[float]:
    """Correct p-values for the number of attributes and metrics (Benjamini & Hochberg 1995).

    The groups of one attribute and metric form a family, whose p-value is its smallest: they are corrected for each
    other already. The family's correction is that of each of its cells.

    Returns
    -------
    list of float
        In the order given; NaN where nothing was tested.
    """
    best: dict[tuple[str, str], float] = {}
    for cell in cells:
        if np.isfinite(cell.p):
            key = cell.attribute, cell.metric
            best[key] = min(cell.p, best.get(key, 1.0))
    q = dict(zip(best, benjamini_hochberg(np.array(list(best.values()))), strict=True))
    return [
        min(1.0, cell.p * float(q[cell.attribute, cell.metric]) / best[cell.attribute, cell.metric])
        if np.isfinite(cell.p)
        else np.nan
        for cell in cells
    ]


def benjamini_hochberg(p: Floats) -> Floats:
    """Return p-values corrected for a false discovery rate.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.5, 0.02])).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    corrected = np.empty(len(p))
    corrected[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(corrected, 1.0)


def _permuted(
    cells: list[Evidence], population: Population, labels: Texts, inference: Inference, seed: int
) -> dict[str, Floats]:
    """Return permutation p-values by metric; nothing where labels may not be permuted over units."""
    groups = {group: code for code, group in enumerate(sorted(set(labels.tolist())))}
    codes = _unit_codes(np.array([groups[label] for label in labels]), population.unit)
    if codes is None or not population.permutable:
        return {}
    tests = {}
    for metric, measure in population.measures.items():
        tested = [cell for cell in cells if cell.metric == metric and cell.testable]
        if tested:
            observed = np.array([cell.t for cell in tested])
            tests[metric] = Permuted(measure, [groups[cell.group] for cell in tested], observed)
    rng = np.random.default_rng((seed, 2))
    return permutation_p(tests, codes, population.unit, inference.permutations, rng) if tests else {}


def _unit_codes(codes: Ints, unit: Ints) -> Ints | None:
    """Return the group of each unit; None when a unit holds learners of several groups."""
    first = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    first[unit] = codes
    return first if bool((first[unit] == codes).all()) else None
