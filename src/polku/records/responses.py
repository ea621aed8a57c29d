"""Responses as typed columns in fold order: the table that everything downstream reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.errors import InputError
from polku.records import assemble, write
from polku.records.codes import Offsets
from polku.records.columns import COLUMNS, Columns
from polku.records.response import Response


@dataclass(frozen=True, eq=False)
class Responses(Columns):
    """Many responses, sorted by learner id, then by fold order (known_at, answered_at, response_id).

    Ids of learners, items and skills are codes into sorted vocabularies that hold exactly what occurs.
    Build one with :meth:`from_columns`, :meth:`from_frame`, :meth:`from_responses` or :meth:`concat`; the
    constructor itself trusts that order and codes are right. Arrays are not to be written to.

    Parameters
    ----------
    learners, items, skills : (L,), (I,), (S,) arrays of str
        Sorted vocabularies.
    learner, item : (n,) int32 arrays
        Codes into `learners` and `items`.
    skill : (m,) int32 array
        Codes into `skills`; row i has ``skill[skill_start[i]:skill_start[i + 1]]``, ascending.
    skill_start : (n + 1,) int64 array
        Offsets into `skill`.
    answered_at, known_at : (n,) int64 arrays
        Microseconds since 1970 in UTC, or plain order numbers when not `clock`.
    clock : bool
        Whether the times are microseconds.
    correct : (n,) float64 array
        Scores from 0 to 1.
    response_id : (n,) array of str
        Unique.
    duration_s : (n,) float64 array or None
        Seconds, NaN where not given.
    school_id, group_id : (n,) arrays of str or None
        None where not given.

    Examples
    --------
    >>> responses = Responses.from_columns(
    ...     {
    ...         "response_id": ["r2", "r1"],
    ...         "learner_id": ["anna", "anna"],
    ...         "item_id": ["i1", "i1"],
    ...         "skill_ids": ["a;b", "a"],
    ...         "answered_at": [7, 3],
    ...         "correct": [1.0, 0.0],
    ...     },
    ...     clock=False,
    ... )
    >>> len(responses), list(responses.response_id), list(responses.skills)
    (2, ['r1', 'r2'], ['a', 'b'])
    >>> responses[1].skill_ids
    ('a', 'b')
    """

    def __len__(self) -> int:
        """Return the number of responses."""
        return len(self.response_id)

    def __getitem__(self, row: int) -> Response:
        """Return one row as a :class:`Response`; negative rows count from the end."""
        row = range(len(self))[row]
        skill = self.skill[self.skill_start[row] : self.skill_start[row + 1]]
        duration = None if self.duration_s is None or np.isnan(self.duration_s[row]) else float(self.duration_s[row])
        return Response(
            response_id=self.response_id[row],
            learner_id=self.learners[self.learner[row]],
            item_id=self.items[self.item[row]],
            skill_ids=tuple(self.skills[skill]),
            answered_at=int(self.answered_at[row]),
            known_at=int(self.known_at[row]),
            correct=float(self.correct[row]),
            clock=self.clock,
            duration_s=duration,
            school_id=None if self.school_id is None else self.school_id[row],
            group_id=None if self.group_id is None else self.group_id[row],
        )

    def __iter__(self) -> Iterator[Response]:
        """Yield the rows in order."""
        return (self[row] for row in range(len(self)))

    @cached_property
    def learner_start(self) -> Offsets:
        """Return the (L + 1,) offsets of each learner's rows."""
        counts = np.bincount(self.learner, minlength=len(self.learners))
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the content, the same however the rows arrived."""
        return assemble.content_hash(self)

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any], *, clock: bool = True) -> Responses:
        """Build from canonical columns that were already checked, in any row order.

        Parameters
        ----------
        columns : mapping of column name to (n,) array-like
            ``response_id, learner_id, item_id, skill_ids, answered_at, correct``, optionally ``known_at``
            (default: `answered_at`), ``duration_s``, ``school_id``, ``group_id``. A row's `skill_ids` is a
            string with ``;`` between ids, or a sequence of ids. Times are integers.
        clock : bool
            Whether the times are microseconds since 1970 in UTC.

        Raises
        ------
        InputError
            If a column is missing or of another length, a score is outside 0 to 1, a row has no skill, or a
            response id occurs twice.
        """
        return cls(clock=clock, **assemble.from_columns(columns, clock=clock))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, clock: bool = True) -> Responses:
        """Build from a frame with canonical columns.

        Times are integers (then `clock` says what they count), zoned datetimes, or ISO 8601 text with zone.

        Raises
        ------
        InputError
            As :meth:`from_columns`, or if a time cannot be read or is of another kind than `clock` says.
        """
        columns = {name: frame[name].to_numpy() for name in COLUMNS if name in frame}
        for name in {"answered_at", "known_at"} & set(columns):
            columns[name] = write.times_of(frame[name], clock=clock)
        return cls.from_columns(columns, clock=clock)

    @classmethod
    def from_responses(cls, responses: Iterable[Response], *, clock: bool = True) -> Responses:
        """Build from single responses; `clock` is used when there are none.

        Raises
        ------
        InputError
            If some have a clock and others not, or a response id occurs twice.
        """
        rows = list(responses)
        kinds = {row.clock for row in rows} or {clock}
        if len(kinds) > 1:
            raise InputError("times with a clock and plain order numbers do not go together", got="both kinds")
        columns = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
        return cls.from_columns(columns, clock=kinds.pop())

    @classmethod
    def concat(cls, parts: Sequence[Responses]) -> Responses:
        """Join several into one, in fold order.

        Raises
        ------
        InputError
            If there are none, kinds of time differ, or a response id occurs twice.
        """
        if not parts:
            raise InputError("nothing to join", got="no parts")
        if len({part.clock for part in parts if len(part)}) > 1:
            raise InputError("times with a clock and plain order numbers do not go together", got="both kinds")
        clock = next((part.clock for part in parts if len(part)), parts[0].clock)
        return cls(clock=clock, **assemble.concat(parts))

    def rows(self, index: NDArray[np.bool_] | NDArray[np.int64] | Sequence[int]) -> Responses:
        """Keep the rows of a mask or of row positions, each once and in fold order whatever the order of `index`.

        Vocabularies are reduced to what remains, so codes differ from the original's.
        """
        keep = np.zeros(len(self), bool)
        keep[np.asarray(index) if len(index) else np.zeros(0, np.int64)] = True
        return replace(self, **assemble.take(self, np.flatnonzero(keep)))

    def of_learners(self, which: NDArray[np.bool_] | Iterable[str]) -> Responses:
        """Keep some learners: a mask over `learners`, or ids (unknown ones add nothing).

        Vocabularies are reduced to what remains, so codes differ from the original's.
        """
        if isinstance(which, np.ndarray) and which.dtype == np.bool_:
            return self.rows(which[self.learner])
        wanted = set(which)
        mask = np.fromiter((learner in wanted for learner in self.learners), bool, len(self.learners))
        return self.rows(mask[self.learner])

    def to_frame(self) -> pd.DataFrame:
        """Return the canonical columns as a frame: times as integers, skills joined by ``;``."""
        return write.to_frame(self)

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write canonical CSV; times with a clock as ISO 8601 in UTC. Reads back bit for bit."""
        write.write_csv(self, path)

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write canonical Parquet; times with a clock as UTC timestamps, skills as lists. Reads back bit for bit."""
        write.write_parquet(self, path)
