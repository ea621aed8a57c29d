"""Difficulty of items and skills, smoothed from the item up to the whole, from training learners only.

An item with few answers borrows from the combination of skills it is tagged with, that from its skills, a skill
from its area, an area from everything. Who happened to answer is taken out: an item that was given to learners who
succeed at most things is not easy for that reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles import ItemStatistics
from polku.profiles.events import Effects
from polku.profiles.sequence_effects import Rows, SequenceEffects
from polku.records import Responses
from polku.training.effects import Factor, fit_effects
from polku.training.sequence import Sequences, pruned
from polku.training.split import learner_folds

Float = NDArray[np.float64]
Int = NDArray[np.int64]
OVERALL_VARIANCE: Final = 6.25
"""Prior variance of the overall level: weak, and finite where all answers are right (after Gelman et al. 2008)."""


@dataclass(frozen=True, eq=False)
class CrossFit:
    """What training rows may know of their items and skills: fitted without the row's own learner and near-twins.

    Parameters
    ----------
    item : float64[n]
        Logit difficulty of each row's item.
    skill : float64[m]
        Logit difficulty of each row's skills, aligned with ``responses.skill``.
    sequence : (Effects, Rows) or None
        Effects of what came before, where they were asked for.
    """

    item: Float
    skill: Float
    sequence: tuple[Effects, Rows] | None = None


def fit_item_statistics(
    responses: Responses,
    curriculum: Curriculum | None = None,
    *,
    of_average_learner: bool = True,
    sequence: bool = False,
) -> ItemStatistics:
    """Fit logit difficulties of items, skills and areas.

    Parameters
    ----------
    responses : Responses
        Answers of training learners.
    curriculum : Curriculum, optional
        Gives each skill's area; without it skills borrow from the whole at once.
    of_average_learner : bool
        Whether to take out who answered (a Rasch difficulty); False gives the plain smoothed rate of success.
    sequence : bool
        Whether to fit the effects of what came before, too (:mod:`polku.training.sequence`).

    Returns
    -------
    ItemStatistics
        Difficulty as a logit: 0 means that half of average learners succeed, larger is harder.

    Raises
    ------
    InputError
        If there are no responses.

    Notes
    -----
    The logit of success is learner - difficulty, and difficulty the sum of an overall level and effects of area, skills
    (their mean), combination of skills and item. How much each level borrows from the one above follows from the
    variances of the effects, which are estimated from the answers (:mod:`~polku.training.effects`).
    """
    if not len(responses):
        raise InputError("difficulty needs at least one response", got="0 responses")
    levels = _Levels.of(responses, curriculum, of_average_learner)
    everything = np.ones(len(responses), np.bool_)
    statistics, logit = levels.fit(everything)
    if not sequence:
        return statistics
    return replace(statistics, sequence=pruned(Sequences.of(responses).fit(logit, everything)))


def cross_fit(
    responses: Responses,
    curriculum: Curriculum | None,
    k: int,
    seed: int,
    *,
    folds: NDArray[np.int32] | None = None,
    sequence: bool = False,
) -> CrossFit:
    """Return what each training row may know, fitted without the row's own learner (nor their near-twins).

    Parameters
    ----------
    responses : Responses
        Answers of training learners.
    curriculum : Curriculum, optional
        As in :func:`fit_item_statistics`.
    k : int
        Folds of learners.
    seed : int
        Seed of the folds.
    folds : int32[L], optional
        Fold of each learner, where known already.
    sequence : bool
        Whether to fit the effects of what came before, too.

    Returns
    -------
    CrossFit
    """
    fold_of_row = (learner_folds(responses, k, seed) if folds is None else folds)[responses.learner]
    fold_of_tag = np.repeat(fold_of_row, np.diff(responses.skill_start))
    levels = _Levels.of(responses, curriculum, of_average_learner=True)
    item, skill = np.empty(len(responses)), np.empty(len(responses.skill))
    before = Sequences.of(responses) if sequence else None
    layers: list[SequenceEffects] = []
    present, layer_of_row = np.unique(fold_of_row, return_inverse=True)
    for fold in present:
        inside = fold_of_row == fold
        (statistics, logit), held = levels.fit(~inside), responses.rows(inside)
        if before is not None:
            layers.append(before.fit(logit, ~inside))
        item[inside] = statistics.rows(held)
        skill[fold_of_tag == fold] = statistics.skill_rows(held)
    return CrossFit(item, skill, None if before is None else before.cross(layers, layer_of_row.astype(np.int64)))


@dataclass(frozen=True, eq=False)
class _Levels:
    """Who borrows from whom among the items and skills of one set of responses."""

    responses: Responses
    skill_areas: dict[str, str]
    """Area of each skill of the curriculum that has one."""
    areas: tuple[str, ...]
    """Names of areas; "" stands for none."""
    area_of_skill: Int
    combinations: tuple[tuple[int, ...], ...]
    """Skills of each combination that occurs, as codes."""
    combination_of_item: Int
    """Combination each item is tagged with, at its first response."""
    factors: tuple[Factor, ...]
    """Overall, area, skill, combination, item and, where asked for, learner."""

    @classmethod
    def of(cls, responses: Responses, curriculum: Curriculum | None, of_average_learner: bool) -> _Levels:
        known = curriculum.skills if curriculum is not None else {}
        skill_areas = {skill.id: skill.area for skill in known.values() if skill.area}
        names = np.array([skill_areas.get(skill, "") for skill in responses.skills], dtype=str)
        areas, area_of_skill = np.unique(names, return_inverse=True)
        combinations, of_item = _combinations(responses)
        tags = np.diff(responses.skill_start)
        row, share = np.repeat(np.arange(len(tags)), tags), np.repeat(1.0 / np.maximum(tags, 1), tags)
        skill, item = responses.skill.astype(np.int64), responses.item.astype(np.int64)
        factors = [
            Factor(np.zeros(len(responses), np.int64), 1, variance=OVERALL_VARIANCE),
            Factor(area_of_skill[skill], len(areas), row, share),
            Factor(skill, len(responses.skills), row, share),
            Factor(of_item[item], len(combinations)),
            Factor(item, len(responses.items)),
        ]
        if of_average_learner:
            factors.append(Factor(responses.learner.astype(np.int64), len(responses.learners)))
        return cls(responses, skill_areas, tuple(areas.tolist()), area_of_skill, combinations, of_item, tuple(factors))

    def fit(self, rows: NDArray[np.bool_]) -> tuple[ItemStatistics, Float]:
        """Fit the difficulties on the masked rows; return them and the logit they expect of each of those rows."""
        factors = [factor.of_rows(rows) for factor in self.factors]
        correct = self.responses.correct[rows]
        effects = fit_effects(correct, factors)
        overall, area, skill, combination, item = effects[:5]
        _, practised, _, answers = (np.bincount(f.member, minlength=f.size) for f in factors[1:5])
        seen = answers > 0
        of_area = overall[0] + area * np.array([bool(name) for name in self.areas])
        of_skill = of_area[self.area_of_skill] + skill
        of_combination = np.array([of_skill[list(skills)].mean() for skills in self.combinations]) + combination
        of_item = of_combination[self.combination_of_item] + item
        statistics = ItemStatistics(
            items=_difficulties(self.responses.items, of_item, seen),
            skills=_difficulties(self.responses.skills, of_skill, practised > 0),
            areas={name: -float(level) for name, level in zip(self.areas, of_area, strict=True) if name},
            overall=-float(overall[0]),
            item_skills=self._tags(seen),
            skill_areas=self.skill_areas,
            item_answers=dict(zip(self.responses.items[seen].tolist(), answers[seen].tolist(), strict=True)),
        )
        parts = [factor.spread(effect, len(correct)) for factor, effect in zip(factors, effects, strict=True)]
        return statistics, np.sum(parts, axis=0)

    def _tags(self, seen: NDArray[np.bool_]) -> dict[str, list[str]]:
        """Return the skills of each item seen."""
        names = [self.responses.skills[list(skills)].tolist() for skills in self.combinations]
        return {self.responses.items[item]: names[self.combination_of_item[item]] for item in np.flatnonzero(seen)}


def _combinations(responses: Responses) -> tuple[tuple[tuple[int, ...], ...], Int]:
    """Return the combinations of skills that items are tagged with, and each item's."""
    _, first_rows = np.unique(responses.item, return_index=True)
    numbers: dict[tuple[int, ...], int] = {}
    of_item = np.empty(len(first_rows), np.int64)
    for item, row in enumerate(first_rows):
        tagged = responses.skill[responses.skill_start[row] : responses.skill_start[row + 1]]
        of_item[item] = numbers.setdefault(tuple(tagged.tolist()), len(numbers))
    return tuple(numbers), of_item


def _difficulties(names: NDArray[np.object_], level: Float, seen: NDArray[np.bool_]) -> dict[str, float]:
    """Return minus the level of each name seen."""
    return dict(zip(names[seen].tolist(), (-level[seen]).tolist(), strict=True))
