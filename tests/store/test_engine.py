"""How the engines are set, what is said when they cannot be used, and migrations that fail half-way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from polku.errors import InputError, NotReadyError
from polku.store import Store
from polku.store.engine import BUSY_SECONDS, begin, create, not_ready, settle
from polku.store.jsontext import canonical, parse
from polku.store.migrate import current, migrate, to_head
from polku.testing.store import sample


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """Return an engine on a database that holds nothing."""
    made = create(empty_database)
    yield made
    made.dispose()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an embedded store."""
    with Store.open(tmp_path / "polku.db", "p") as opened:
        yield opened


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", BUSY_SECONDS * 1000),
    ],
)
def test_an_embedded_store_is_set_to_lose_nothing_and_to_forget_what_is_erased(
    store: Store, pragma: str, value: object
) -> None:
    for write in (True, False):
        with begin(store.engine, write=write) as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_settling_leaves_nothing_in_the_write_ahead_log(store: Store, tmp_path: Path) -> None:
    with store.begin() as tx:
        tx.responses.add(sample())
    assert (tmp_path / "polku.db-wal").stat().st_size > 0
    settle(store.engine)
    assert (tmp_path / "polku.db-wal").stat().st_size == 0
    with store.read() as tx:
        assert tx.responses.count() == len(sample())


@pytest.mark.parametrize("url", ["postgresql://h/n", "postgresql+psycopg2://h/n", "postgresql+psycopg://h/n"])
def test_every_way_to_name_postgresql_uses_the_driver_that_is_installed(url: str) -> None:
    engine = create(url)
    assert engine.url.drivername == "postgresql+psycopg"
    assert engine.hide_parameters


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgres://host/name", r"SQLite or PostgreSQL\n  got: postgres\n  try: did you mean 'postgresql'\?"),
        ("sqlit:///a.db", r"got: sqlit\n  try: did you mean 'sqlite'\?"),
        ("duckdb:///a.db", r"got: duckdb\n  try: one of: postgresql, sqlite"),
        ("sqlite:///", r"an embedded store is a file\n  got: sqlite:///"),
    ],
)
def test_an_address_with_a_slip_gets_the_nearest(url: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        create(url)


@pytest.mark.parametrize(
    ("url", "said", "hint"),
    [
        ("sqlite:///a.db", "database is locked", "another process writes for long"),
        ("sqlite:///a.db", "unable to open database file\nmore", "give a path in a folder that can be written"),
        ("sqlite:///a.db", "database or disk is full", "or free the disk"),
        ("postgresql://u:secret@h/n", "connection refused", "see that the server runs"),
        ("postgresql://u:secret@h/n", "the server is busy", "another process writes for long"),
    ],
)
def test_what_the_database_says_becomes_what_to_try(url: str, said: str, hint: str) -> None:
    error = not_ready(make_url(url), OperationalError("SELECT 'anna'", {"who": "anna"}, Exception(said)))
    assert hint in str(error)
    assert said.splitlines()[0] in str(error)
    assert not any(word in str(error) for word in ("secret", "anna", "more"))
    assert error.status == 503


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    """Somebody else's table stands in the way of the last of ours: none of ours may stay."""
    with begin(engine, write=True) as connection:
        connection.execute(text("CREATE TABLE releases (theirs INTEGER)"))
    with pytest.raises(NotReadyError, match=r"the store cannot be opened\n  got: .*releases"):
        to_head(engine)
    assert inspect(engine).get_table_names() == ["releases"]
    with begin(engine, write=True) as connection:
        connection.execute(text("DROP TABLE releases"))
    to_head(engine)
    with Store(engine, "p").begin() as tx:
        assert tx.responses.add(sample()).accepted == len(sample())


def test_a_database_that_lost_its_version_is_not_taken_for_a_new_one(engine: Engine) -> None:
    to_head(engine)
    with begin(engine, write=True) as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with begin(engine, write=False) as connection:
        assert current(connection) is None
    with pytest.raises(NotReadyError, match="the store cannot be opened"):
        to_head(engine)


def test_going_to_where_one_is_changes_nothing(engine: Engine) -> None:
    to_head(engine)
    with Store(engine, "p").begin() as tx:
        tx.responses.add(sample())
    to_head(engine)
    migrate(engine, "0001")
    to_head(engine)
    with Store(engine, "p").read() as tx:
        assert tx.responses.all().hash == sample().hash


def test_a_transaction_that_fails_inside_is_not_called_a_store_that_cannot_be_opened(any_store: Store) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)nonesuch"), begin(any_store.engine, write=True) as connection:
        connection.execute(text("SELECT * FROM nonesuch"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": [1, 2.5, None, True], "a": "ä"}, '{"a":"ä","b":[1,2.5,null,true]}'),
        ((1, "x"), '[1,"x"]'),
        ({"ä": {"z": 1, "y": 2}}, '{"ä":{"y":2,"z":1}}'),
        ("", '""'),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_one_text_for_one_value(value: object, written: str) -> None:
    assert canonical(value) == written
    assert canonical(parse(written)) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": {1, 2}}, b"x", {1: 2, "a": 3}, object()])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"this cannot be stored as JSON\n  got: .*\n  try: give numbers"):
        canonical(value)
