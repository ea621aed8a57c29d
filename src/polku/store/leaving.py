"""What a provider holds, table by table: counted, handed over in open formats, deleted.

The tables are those that stand in the database, not those that this code knows of, so that none is left out. Every
table with a ``provider_id`` counts, in the store as in the background enclave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy import delete as delete_from
from sqlalchemy import func as sql
from sqlalchemy.types import TypeEngine

from polku.errors import ConflictError
from polku.store.engine import begin, of_tenant, settle
from polku.store.packing import PLACE, unpacked

BATCH: Final = 10_000
"""Rows held at once."""

_TYPES: Final[tuple[tuple[type[TypeEngine[Any]], pa.DataType], ...]] = (
    (Boolean, pa.bool_()),
    (Integer, pa.int64()),
    (Float, pa.float64()),
    (Date, pa.date32()),
    (LargeBinary, pa.binary()),
)


def holdings(engine: Engine, provider_id: str, *, schema: str | None = None) -> dict[str, int]:
    """Return how many rows each table holds of a provider.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of the store or of the enclave.
    provider_id : str
        Whose rows.
    schema : str, optional
        Schema on PostgreSQL; default the one that connections start in.
    """
    with begin(of_tenant(engine, provider_id), write=False) as connection:
        return _counted(connection, _tables(connection, schema), provider_id)


def hand_over(engine: Engine, provider_id: str, folder: Path, *, schema: str | None = None) -> dict[str, int]:
    """Write every table's rows of a provider to ``<table>.parquet``, and to ``<table>.csv`` where none is binary.

    All of it is of one moment. Memory stays bounded. What the log says is written as text.

    Parameters
    ----------
    engine, provider_id, schema
        As for :func:`holdings`.
    folder : Path
        Where to; made.

    Returns
    -------
    dict of str to int
        Rows written, by table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with begin(of_tenant(engine, provider_id), write=False) as connection:
        tables = _tables(connection, schema)
        return {table.name: _write(connection, table, provider_id, folder) for table in tables}


def remove(
    engine: Engine, provider_id: str, expected: Mapping[str, int], *, schema: str | None = None
) -> dict[str, int]:
    """Delete every row of a provider, if there are as many as were handed over, and no other provider's.

    What is append-only gives way for this one transaction, in which nobody else writes. On PostgreSQL the tables' owner
    alone can do that, and row-level security holds the owner to this provider too.

    Parameters
    ----------
    engine, provider_id, schema
        As for :func:`holdings`; on PostgreSQL under the role that owns the tables.
    expected : mapping of str to int
        Rows by table, as handed over.

    Returns
    -------
    dict of str to int
        Rows deleted, by table.

    Raises
    ------
    ConflictError
        If a table holds more or fewer rows than were handed over; nothing is deleted then.
    """
    with begin(of_tenant(engine, provider_id), write=True) as connection:
        tables = _tables(connection, schema)
        with _triggers_off(connection, tables):
            _refuse_others(_counted(connection, tables, provider_id), expected)
            for table in reversed(tables):
                connection.execute(delete_from(table).where(table.c.provider_id == provider_id))
    _overwrite(engine, tables)
    return dict(expected)


def _tables(connection: Connection, schema: str | None) -> list[Table]:
    """Return the tables of the database that hold providers' rows, each after those that it refers to."""
    chosen = schema if connection.dialect.name == "postgresql" else None
    looked, metadata = inspect(connection), MetaData()
    order = [name for name, _ in looked.get_sorted_table_and_fkc_names(chosen) if name]
    columns, keys = looked.get_multi_columns(chosen), looked.get_multi_pk_constraint(chosen)
    tables = []
    for name in order:
        key = keys[chosen, name]["constrained_columns"]
        made = [Column(one["name"], one["type"], primary_key=one["name"] in key) for one in columns[chosen, name]]
        tables.append(Table(name, metadata, *made, schema=chosen))
    return [table for table in tables if "provider_id" in table.c]


def _counted(connection: Connection, tables: Sequence[Table], provider_id: str) -> dict[str, int]:
    statements = {
        table.name: select(sql.count()).select_from(table).where(table.c.provider_id == provider_id) for table in tables
    }
    return {name: int(connection.scalar(statement) or 0) for name, statement in statements.items()}


def _overwrite(engine: Engine, tables: Sequence[Table]) -> None:
    """Free what deleted rows still occupy: a deletion alone only marks them."""
    settle(engine)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {', '.join(table.fullname for table in tables)}")


def _refuse_others(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    differing = [
        f"{name}: {found.get(name, 0)} instead of {expected.get(name, 0)}"
        for name in sorted({*found, *expected})
        if found.get(name, 0) != expected.get(name, 0)
    ]
    if differing:
        raise ConflictError(
            "what is held is no longer what was handed over; nothing was deleted",
            got="; ".join(differing),
            hint="stop what writes for this provider, and hand over again",
        )


def _write(connection: Connection, table: Table, provider_id: str, folder: Path) -> int:
    """Write one table; returns the number of rows."""
    schema = pa.schema([pa.field(column.name, _arrow(column)) for column in table.c])
    statement = select(table).where(table.c.provider_id == provider_id).order_by(*table.primary_key)
    rows = connection.execute(statement, execution_options={"yield_per": BATCH})
    written = 0
    with ExitStack() as stack:
        writers: list[Any] = [stack.enter_context(pa.parquet.ParquetWriter(folder / f"{table.name}.parquet", schema))]
        if pa.binary() not in schema.types:
            writers.append(stack.enter_context(pa.csv.CSVWriter(folder / f"{table.name}.csv", schema)))
        for part in rows.partitions():
            batch = pa.Table.from_pylist([_plain(table, dict(row._mapping)) for row in part], schema=schema)  # noqa: SLF001 - public in all but name: a row as a mapping
            for writer in writers:
                writer.write_table(batch)
            written += len(part)
    return written


def _arrow(column: Column[Any]) -> pa.DataType:
    if (column.table.name, column.name) == PLACE:
        return pa.string()
    return next((arrow for ours, arrow in _TYPES if isinstance(column.type, ours)), pa.string())


def _plain(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: unpacked(value) if (table.name, name) == PLACE else value for name, value in row.items()}


@contextmanager
def _triggers_off(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Let append-only tables be deleted from until the block ends; should it raise, the transaction is undone."""
    postgresql = connection.dialect.name == "postgresql"
    names = [table.fullname for table in tables]
    if postgresql:
        before = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        after = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
    else:
        found = connection.execute(text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        before = [f"DROP TRIGGER {row.name}" for row in found if row.tbl_name in names]
        after = [row.sql for row in found if row.tbl_name in names]
    for statement in before:
        connection.exec_driver_sql(statement)
    yield
    for statement in after:
        connection.exec_driver_sql(statement)
