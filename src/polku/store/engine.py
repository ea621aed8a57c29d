"""Engines: how Polku talks to SQLite and to PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from polku.errors import InputError, NotReadyError, nearest

BUSY_SECONDS = 30
"""How long a writer waits for another one; a bulk ingest holds the lock for seconds."""

LOOK_AGAIN = 5
"""Milliseconds of waiting for another process's writer at a time."""

_BACKENDS = ("sqlite", "postgresql")
_WRITABLE = "give a path in a folder that can be written, or free the disk"

_TURNS: WeakKeyDictionary[Dialect, Lock] = WeakKeyDictionary()

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # in WAL, NORMAL may lose the last commits when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not only unlinked
    "PRAGMA cache_size = -8192",
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
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "begin", _set_tenant)
        return engine
    _make_folder(Path(parsed.database or ""))
    engine = create_engine(parsed, hide_parameters=True)  # an error must not carry a learner's values into a log
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def of_tenant(engine: Engine, provider_id: str) -> Engine:
    """Return the engine, over the same connections, whose every transaction is one provider's.

    On PostgreSQL row-level security then shows that provider's rows alone, whatever a statement forgets to say.
    """
    return engine.execution_options(polku_provider=provider_id)


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
        if write and engine.dialect.name == "sqlite":
            stack.enter_context(_turn(engine))
        try:
            connection = stack.enter_context(engine.connect()).execution_options(**options)
            stack.enter_context(connection.begin())
        except DatabaseError as error:
            raise not_ready(engine.url, error) from error
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Wait for this process's other writers: SQLite lets those who wait look again only every so often.

    Who waits for too long goes on, and is told by the database that it is busy.
    """
    lock = _TURNS.setdefault(engine.dialect, Lock())  # the one thing that engines over the same connections share
    mine = lock.acquire(timeout=engine.get_execution_options().get("polku_patience", BUSY_SECONDS))
    try:
        yield
    finally:
        if mine:
            lock.release()


def settle(engine: Engine) -> None:
    """Bring SQLite's write-ahead log into the file, so that it holds nothing that was erased.

    With readers under way SQLite does what it can and the rest at a later checkpoint. PostgreSQL removes
    dead rows when it vacuums.
    """
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:  # a checkpoint stands outside any transaction
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_tenant(connection: Connection) -> None:
    """Say whose transaction begins; it holds until the transaction ends, so a connection of the pool carries nothing.

    Without a provider nothing is set, and nothing is seen.
    """
    provider = connection.get_execution_options().get("polku_provider")
    if provider is not None:
        connection.execute(text("SELECT set_config('polku.provider', :provider, true)"), {"provider": provider})


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
    elif "permission denied" in said:
        hint = "run serve/roles.sql, then polku provider roles with POLKU_STORE_OWNER"
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
        _say(cursor, pragma)
    cursor.close()


def _say(cursor: Any, pragma: str) -> None:
    """Run a pragma; while others open the same new file, one that changes how it is kept fails without waiting."""
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(LOOK_AGAIN / 1000)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("polku_write", True)
    # Readers cannot write, as in PostgreSQL.
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
    if write:
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the writer's lock, looking every few milliseconds whether another process has let it go.

    SQLite itself looks ever more seldom, up to ten times a second: beside a process that writes all the time, one that
    does so would hardly ever get its turn.
    """
    raw: Any = connection.connection.dbapi_connection
    patience = connection.get_execution_options().get("polku_patience", BUSY_SECONDS)
    until = monotonic() + patience
    raw.execute(f"PRAGMA busy_timeout = {LOOK_AGAIN}")
    try:
        while monotonic() < until:
            if _begun(connection, raw):
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails, in the words that everybody knows
    finally:
        raw.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")


def _begun(connection: Connection, raw: Any) -> bool:
    """Return whether the writer's lock could be taken."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails, in the words that everybody knows
    return True
