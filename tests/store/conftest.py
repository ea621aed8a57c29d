"""One fixture, all back ends: every store test runs on SQLite and on a real PostgreSQL.

On PostgreSQL a store connects as the application's role, whom row-level security holds; the owner has migrated.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from databases import ADMINISTRATOR, OWNER, as_role, new_database
from polku.store import Store
from polku.store.engine import begin, create, of_tenant
from polku.store.migrate import to_head

_NUMBERS = itertools.count()
OpenStore = Callable[[str], Store]
Tamper = Callable[[Store, str], None]
Say = Callable[[Store, str, bytes], None]
Refuses = Callable[[Store, str], str]


def _new_database(postgres: str) -> str:
    return new_database(postgres, f"polku_{next(_NUMBERS)}")


@contextmanager
def _as(role: str, store: Store) -> Iterator[Engine]:
    """Give an engine on a store's database and tenant under another role; SQLite has no roles."""
    url = store.engine.url
    engine = create(as_role(url, role) if url.get_backend_name() == "postgresql" else url.render_as_string())
    try:
        yield of_tenant(engine, store.provider_id)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def shared_postgres(postgres: str) -> str:
    """Return the URL of a migrated database that tests share, each with providers of its own."""
    url = _new_database(postgres)
    owner = create(as_role(url, OWNER))
    to_head(owner)
    owner.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database that holds nothing yet, under the role that will own its tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/polku.db"
    return as_role(_new_database(request.getfixturevalue("postgres")), OWNER)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file that was brought to the newest version and holds nothing."""
    path = tmp_path_factory.mktemp("migrated") / "polku.db"
    Store.open(path, "nobody").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a migrated database; the one in PostgreSQL is shared by all tests, to save time."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "polku.db")
        return f"sqlite:///{tmp_path}/polku.db"
    return str(request.getfixturevalue("shared_postgres"))


@pytest.fixture
def open_store(database: str) -> Iterator[OpenStore]:
    """Return a function that opens a provider's store; the same name gives the same provider within one test."""
    stores: list[Store] = []
    test = next(_NUMBERS)

    def opened(provider: str) -> Store:
        stores.append(Store.open(database, f"{provider} {test}"))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def any_store(open_store: OpenStore) -> Store:
    """Return the store of one provider."""
    return open_store("city")


@pytest.fixture
def tamper() -> Tamper:
    """Return a function that changes the database behind the store's back, as somebody with its password would.

    The statement ends in a condition, which is narrowed to the store's provider.
    """

    def changed(store: Store, statement: str) -> None:
        with _as(ADMINISTRATOR, store) as engine, begin(engine, write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                for (name,) in triggers.all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(f"{statement} AND provider_id = :own"), {"own": store.provider_id})

    return changed


@pytest.fixture
def say(tamper: Tamper) -> Say:
    """Return a function that puts other bytes in the place of what an entry of the log says."""

    def said(store: Store, entry_id: str, content: bytes) -> None:
        value = (
            f"decode('{content.hex()}', 'hex')" if store.engine.dialect.name == "postgresql" else f"x'{content.hex()}'"
        )
        tamper(store, f"UPDATE log_payloads SET payload = {value} WHERE entry_id = '{entry_id}'")  # noqa: S608 - an id of our own

    return said


@pytest.fixture
def refuses() -> Refuses:
    """Return a function that runs a statement that must fail even for the owner, and returns what the database says."""

    def run(store: Store, statement: str) -> None:
        with _as(OWNER, store) as engine, begin(engine, write=True) as connection:
            connection.execute(text(statement))

    def refused(store: Store, statement: str) -> str:
        with pytest.raises(DatabaseError, match=r"refused|(?i:foreign key)") as caught:
            run(store, statement)
        return str(caught.value.orig)

    return refused
