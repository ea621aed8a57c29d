"""Features in the middle of histories: what would have been read at some point, for skills met later or never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles.build import area_codes, run
from polku.profiles.events import ASK, BLANK, READ, UPDATE, Events, Floats, Integers, durations, floats, integers
from polku.profiles.feature_set import FeatureSet
from polku.profiles.history import History
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.sequence_effects import UNKNOWN
from polku.records import Responses


@dataclass(frozen=True, eq=False)
class Stops:
    """Points in histories at which sets of skills are read; q readings with m skills between them.

    Parameters
    ----------
    row : int64[q]
        Row of the responses just before which is read: the learner's earlier rows are known, this one is not.
    skill_start : int64[q + 1]
        Offsets into `skill`.
    skill : int32[m]
        Codes of the skills to read; several of one reading are read together, as those of one item are.
    now : int64[q]
        Time of the reading, as ``answered_at``.

    Raises
    ------
    InputError
        If the lengths do not fit together.
    """

    row: NDArray[np.int64]
    skill_start: NDArray[np.int64]
    skill: NDArray[np.int32]
    now: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        lengths = len(self.row), len(self.skill_start) - 1, len(self.now)
        if len(set(lengths)) != 1 or self.skill_start[-1] != len(self.skill):
            raise InputError("stops need a time and skills each", got=f"lengths {lengths}, {len(self.skill)} skills")

    def __len__(self) -> int:
        """Return the number of readings."""
        return len(self.row)

    def skills_of(self, place: int) -> NDArray[np.int32]:
        """Return the skills of one reading."""
        return self.skill[self.skill_start[place] : self.skill_start[place + 1]]


def read_at(
    responses: Responses,
    stops: Stops,
    feature_set: FeatureSet,
    item_statistics: ItemStatistics,
    curriculum: Curriculum,
) -> Floats:
    """Return the features of skills' reference items as they stood at some points, items met for the first time.

    The numbers are those of :meth:`Profile.read_skills` on a profile that has folded the rows before the stop.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    stops : Stops
        q readings, in any order.
    feature_set, item_statistics, curriculum
        As in :class:`Profile`.

    Returns
    -------
    float64[q, n_columns]
        In the order of `stops`.
    """
    history = History.of(responses, item_statistics)
    order = np.lexsort((stops.now, stops.row))
    asked = Stops(stops.row[order], *_tags_in(stops, order), stops.now[order])
    merged = _Merged.of(responses, asked)
    events = _events(history, asked, merged, item_statistics, curriculum)
    effects, starts = item_statistics.sequence.arrays, integers(merged.learner_start)
    rows = run(responses, feature_set, events, effects, curriculum, starts, READ | UPDATE | ASK)
    out = np.empty((len(stops), len(feature_set.columns)))
    out[order] = rows[merged.asked]
    return out


@dataclass(frozen=True, eq=False)
class _Merged:
    """Where answers and readings stand in one sequence of rows; a reading comes just before its row."""

    answered: Integers
    """(n,) place of each answer."""
    asked: Integers
    """(q,) place of each reading."""
    learner_start: Integers
    """(L + 1,)"""
    skill_start: Integers
    """(n + q + 1,) offsets of skill tags."""
    answered_tags: Integers
    """(m,) place of each tag of an answer."""
    asked_tags: Integers
    """Place of each tag of a reading."""

    @classmethod
    def of(cls, responses: Responses, asked: Stops) -> _Merged:
        """Merge answers with readings in ascending order of rows."""
        size, readings = len(responses), len(asked)
        answered = np.arange(size) + np.searchsorted(asked.row, np.arange(size), side="right")
        places = asked.row + np.arange(readings)
        tags = np.empty(size + readings, np.int64)
        tags[answered], tags[places] = np.diff(responses.skill_start), np.diff(asked.skill_start)
        start = np.concatenate(([0], np.cumsum(tags)))
        firsts = responses.learner_start + np.searchsorted(asked.row, responses.learner_start, side="left")
        return cls(
            answered,
            places,
            firsts,
            start,
            _places(start[answered], responses.skill_start),
            _places(start[places], asked.skill_start),
        )

    def rows(self, of_answers: NDArray[Any], of_readings: NDArray[Any]) -> NDArray[Any]:
        """Return values of answers and readings in one sequence."""
        merged = np.empty(len(self.answered) + len(self.asked), of_answers.dtype)
        merged[self.answered], merged[self.asked] = of_answers, of_readings
        return merged

    def tags(self, of_answers: NDArray[Any], of_readings: NDArray[Any]) -> NDArray[Any]:
        """Return values of the tags of answers and readings in one sequence."""
        merged = np.empty(len(self.answered_tags) + len(self.asked_tags), of_answers.dtype)
        merged[self.answered_tags], merged[self.asked_tags] = of_answers, of_readings
        return merged


def _events(
    history: History, asked: Stops, merged: _Merged, item_statistics: ItemStatistics, curriculum: Curriculum
) -> Events:
    """Return answers and, before the rows where they are asked, questions without a score."""
    data, names = history.responses, history.responses.skills
    reference = np.array([item_statistics.reference_item_difficulty(name) for name in names], dtype=np.float64)
    of_skill = np.array([item_statistics.skill_difficulty(name) for name in names], dtype=np.float64)
    area = area_codes(data, curriculum)
    sets = np.diff(asked.skill_start)
    mean = np.add.reduceat(reference[asked.skill], asked.skill_start[:-1]) / sets if len(asked) else np.empty(0)
    missing, unmet, tagless = (np.full(size, value) for size, value in _blanks(asked))
    skill = merged.tags(data.skill, asked.skill)
    spent = durations(data.duration_s, len(data))
    before = np.arange(len(data)) - data.learner_start[data.learner]
    return Events(
        item=integers(merged.rows(data.item.astype(np.int64), unmet)),
        skill_start=integers(merged.skill_start),
        skill=integers(skill),
        area=integers(area[skill]),
        node=integers(skill),
        time=integers(merged.rows(data.answered_at, asked.now)),
        place=integers(merged.rows(before, asked.row - data.learner_start[data.learner[asked.row]])),
        correct=floats(merged.rows(data.correct, missing)),
        duration=floats(merged.rows(spent, missing)),
        item_difficulty=floats(merged.rows(history.item_difficulty, mean)),
        skill_difficulty=floats(merged.tags(history.skill_difficulty, of_skill[asked.skill])),
        item_row=integers(merged.rows(history.rows.item, unmet)),
        skills_row=integers(merged.rows(history.rows.skills, unmet)),
        skill_row=integers(merged.tags(history.rows.skill, tagless)),
        clock=bool(data.clock),
    )


def _blanks(asked: Stops) -> tuple[tuple[int, float], tuple[int, int], tuple[int, int]]:
    """Return size and value of what a question has not: a score, an item, a skill met in a sequence."""
    return (len(asked), np.nan), (len(asked), BLANK), (len(asked.skill), UNKNOWN)


def _tags_in(stops: Stops, order: Integers) -> tuple[Integers, NDArray[np.int32]]:
    """Return offsets and skills of the readings in another order."""
    counts = np.diff(stops.skill_start)[order]
    start = np.concatenate(([0], np.cumsum(counts)))
    return start, stops.skill[np.repeat(stops.skill_start[:-1][order] - start[:-1], counts) + np.arange(start[-1])]


def _places(first: Integers, start: Integers) -> Integers:
    """Return the place of each tag, from the place of each row's first one and the offsets of the rows."""
    return np.repeat(first - start[:-1], np.diff(start)) + np.arange(start[-1])
