"""Opening, migrating up and down, and what is said when it cannot be done."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from polku.errors import InputError, NotReadyError
from polku.store import Store, tables
from polku.store.engine import begin, create
from polku.store.migrate import HEAD, configuration, current, migrate, to_head, versions
from polku.testing.store import release, sample


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """Return an engine on a database that holds nothing."""
    made = create(empty_database)
    yield made
    made.dispose()


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(engine: Engine) -> None:
    for _ in range(2):
        to_head(engine)
        assert names(engine) == set(tables.metadata.tables)
        migrate(engine, "base")
        assert names(engine) == set()
    with begin(engine, write=False) as connection:
        assert current(connection) is None


def test_going_down_leaves_nothing_behind(engine: Engine) -> None:
    left = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name NOT LIKE '%alembic%'",
        "postgresql": "SELECT proname FROM pg_proc WHERE proname LIKE 'polku%'",
    }[engine.dialect.name]
    to_head(engine)
    migrate(engine, "base")
    with begin(engine, write=False) as connection:
        assert connection.execute(text(left)).all() == []


def test_the_migrations_build_what_the_tables_say(engine: Engine) -> None:
    to_head(engine)
    with begin(engine, write=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_head_is_the_newest_migration(engine: Engine) -> None:
    with begin(engine, write=False) as connection:
        assert versions(configuration(connection))[-1] == HEAD


def test_the_provider_leads_every_primary_key() -> None:
    for table in tables.metadata.tables.values():
        assert table.primary_key.columns.keys()[0] == "provider_id", table.name
        assert table.comment, table.name


def test_every_table_is_documented() -> None:
    page = Path(__file__).parents[2].joinpath("docs/reference/store.md").read_text(encoding="utf-8")
    for table in tables.metadata.tables.values():
        assert f"| `{table.name}` | {table.comment}" in page


def test_many_open_a_new_database_at_once(empty_database: str) -> None:
    def opened(number: int) -> int:
        with Store.open(empty_database, f"p{number}") as store, store.begin() as tx:
            return tx.responses.add(sample()).accepted

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [len(sample())] * 4


def test_opening_an_up_to_date_store_does_not_load_the_migrations(database: str) -> None:
    Store.open(database, "p").close()
    opening = f"from polku.store import Store; Store.open({database!r}, 'p').close()"
    code = f"import sys; {opening}; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_database_of_a_newer_polku_is_left_alone(engine: Engine) -> None:
    to_head(engine)
    with begin(engine, write=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReadyError, match=r"by a newer Polku\n.*version 9999.*\n.*upgrade Polku"):
        to_head(engine)


def test_a_path_is_enough_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "var" / "deep" / "polku.db"
    with Store.open(path, "p") as store, store.begin() as tx:
        tx.responses.add(sample())
    with Store.open(str(path), "p") as store, store.read() as tx:
        assert tx.responses.count() == len(sample())


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://host/name", r"SQLite or PostgreSQL\n.*mysql"),
        ("sqlite://", "an embedded store is a file"),
        ("sqlite:///:memory:", "an embedded store is a file"),
        ("://", "this is no database URL"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Store.open(url, "p")


def _folder_is_a_file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "polku.db"


def _path_is_a_folder(folder: Path) -> Path:
    return folder


def _no_database(folder: Path) -> Path:
    (folder / "polku.db").write_text("learner_id;item_id\n" * 100)
    return folder / "polku.db"


@pytest.mark.parametrize("place", [_folder_is_a_file, _path_is_a_folder, _no_database])
def test_a_path_that_cannot_be_written_is_explained(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with pytest.raises(
        NotReadyError, match=r"^the store('s folder)? cannot be (opened|made)\n  got: .*\n  try: give a"
    ):
        Store.open(place(tmp_path), "p")


def test_a_server_that_does_not_answer_is_explained_without_the_password() -> None:
    with pytest.raises(NotReadyError, match="see that the server runs") as caught:
        Store.open("postgresql://polku:secret@127.0.0.1:1/polku", "p")
    assert "secret" not in str(caught.value)


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path) -> None:
    path = tmp_path / "polku.db"
    with Store.open(path, "p") as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.engine.update_execution_options(polku_patience=0.01)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReadyError, match=r"locked\n.*another process writes"), store.begin():
            pass


def test_a_reader_sees_one_state_throughout(any_store: Store) -> None:
    with any_store.read() as before:
        assert before.responses.count() == 0
        with any_store.begin() as tx:
            tx.responses.add(sample())
        assert before.responses.count() == 0
    with any_store.read() as after:
        assert after.responses.count() == len(sample())


def test_releases_from_before_validations_stay(engine: Engine) -> None:
    """They still serve, with no validation named; the next release needs one."""
    migrate(engine, "0001")
    with begin(engine, write=True) as connection:
        for statement in (
            "INSERT INTO bundles VALUES ('p', 'one', '{}', 0)",
            "INSERT INTO audits VALUES ('p', 'audit', 'one', 1, '{}', 0)",
            "INSERT INTO releases VALUES ('p', 1, 'one', 'audit', 'Ada', 'passed', 0)",
        ):
            connection.execute(text(statement))
    to_head(engine)
    with Store(engine, "p").begin() as tx:
        champion = tx.bundles.champion_release()
        assert champion is not None
        assert (champion.bundle_id, champion.validation_id) == ("one", None)
        assert release(tx, "one").validation_id is not None
    migrate(engine, "0001")
    with begin(engine, write=False) as connection:
        assert connection.execute(text("SELECT count(*) FROM releases")).scalar() == 2
