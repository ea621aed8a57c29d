"""Leaving the store: everything handed over in open formats, deleted, and nobody else's rows touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from databases import OWNER, as_role
from polku.errors import ConflictError
from polku.records import Items, Reason, Refusal, Refused, Roster
from polku.store import Store, tables
from polku.store.engine import begin, create, of_tenant
from polku.store.leaving import hand_over, holdings, remove
from polku.store.packing import unpacked
from polku.testing.store import offer, release, sample

OpenStore = Callable[[str], Store]
REFUSED = Refused.of([Refusal(3, Reason.MISSING, "item_id", "the value is missing", '{"learner_id": "l0"}')])
TEACHERS = pd.DataFrame({"teacher_id": ["t"], "group_id": ["7A"], "starts_on": [date(2025, 8, 1)], "ends_on": [None]})


def fill(store: Store) -> None:
    """Put something of a provider into a store: append-only things above all."""
    with store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(Roster(Roster.of([{"learner_id": "l0", "grade": 7, "group_id": "7A"}]).learners, TEACHERS))
        tx.items.replace(Items.of([{"item_id": "i", "skill_ids": ("a",), "title": "ä;\n\"'"}]))
        tx.refused.add(REFUSED, "a.csv")
        tx.profiles.put("l0", "f", "i", None, b"\x00\xff")
        tx.bundles.add("bundle", {"model.txt": b"tree\x00", "parts/policy.toml": b"a = 1"}, {"id": "bundle"})
        release(tx, "bundle")
    first, _ = offer(store, "l0", "a", "b")
    with store.begin() as tx:
        tx.decisions.add(first, "reject", "t", "teacher", "not now")
        tx.path_settings.put("group", "7A", {"load": 2}, by="t", role="teacher")
    store.seal()
    offer(store, "l1", "a")


@contextmanager
def owning(store: Store) -> Iterator[Engine]:
    """Give an engine under the role that owns the tables; SQLite has none."""
    url = store.engine.url
    engine = create(as_role(url, OWNER) if url.get_backend_name() == "postgresql" else url.render_as_string())
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def cities(open_store: OpenStore) -> tuple[Store, Store]:
    """Return the stores of two providers who hold the same, under the same ids."""
    stores = open_store("leaves"), open_store("stays")
    for store in stores:
        fill(store)
    return stores


def held(store: Store) -> dict[str, int]:
    return holdings(store.engine, store.provider_id)


def test_what_is_held_counts_every_table_of_the_database(cities: tuple[Store, Store]) -> None:
    found = held(cities[0])
    assert found.keys() == tables.metadata.tables.keys()
    assert (found["responses"], found["bundle_files"], found["suggestions"], found["releases"]) == (12, 2, 3, 1)
    assert holdings(cities[0].engine, "nobody at all") == dict.fromkeys(found, 0)


def test_a_table_that_this_program_does_not_know_counts_too(tmp_path: Path) -> None:
    with Store.open(tmp_path / "polku.db", "p") as store:
        with begin(store.engine, write=True) as connection:
            connection.execute(text("CREATE TABLE plugged_in (provider_id TEXT, what TEXT)"))
            connection.execute(text("INSERT INTO plugged_in VALUES ('p', 'x'), ('q', 'y')"))
        rows = hand_over(store.engine, "p", tmp_path / "out")
        assert rows["plugged_in"] == held(store)["plugged_in"] == 1
        remove(store.engine, "p", rows)
        assert held(store)["plugged_in"] == 0
        assert holdings(store.engine, "q")["plugged_in"] == 1


def test_what_is_handed_over_reads_back_row_by_row(cities: tuple[Store, Store], tmp_path: Path) -> None:
    store = cities[0]
    assert hand_over(store.engine, store.provider_id, tmp_path) == held(store)
    for name, number in held(store).items():
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.num_rows == number, name
        assert set(table["provider_id"].to_pylist()) <= {store.provider_id}, name
    with begin(store.engine, write=False) as connection:
        kept = connection.execute(
            text("SELECT * FROM log_payloads WHERE provider_id = :own"), {"own": store.provider_id}
        )
        stored = {row.entry_id: (bytes(row.salt), unpacked(row.payload)) for row in kept}
    rows = pq.read_table(tmp_path / "log_payloads.parquet").to_pylist()
    assert {row["entry_id"]: (row["salt"], row["payload"]) for row in rows} == stored
    assert pq.read_table(tmp_path / "profiles.parquet")["content"].to_pylist() == [b"\x00\xff"]


def test_tables_without_binary_columns_are_there_for_a_spreadsheet_too(
    cities: tuple[Store, Store], tmp_path: Path
) -> None:
    store = cities[0]
    hand_over(store.engine, store.provider_id, tmp_path)
    binary = {"profiles", "bundle_files", "log_payloads"}
    written = {path.stem for path in tmp_path.glob("*.csv")}
    assert not written & binary
    assert written | binary >= {"responses", "learners", "items", "log", "decisions", "releases", *binary}
    (title,) = pd.read_csv(tmp_path / "items.csv")["title"]
    assert title == "ä;\n\"'"
    responses = pd.read_csv(tmp_path / "responses.csv")
    assert (len(responses), sorted(responses["learner_id"].unique())) == (12, ["l0", "l1", "l2"])


def test_who_leaves_leaves_nothing_and_who_stays_loses_nothing(cities: tuple[Store, Store], tmp_path: Path) -> None:
    leaves, stays = cities
    rows, others = hand_over(leaves.engine, leaves.provider_id, tmp_path), held(stays)
    assert rows == others, "both hold the same"
    with owning(leaves) as engine:
        assert remove(engine, leaves.provider_id, rows) == rows
    assert not any(held(leaves).values())
    assert held(stays) == others
    assert stays.verify_log(stays.seal()).whole
    with leaves.begin() as tx:
        assert tx.responses.add(sample()).accepted == len(sample()), "the provider may come back as a new one"


def test_what_is_append_only_is_so_again_for_everybody_who_stays(
    cities: tuple[Store, Store], refuses: Callable[[Store, str], str], tmp_path: Path
) -> None:
    leaves, stays = cities
    rows = hand_over(leaves.engine, leaves.provider_id, tmp_path)
    with owning(leaves) as engine:
        remove(engine, leaves.provider_id, rows)
    for statement in ("DELETE FROM log", "UPDATE responses SET correct = 0", "DELETE FROM releases"):
        assert "append-only" in refuses(stays, statement)


@pytest.mark.parametrize("table", ["responses", "log", "learners"])
def test_what_arrived_since_the_handing_over_stops_the_deletion(
    cities: tuple[Store, Store], tmp_path: Path, table: str
) -> None:
    store = cities[0]
    rows = hand_over(store.engine, store.provider_id, tmp_path)
    with store.begin() as tx:
        tx.responses.add(sample("late"))
        tx.log.append("read", {})
        tx.roster.replace(Roster.of([]))
    before = held(store)
    with (
        owning(store) as engine,
        pytest.raises(ConflictError, match=rf"nothing was deleted\n  got: .*{table}: {before[table]} instead of"),
    ):
        remove(engine, store.provider_id, rows)
    assert held(store) == before


def test_a_deletion_that_fails_half_way_deletes_nothing(cities: tuple[Store, Store], tmp_path: Path) -> None:
    """Somebody else's table refers to a bundle and does not name the provider as ours do."""
    store = cities[0]
    rows = hand_over(store.engine, store.provider_id, tmp_path)
    name = f"clings_{abs(hash(store.provider_id))}"
    reference = "FOREIGN KEY (owner, bundle) REFERENCES bundles (provider_id, bundle_id)"
    with owning(store) as engine:
        with begin(of_tenant(engine, store.provider_id), write=True) as connection:
            connection.execute(text(f"CREATE TABLE {name} (owner TEXT, bundle TEXT, {reference})"))
            connection.execute(text(f"INSERT INTO {name} VALUES (:own, 'bundle')"), {"own": store.provider_id})  # noqa: S608 - our own name
        with pytest.raises(DatabaseError, match=r"(?i)foreign key"):
            remove(engine, store.provider_id, rows)
        with begin(engine, write=True) as connection:
            connection.execute(text(f"DROP TABLE {name}"))
    assert held(store) == rows


def test_the_application_cannot_delete_a_provider(cities: tuple[Store, Store], tmp_path: Path) -> None:
    """PostgreSQL only: there the owner alone can let append-only tables give way."""
    store = cities[0]
    if store.engine.dialect.name == "postgresql":
        rows = hand_over(store.engine, store.provider_id, tmp_path)
        with pytest.raises(ProgrammingError, match="must be owner"):
            remove(store.engine, store.provider_id, rows)
        assert held(store) == rows
