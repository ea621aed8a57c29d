"""Fits what came just before an answer, and how learners then fared, from training learners only.

A response whose learner, item and skills are known has an expected logit (:mod:`polku.training.difficulty`). What is
left is explained, one level at a time, by the learner's last two answers to the same item, those on the same skill, the
item before and the skills before, each as effects drawn towards zero by as much as their estimated variance says
(:mod:`polku.training.effects`). One level at a time, since the levels overlap and each is read by a model of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from polku.profiles.events import Effects
from polku.profiles.sequence_effects import (
    COUNTS,
    PATTERNS,
    RIGHT_FROM,
    UNKNOWN,
    Followers,
    Rows,
    SequenceEffects,
    combinations_of,
    stacked,
)
from polku.records import Responses
from polku.training.effects import Factor, fit_effects

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Mask = NDArray[np.bool_]
Name = TypeVar("Name", bound=str | tuple[str, ...])
LEAST: Final = 3
"""Fewest training responses to a cell or pair that gets an effect: below, it is a memory of somebody's answers."""


@dataclass(frozen=True, eq=False)
class Level:
    """One level of what came before: a cell for each response (or tag) that has one.

    Parameters
    ----------
    member : int64[m]
        Number of the cell of each entry.
    row : int64[m]
        Response of each entry.
    weight : float64[m]
        Share of each entry in its response.
    size : int
        Number of cells.
    """

    member: Int
    row: Int
    weight: Float
    size: int

    def fit(self, correct: Float, logit: Float, rows: Mask) -> Float:
        """Return the effect of each cell, float64[size], on the masked responses of expected `logit`."""
        inside = rows[self.row]
        often = np.bincount(self.member[inside], minlength=self.size) >= LEAST
        inside &= often[self.member]
        place = (np.cumsum(rows) - 1)[self.row[inside]]
        factor = Factor(self.member[inside], self.size, place, self.weight[inside])
        return fit_effects(correct[rows], [factor], logit)[0]


@dataclass(frozen=True, eq=False)
class Sequences:
    """What came before each response of one set, ready to be fitted on any part of its learners.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    combinations : list of tuple of str
        Combinations of skills that occur.
    rows : Rows
        Codes of each response's item, combination and skills.
    levels : tuple of Level
        Repetition of item and skill; sequence of items and of combinations.
    pairs : (int64[pairs], int64[pairs]) of items, of combinations
        Slot (2 · previous + right) and next row of each cell of the two last levels.
    """

    responses: Responses
    combinations: list[tuple[str, ...]]
    rows: Rows
    levels: tuple[Level, Level, Level, Level]
    pairs: tuple[tuple[Int, Int], tuple[Int, Int]]

    @classmethod
    def of(cls, responses: Responses) -> Sequences:
        """Look at what came before each response."""
        combinations, combination = combinations_of(responses)
        item, skill = responses.item.astype(np.int64), responses.skill.astype(np.int64)
        tags = np.diff(responses.skill_start)
        row, share = np.repeat(np.arange(len(tags)), tags), np.repeat(1.0 / np.maximum(tags, 1), tags)
        learner, right = responses.learner.astype(np.int64), responses.correct >= RIGHT_FROM
        of_item, _ = last_two(learner, item, right)
        of_skill, answers = last_two(learner[row], skill, right[row])
        cell = of_skill * COUNTS + np.minimum(answers, COUNTS - 1)
        everyone, whole = np.arange(len(item)), np.ones(len(item))
        of_items, item_pairs = _followed(responses, item, len(responses.items))
        of_skills, skill_pairs = _followed(responses, combination, len(combinations))
        levels = (
            Level(item * PATTERNS + of_item, everyone, whole, len(responses.items) * PATTERNS),
            Level(skill * PATTERNS * COUNTS + cell, row, share, len(responses.skills) * PATTERNS * COUNTS),
            of_items,
            of_skills,
        )
        return cls(responses, combinations, Rows(item, combination, skill), levels, (item_pairs, skill_pairs))

    def fit(self, logit: Float, rows: Mask) -> SequenceEffects:
        """Fit all levels on the masked responses.

        Parameters
        ----------
        logit : float64[rows.sum()]
            Expected logit of each masked response, from learner, item and skills.
        rows : bool[n]
            Responses to fit on.
        """
        correct = self.responses.correct
        item, skill, items, combinations = (level.fit(correct, logit, rows) for level in self.levels)
        names = [str(one) for one in self.responses.items], [str(one) for one in self.responses.skills]
        return SequenceEffects(
            *names,
            self.combinations,
            item.reshape(-1, PATTERNS),
            skill.reshape(-1, PATTERNS * COUNTS),
            _kept(len(names[0]), *self.pairs[0], items),
            _kept(len(self.combinations), *self.pairs[1], combinations),
        )

    def cross(self, layers: list[SequenceEffects], fold_of_row: Int) -> tuple[Effects, Rows]:
        """Return effects of which every response sees the layer of its own fold, that was fitted without it.

        Parameters
        ----------
        layers : list of SequenceEffects
            By fold.
        fold_of_row : int64[n]
            Fold of each response.
        """
        tags = np.diff(self.responses.skill_start)
        return stacked(layers), Rows(
            fold_of_row * len(self.responses.items) + self.rows.item,
            fold_of_row * len(self.combinations) + self.rows.skills,
            np.repeat(fold_of_row, tags) * len(self.responses.skills) + self.rows.skill,
        )


def last_two(learner: Int, key: Int, right: Mask) -> tuple[Int, Int]:
    """Return the pattern of the learner's last two answers to the key before each entry, and their number.

    Parameters
    ----------
    learner, key : int64[m]
        Codes; entries in fold order.
    right : bool[m]
        Whether each was right.

    Returns
    -------
    pattern : int64[m]
        In base three, the older one first: 0 none, 1 wrong, 2 right.
    answers : int64[m]
        Number of earlier entries of the same learner and key.

    Examples
    --------
    >>> one = np.zeros(4, np.int64)
    >>> [part.tolist() for part in last_two(one, one, np.array([True, False, True, True]))]
    [[0, 2, 7, 5], [0, 1, 2, 3]]
    """
    order = np.lexsort((np.arange(len(key)), key, learner))
    new = np.ones(len(key), np.bool_)
    new[1:] = (np.diff(learner[order]) != 0) | (np.diff(key[order]) != 0)
    start = np.flatnonzero(new)
    place = np.arange(len(key)) - np.repeat(start, np.diff(start, append=len(key)))
    digit = 1 + right[order].astype(np.int64)
    pattern = np.zeros(len(key), np.int64)
    pattern[1:] = np.where(place[1:] > 0, digit[:-1], 0)
    pattern[2:] += np.where(place[2:] > 1, 3 * digit[:-2], 0)
    back = np.empty((2, len(key)), np.int64)
    back[:, order] = pattern, place
    return back[0], back[1]


def pruned(effects: SequenceEffects) -> SequenceEffects:
    """Return effects without the items, skills and combinations that have none; everything reads the same."""
    items = _used(effects.item_next, np.any(effects.item_repeat != 0.0, axis=1))
    skills = np.any(effects.skill_repeat != 0.0, axis=1)
    combinations = _used(effects.skills_next, np.zeros(len(effects.combinations), np.bool_))
    return SequenceEffects(
        tuple(_chosen(effects.items, items)),
        tuple(_chosen(effects.skills, skills)),
        tuple(_chosen(effects.combinations, combinations)),
        effects.item_repeat[items],
        effects.skill_repeat[skills],
        _renumbered(effects.item_next, items),
        _renumbered(effects.skills_next, combinations),
    )


def _followed(responses: Responses, code: Int, size: int) -> tuple[Level, tuple[Int, Int]]:
    """Return the level of what came right before each response, and slot and next row of its cells."""
    later = np.ones(len(code), np.bool_)
    later[responses.learner_start[:-1][np.diff(responses.learner_start) > 0]] = False
    row = np.flatnonzero(later)
    slot = 2 * code[row - 1] + (responses.correct[row - 1] >= RIGHT_FROM)
    pair, member = np.unique(slot * size + code[row], return_inverse=True)
    level = Level(member.astype(np.int64), row, np.ones(len(row)), len(pair))
    return level, (pair // size, pair % size)


def _kept(size: int, slot: Int, next_row: Int, effect: Float) -> Followers:
    """Return the pairs that got an effect."""
    found = effect != 0.0
    return Followers.of(size, slot[found], next_row[found], effect[found])


def _used(followers: Followers, used: Mask) -> Mask:
    """Return what is used already, or follows or is followed."""
    slot, next_row = _slots(followers), followers.next_row
    found = used.copy()
    found[slot // 2] = True
    found[next_row] = True
    return found


def _renumbered(followers: Followers, kept: Mask) -> Followers:
    """Return followers in the numbers of what is kept."""
    number = np.where(kept, np.cumsum(kept) - 1, UNKNOWN)
    slot = _slots(followers)
    return Followers.of(int(kept.sum()), 2 * number[slot // 2] + slot % 2, number[followers.next_row], followers.effect)


def _slots(followers: Followers) -> Int:
    """Return the slot of each pair."""
    return np.repeat(np.arange(len(followers.start) - 1), np.diff(followers.start))


def _chosen(names: Iterable[Name], kept: Mask) -> list[Name]:
    """Return the names that are kept."""
    return [name for name, keep in zip(names, kept, strict=True) if keep]
