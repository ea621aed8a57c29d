"""Responses as rows of the table, and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.records import Responses, times
from polku.records.codes import Codes, Objects

SEPARATOR = ";"
CONTENT = (
    *("response_id", "learner_id", "item_id", "skill_ids", "answered_at", "known_at", "clock", "correct"),
    *("duration_s", "school_id", "group_id"),
)
"""The columns that say what was answered: two rows are the same response when these are equal."""

Content = tuple[Any, ...]
"""One row's values of :data:`CONTENT`."""

FEW = 32
"""Rows up to which plain Python is faster than columns."""
_PLACE = {name: place for place, name in enumerate(CONTENT)}
_ID, _LEARNER, _SKILLS = (_PLACE[name] for name in ("response_id", "learner_id", "skill_ids"))
_ANSWERED, _KNOWN = _PLACE["answered_at"], _PLACE["known_at"]
_CLOCK, _CORRECT = _PLACE["clock"], _PLACE["correct"]


def batches(responses: Responses, size: int) -> Iterator[list[Content]]:
    """Yield rows of :data:`CONTENT`, at most `size` at a time, in order of response id.

    The order keeps the primary key's tree local, and two writers that add the same responses take their
    locks in the same order, so that they cannot block each other for good.
    """
    skills = _skill_texts(responses)
    order = pc.sort_indices(pa.array(responses.response_id, pa.string())).to_numpy()
    for start in range(0, len(order), size):
        yield _rows(responses, skills, order[start : start + size])


def from_rows(rows: Sequence[Sequence[Any]]) -> Responses:
    """Return rows of :data:`CONTENT`, in any order, as responses."""
    if not rows:
        return _none()
    return _few(rows) if len(rows) <= FEW and _is_sound(rows) else _many(rows)


@cache
def _none() -> Responses:
    return _many(())


def _is_sound(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether rows can be taken as they are; :func:`_many` says what is wrong with others."""
    first, last = (times.FIRST, times.LAST) if rows[0][_CLOCK] else (-math.inf, math.inf)
    return len({row[_ID] for row in rows}) == len(rows) and all(
        isinstance(row[_CORRECT], float)
        and 0.0 <= row[_CORRECT] <= 1.0
        and first <= row[_ANSWERED] <= last
        and first <= row[_KNOWN] <= last
        and row[_SKILLS].strip(SEPARATOR)
        for row in rows
    )


def _few(rows: Sequence[Sequence[Any]]) -> Responses:
    """Return the same as :func:`_many`, for few rows in a tenth of its time: Arrow and pandas pay from many on."""
    ordered = sorted(rows, key=lambda row: (row[_LEARNER], row[_KNOWN], row[_ANSWERED], row[_ID]))
    columns = dict(zip(CONTENT, zip(*ordered, strict=True), strict=True))
    tags = [sorted(set(filter(None, text.split(SEPARATOR)))) for text in columns["skill_ids"]]
    learners, learner = _coded(columns["learner_id"])
    items, item = _coded(columns["item_id"])
    skills, skill = _coded([name for names in tags for name in names])
    return Responses(
        learners=learners,
        learner=learner,
        items=items,
        item=item,
        skills=skills,
        skill=skill,
        skill_start=np.array([0, *accumulate(map(len, tags))], np.int64),
        answered_at=np.array(columns["answered_at"], np.int64),
        known_at=np.array(columns["known_at"], np.int64),
        clock=bool(rows[0][_CLOCK]),
        correct=np.array(columns["correct"], np.float64) + 0.0,  # -0.0 becomes 0.0
        response_id=np.array(columns["response_id"], object),
        duration_s=_given(columns["duration_s"], np.float64),
        school_id=_given(columns["school_id"], object),
        group_id=_given(columns["group_id"], object),
    )


def _coded(values: Sequence[str]) -> tuple[Objects, Codes]:
    """Return the sorted vocabulary of texts, and each one's place in it."""
    words = sorted(set(values))
    code = {word: place for place, word in enumerate(words)}
    return np.array(words, object), np.array([code[value] for value in values], np.int32)


def _given(values: Sequence[Any], kind: type) -> NDArray[Any] | None:
    """Return an optional column, None where nothing is given; a number that is not given is NaN."""
    if all(value is None or value != value for value in values):  # noqa: PLR0124 - NaN is the one value that is not itself
        return None
    return np.array(values, kind)


def _many(rows: Sequence[Sequence[Any]]) -> Responses:
    columns: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(CONTENT)}
    clock = columns.pop("clock")
    for name in ("answered_at", "known_at"):
        columns[name] = np.array(columns[name], np.int64)
    for name in ("duration_s", "school_id", "group_id"):
        if all(value is None for value in columns[name]):
            columns[name] = None
    return Responses.from_columns(columns, clock=bool(clock[0]) if clock else True)


def _rows(responses: Responses, skills: list[str], index: NDArray[np.int64]) -> list[Content]:
    columns: dict[str, Sequence[Any]] = {
        "response_id": responses.response_id[index].tolist(),
        "learner_id": responses.learners[responses.learner[index]].tolist(),
        "item_id": responses.items[responses.item[index]].tolist(),
        "skill_ids": [skills[row] for row in index.tolist()],
        "answered_at": responses.answered_at[index].tolist(),
        "known_at": responses.known_at[index].tolist(),
        "clock": [responses.clock] * len(index),
        "correct": responses.correct[index].tolist(),
        "duration_s": _optional(responses.duration_s, index),
        "school_id": _optional(responses.school_id, index),
        "group_id": _optional(responses.group_id, index),
    }
    return list(zip(*(columns[name] for name in CONTENT), strict=True))


def _optional(column: NDArray[Any] | None, index: NDArray[np.int64]) -> list[Any]:
    """Return the chosen values with None where there is none; NaN is the one value that is not itself."""
    if column is None:
        return [None] * len(index)
    return [value if value == value else None for value in column[index].tolist()]  # noqa: PLR0124 - NaN, see above


def _skill_texts(responses: Responses) -> list[str]:
    """Return each response's skills joined by the separator."""
    words: list[str] = responses.skills[responses.skill].tolist()
    starts = responses.skill_start.tolist()
    if len(words) == len(responses):
        return words
    return [SEPARATOR.join(words[start:end]) for start, end in pairwise(starts)]
