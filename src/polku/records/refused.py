"""Rows that were not taken in, kept with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

import pandas as pd

from polku.records.reasons import Reason

COLUMNS = ("line", "reason", "column", "explanation", "row")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken in.

    Parameters
    ----------
    line : int
        Line in the file, the header being line 1; 0 for a row that came alone. In Parquet: number of the row, from 1.
    reason : Reason
        Machine-readable code; a string such as ``"no_zone"``.
    column : str
        The column at fault; empty when it is the whole row.
    explanation : str
        The reason as a sentence.
    row : str
        The row as JSON, denied fields replaced by ``[removed: rule]``.
    """

    line: int
    reason: Reason
    column: str
    explanation: str
    row: str


@dataclass(frozen=True, eq=False)
class Refused:
    """Refused rows as a frame.

    Parameters
    ----------
    frame : DataFrame
        Columns ``line`` (int64), ``reason``, ``column``, ``explanation``, ``row`` (str), in order of lines.

    Examples
    --------
    >>> Refused.of([Refusal(3, Reason.MISSING, "learner_id", "the value is missing", "{}")]).counts()
    {'missing': 1}
    """

    frame: pd.DataFrame

    @classmethod
    def of(cls, refusals: Iterable[Refusal] = ()) -> Refused:
        """Collect refusals, sorted by line."""
        rows = sorted(map(attrgetter(*COLUMNS), refusals), key=itemgetter(0))
        columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [[] for _ in COLUMNS]
        frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
        kinds = {name: "int64" if name == "line" else "str" for name in COLUMNS}
        return cls(frame.astype(kinds))

    @classmethod
    def concat(cls, parts: Iterable[Refused]) -> Refused:
        """Join several, part after part."""
        frames = [part.frame for part in parts]
        return cls(pd.concat(frames, ignore_index=True)) if frames else cls.of()

    def __len__(self) -> int:
        """Return the number of refused rows."""
        return len(self.frame)

    def counts(self) -> dict[str, int]:
        """Return how many rows each reason refused, most frequent first."""
        return {str(reason): int(count) for reason, count in self.frame["reason"].value_counts().items()}
