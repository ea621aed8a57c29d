"""How long a request waits for the database: a little, where a batch job may wait long."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

CACHE = 2048
"""Kibibytes of SQLite's own cache for each connection: a process has several, and the system keeps the file as well."""


def hurry(engine: Engine, seconds: float, longest: float) -> None:
    """Make an engine give up early, for a process that answers people.

    Parameters
    ----------
    engine : Engine
        Its open connections are closed: they wait as they were opened to.
    seconds : float
        To connect, for a free connection, and for another writer's lock.
    longest : float
        For one statement: the time of a whole request.

    Notes
    -----
    A PostgreSQL server that hangs rather than refuses is noticed by TCP after `seconds` without acknowledgement; on a
    Unix socket only the time-out of the request helps.
    """
    engine.update_execution_options(polku_patience=seconds)  # for the turn of this process's own writers
    if isinstance(engine.pool, QueuePool):
        engine.pool._timeout = seconds  # noqa: SLF001 - set at creation otherwise, where nobody knows who will ask
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragma(seconds))
    else:
        event.listen(engine, "do_connect", _options(seconds, longest))
    engine.dispose()


def _pragma(seconds: float) -> Any:
    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
        cursor.execute(f"PRAGMA cache_size = {-CACHE}")
        cursor.close()

    return prepare


def _options(seconds: float, longest: float) -> Any:
    milliseconds = round(seconds * 1000)
    settings = f"-c lock_timeout={milliseconds} -c statement_timeout={round(longest * 1000)}"

    def connect(_dialect: Any, _record: Any, _given: list[Any], words: dict[str, Any]) -> None:
        words["connect_timeout"] = max(2, math.ceil(seconds))  # libpq takes less for two
        words["tcp_user_timeout"] = milliseconds
        words["options"] = f"{words.get('options', '')} {settings}".strip()

    return connect
