"""Rows as a file holds them, before any rule has looked at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.records import DenyRules, Refusal

BATCH = 50_000


@dataclass(frozen=True, eq=False)
class RawTable:
    """The rows of one file, denied columns left out.

    Parameters
    ----------
    table : Arrow table of n rows
        Every column but the denied ones.
    line : (n,) int64 array
        Each row's line in the file, the header being line 1; in Parquet its number, from 1.
    broken : tuple of Refusal
        Rows that could not even be split into columns.
    denied : tuple of str
        Names of the columns that were left out.
    notes : tuple of str
        What the reader noticed.
    """

    table: pa.Table
    line: NDArray[np.int64]
    broken: tuple[Refusal, ...] = ()
    denied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> pa.Array:
        """Return a column in one piece."""
        return self.table.column(name).combine_chunks()

    def has(self, name: str) -> bool:
        """Return whether there is a column that may be read."""
        return name in self.table.column_names

    def take(self, places: NDArray[np.int64]) -> RawTable:
        """Return rows in another order, or some of them, or some of them often."""
        return replace(self, table=self.table.take(pa.array(places)), line=self.line[places])

    def add(self, **columns: pa.Array) -> RawTable:
        """Return the rows with more columns; refused rows carry them too.

        Every reader adds ``learner_id``: whoever erases a learner must find what was refused.
        """
        table = self.table
        for name, column in columns.items():
            table = table.append_column(name, column)
        return replace(self, table=table)

    def rows(self, places: Sequence[int] | NDArray[np.int64]) -> Iterator[dict[str, object]]:
        """Yield rows as mappings; denied columns stand there without their values."""
        blanks = dict.fromkeys(self.denied)
        for start in range(0, len(places), BATCH):
            batch = self.table.take(pa.array(places[start : start + BATCH], pa.int64()))
            yield from (row | blanks for row in batch.to_pylist())

    def row_json(self, places: NDArray[np.int64], deny: DenyRules) -> Iterator[str]:
        """Yield rows as JSON fit to be kept."""
        return (deny.row_json(row) for row in self.rows(places))


def deny_notes(columns: Sequence[str], deny: DenyRules) -> tuple[str, ...]:
    """Say which columns a file holds that are never read."""
    return tuple(f"column {name} was not read (rule: {deny.why(rule)})" for name, rule in deny.denied(columns).items())
