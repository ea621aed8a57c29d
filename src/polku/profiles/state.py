"""Where one learner's state is kept: a table of float64 rows per scope, found by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from polku.profiles.events import BLANK, Floats, Integers, integers


class KeyedTable:
    """Rows of state found by id; the last row is blank and stands for every id not seen yet.

    Parameters
    ----------
    width : int
        Columns per row.
    ids : sequence of str, optional
        Ids of the rows of `values`.
    values : float64[len(ids), width], optional
        State to start from.

    Examples
    --------
    >>> table = KeyedTable(2)
    >>> table.claim("a"), table.claim("b"), table.claim("a"), table.row("c")
    (0, 1, 0, -1)

    Attributes
    ----------
    rows : dict of str to int
        Row of each id.
    array : float64[room + 1, width]
        The rows, free room, and the blank row at the end.
    """

    def __init__(self, width: int, ids: Sequence[str] = (), values: Floats | None = None) -> None:
        self.rows: dict[str, int] = {key: row for row, key in enumerate(ids)}
        self.array: Floats = np.zeros((len(ids) + 1, width))
        if values is not None:
            self.array[:-1] = values

    def __len__(self) -> int:
        """Return the number of ids seen."""
        return len(self.rows)

    def ids(self) -> list[str]:
        """Return the ids seen, sorted."""
        return sorted(self.rows)

    def values(self) -> Floats:
        """Return a copy of the state, float64[len(self), width], in the order of :meth:`ids`."""
        return self.array[[self.rows[key] for key in self.ids()]] if self.rows else self.array[:0]

    def __iter__(self) -> Iterator[tuple[str, Floats]]:
        """Yield each id with its state, by id: the same however the state came about."""
        return ((key, self.array[self.rows[key]]) for key in self.ids())

    def row(self, key: str) -> int:
        """Return the row of an id, or that of the blank row."""
        return self.rows.get(key, BLANK)

    def claim(self, key: str) -> int:
        """Return the row of an id, made for it if need be."""
        row = self.rows.setdefault(key, len(self.rows))
        if row >= len(self.array) - 1:
            self._grow()
        return row

    def claim_all(self, keys: Iterable[str]) -> Integers:
        """Return the rows of several ids, made for them if need be."""
        return integers([self.claim(key) for key in keys])

    def _grow(self) -> None:
        """Double the room; the blank row stays last."""
        grown = np.zeros((2 * len(self.array) + 2, self.array.shape[1]))
        grown[: len(self.array)] = self.array
        self.array = grown
