"""A log written before its entries were packed: after the upgrade the same heads, after the way back the same texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, inspect, text
from sqlalchemy.exc import DatabaseError

from databases import OWNER, as_role, new_database
from polku.errors import PolkuError
from polku.store import ChainHead, Store
from polku.store.backup import backup
from polku.store.engine import begin, create, of_tenant
from polku.store.jsontext import canonical
from polku.store.log import commitment
from polku.store.migrate import migrate, to_head
from polku.store.packing import MAGIC, unpacked
from polku.store.restore import restore

BEFORE, ENTRIES = "0014", 230
"""More than a batch of the migration, and of two providers."""
CITIES = ("city", "town")


def texts_of(city: str) -> dict[str, str]:
    """Return what the older release logged: most entries short, some long, one of almost a megabyte."""
    long = {3: 40, 100: 40, 199: 40, 200: 40, 201: 40, 229: 40, 57: 20_000}
    return {
        f"{city}-{one:04d}": canonical({"at": one, "words": ["Jatka näin: €", "Fortsätt så", "𝄞"] * long.get(one, 1)})
        for one in range(ENTRIES)
    }


@pytest.fixture
def before(empty_database: str) -> Iterator[Engine]:
    """Return an engine on a database as the release before left it; on PostgreSQL its owner is held to one provider."""
    engine = create(empty_database)
    migrate(engine, BEFORE)
    for city in CITIES:
        with begin(of_tenant(engine, city), write=True) as connection:
            found = MetaData()
            found.reflect(connection, only=["log", "log_payloads"])
            kept = [
                {"provider_id": city, "entry_id": entry, "salt": entry.encode(), "payload": said, "learner_id": "l"}
                | {"kind": "read", "commitment": commitment(entry.encode(), said), "appended_at": place}
                for place, (entry, said) in enumerate(texts_of(city).items())
            ]
            for name in ("log", "log_payloads"):
                columns = found.tables[name].c.keys()
                rows = [{column: row[column] for column in columns if column in row} for row in kept]
                connection.execute(found.tables[name].insert(), rows)
    yield engine
    engine.dispose()


def heads(engine: Engine) -> dict[str, ChainHead]:
    return {city: Store(engine, city).seal() for city in CITIES}


def payloads(engine: Engine, city: str) -> dict[str, str | bytes]:
    """Return what is stored, as it is."""
    with begin(of_tenant(engine, city), write=False) as connection:
        statement = text("SELECT entry_id, payload FROM log_payloads WHERE provider_id = :own ORDER BY entry_id")
        return {row.entry_id: row.payload for row in connection.execute(statement, {"own": city})}


def shape(engine: Engine) -> tuple[object, ...]:
    """Return all that stands around the table: keys, indexes, triggers, policies."""
    around = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name LIKE 'log_payloads%' AND type <> 'table'",
        "postgresql": "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = 'log_payloads'"
        "::regclass AND NOT t.tgisinternal UNION ALL SELECT p.policyname, p.qual || p.with_check FROM pg_policies p "
        "WHERE p.tablename LIKE 'log_payloads%' UNION ALL SELECT relname, relforcerowsecurity::text FROM pg_class "
        "WHERE relname LIKE '%log_payloads%' AND relrowsecurity ORDER BY 1",
    }[engine.dialect.name].replace("::", r"\:\:")
    looked = inspect(engine)
    with begin(engine, write=False) as connection:
        rows = sorted(map(tuple, connection.execute(text(around))), key=str)
    keys = (looked.get_pk_constraint("log_payloads"), looked.get_foreign_keys("log_payloads"))
    return (rows, keys, looked.get_indexes("log_payloads"), [one["name"] for one in looked.get_columns("log_payloads")])


def test_an_older_log_verifies_with_the_heads_exported_before(before: Engine) -> None:
    exported = heads(before)
    to_head(before)
    for city in CITIES:
        store, said = Store(before, city), payloads(before, city)
        assert store.verify_log(exported[city]).whole
        assert store.seal() == exported[city]
        assert {entry: unpacked(bytes(one)) for entry, one in said.items()} == texts_of(city)  # type: ignore[arg-type]  # bytes by now
        assert sum(one.startswith(MAGIC) for one in said.values() if isinstance(one, bytes)) == 7
        assert sum(map(len, said.values())) < sum(len(one.encode()) for one in texts_of(city).values()) / 10


def test_the_way_back_gives_the_same_texts_and_the_same_table(before: Engine) -> None:
    exported, was = heads(before), shape(before)
    to_head(before)
    assert shape(before) == was
    migrate(before, BEFORE)
    assert shape(before) == was
    for city in CITIES:
        assert payloads(before, city) == texts_of(city)
    to_head(before)
    assert all(Store(before, city).verify_log(exported[city]).whole for city in CITIES)


def test_what_is_packed_is_as_append_only_and_as_apart_as_it_was(before: Engine) -> None:
    exported = heads(before)
    to_head(before)
    with pytest.raises(DatabaseError, match="append-only"), begin(of_tenant(before, "city"), write=True) as connection:
        connection.execute(text("UPDATE log_payloads SET salt = salt"))
    if before.dialect.name == "postgresql":
        assert not set(payloads(before, "nobody"))
        with begin(of_tenant(before, "town"), write=False) as connection:
            assert connection.scalar(text("SELECT count(*) FROM log_payloads")) == ENTRIES
    city = Store(before, "city")
    assert city.erase("l").entries == ENTRIES
    assert city.verify_log(exported["city"]).whole
    assert len(payloads(before, "town")) == ENTRIES


def test_an_entry_altered_before_the_upgrade_is_found_after_it(before: Engine) -> None:
    heads(before)
    for number, said in ((4, '{"at":0}'), (101, canonical({"words": ["other"] * 300}))):
        _reword(before, f"city-{number - 1:04d}", said)
    to_head(before)
    assert [one.seq for one in Store(before, "city").verify_log().problems] == [4, 101]


def test_a_damaged_frame_stops_the_way_back_and_loses_nothing(before: Engine) -> None:
    to_head(before)
    held = {**payloads(before, "city"), "city-0057": MAGIC + b"x"}
    _reword(before, "city-0057", MAGIC + b"x")
    with pytest.raises(PolkuError, match="an entry of the log is damaged"):
        migrate(before, BEFORE)
    assert payloads(before, "city") == held


def test_a_backup_from_before_verifies_once_it_is_restored(
    before: Engine, empty_database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    exported, reader, target = heads(before), empty_database, f"sqlite:///{tmp_path}/restored.db"
    if before.dialect.name == "postgresql":
        server = str(request.getfixturevalue("postgres"))
        reader = as_role(empty_database, "polku_backup")
        target = as_role(new_database(server, f"restored_of_{before.url.database}"), OWNER)
    assert backup(reader, tmp_path / "old.tar.gz").heads == exported
    done = restore(target, tmp_path / "old.tar.gz")
    assert (done.manifest.migration, done.problems) == (BEFORE, ())


def _reword(engine: Engine, entry: str, said: str | bytes) -> None:
    """Put something else in the place of what an entry says, as whoever owns the tables could."""
    with begin(of_tenant(engine, "city"), write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE log_payloads DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS log_payloads_no_update"))
        table = Table("log_payloads", MetaData(), autoload_with=connection)
        connection.execute(table.update().where(table.c.entry_id == entry).values(payload=said))
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE log_payloads ENABLE TRIGGER USER"))
