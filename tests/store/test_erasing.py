"""Erasing one learner: all of it, of nobody else, and said so in the log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from polku.records import Reason, Refusal, Refused, Roster
from polku.store import Store, tables
from polku.store.engine import begin
from polku.store.packing import MAGIC, unpacked
from polku.testing.store import offer, sample

OpenStore = Callable[[str], Store]


def refused(*rows: str) -> Refused:
    return Refused.of(Refusal(line, Reason.MISSING, "item_id", "", row) for line, row in enumerate(rows, start=2))


def fill(store: Store) -> None:
    with store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(Roster.of([{"learner_id": f"l{n}", "grade": 7} for n in range(3)]))
        for learner in ("l0", "l1"):
            tx.profiles.put(learner, "f", "i", None, b"state")
            tx.profiles.put(learner, "f2", "i", None, b"state")
        tx.refused.add(refused('{"learner_id": "l0"}', '{"learner_id": "l1"}'), "a.csv")
    for learner in ("l0", "l1"):
        first, _ = offer(store, learner, "a", "b")
        with store.begin() as tx:
            tx.decisions.add(first, "reject", "t1", "teacher", "not now")


def counted(store: Store, learner: str) -> dict[str, int]:
    """Count what each table holds about a learner, behind the store's back."""
    found = {}
    with begin(store.engine, write=False) as connection:
        for table in tables.metadata.tables.values():
            if "learner_id" in table.c:
                statement = text(f"SELECT count(*) FROM {table.name} WHERE learner_id = :who AND provider_id = :own")  # noqa: S608 - our own names
                found[table.name] = connection.scalar(statement, {"who": learner, "own": store.provider_id}) or 0
    return found


def test_what_is_counted_is_what_was_there_and_nothing_is_left(any_store: Store) -> None:
    fill(any_store)
    before, other = counted(any_store, "l0"), counted(any_store, "l1")
    erased = any_store.erase("l0")
    assert erased.rows == before
    assert before["profiles"] == before["suggestions"] == before["log_payloads"] == 2
    assert not any(counted(any_store, "l0").values())
    assert counted(any_store, "l1") == other


def test_the_same_learner_of_another_provider_stays(any_store: Store, open_store: OpenStore) -> None:
    town = open_store("town")
    for store in (any_store, town):
        fill(store)
    before = counted(town, "l0")
    any_store.erase("l0")
    assert counted(town, "l0") == before
    assert town.verify_log(town.seal()).whole


def test_somebody_unknown_leaves_an_entry_and_takes_nothing(any_store: Store) -> None:
    fill(any_store)
    erased = any_store.erase("nobody")
    assert (erased.entries, set(erased.rows.values())) == (0, {0})
    assert any_store.chain_head().seq == 5


def test_the_entry_of_an_erasure_does_not_say_whose_it_was(any_store: Store) -> None:
    offer(any_store, "a-learner-with-a-long-name", "a")
    any_store.erase("a-learner-with-a-long-name")
    with begin(any_store.engine, write=False) as connection:
        statement = text("SELECT payload FROM log_payloads WHERE provider_id = :own")
        payloads = connection.execute(statement, {"own": any_store.provider_id}).scalars().all()
    assert len(payloads) == 1
    assert "a-learner-with" not in unpacked(payloads[0])


def test_the_entry_of_an_erasure_that_names_many_is_packed_and_read(any_store: Store) -> None:
    for _ in range(30):
        offer(any_store, "l0", "a")
    exported = any_store.seal()
    assert any_store.erase("l0").entries == 30
    with begin(any_store.engine, write=False) as connection:
        statement = text("SELECT payload FROM log_payloads WHERE provider_id = :own")
        assert bytes(connection.scalar(statement, {"own": any_store.provider_id}) or b"").startswith(MAGIC)
    assert any_store.verify_log(exported).whole


@pytest.mark.parametrize("sealed_before", [True, False])
def test_erasing_keeps_a_log_whole_whether_or_not_it_was_sealed(any_store: Store, sealed_before: bool) -> None:
    fill(any_store)
    exported = any_store.seal() if sealed_before else None
    for learner in ("l0", "l1", "l0"):
        any_store.erase(learner)
    report = any_store.verify_log(exported)
    assert report.whole, report.problems
    assert (report.head.seq, report.unsealed) == (7, 0)


def test_after_an_erasure_the_learner_may_come_back_as_a_new_one(any_store: Store) -> None:
    fill(any_store)
    any_store.erase("l0")
    with any_store.begin() as tx:
        assert tx.decisions.rejected("l0") == []
        assert tx.suggestions.latest("l0") is None
        assert tx.responses.add(sample()) == (4, 8, [])
    offer(any_store, "l0", "a")
    assert any_store.verify_log(any_store.seal()).whole


@pytest.mark.parametrize(
    ("row", "theirs"),
    [
        ('{"learner_id": "17"}', True),
        ('{"learner_id": 17}', True),
        ('{"learner_id": " 17 "}', True),
        ('{"learner_id": "170"}', False),
        ('{"learner_id": null}', False),
        ('{"learner_id": [17]}', False),
        ('{"learner_id": 17.5}', False),
        ('["17"]', False),
    ],
)
def test_a_refused_row_goes_with_its_learner_where_it_says_whose_it_is(
    any_store: Store, row: str, theirs: bool
) -> None:
    with any_store.begin() as tx:
        tx.refused.add(refused(row), "a.csv")
    assert any_store.erase("17").rows["refused"] == int(theirs)
    with any_store.read() as tx:
        assert tx.refused.count() == int(not theirs)
