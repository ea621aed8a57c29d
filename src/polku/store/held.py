"""Rows that were read ahead, for as long as nobody in the transaction writes to where they are from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Table

Values = Mapping[str, object]


class Held:
    """Rows by what they answer: a statement and the values of its parameters.

    Examples
    --------
    >>> from polku.store import tables
    >>> held = Held()
    >>> held.keep("of", {"learner": "L1"}, ["row"], [tables.items])
    >>> held.rows("of", {"learner": "L1"}), held.rows("of", {"learner": "L2"})
    (['row'], None)
    >>> held.written(tables.items)
    >>> held.rows("of", {"learner": "L1"}) is None
    True
    """

    def __init__(self) -> None:
        self._rows: dict[Any, dict[frozenset[tuple[str, object]], list[Any]]] = {}
        self._tables: dict[Any, Collection[Table]] = {}

    def keep(self, statement: object, values: Values, rows: list[Any], tables: Collection[Table]) -> None:
        """Keep the rows that a statement found in some tables."""
        self._tables[statement] = tables
        self._rows.setdefault(statement, {})[frozenset(values.items())] = rows

    def rows(self, statement: object, values: Values) -> list[Any] | None:
        """Return what a statement found, or None where it was not read ahead."""
        known = self._rows.get(statement)
        return None if known is None else known.get(frozenset(values.items()))

    def written(self, table: Table) -> None:
        """Forget what was found in a table."""
        for statement in [one for one, tables in self._tables.items() if table in tables]:
            del self._rows[statement], self._tables[statement]

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self._tables.clear()
