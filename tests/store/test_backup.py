"""Backups: everything of everybody comes back, of this version and of the one before, and nothing is overwritten."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from psycopg import DatabaseError
from sqlalchemy import MetaData, Table, inspect, text
from sqlalchemy.engine import make_url

import databases
from databases import OWNER, as_role
from polku.errors import ConflictError, InputError, NotReadyError
from polku.records import Response, Responses
from polku.store import Store
from polku.store.backup import MANIFEST, backup
from polku.store.engine import begin, create
from polku.store.migrate import HEAD, current, migrate
from polku.store.protection import APPLICATION, protection
from polku.store.restore import restore

PROVIDERS = ("north", "south")
NewDatabase = Callable[[], str]
Refuses = Callable[[Store, str], str]


@pytest.fixture
def new_database(request: pytest.FixtureRequest, empty_database: str, tmp_path: Path) -> NewDatabase:
    """Return a maker of further empty databases of the same kind."""
    if empty_database.startswith("sqlite"):
        return lambda: f"sqlite:///{tmp_path}/restored.db"
    postgres, name = str(request.getfixturevalue("postgres")), f"restored_of_{make_url(empty_database).database}"
    return lambda: as_role(databases.new_database(postgres, name), OWNER)


@pytest.fixture
def filled(empty_database: str) -> str:
    """Return a store of two providers with answers, a sealed log and an entry that is not sealed yet."""
    with Store.open(empty_database, PROVIDERS[0]) as first:
        for store in (first, first.for_provider(PROVIDERS[1])):
            fill(store)
    return empty_database


def reader(url: str) -> str:
    """Return the address of the same store as one reads it who sees every provider's rows."""
    return url if url.startswith("sqlite") else as_role(url, "polku_backup")


def fill(store: Store) -> None:
    rows = [Response(f"r{n}", "L1", "i1", ("a", "å\t\\N"), n, n, n % 2, clock=False) for n in range(40)]
    with store.begin() as tx:
        tx.responses.add(Responses.from_responses(rows), "test")
        tx.log.append("offered", {"text": "line\nbreak, tab\t, backslash \\, ääkköset 🎈"}, "L1")
        tx.log.append("offered", {"n": None, "long": ["ä\t\\N"] * 200}, "L1")
    store.seal()
    with store.begin() as tx:
        tx.log.append("offered", {"n": 2}, "L1")


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as a set would hold them."""
    engine = create(reader(url))
    found = {}
    with begin(engine, write=False) as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(Table(table, MetaData(), autoload_with=connection).select())
            found[table] = sorted((tuple(row) for row in rows), key=repr)
    engine.dispose()
    return found


def test_everything_of_everybody_comes_back(
    filled: str, new_database: NewDatabase, refuses: Refuses, tmp_path: Path
) -> None:
    made = backup(reader(filled), tmp_path / "one.tar.gz")
    target = new_database()
    done = restore(target, tmp_path / "one.tar.gz")
    assert done.whole
    assert everything(target) == everything(filled)
    assert made.rows["responses"] == 80
    with Store.open(target, PROVIDERS[0]) as store:
        assert "append-only" in refuses(store, "UPDATE log SET kind = 'x'")
    assert {provider: head.seq for provider, head in made.heads.items()} == dict.fromkeys(PROVIDERS, 2)


def test_what_was_restored_works_on(filled: str, new_database: NewDatabase, tmp_path: Path) -> None:
    backup(reader(filled), tmp_path / "one.tar.gz")
    target = new_database()
    restore(target, tmp_path / "one.tar.gz")
    with Store.open(target, PROVIDERS[1]) as store:
        assert store.seal().seq == 3
        assert store.verify_log().whole
        with store.begin() as tx:
            again = tx.responses.add(
                Responses.from_responses([Response("new", "L2", "i", ("a",), 1, 1, 1.0, clock=False)]), "test"
            )
        assert again.accepted == 1


def test_a_backup_is_of_one_moment(filled: str, tmp_path: Path) -> None:
    """What is written while it runs is in it whole or not at all: here it is written between two tables."""
    with Store.open(filled, PROVIDERS[0]) as store:
        written = False

        def write(_done: int, _total: int) -> None:
            nonlocal written
            if not written and filled.startswith("postgresql"):
                written = True
                with store.begin() as tx:
                    tx.log.append("offered", {"late": True}, "L1")

        made = backup(reader(filled), tmp_path / "one.tar.gz", write)
    assert made.rows["log"] == made.rows["log_payloads"] == 6


def test_a_backup_of_the_version_before_is_brought_up_to_date(
    empty_database: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    engine = create(empty_database)
    migrate(engine, "0003")
    with begin(engine, write=True) as connection:
        connection.execute(text("INSERT INTO learners (provider_id, learner_id) VALUES ('north', 'L1')"))
    engine.dispose()
    assert backup(reader(empty_database), tmp_path / "old.tar.gz").migration == "0003"
    target = new_database()
    done = restore(target, tmp_path / "old.tar.gz")
    assert (done.manifest.migration, done.migrated_to, done.whole) == ("0003", HEAD, True)
    with Store.open(target, "north") as store, store.read() as tx:
        assert tx.roster.learner("L1") is not None


def test_a_store_is_never_overwritten(filled: str, tmp_path: Path) -> None:
    backup(reader(filled), tmp_path / "one.tar.gz")
    before = everything(filled)
    with pytest.raises(ConflictError, match="holds a store already"):
        restore(filled, tmp_path / "one.tar.gz")
    with pytest.raises(ConflictError, match="overwrites nothing"):
        backup(reader(filled), tmp_path / "one.tar.gz")
    assert everything(filled) == before


def test_a_backup_is_for_its_owner_alone(filled: str, tmp_path: Path) -> None:
    backup(reader(filled), tmp_path / "deep" / "one.tar.gz")
    assert stat.S_IMODE((tmp_path / "deep" / "one.tar.gz").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["one.tar.gz"]


def test_an_empty_database_is_no_store(empty_database: str, tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="no store to back up"):
        backup(reader(empty_database), tmp_path / "one.tar.gz")
    assert not (tmp_path / "one.tar.gz").exists()


def repacked(origin: Path, to: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a backup again with its parts changed."""
    with tarfile.open(origin, "r:gz") as old, tarfile.open(to, "w:gz") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            assert file is not None
            content = change(member.name, file.read())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return to


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return a backup of an embedded store."""
    with Store.open(f"sqlite:///{tmp_path}/origin.db", PROVIDERS[0]) as store:
        fill(store)
    backup(f"sqlite:///{tmp_path}/origin.db", tmp_path / "made.tar.gz")
    return tmp_path / "made.tar.gz"


def test_an_altered_part_is_refused(made: Path, tmp_path: Path) -> None:
    altered = repacked(made, tmp_path / "b", lambda name, raw: raw if name == MANIFEST else raw[:-1] + b"x")
    with pytest.raises(InputError, match=r"polku\.db of this backup is missing or altered"):
        restore(f"sqlite:///{tmp_path}/restored.db", altered)


def test_a_wrong_head_or_count_is_found(made: Path, tmp_path: Path) -> None:
    def lie(name: str, raw: bytes) -> bytes:
        if name != MANIFEST:
            return raw
        told = json.loads(raw)
        told["rows"]["responses"] += 1
        told["heads"][PROVIDERS[0]] = [3, "0" * 64]
        return json.dumps(told).encode()

    done = restore(f"sqlite:///{tmp_path}/restored.db", repacked(made, tmp_path / "b", lie))
    assert not done.whole
    assert done.problems[0] == "responses: 40 rows of 41"
    assert any(one.startswith("log of north") for one in done.problems)


@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b" + b"\0" * 40])
def test_what_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(InputError, match="no backup, or not all of one"):
        restore(f"sqlite:///{tmp_path}/restored.db", tmp_path / "b")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../outside", tarfile.REGTYPE),
        ("/outside", tarfile.REGTYPE),
        ("..", tarfile.REGTYPE),
        ("outside", tarfile.SYMTYPE),
    ],
)
def test_an_archive_that_would_write_elsewhere_is_refused(made: Path, tmp_path: Path, name: str, kind: bytes) -> None:
    stray = tarfile.TarInfo(name)
    stray.type, stray.linkname = kind, "/etc"
    with tarfile.open(made) as old, tarfile.open(tmp_path / "b", "w:gz") as new:
        new.addfile(stray)
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
    with pytest.raises(InputError, match="no backup, or not all of one"):
        restore(f"sqlite:///{tmp_path}/restored.db", tmp_path / "b")
    assert not (tmp_path / "outside").exists()


def test_a_form_of_the_future_is_refused(made: Path, tmp_path: Path) -> None:
    newer = repacked(
        made, tmp_path / "b", lambda name, raw: raw.replace(b'"format": 1', b'"format": 2') if name == MANIFEST else raw
    )
    with pytest.raises(InputError, match="does not know"):
        restore(f"sqlite:///{tmp_path}/restored.db", newer)


def test_another_engine_is_refused(made: Path, tmp_path: Path) -> None:
    other = repacked(
        made, tmp_path / "b", lambda name, raw: raw.replace(b'"sqlite"', b'"postgresql"') if name == MANIFEST else raw
    )
    target = f"sqlite:///{tmp_path}/restored.db"
    with pytest.raises(ConflictError, match="this backup is of postgresql"):
        restore(target, other)
    engine = create(target)
    with begin(engine, write=False) as connection:
        assert current(connection) is None
    engine.dispose()


@pytest.mark.parametrize("role", [OWNER, APPLICATION])
def test_a_role_that_sees_a_part_only_is_refused(role: str, filled: str, tmp_path: Path) -> None:
    """Row-level security holds the tables' owner too; SQLite has no roles."""
    if filled.startswith("sqlite"):
        return
    with pytest.raises(NotReadyError, match=r"does not see every provider's rows(?s:.)*polku_backup"):
        backup(as_role(filled, role), tmp_path / "one.tar.gz")
    assert list(tmp_path.glob("one*")) == []


def test_row_level_security_holds_after_a_restoration(filled: str, new_database: NewDatabase, tmp_path: Path) -> None:
    """The owner was let past it for one transaction; SQLite has none."""
    if filled.startswith("sqlite"):
        return
    backup(reader(filled), tmp_path / "one.tar.gz")
    target = new_database()
    restore(target, tmp_path / "one.tar.gz")
    with Store.open(as_role(target, APPLICATION), PROVIDERS[0]) as store:
        assert protection(store.engine) == (APPLICATION, ())
        with begin(store.engine, write=False) as connection:
            assert set(connection.scalars(text("SELECT provider_id FROM responses"))) == {PROVIDERS[0]}
    owner = create(target)
    with begin(owner, write=False) as connection:
        assert connection.scalars(text("SELECT provider_id FROM responses")).all() == []
    owner.dispose()


def test_a_restoration_that_fails_leaves_row_level_security_as_it_was(
    filled: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    if filled.startswith("sqlite"):
        return
    backup(reader(filled), tmp_path / "one.tar.gz")

    def torn(name: str, raw: bytes) -> bytes:
        if name != MANIFEST:
            return raw + b"torn\n" if name == "responses.copy" else raw
        told = json.loads(raw)
        part = told["parts"]["responses.copy"]
        part["sha256"] = sha256(responses + b"torn\n").hexdigest()
        return json.dumps(told).encode()

    with tarfile.open(tmp_path / "one.tar.gz") as archive:
        file = archive.extractfile("responses.copy")
        assert file is not None
        responses = file.read()
    target = new_database()
    with pytest.raises(DatabaseError, match="responses"):
        restore(target, repacked(tmp_path / "one.tar.gz", tmp_path / "torn", torn))
    owner = create(target)
    assert not any("without row-level security" in one for one in protection(owner).problems)
    with begin(owner, write=False) as connection:
        assert connection.scalar(text("SELECT count(*) FROM learners")) == 0
    owner.dispose()
