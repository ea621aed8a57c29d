"""Tells a database that is away or busy from a fault of ours: the one passes, and whoever asked may come back."""

from __future__ import annotations

import sqlite3
from typing import Final, Literal

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Kind = Literal["busy", "connection", "disk", "pool"]
RETRY_AFTER: Final = 3
"""Seconds after which asking again is of use."""
_SQLITE: Final[dict[int, Kind]] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CANTOPEN: "connection",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_FULL: "disk",
    sqlite3.SQLITE_READONLY: "disk",
}
_BUSY: Final = ("40", "55P03", "57014")
"""PostgreSQL: rolled back for another's sake, lock not to be had, taken too long."""
_DISK: Final = ("53100", "53200")


def kind_of(error: BaseException | None) -> Kind | None:
    """Return in which way the database cannot be used now, or None where `error` is about something else.

    Parameters
    ----------
    error : exception or None
        As the database library raised it.

    Examples
    --------
    >>> kind_of(PoolTimeout("no connection is free"))
    'pool'
    >>> kind_of(KeyError("a fault of ours")) is None
    True
    """
    if isinstance(error, PoolTimeout):
        return "pool"
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(_BUSY):
        return "busy"
    if state.startswith(_DISK):
        return "disk"
    return (
        "connection" if error.connection_invalidated or isinstance(error, InterfaceError | OperationalError) else None
    )
