"""Statements that are built and compiled once: of a request's time, building them anew would be the larger part."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, select
from sqlalchemy.dialects import registry

from polku.store.straight import Statement
from polku.store.tenant import AnyRow, Tenant

PROVIDER = "polku_provider"
_DIALECTS = {
    "sqlite": registry.load("sqlite")(paramstyle="named"),
    "postgresql": registry.load("postgresql.psycopg")(),
}


class Prepared:
    """A SELECT of one provider's rows, as text for either engine.

    Parameters
    ----------
    table : Table
        Whose rows; the provider is named in any case.
    *columns : column
        What is selected; they need no conversion by the database library (no dates).
    where : tuple of column elements
        Conditions, with :func:`sqlalchemy.bindparam` for what differs from run to run.
    order : tuple of column elements
        By what rows are ordered.
    limit : int, optional
        Most rows.
    join : (Table, condition), optional
        Another table beside the first.

    Examples
    --------
    >>> from polku.store import tables
    >>> one = Prepared(tables.items, tables.items.c.title, where=(tables.items.c.item_id == bindparam("item"),))
    >>> print(one.text("sqlite"))  # doctest: +NORMALIZE_WHITESPACE
    SELECT items.title FROM items WHERE items.provider_id = :polku_provider AND items.item_id = :item
    """

    def __init__(
        self,
        table: Table,
        *columns: ColumnElement[Any],
        where: tuple[ColumnElement[bool], ...] = (),
        order: tuple[ColumnElement[Any], ...] = (),
        limit: int | None = None,
        join: tuple[Table, ColumnElement[bool]] | None = None,
    ) -> None:
        source = table if join is None else table.join(*join)
        chosen = columns or tuple(column for column in table.c if column.name != "provider_id")
        own = table.c.provider_id == bindparam(PROVIDER)
        statement = select(*chosen).select_from(source).where(own, *where).order_by(*order)
        self._statement = statement if limit is None else statement.limit(limit)
        self.tables = (table,) if join is None else (table, join[0])
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {}
        self._row: Callable[[Iterable[Any]], Any] | None = None

    def text(self, dialect: str) -> str:
        """Return the statement as one engine reads it."""
        return self._compiled(dialect)[0]

    def rows(self, tenant: Tenant, **values: object) -> list[AnyRow]:
        """Return all rows, for the values of the statement's parameters."""
        known = tenant.held.rows(self, values)
        if known is not None:
            return known
        (cursor,) = tenant.straight.run([self.statement(tenant, values)])
        return self.read(cursor)

    def each(self, tenant: Tenant, asked: Iterable[Mapping[str, object]]) -> list[list[AnyRow]]:
        """Return the rows for each of several values, asked for in one go."""
        return list(map(self.read, tenant.straight.run([self.statement(tenant, values) for values in asked])))

    def statement(self, tenant: Tenant, values: Mapping[str, object]) -> Statement:
        """Return the statement with its values."""
        text, known = self._compiled("postgresql" if tenant.is_postgresql else "sqlite")
        return Statement(text, {**known, PROVIDER: tenant.provider_id, **values})

    def read(self, cursor: Any) -> list[AnyRow]:
        """Return the rows of the statement, once it was run."""
        if self._row is None:
            self._row = _made([str(one[0]) for one in cursor.description])
        return cast("list[AnyRow]", list(map(self._row, cursor.fetchall())))

    def first(self, tenant: Tenant, **values: object) -> AnyRow | None:
        """Return the first row, or None."""
        found = self.rows(tenant, **values)
        return found[0] if found else None

    def _compiled(self, dialect: str) -> tuple[str, dict[str, Any]]:
        found = self._texts.get(dialect)
        if found is None:
            compiled = self._statement.compile(dialect=_DIALECTS[dialect])
            known = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._texts[dialect] = (str(compiled), known)
        return found


def _made(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    """Return what makes rows whose values have names, which are known once a statement has run."""
    kind: Any = cast("Any", namedtuple)("PreparedRow", names, rename=True)  # noqa: PYI024 - a NamedTuple's names stand in the source
    return cast("Callable[[Iterable[Any]], Any]", kind._make)
