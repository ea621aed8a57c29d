"""One provider's view of a connection: the only way repositories reach a table.

Every statement built here names the provider, so that a repository cannot forget to. PostgreSQL's
row-level security can stand beneath it later: each table's first column is ``provider_id``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Row, Select, Table, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from polku.errors import NotFoundError
from polku.store import tables
from polku.store.held import Held
from polku.store.straight import Statement, Straight

COPY_FROM = 1000
"""Rows from which PostgreSQL's COPY is faster than single inserts, its temporary table included."""

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

AT_ONCE = 2000
"""Rows handed to the database library at once: it copies each several times."""
CHUNK = 500
"""Values in one ``IN`` list: well under the limit of either engine."""
ROWS = 100
"""Rows of one statement that says which were new."""


class Tenant:
    """Build and run statements for one provider.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection with a transaction under way.
    provider_id : str
        The provider that every statement is bound to.
    clock : callable
        Returns now, in microseconds UTC.
    """

    def __init__(self, connection: Connection, provider_id: str, clock: Callable[[], int]) -> None:
        self._connection = connection
        self.provider_id = provider_id
        self.now = clock
        self.straight = Straight(connection)
        self.held = Held()
        self._claimed: set[tuple[str, ...]] = set()

    @property
    def connection(self) -> Connection:
        """Return the connection, once what waits is written; nothing that was read ahead counts after it."""
        self.flush()
        self.held.clear()
        return self._connection

    @property
    def is_postgresql(self) -> bool:
        """Return whether the engine beneath is PostgreSQL (else it is SQLite)."""
        return self._connection.dialect.name == "postgresql"

    def flush(self) -> None:
        """Write what was put down for :meth:`later`."""
        self.straight.flush()

    def select(self, table: Table, *columns: ColumnElement[Any]) -> AnySelect:
        """Return a SELECT of `columns` (default: all) of the provider's rows of `table`."""
        chosen = columns or tuple(column for column in table.c if column.name != "provider_id")
        return select(*chosen).select_from(table).where(table.c.provider_id == self.provider_id)

    def rows(self, statement: AnySelect) -> list[AnyRow]:
        """Run `statement` and return all its rows."""
        return list(self.connection.execute(statement))

    def stream(self, statement: AnySelect) -> Iterator[AnyRow]:
        """Run `statement` and yield its rows without holding them all."""
        yield from self.connection.execute(statement, execution_options={"yield_per": 1000})

    def first(self, statement: AnySelect) -> AnyRow | None:
        """Run `statement` and return its first row, or None."""
        return self.connection.execute(statement.limit(1)).first()

    def count(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Return how many of the provider's rows of `table` fulfil `where`."""
        return int(self.connection.scalar(self.select(table, func.count()).where(*where)) or 0)

    def require_bundle(self, bundle_id: str, what: str) -> None:
        """Refuse what is of a bundle that is not stored.

        Raises
        ------
        NotFoundError
            If the provider has no such bundle; `what` says what was to be kept of it.
        """
        if not self.count(tables.bundles, tables.bundles.c.bundle_id == bundle_id):
            raise NotFoundError(
                f"{what} is of a stored bundle", got=bundle_id, hint="store the bundle first: tx.bundles.add(…)"
            )

    def insert(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert `rows`, part by part as they come; a row that is already there is an error of the database."""
        source = iter(rows)
        while part := list(islice(source, AT_ONCE)):
            self.connection.execute(insert(table), self._owned(part))

    def insert_new(self, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
        """Insert many rows fast; those whose key is there already are left out.

        Parameters
        ----------
        table : Table
            Where to; its columns need no conversion by the database library (no dates).
        names : sequence of str
            Columns, without ``provider_id``.
        rows : sequence of tuple
            Values in the order of `names`.

        Returns
        -------
        int
            How many were new.
        """
        if self.is_postgresql and len(rows) >= COPY_FROM:
            return self._copy_new(table.name, ", ".join(["provider_id", *names]), self._with_provider(rows))
        self.held.written(table)
        statement = Statement(f"{self._adding(table.name, names)} ON CONFLICT DO NOTHING", self._with_provider(rows))
        return int(self.straight.run([statement])[0].rowcount) if rows else 0

    def insert_new_of(
        self, table: Table, names: Sequence[str], parts: Sequence[Sequence[tuple[Any, ...]]]
    ) -> list[int]:
        """Insert a few rows as :meth:`insert_new` does, all by one statement; return how many of each part were new."""
        self.held.written(table)
        keys = [names.index(column.name) for column in table.primary_key if column.name in names]
        new: set[tuple[Any, ...]] = set()
        every = [row for rows in parts for row in rows]
        for some in (every[first : first + ROWS] for first in range(0, len(every), ROWS)):
            values = tuple(chain.from_iterable(self._with_provider(some)))
            statement = Statement(
                self._adding_new(table.name, names, len(some), [names[key] for key in keys]), [values]
            )
            new.update(map(tuple, self.straight.run([statement])[0].fetchall()))
        counts = []
        for rows in parts:
            mine = {tuple(row[key] for key in keys) for row in rows} & new
            new -= mine
            counts.append(len(mine))
        return counts

    def _adding_new(self, table: str, names: Sequence[str], rows: int, keys: Sequence[str]) -> str:
        head, marks = self._adding(table, names).split(" VALUES ")
        values = ", ".join([marks] * rows)
        return f"{head} VALUES {values} ON CONFLICT DO NOTHING RETURNING {', '.join(keys)}"

    def later(self, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows as :meth:`insert` does, for less, by the next question or the commit.

        Values are in the order of `names`, no dates among them.
        """
        self.held.written(table)
        self.straight.later(Statement(self._adding(table.name, names), self._with_provider(rows)))

    def replace(self, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows as :meth:`put` does, as soon as :meth:`later` and of the same values."""
        keys = [column.name for column in table.primary_key]
        rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        statement = f"{self._adding(table.name, names)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}"
        self.held.written(table)
        self.straight.later(Statement(statement, self._with_provider(rows)))

    def _adding(self, table: str, names: Sequence[str]) -> str:
        marks = ", ".join(["%s" if self.is_postgresql else "?"] * (1 + len(names)))
        return f"INSERT INTO {table} ({', '.join(['provider_id', *names])}) VALUES ({marks})"  # noqa: S608 - our own names, bound values

    def _with_provider(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [(self.provider_id, *row) for row in rows]

    def _copy_new(self, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Insert through PostgreSQL's COPY, which knows no conflicts, so by way of a temporary table."""
        cursor: Any = self.connection.connection.cursor()
        cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming ON CONFLICT DO NOTHING")  # noqa: S608 - our own names
        new = int(cursor.rowcount)
        cursor.execute("DROP TABLE incoming")
        return new

    def put(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert `rows`, all with the same columns, each replacing what its primary key already names."""
        if not rows:
            return
        dialect = postgresql if self.is_postgresql else sqlite
        statement = dialect.insert(table)
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), self._owned(rows))

    def update(self, table: Table, where: ColumnElement[bool], rows: Sequence[Mapping[str, Any]]) -> None:
        """Update one row per mapping; `where` picks it by bound parameters that the mappings name."""
        if rows:
            self.connection.execute(update(table).where(table.c.provider_id == self.provider_id, where), rows)

    def delete(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Delete the provider's rows that fulfil `where`; return how many there were."""
        statement: Delete = delete(table).where(table.c.provider_id == self.provider_id, *where)
        return self.connection.execute(statement).rowcount

    def next_number(self, table: Table) -> int:
        """Return the next value of ``table.number``; others who ask wait until this transaction ends."""
        self.claim(table.name)
        return 1 + int(self.connection.scalar(self.select(table, func.max(table.c.number))) or 0)

    def claim(self, *names: str, shared: bool = False) -> None:
        """Make others who claim the same names wait until this transaction ends; shared claims go together.

        SQLite has one writer at a time, so there the claim holds already.
        """
        self.straight.run(self.claims([names], shared=shared))

    def claims(self, wanted: Iterable[tuple[str, ...]], *, shared: bool = False) -> list[Statement]:
        """Return the statements that claim what is not claimed yet."""
        if not self.is_postgresql:
            return []
        new = [names for names in wanted if names not in self._claimed]
        self._claimed.update([] if shared else new)
        way = "_shared" if shared else ""
        return [Statement(f"SELECT pg_advisory_xact_lock{way}(%(key)s)", {"key": self._key(*names)}) for names in new]

    def _key(self, *names: str) -> int:
        framed = "\x1f".join((self.provider_id, *names)).encode()
        return int.from_bytes(hashlib.sha256(framed).digest()[:8], "big", signed=True)

    @property
    def writes(self) -> bool:
        """Return whether the transaction may write."""
        return bool(self._connection.get_execution_options().get("polku_write", True))

    def lock(self, table: Table) -> None:
        """Wait for those who have written to `table`, and make others who would wait until this transaction ends.

        SQLite has one writer at a time, so there the lock holds already.
        """
        if self.is_postgresql:
            self.connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    def _owned(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{"provider_id": self.provider_id, **row} for row in rows]


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Cut `values` into lists that fit one ``IN``."""
    source = iter(values)
    while part := list(islice(source, CHUNK)):
        yield part
