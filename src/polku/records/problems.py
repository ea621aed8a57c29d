"""What looks wrong in a file whose rows are right one by one: counted and said, never changed.

Near-twins, learners who occur under two ids, need whole histories to be compared: see :mod:`polku.training.twins`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.records.codes import Codes, Times
from polku.records.responses import Responses

ENOUGH = 20
"""Answers from which on it is strange that an item was never, or always, solved."""


def of_responses(responses: Responses) -> tuple[str, ...]:
    """Say what looks odd in accepted responses.

    Parameters
    ----------
    responses : Responses
        In fold order, as always.

    Returns
    -------
    tuple of str
        One sentence a problem that occurs, with its count.

    Examples
    --------
    >>> rows = [("r1", "a"), ("r2", "b")]
    >>> columns = {"learner_id": ["anna"] * 2, "item_id": ["i1"] * 2, "answered_at": [1, 2], "correct": [1.0, 1.0]}
    >>> columns |= {"response_id": [row[0] for row in rows], "skill_ids": [row[1] for row in rows]}
    >>> print(*of_responses(Responses.from_columns(columns, clock=False)))
    1 rows repeat the answer before them with another skill (100.0 % of transitions): likely one response with several
    skills written as several rows, which tells a model the next answer; write one row with all its skills
    """
    return (*_early(responses), *_unix(responses), *_constant_items(responses), *_expanded(responses))


def of_order(learner: Codes, answered_at: Times) -> tuple[str, ...]:
    """Say how often time goes backwards within the rows of a learner.

    Parameters
    ----------
    learner : (n,) int array
        Codes of learners, rows in the order of the file.
    answered_at : (n,) int64 array
        Times of the same rows.
    """
    if (np.diff(answered_at) >= 0).all():  # most files are in order of time as a whole
        return ()
    order = np.argsort(learner, kind="stable")
    who, when = learner[order], answered_at[order]
    back = int(((who[1:] == who[:-1]) & (when[1:] < when[:-1])).sum())
    return (f"{back} rows stand below a later answer of the same learner; times decide, not rows",) if back else ()


def of_ids(repeated: int, conflicts: int) -> tuple[str, ...]:
    """Say how many response ids were used more than once."""
    notes = []
    if repeated:
        notes.append(f"{repeated} rows repeat a response id with the same content; each id counts once")
    if conflicts:
        notes.append(f"{conflicts} rows use a response id again with other content; they are refused")
    return tuple(notes)


def _early(responses: Responses) -> tuple[str, ...]:
    early = int((responses.known_at < responses.answered_at).sum())
    return (f"{early} responses were known before they were answered",) if early else ()


def _unix(responses: Responses) -> tuple[str, ...]:
    if responses.clock or not len(responses) or int(responses.answered_at.min()) <= 10**9:
        return ()
    return ("answered_at looks like Unix time but is read as an order without a clock; write ISO 8601 with zone",)


def _constant_items(responses: Responses) -> tuple[str, ...]:
    """Count the items whose every answer was right, or wrong."""
    answers, right, wrong = (
        np.bincount(responses.item, weights, minlength=len(responses.items))
        for weights in (None, responses.correct == 1, responses.correct == 0)
    )
    often = answers >= ENOUGH
    always, never = int((often & (right == answers)).sum()), int((often & (wrong == answers)).sum())
    if not always + never:
        return ()
    among = f"of {int(often.sum())} with at least {ENOUGH} answers"
    return (f"{always} items were always right and {never} always wrong, {among}",)


def _expanded(responses: Responses) -> tuple[str, ...]:
    """Count rows that differ from the one before them in nothing but the skill."""
    alike = _same(responses.learner) & _same(responses.item) & _same(responses.correct)
    if responses.clock:
        alike &= _same(responses.answered_at)
    rows = int(_other_skills(responses, np.flatnonzero(alike) + 1).sum())
    if not rows:
        return ()
    share = 100 * rows / (len(responses) - len(responses.learners))
    what = f"{rows} rows repeat the answer before them with another skill ({share:.1f} % of transitions)"
    likely = "likely one response with several skills written as several rows, which tells a model the next answer"
    return (f"{what}: {likely}; write one row with all its skills",)


def _same(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each row but the first whether it agrees with the one before."""
    same: NDArray[np.bool_] = column[1:] == column[:-1]
    return same


def _other_skills(responses: Responses, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of `rows` have other skills than the row before each."""
    start, lengths = responses.skill_start, np.diff(responses.skill_start)
    other: NDArray[np.bool_] = lengths[rows] != lengths[rows - 1]
    for length in np.unique(lengths[rows[~other]]):
        here = np.flatnonzero(~other & (lengths[rows] == length))
        inside = start[rows[here], None] + np.arange(length)
        other[here] = (responses.skill[inside] != responses.skill[inside - length]).any(axis=1)
    return other
