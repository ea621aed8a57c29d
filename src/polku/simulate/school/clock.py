"""When an answer is given, how long it takes, and when it becomes known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulate.school.sessions import Sessions
from polku.simulate.school.year import HOUR, SchoolYear

Indices = NDArray[np.int64]
SECOND, DAY = 1_000_000, 24 * HOUR
HOMEWORK = 0.4
"""Share of sessions whose second half is done at home."""
PAPER_TEST = 0.015
"""Share of a class's days that hold a test on paper, recorded within some days."""
RECORDED_WITHIN = 4
TYPICAL_SECONDS, SECONDS, PAUSE = 35.0, (4.0, 300.0), (2.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Clock values of n answers; each field has shape (n,).

    Parameters
    ----------
    answered_at, known_at : ndarray of int64
        Microseconds UTC; known later where a teacher recorded a paper test.
    duration_s : ndarray of float64
        Seconds; NaN on paper.
    offset : ndarray of int64
        Hours ahead of UTC at the answer's day.
    """

    answered_at: Indices
    known_at: Indices
    duration_s: NDArray[np.float64]
    offset: Indices


def draw_times(
    sessions: Sessions, group: Indices, demand: NDArray[np.float64], year: SchoolYear, rng: np.random.Generator
) -> Times:
    """Lay the answers of each session out over a lesson and, for the last of them, an evening.

    Parameters
    ----------
    sessions : Sessions
        The sessions, m of them with n answers in all.
    group : ndarray of int64, shape (m,)
        Group of each session's learner.
    demand : ndarray of float64, shape (n,)
        What the answers' items ask; more demand takes longer.
    """
    session = np.repeat(np.arange(len(sessions.day)), sessions.answers)
    day = sessions.day[session]
    paper = _paper_tests(int(group.max()) + 1, year, rng)[group, sessions.day][session]
    home = _second_halves(sessions.answers, session) & (rng.random(len(sessions.day)) < HOMEWORK)[session] & ~paper
    seconds = TYPICAL_SECONDS * np.sqrt(demand) * np.exp(rng.normal(0.0, 0.5, len(session)))
    seconds = np.clip(seconds, *SECONDS).round(1)
    elapsed = _elapsed(2 * session + home, seconds + rng.uniform(*PAUSE, len(session)))
    midnight = year.midnight[day]
    answered = midnight + _begins(group, rng)[session, home.astype(np.int64)] + elapsed * SECOND
    days_later = rng.integers(1, RECORDED_WITHIN, endpoint=True, size=len(sessions.day))[session]
    known = np.where(paper, midnight + days_later * DAY + 15 * HOUR, answered)
    return Times(answered, known, np.where(paper, np.nan, seconds), year.offset[day])


def _paper_tests(groups: int, year: SchoolYear, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose the days of paper tests, early enough to be recorded before the extract; shape (G, D)."""
    in_time = year.days + np.timedelta64(RECORDED_WITHIN, "D") < np.datetime64(year.until, "D")
    tests: NDArray[np.bool_] = (rng.random((groups, len(year.days))) < PAPER_TEST) & in_time
    return tests


def _second_halves(answers: Indices, session: Indices) -> NDArray[np.bool_]:
    """Mark the answers of the second half of each session."""
    rank = np.arange(len(session)) - (np.cumsum(answers) - answers)[session]
    later: NDArray[np.bool_] = 2 * rank >= answers[session] + (answers[session] == 1)
    return later


def _begins(group: Indices, rng: np.random.Generator) -> Indices:
    """Return when lesson and homework of each session begin, microseconds after midnight; shape (m, 2)."""
    slot = rng.integers(8, 14, size=int(group.max()) + 1)[group]
    lesson = slot * HOUR + rng.integers(5 * 60, 20 * 60, size=len(group)) * SECOND
    evening = 16 * HOUR + rng.integers(0, 3 * 3600, size=len(group)) * SECOND
    return np.stack([lesson, evening], axis=1)


def _elapsed(block: Indices, seconds: NDArray[np.float64]) -> Indices:
    """Return whole seconds from the beginning of each block of rows to the end of each row."""
    upto = np.cumsum(seconds)
    first = np.flatnonzero(np.diff(block, prepend=-1))
    before = (upto - seconds)[first]
    elapsed: Indices = (upto - np.repeat(before, np.diff(first, append=len(block)))).astype(np.int64)
    return elapsed
