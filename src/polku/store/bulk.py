"""Responses as rows of the table, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.records import Responses

SEPARATOR = ";"
CONTENT = (
    *("response_id", "learner_id", "item_id", "skill_ids", "answered_at", "known_at", "clock", "correct"),
    *("duration_s", "school_id", "group_id"),
)
"""The columns that say what was answered: two rows are the same response when these are equal."""

Content = tuple[Any, ...]
"""One row's values of :data:`CONTENT`."""


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
