"""Engines: how Polku talks to SQLite and to PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from polku.errors import InputError, NotReadyError, nearest

BUSY_SECONDS = 30
"""How long a writer waits for another one; a bulk ingest holds the lock for seconds."""

_BACKENDS = ("sqlite", "postgresql")
_WRITABLE = "give a path in a folder that can be written, or free the disk"

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # in WAL, NORMAL may lose the last commits when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not only unlinked
    "PRAGMA cache_size = -65536",
)


def create(url: str | os.PathLike[str]) -> Engine:
    """Return an engine for `url`; nothing is opened yet, but an SQLite file's folder is made.

    Raises
    ------
    InputError
        If the URL names no engine that Polku knows, or an SQLite database without a file.
    NotReadyError
        If the folder cannot be made.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    _make_folder(Path(parsed.database or ""))
    engine = create_engine(parsed, hide_parameters=True)  # an error must not carry a learner's values into a log
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def begin(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Open a transaction; SQLite's writers take their lock at once, readers see one state throughout.

    Raises
    ------
    NotReadyError
        If the database cannot be opened, or another writer held it for too long.
    """
    options: dict[str, object] = {"polku_write": write}
    if engine.dialect.name == "postgresql" and not write:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(engine.connect()).execution_options(**options)
            stack.enter_context(connection.begin())
        except DatabaseError as error:
            raise not_ready(engine.url, error) from error
        yield connection


def settle(engine: Engine) -> None:
    """Bring SQLite's write-ahead log into the file, so that it holds nothing that was erased.

    With readers under way SQLite does what it can and the rest at a later checkpoint. PostgreSQL removes
    dead rows when it vacuums.
    """
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:  # a checkpoint stands outside any transaction
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _parse(url: str | os.PathLike[str]) -> URL:
    text = os.fspath(url)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        parsed = make_url(text)
    except ArgumentError as error:
        raise InputError("this is no database URL", hint="sqlite:///var/polku.db or postgresql://host/name") from error
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise InputError("Polku keeps its data in SQLite or PostgreSQL", got=backend, hint=nearest(backend, _BACKENDS))
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise InputError("an embedded store is a file", got=text, hint="sqlite:///var/polku.db")
    return parsed


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotReadyError(
            "the store's folder cannot be made", got=f"{path.parent}: {error.strerror}", hint=_WRITABLE
        ) from error


def not_ready(url: URL, error: DatabaseError) -> NotReadyError:
    """Say why the database cannot be used, and what to try; a password in the URL stays hidden."""
    said = str(error.orig).strip().splitlines()[0]
    where = url.render_as_string(hide_password=True)
    if "locked" in said or "busy" in said:
        hint = "another process writes for long: try again, or find it"
    elif url.get_backend_name() == "sqlite":
        hint = _WRITABLE
    else:
        hint = "see that the server runs and that host, name and user are right"
    return NotReadyError("the store cannot be opened", got=f"{where}: {said}", hint=hint)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("polku_write", True)
    # Readers cannot write, as in PostgreSQL.
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
