"""The enclave's tables: values, who read them, what was deleted, and fingerprints of what was published.

A database of its own: a separate SQLite file, or a separate schema on PostgreSQL. Only this room opens it.
"""

from __future__ import annotations

import getpass
import os

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)

from polku.store.engine import begin, create, of_tenant

SCHEMA = "polku_background"
"""Schema on PostgreSQL; SQLite has a file instead."""
NOT_RECORDED = "not recorded"
"""Reader of the entries that were written before the log kept one."""

_metadata = MetaData()
VALUES = Table(
    "background_values",
    _metadata,
    Column("provider_id", String, primary_key=True),
    Column("learner_id", String, primary_key=True),
    Column("attribute", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("source", String, nullable=False),
    Column("written_at", BigInteger, nullable=False),
)
READS = Table(
    "background_reads",
    _metadata,
    Column("provider_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("learners", Integer, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("reader", String, nullable=False, server_default=NOT_RECORDED),
)
DELETIONS = Table(
    "background_deletions",
    _metadata,
    Column("provider_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("learners", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("fingerprints", Integer, nullable=False),
    Column("deleted_at", BigInteger, nullable=False),
    Column("deleter", String, nullable=False),
)
PUBLISHED = Table(
    "background_published",
    _metadata,
    Column("provider_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)


def open_vault(url: str | os.PathLike[str], provider_id: str) -> Engine:
    """Return one provider's engine on the enclave at `url`, its tables made or brought up to date.

    Parameters
    ----------
    url : str or path
        Address of the enclave, or the path of its SQLite file.
    provider_id : str
        Whose rows PostgreSQL's row-level security lets this engine see.

    Raises
    ------
    InputError
        If the address names no known engine.
    NotReadyError
        If the database cannot be reached or written.
    """
    engine = create(url)
    schema = None
    if engine.dialect.name == "postgresql":
        schema = SCHEMA
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        engine = engine.execution_options(schema_translate_map={None: SCHEMA})
    with begin(engine, write=True) as connection:
        _metadata.create_all(connection)
        _add_reader(connection, schema)
        if schema is not None:
            _secure(connection, schema)
    return of_tenant(engine, provider_id)


def _add_reader(connection: Connection, schema: str | None) -> None:
    """Add the column that an enclave of before lacks: it logged why values were read, not by whom."""
    columns = inspect(connection).get_columns(READS.name, schema=schema)
    if "reader" not in {column["name"] for column in columns}:
        from alembic.migration import MigrationContext  # megabytes that every service would hold
        from alembic.operations import Operations

        column = Column("reader", String, nullable=False, server_default=NOT_RECORDED)
        Operations(MigrationContext.configure(connection)).add_column(READS.name, column, schema=schema)


def _secure(connection: Connection, schema: str) -> None:
    """Hold every table to the provider of the transaction, its owner included; once is enough."""
    own = "provider_id = nullif(current_setting('polku.provider', true), '')"
    unheld = text("SELECT NOT relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
    for table in _metadata.tables:
        name = f"{schema}.{table}"
        if connection.scalar(unheld, {"name": name}):
            connection.execute(text(f"CREATE POLICY polku_tenant ON {name} USING ({own}) WITH CHECK ({own})"))
            connection.execute(text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))


def append(connection: Connection, table: Table, provider_id: str, row: dict[str, object]) -> None:
    """Add an entry to one of the provider's logs, under the next number."""
    last = select(func.coalesce(func.max(table.c.number), 0)).where(table.c.provider_id == provider_id)
    number = connection.execute(last).scalar_one() + 1
    connection.execute(insert(table), [{"provider_id": provider_id, "number": number, **row}])


def distinct_learners(connection: Connection, which: ColumnElement[bool]) -> int:
    """Return how many learners the chosen values are of."""
    return connection.execute(select(func.count(VALUES.c.learner_id.distinct())).where(which)).scalar_one()


def account() -> str:
    """Return the account that this process runs under: who reads, as far as a machine can tell.

    Examples
    --------
    >>> bool(account())
    True
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that no account belongs to
        return f"uid {os.getuid()}"
