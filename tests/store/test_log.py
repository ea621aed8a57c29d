from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from polku.errors import InputError
from polku.store import GENESIS, ChainHead, Store
from polku.store.engine import begin
from polku.store.packing import unpacked
from polku.testing.store import offer

Tamper = Callable[[Store, str], None]


@pytest.fixture
def sealed(any_store: Store) -> Store:
    """Return a store whose log holds six sealed entries."""
    for number in range(6):
        offer(any_store, f"l{number % 3}", "a", "b")
    assert any_store.seal().seq == 6
    return any_store


def problems(store: Store, exported: ChainHead | None = None) -> list[tuple[int, str]]:
    return [(problem.seq, problem.what.split(":")[0]) for problem in store.verify_log(exported).problems]


def test_an_empty_log(any_store: Store) -> None:
    assert any_store.seal() == any_store.chain_head() == ChainHead(0, GENESIS)
    assert any_store.verify_log(ChainHead(0, GENESIS)).whole


def test_requests_only_insert_and_the_sealer_numbers(any_store: Store) -> None:
    offer(any_store, "l0", "a")
    assert any_store.chain_head().seq == 0
    assert any_store.verify_log().unsealed == 1
    head = any_store.seal()
    assert head.seq == 1
    assert head == any_store.chain_head()
    assert any_store.verify_log(head) == any_store.verify_log()


def test_what_is_rolled_back_leaves_no_gap(any_store: Store) -> None:
    def append_then_fail() -> None:
        with any_store.begin() as tx:
            tx.log.append("read", {"learner_id": "l0"}, "l0")
            tx.log.append("read", {"score": float("nan")}, "l0")

    with pytest.raises(InputError, match="cannot be stored as JSON"):
        append_then_fail()
    offer(any_store, "l0", "a")
    assert any_store.seal().seq == 1


def test_the_commitment_is_sha256_of_salt_and_payload(sealed: Store) -> None:
    statement = text("SELECT commitment, salt, payload FROM log NATURAL JOIN log_payloads WHERE provider_id = :own")
    with begin(sealed.engine, write=False) as connection:
        rows = connection.execute(statement, {"own": sealed.provider_id}).all()
    assert len(rows) == len({row.salt for row in rows}) == 6
    for row in rows:
        assert row.commitment == hashlib.sha256(bytes(row.salt) + unpacked(row.payload).encode()).hexdigest()


SWAP = [
    "UPDATE log SET seq = 99 WHERE seq = 4",
    "UPDATE log SET seq = 4 WHERE seq = 6",
    "UPDATE log SET seq = 6 WHERE seq = 99",
]
SWAPPED = [(4, "altered"), (4, "reordered"), (5, "reordered"), (6, "altered"), (6, "reordered")]
RESALT = "UPDATE log_payloads SET salt = '' WHERE entry_id IN (SELECT entry_id FROM log WHERE seq = 4)"
REWORD = "UPDATE log_payloads SET payload = '{}' WHERE entry_id IN (SELECT entry_id FROM log WHERE seq = 4)"
UNSAY = "DELETE FROM log_payloads WHERE entry_id IN (SELECT entry_id FROM log WHERE seq = 4)"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE log SET kind = 'decided' WHERE seq = 3"], [(3, "altered")]),
        (["UPDATE log SET appended_at = appended_at + 1 WHERE seq = 6"], [(6, "altered")]),
        (["UPDATE log SET hash = previous WHERE seq = 2"], [(2, "altered"), (3, "reordered")]),
        ([REWORD], [(4, "altered")]),
        ([RESALT], [(4, "altered")]),
        ([UNSAY], [(4, "missing")]),
        (["UPDATE log SET seq = NULL WHERE seq IN (2, 3)"], [(2, "missing")]),
        (["UPDATE log SET seq = seq + 1 WHERE seq = 6"], [(6, "missing"), (7, "altered")]),
        (SWAP, SWAPPED),
    ],
)
def test_tampering_is_found_and_located(
    sealed: Store, tamper: Tamper, statements: list[str], found: list[tuple[int, str]]
) -> None:
    for statement in statements:
        tamper(sealed, statement)
    assert sorted(problems(sealed)) == found


def test_a_number_that_is_none_is_found(sealed: Store, tamper: Tamper) -> None:
    """SQLite keeps a text in a column of integers; PostgreSQL refuses it."""
    if sealed.engine.dialect.name == "sqlite":
        tamper(sealed, "UPDATE log SET seq = 'none', previous = 7 WHERE seq = 6")
        assert problems(sealed) == [(0, "altered")]


def test_a_deleted_entry_is_found_and_named(sealed: Store, tamper: Tamper) -> None:
    tamper(sealed, "DELETE FROM suggestions WHERE true")
    tamper(sealed, "DELETE FROM log_payloads WHERE entry_id IN (SELECT entry_id FROM log WHERE seq = 3)")
    tamper(sealed, "DELETE FROM log WHERE seq = 3")
    report = sealed.verify_log()
    assert not report.whole
    assert [(problem.seq, problem.entry_id, problem.what) for problem in report.problems] == [
        (3, None, "missing: entries 3 to 3")
    ]


def test_a_cut_off_end_shows_against_an_exported_head(sealed: Store, tamper: Tamper) -> None:
    exported = sealed.chain_head()
    tamper(sealed, "DELETE FROM suggestions WHERE true")
    tamper(sealed, "DELETE FROM log_payloads WHERE entry_id IN (SELECT entry_id FROM log WHERE seq > 4)")
    tamper(sealed, "DELETE FROM log WHERE seq > 4")
    assert problems(sealed) == []
    assert problems(sealed, exported) == [(5, "truncated")]


def test_a_rewritten_log_shows_against_an_exported_head(sealed: Store, tamper: Tamper) -> None:
    """Whoever unseals, alters and seals anew makes a chain that holds by itself."""
    exported = sealed.chain_head()
    tamper(sealed, "UPDATE log SET seq = NULL, hash = NULL, previous = NULL, appended_at = -appended_at WHERE true")
    assert sealed.seal().seq == 6
    assert problems(sealed) == []
    assert problems(sealed, exported) == [(6, "rewritten")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET kind = 'x' WHERE seq = 1",
        "UPDATE log SET seq = 70 WHERE seq = 1",
        "DELETE FROM log",
        "INSERT INTO log SELECT provider_id, 'x', kind, commitment, appended_at, 9, previous, hash FROM log",
        "UPDATE log_payloads SET payload = '{}'",
        "UPDATE suggestions SET skill_id = 'x'",
    ],
)
def test_the_database_refuses_to_change_what_is_sealed(
    sealed: Store, refuses: Callable[[Store, str], str], statement: str
) -> None:
    assert "append-only" in refuses(sealed, statement)


def test_erasing_empties_the_entries_and_says_so(sealed: Store) -> None:
    erased = sealed.erase("l1")
    assert erased.entries == erased.rows["log_payloads"] == 2
    assert erased.rows["suggestions"] == 4
    report = sealed.verify_log()
    assert (report.whole, report.unsealed, report.head.seq) == (True, 0, 7)


def test_a_payload_said_to_be_erased_by_nobody_is_missing(sealed: Store, tamper: Tamper) -> None:
    sealed.erase("l1")
    tamper(sealed, "DELETE FROM log_payloads WHERE learner_id = 'l2'")
    assert problems(sealed) == [(3, "missing"), (6, "missing")]


def test_two_sealers_at_once_leave_no_gap_and_no_double(any_store: Store) -> None:
    def work(number: int) -> None:
        offer(any_store, f"l{number}", "a")
        any_store.seal()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(24)))
    report = any_store.verify_log(any_store.seal())
    assert report.whole
    assert (report.head.seq, report.unsealed) == (24, 0)


def test_each_provider_has_its_own_chain(sealed: Store, open_store: Callable[[str], Store]) -> None:
    town = open_store("town")
    offer(town, "l0", "a")
    assert town.seal().seq == 1
    assert sealed.seal().seq == 6
    assert town.verify_log().whole
    assert not town.verify_log(sealed.chain_head()).whole
