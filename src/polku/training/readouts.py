"""What a skill's readout is fitted on and judged by: first attempts at its items, soon after and later.

A readout is made at some point of a learner's history, from what was answered before. It is judged by a *first*
attempt, an answer to an item that the learner had not met: a repeated item says whether it is remembered. Two kinds of
question:

- *ahead*: the response that comes ``h`` responses later (1: the next one), on whatever skills it is, which may have
  been practised in between;
- *again*: any skill that comes up again some time, drawn as often as it waits: how skills stand at any moment, not
  only those just being practised. The reading is made at the time of that answer, so that days count as they pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from polku.profiles.stops import Stops
from polku.records import Responses

Int = NDArray[np.int64]
HORIZONS: Final = (1, 10, 50)
"""How many responses later the answer comes that a reading ahead is judged by."""
READINGS: Final = 25_000
"""Points in histories that are drawn for each kind of question: with more, nothing is gained on real data."""
FUTURE: Final = 4
"""First attempts looked at after a reading, to tell how far off readings are."""


@dataclass(frozen=True, eq=False)
class Questions:
    """Readings of skills, and the answer each is judged by.

    Parameters
    ----------
    stops : Stops
        Where what is read.
    answer : int64[q]
        Row of the response that it is judged by.
    """

    stops: Stops
    answer: Int

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.answer)

    @classmethod
    def both(cls, one: Self, other: Self) -> Self:
        """Return the questions of two lots, one after the other."""
        first, second = one.stops, other.stops
        stops = Stops(
            row=np.concatenate([first.row, second.row]),
            skill_start=np.concatenate([first.skill_start, first.skill_start[-1] + second.skill_start[1:]]),
            skill=np.concatenate([first.skill, second.skill]),
            now=np.concatenate([first.now, second.now]),
        )
        return cls(stops, np.concatenate([one.answer, other.answer]))


def first_attempts(responses: Responses) -> NDArray[np.bool_]:
    """Return which rows are the learner's first answer to their item, bool[n]."""
    first = np.zeros(len(responses), np.bool_)
    pair = responses.learner.astype(np.int64) * max(len(responses.items), 1) + responses.item
    first[np.unique(pair, return_index=True)[1]] = True
    return first


def ahead(responses: Responses, points: Int, horizon: int) -> Questions:
    """Ask, just before some responses, for the first attempt `horizon` responses later.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    points : int64[p]
        Rows just before which is read.
    horizon : int
        1 asks for the response at the point itself, 10 for the ninth after it.

    Returns
    -------
    Questions
        One per point whose history goes on so long and meets a new item there; its skills are those of that item.
    """
    answer = points + horizon - 1
    within = answer < responses.learner_start[responses.learner[points] + 1]
    points, answer = points[within], answer[within]
    new = first_attempts(responses)[answer]
    points, answer = points[new], answer[new]
    counts = np.diff(responses.skill_start)[answer]
    start = np.concatenate([[0], np.cumsum(counts)])
    place = np.repeat(responses.skill_start[answer] - start[:-1], counts) + np.arange(start[-1])
    return Questions(Stops(points, start, responses.skill[place], responses.answered_at[points]), answer)


def again(responses: Responses, count: int, rng: np.random.Generator, *, met: bool = False) -> Questions:
    """Ask, at random points, how a skill will turn out when it next comes up, by a first attempt.

    Parameters
    ----------
    responses : Responses
        Whole histories.
    count : int
        Number of questions.
    rng : Generator
        Draws skills, each as often as responses pass while it waits, and the point within that wait.
    met : bool
        Ask only for skills that have been answered before.

    Returns
    -------
    Questions
        `count` questions of one skill each; none where nothing comes up.
    """
    waits = _Waits.of(responses)
    weight = (waits.row - waits.since + 1.0) * first_attempts(responses)[waits.row] * (waits.known | (not met))
    drawn = rng.choice(len(weight), count, p=weight / weight.sum()) if weight.any() else np.zeros(0, np.int64)
    answer, since = waits.row[drawn], waits.since[drawn]
    points = since + (rng.random(len(drawn)) * (answer - since + 1)).astype(np.int64)
    stops = Stops(points, np.arange(len(drawn) + 1), waits.skill[drawn], responses.answered_at[answer])
    return Questions(stops, answer)


def draw(responses: Responses, readings: int, rng: np.random.Generator) -> Questions:
    """Draw the questions that a model is fitted on: `readings` points looked ahead from, and as many skills again.

    Parameters
    ----------
    responses : Responses
        Whole histories of training learners.
    readings : int
        Points of each kind.
    rng : Generator
        Draws them.

    Returns
    -------
    Questions
    """
    points = np.sort(rng.choice(len(responses), min(readings, len(responses)), replace=False))
    found = again(responses, min(readings, len(responses)), rng)
    for horizon in HORIZONS:
        found = Questions.both(found, ahead(responses, points, horizon))
    return found


@dataclass(frozen=True, eq=False)
class _Waits:
    """Every answer on a skill with the stretch of history that came before it, since the skill's last answer."""

    row: Int
    """Row of the answer; sorted by learner, skill and row."""
    skill: NDArray[np.int32]
    since: Int
    """First row at which the answer is still to come and the one before it is known."""
    known: NDArray[np.bool_]
    """Whether the learner had answered the skill before."""

    @classmethod
    def of(cls, responses: Responses) -> _Waits:
        row = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
        order = np.lexsort((row, responses.skill, responses.learner[row]))
        row, skill = row[order], responses.skill[order]
        learner = responses.learner[row]
        known = np.concatenate([[False], (learner[1:] == learner[:-1]) & (skill[1:] == skill[:-1])])[: len(row)]
        before = np.concatenate([[0], row[:-1] + 1])[: len(row)]
        return cls(row, skill, np.where(known, before, responses.learner_start[learner]), known)


@dataclass(frozen=True, eq=False)
class Outlook:
    """How much a reading has to go on, and how the learner's next first attempts on the skill turned out.

    Parameters
    ----------
    skill_answers, learner_answers : int64[q]
        Answers before the reading, on the skill and in all.
    days : float64[q]
        Days from the last answer on the skill to the reading; NaN without a clock or an answer.
    rows : int64[q, FUTURE]
        Rows of the next first attempts from the reading on, -1 where there are no more.
    """

    skill_answers: Int
    learner_answers: Int
    days: NDArray[np.float64]
    rows: Int

    @classmethod
    def of(cls, responses: Responses, stops: Stops) -> Outlook:
        """Look up each reading's first skill; what happens later is used to judge, never to read."""
        row, key = _by_skill(responses)
        learner, size = responses.learner[stops.row].astype(np.int64), len(responses) + 1
        wanted = learner * len(responses.skills) + stops.skill[stops.skill_start[:-1]]
        begin, at = (np.searchsorted(key * size + row, wanted * size + low) for low in (0, stops.row))
        last = np.where(at > begin, row[np.maximum(at - 1, 0)], -1)
        days = np.maximum(stops.now - responses.answered_at[last], 0) / 86_400_000_000
        return cls(
            skill_answers=at - begin,
            learner_answers=stops.row - responses.learner_start[learner],
            days=np.where((last >= 0) & responses.clock, days, np.nan),
            rows=_next_first(responses, row, key, wanted, at),
        )


def _by_skill(responses: Responses) -> tuple[Int, Int]:
    """Return the rows of all skill tags and the number of their learner and skill, sorted by number, then row."""
    row = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
    key = responses.learner[row].astype(np.int64) * len(responses.skills) + responses.skill
    order = np.argsort(key, kind="stable")
    return row[order], key[order]


def _next_first(responses: Responses, row: Int, key: Int, wanted: Int, at: Int) -> Int:
    """Return the rows of the next first attempts from place `at` of the sorted tags on, -1 where there are no more."""
    kept = np.flatnonzero(first_attempts(responses)[row])
    place = np.searchsorted(kept, at)[:, None] + np.arange(FUTURE)
    found = kept[np.minimum(place, len(kept) - 1)]
    return np.where((place < len(kept)) & (key[found] == wanted[:, None]), row[found], -1)
