"""How well each item goes together with the rest: its slope on an ability that has not seen it.

Correlating an item with a total that it is part of flatters it (the reason for the corrected item-total correlation).
Here items are divided into folds; a learner's ability at an item comes from the items of the other folds, mostly those
of the same skill. The slope of a logistic regression on that ability is a two-parameter model's discrimination
(Birnbaum 1968), with the ability taken as given: being a shrunken mean, it leaves the slope nearly unbiased
(regression calibration: Carroll et al. 2006), and dividing by the typical slope takes out what is left in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from polku.records import Responses
from polku.training.difficulty import OVERALL_VARIANCE
from polku.training.effects import Factor, fit_effects

Float = NDArray[np.float64]
Int = NDArray[np.int64]
FOLDS: Final = 5
STEPS: Final = 25
_LEVEL_VARIANCE: Final = 6.25
_LONGEST_STEP: Final = 1.0


@dataclass(frozen=True, eq=False)
class Slopes:
    """Slope of each item on the ability shown at other items.

    Parameters
    ----------
    slope : float64[i]
        1 is the typical item's; 0 says nothing about the rest, below 0 goes against it.
    error : float64[i]
        Standard error of the slope.
    """

    slope: Float
    error: Float


def abilities(responses: Responses, seed: int = 0, folds: int = FOLDS) -> Float:
    """Return the ability that each learner shows at items of other folds, at each response.

    Parameters
    ----------
    responses : Responses
        Each learner's first answer to each item.
    seed : int
        Seed of the division of items.
    folds : int
        Folds of items; those of one skill are spread over all.

    Returns
    -------
    float64[n]
        Logits; 0 is the average learner. The learner's effect plus those on the skills of the item, each shrunken by
        how little there is to go on.
    """
    fold_of_row = _item_folds(responses, seed, folds)[responses.item]
    everyone, item, learner, learner_skill = _factors(responses)
    ability = np.zeros(len(responses))
    for fold in range(folds):
        held = fold_of_row == fold
        if held.all() or not held.any():
            continue
        factors = [factor.of_rows(~held) for factor in (everyone, item, learner, learner_skill)]
        effects = fit_effects(responses.correct[~held], factors)
        ability[held] = sum(
            factor.of_rows(held).spread(effect, int(held.sum()))
            for factor, effect in zip((learner, learner_skill), effects[2:], strict=True)
        )
    return ability


def fit_slopes(responses: Responses, ability: Float, least: int) -> Slopes:
    """Fit the slope of each item.

    Parameters
    ----------
    responses : Responses
        Each learner's first answer to each item.
    ability : float64[n]
        From :func:`abilities`.
    least : int
        Fewest answers of items from which the typical slope is taken.

    Returns
    -------
    Slopes
        Drawn towards the typical slope by a normal prior as wide as the slope itself, so that an item with few answers
        has a slope, and an error that says how little is known.
    """
    size = len(responses.items)
    item, correct = responses.item.astype(np.int64), responses.correct
    known = np.bincount(item, minlength=size) >= least
    first, error = _fit(item, correct, ability, size, 1.0)
    weight = np.where(known, error**-2.0, 0.0)
    typical = max(float(np.average(first, weights=weight)) if known.any() else 1.0, 0.1)
    slope, error = _fit(item, correct, ability, size, typical)
    return Slopes(slope / typical, error / typical)


def _fit(item: Int, correct: Float, ability: Float, size: int, prior: float) -> tuple[Float, Float]:
    """Return slope and standard error of each item, by Newton steps for all items at once."""

    def total(values: Float) -> Float:
        return np.bincount(item, values, size).astype(np.float64, copy=False)

    level, slope = np.zeros(size), np.full(size, prior)
    tight, loose = prior**-2.0, 1.0 / _LEVEL_VARIANCE
    for _ in range(STEPS):
        p = expit(level[item] + slope[item] * ability)
        information = p * (1.0 - p)
        up = total(correct - p) - loose * level
        across = total((correct - p) * ability) - tight * (slope - prior)
        a, b, c = total(information) + loose, total(information * ability), total(information * ability**2) + tight
        determinant = a * c - b * b
        level = level + np.clip((c * up - b * across) / determinant, -_LONGEST_STEP, _LONGEST_STEP)
        slope = slope + np.clip((a * across - b * up) / determinant, -_LONGEST_STEP, _LONGEST_STEP)
    return slope, np.sqrt(a / determinant)


def _item_folds(responses: Responses, seed: int, folds: int) -> Int:
    """Return the fold of each item, those of one skill spread over all folds."""
    _, row = np.unique(responses.item, return_index=True)
    skill = responses.skill[responses.skill_start[row]]
    drawn = np.random.default_rng(seed).random(len(row))
    fold = np.empty(len(row), np.int64)
    fold[np.lexsort((drawn, skill))] = np.arange(len(row)) % folds
    return fold


def _factors(responses: Responses) -> tuple[Factor, Factor, Factor, Factor]:
    """Return everyone, item, learner, and learner on a skill."""
    tags = np.diff(responses.skill_start)
    row, share = np.repeat(np.arange(len(tags)), tags), np.repeat(1.0 / np.maximum(tags, 1), tags)
    pair = responses.learner[row].astype(np.int64) * len(responses.skills) + responses.skill
    pairs, of_row = np.unique(pair, return_inverse=True)
    return (
        Factor(np.zeros(len(responses), np.int64), 1, variance=OVERALL_VARIANCE),
        Factor(responses.item.astype(np.int64), len(responses.items)),
        Factor(responses.learner.astype(np.int64), len(responses.learners)),
        Factor(of_row.astype(np.int64), len(pairs), row, share),
    )
