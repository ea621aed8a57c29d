"""Sets gaps against chance, and corrects for looking often.

Intervals come from the bootstrap of linearised gaps, p-values from permuting the group label within strata of
mastery (flipping signs of schools that hold several groups). An attribute is first asked whether anything goes by
group at all: the largest of all its studentised statistics, questions and groups together (Westfall & Young 1993),
weighted by what the gates put first (Genovese, Roeder & Wasserman 2006). Attributes are corrected by Benjamini &
Hochberg (1995); inside those that are left, each metric is corrected for its groups and for the selection
(Benjamini & Bogomolov 2014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from polku.fairness.arrays import Bools, Floats, Ints, Texts, totals
from polku.fairness.evidence import Evidence
from polku.fairness.population import Population
from polku.fairness.resample import Labelled, bootstrap_t, flipped, studentised
from polku.schemas.gates import PATH_METRICS, Gates
from polku.schemas.slices import Inference

MOST_UNITS = 6_000
"""Units whose labels are permuted; of more, a random part of each group stands for it."""

_FIRST = {"calibration": {"calibration", "calibration_intercept"}, "error_rates": {"held_back", "missed_need"}}


@dataclass(frozen=True, eq=False)
class Chance:
    """Studentised statistics of one attribute, as observed and in worlds without differences.

    Parameters
    ----------
    names : tuple of str
        The questions.
    observed : ndarray of float64, shape (n_groups, n_questions)
        What was found.
    drawn : ndarray of float64, shape (draws, n_groups, n_questions)
        What chance makes of it.
    """

    names: tuple[str, ...]
    observed: Floats
    drawn: Floats

    def p(self, looked_at: Bools, weights: Floats) -> Floats:
        """Return p-values of every statistic, corrected for all that are looked at.

        Parameters
        ----------
        looked_at : ndarray of bool, shape (n_groups, n_questions)
            The statistics that are tested together.
        weights : ndarray of float64, shape (n_questions,)
            A question of twice the weight is allowed twice the share of false alarms.

        Returns
        -------
        ndarray of float64, shape (n_groups, n_questions)
            NaN where nothing is looked at.
        """
        found, drawn = (ndtr(-np.abs(part)) / np.maximum(weights, 1e-9) for part in (self.observed, self.drawn))
        smallest = np.sort(drawn[:, looked_at].min(axis=1, initial=np.inf))
        slack = found * (1 + 1e-9)  # the same split, summed in another order, is a tie
        p = (1 + np.searchsorted(smallest, slack, side="right")) / (1 + len(smallest))
        return np.where(looked_at, p, np.nan)


def against_chance(
    cells: Sequence[Evidence],
    population: Population,
    labels: Mapping[str, Texts],
    definitions: tuple[Inference, Gates],
    seed: int,
) -> list[Evidence]:
    """Give every cell its critical value and, where it may be judged, its p-values.

    Parameters
    ----------
    cells : sequence of Evidence
        As :func:`polku.fairness.compare.compare` yields them, of every attribute.
    population : Population
        Whose metrics they are.
    labels : mapping of str to ndarray of str, shape (n_learners,)
        Group of each learner, by attribute.
    definitions : tuple of Inference and Gates
        Level and numbers of draws; what is put first.
    seed : int
        Seed of every draw.

    Returns
    -------
    list of Evidence
        In the order given.
    """
    if not cells:
        return []
    inference, gates = definitions
    influence = np.stack([cell.influence for cell in cells], axis=1)
    by_chance = bootstrap_t(influence, inference.resamples, np.random.default_rng((seed, 1)))
    places: dict[str, dict[str, list[int]]] = {}
    for place, cell in enumerate(cells):
        places.setdefault(cell.attribute, {}).setdefault(cell.metric, []).append(place)
    done: dict[int, Evidence] = {}
    for attribute, by_metric in places.items():
        own = [cells[place] for family in by_metric.values() for place in family]
        rng = np.random.default_rng((seed, 2))
        tested = dict(
            zip(map(_key, own), _tested(own, population, labels[attribute], gates, inference, rng), strict=True)
        )
        for family in by_metric.values():
            found = with_intervals(
                [tested[_key(cells[place])] for place in family], by_chance[:, family], inference.alpha
            )
            done.update(zip(family, found, strict=True))
    return [done[place] for place in range(len(cells))]


def with_intervals(cells: Sequence[Evidence], chance: Floats, alpha: float) -> list[Evidence]:
    """Give the groups of one attribute and metric the critical value of their simultaneous intervals.

    Parameters
    ----------
    cells : sequence of Evidence
        The groups.
    chance : ndarray of float64, shape (draws, n_groups)
        Absolute studentised gaps in worlds without any.
    alpha : float
        Level of the intervals.

    Returns
    -------
    list of Evidence
        In the order given. Groups too small to test get an interval of their own, never narrower than the others'.
    """
    tested = [place for place, cell in enumerate(cells) if cell.testable]
    joint = float(np.quantile(chance[:, tested].max(axis=1, initial=0.0), 1 - alpha))
    alone = np.quantile(chance, 1 - alpha / len(cells), axis=0)
    return [
        replace(cell, critical=joint if cell.testable else max(joint, float(own)))
        for cell, own in zip(cells, alone, strict=True)
    ]


def adjusted(cells: Sequence[Evidence]) -> list[float]:
    """Correct p-values for the number of attributes.

    An attribute's metrics of predictions are one family, those of paths another. Families are corrected by their
    p-value of anything at all (Benjamini & Hochberg 1995); a cell is held to that and to its own, corrected for the
    selection of its family (Benjamini & Bogomolov 2014).

    Returns
    -------
    list of float
        In the order given; NaN where nothing was tested.
    """
    anything = {_family(cell): cell.anything for cell in cells if np.isfinite(cell.p)}
    q = dict(zip(anything, benjamini_hochberg(np.array(list(anything.values()))), strict=True))
    return [
        float(max(q[_family(cell)], min(1.0, cell.p * q[_family(cell)] / cell.anything)))
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


def question_weights(decided_by: Mapping[str, Sequence[str]], gates: Gates) -> dict[str, float]:
    """Return the weight of each question: 6 where it decides on what the gates put first, 2 on who is held back.

    Examples
    --------
    >>> from polku.fairness import load_gates
    >>> from polku.home import Home
    >>> question_weights({"held_back": ["level", "below"], "auc": ["order"]}, load_gates(Home.find(), "mastery"))
    {'level': 2.0, 'below': 2.0, 'order': 1.0}
    """
    weights = {"held_back": 2.0} | dict.fromkeys(_FIRST[gates.priority.first], 6.0)
    found: dict[str, float] = {}
    for metric, questions in decided_by.items():
        for name in questions:
            found[name] = max(found.get(name, 1.0), weights.get(metric, 1.0))
    return found


def _tested(
    cells: list[Evidence],
    population: Population,
    labels: Texts,
    gates: Gates,
    inference: Inference,
    rng: np.random.Generator,
) -> list[Evidence]:
    """Return the cells of one attribute with their p-values."""
    groups = {group: code for code, group in enumerate(sorted({cell.group for cell in cells}))}
    decided_by = population.decided_by
    testable = [cell for cell in cells if cell.testable and cell.metric in decided_by]
    if not testable:
        return cells
    chance = _chance(population, np.array([groups[label] for label in labels]), len(groups), inference, rng)
    looked_at = {metric: np.zeros(chance.observed.shape, dtype=bool) for metric in decided_by}
    for cell in testable:
        columns = [chance.names.index(name) for name in decided_by[cell.metric]]
        looked_at[cell.metric][groups[cell.group], columns] = True
    by_question = question_weights(decided_by, gates)
    weights = np.array([by_question[name] for name in chance.names])
    together = np.logical_or.reduce(list(looked_at.values()))
    anything = float(np.nanmin(chance.p(together, weights)))
    p = {metric: chance.p(places, weights) for metric, places in looked_at.items() if places.any()}
    return [
        replace(cell, p=float(np.nanmin(p[cell.metric][groups[cell.group]])), anything=anything)
        if cell in testable
        else cell
        for cell in cells
    ]


def _chance(
    population: Population, codes: Ints, n_groups: int, inference: Inference, rng: np.random.Generator
) -> Chance:
    """Return the statistics of one attribute and what chance makes of them."""
    asked, unit = population.asked(codes, n_groups), population.unit
    member = (codes[:, None] == np.arange(n_groups))[:, :, None]
    moved = _by_unit(np.where(member, asked.own, 0.0) - asked.offset, unit)
    labels = unit_codes(codes, unit)
    if labels is None:
        return Chance(asked.names, studentised(moved), flipped(moved, inference.permutations, rng))
    labelled = Labelled(_by_unit(asked.own, unit), labels, population.strata)
    thinned = labelled.thinned(max(MOST_UNITS // n_groups, 500), rng)
    return Chance(asked.names, studentised(moved), thinned.permuted(inference.permutations, rng))


def unit_codes(codes: Ints, unit: Ints) -> Ints | None:
    """Return the group of each unit; None when a unit holds learners of several groups."""
    first = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    first[unit] = codes
    return first if bool((first[unit] == codes).all()) else None


def _by_unit(added: Floats, unit: Ints) -> Floats:
    """Sum what learners add over each resampled unit."""
    units = int(unit.max()) + 1
    if units == len(unit):
        return added[np.argsort(unit)]
    flat = added.reshape(len(unit), -1)
    return np.stack([totals(unit, column, units) for column in flat.T], axis=1).reshape(units, *added.shape[1:])


def _key(cell: Evidence) -> tuple[str, str]:
    return cell.group, cell.metric


def _family(cell: Evidence) -> tuple[str, bool]:
    return cell.attribute, cell.metric in PATH_METRICS
