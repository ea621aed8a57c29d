"""Promises that only show under pressure: readers that try to write, clocks that jump, threads that meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from polku.errors import ConflictError
from polku.records import Items, Reason, Refusal, Refused, Responses, Roster
from polku.store import Store, Transaction
from polku.store.engine import begin
from polku.testing.store import offer, sample

Write = Callable[[Transaction], object]
REFUSED = Refused.of([Refusal(3, Reason.MISSING, "item_id", "the value is missing", '{"learner_id": "l0"}')])
WRITES: dict[str, Write] = {
    "responses": lambda tx: tx.responses.add(sample("other")),
    "quarantine": lambda tx: tx.refused.add(REFUSED, "a.csv"),
    "roster": lambda tx: tx.roster.replace(Roster.of([{"learner_id": "l0"}])),
    "items": lambda tx: tx.items.replace(Items.of([{"item_id": "i", "skill_ids": ("a",), "title": ""}])),
    "profiles": lambda tx: tx.profiles.put("l0", "f", "i", None, b""),
    "bundles": lambda tx: tx.bundles.add("bundle", {}, {}),
    "log": lambda tx: tx.log.append("read", {}),
    "erasure": lambda tx: tx.roster.replace(Roster.of()),
}


def held(store: Store) -> tuple[object, ...]:
    with store.read() as tx:
        counts = (tx.responses.count(), tx.refused.count(), tx.roster.count(), tx.items.count(), tx.profiles.count())
        return (*counts, tx.bundles.get("bundle"), store.verify_log().unsealed)


def jumping(store: Store, *times: int) -> Store:
    """Return the same provider's store with a clock that shows `times`, the last one for ever."""
    left = list(times)
    return Store(store.engine, store.provider_id, lambda: left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_transaction_that_reads_never_writes(any_store: Store, write: Write) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    before = held(any_store)
    with pytest.raises(DatabaseError, match=r"(?i)read-?only"), any_store.read() as tx:
        write(tx)
    assert held(any_store) == before
    with any_store.begin() as tx:
        tx.responses.add(sample("later"))
        assert tx.responses.count() == 2 * len(sample()), "the same connection writes again when it may"


def test_writers_take_turns_and_lose_no_update(any_store: Store) -> None:
    """Each adds one to what the last one kept: without the claim, two would read the same number."""
    with any_store.begin() as tx:
        tx.profiles.put("l0", "f", "i", None, bytes([0]))

    def add_one(_: int) -> None:
        with any_store.begin() as tx:
            tx.profiles.claim("l0")
            kept = tx.profiles.get("l0", "f", "i")
            assert kept is not None
            tx.profiles.put("l0", "f", "i", None, bytes([kept[0] + 1]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(20)))
    with any_store.read() as tx:
        assert tx.profiles.get("l0", "f", "i") == bytes([20])


def test_of_many_who_say_something_else_at_once_one_is_kept_and_the_rest_are_told(any_store: Store) -> None:
    def say(number: int) -> tuple[int, list[str]]:
        said = Responses.from_frame(sample().to_frame().head(1).assign(correct=number / 10), clock=False)
        with any_store.begin() as tx:
            added = tx.responses.add(said, source=f"file {number}")
        return added.accepted, added.conflicts

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(say, range(8)))
    assert sorted(accepted for accepted, _ in told) == [0] * 7 + [1]
    assert sum(conflicts == ["r-0-0"] for _, conflicts in told) == 7
    with any_store.read() as tx:
        assert (tx.responses.count(), tx.refused.count()) == (1, 7)
        assert len({row.source for row in tx.refused.list()}) == 7


def test_two_first_writers_agree_on_the_kind_of_time(any_store: Store) -> None:
    """Nobody has settled yet whether there is a clock: one of two who disagree must lose, whoever is later."""
    timed = Responses.from_frame(sample("timed").to_frame().assign(answered_at=10**15), clock=True)

    def add(responses: Responses) -> int:
        try:
            with any_store.begin() as tx:
                return tx.responses.add(responses).accepted
        except ConflictError:
            return 0

    with ThreadPoolExecutor(2) as pool:
        accepted = list(pool.map(add, [sample(), timed]))
    assert sorted(accepted) == [0, len(sample())]


def test_erasing_and_offering_at_once_leaves_the_log_whole(any_store: Store) -> None:
    for _ in range(3):
        offer(any_store, "l0", "a")

    def work(number: int) -> None:
        if number % 3:
            offer(any_store, "l0", "a", "b")
        else:
            any_store.erase("l0")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    any_store.erase("l0")
    report = any_store.verify_log(any_store.seal())
    assert report.whole, report.problems
    assert report.unsealed == 0
    with any_store.read() as tx:
        assert (tx.suggestions.count(), tx.suggestions.latest("l0")) == (0, None)


def test_everything_is_stamped_by_the_stores_own_clock(any_store: Store) -> None:
    store = jumping(any_store, 1_234)
    (suggestion,) = offer(store, "l0", "a")
    with store.begin() as tx:
        tx.refused.add(REFUSED, "a.csv")
        tx.bundles.add("bundle", {}, {})
        audit = tx.audits.add("{}", "bundle")
        validation = tx.validations.add("{}", "bundle", "pass")
        release = tx.bundles.release("bundle", "Ada", "why", audit, validation)
        tx.decisions.add(suggestion, "reject", "t1", "teacher")
        stored, validated, latest = tx.audits.get(audit), tx.validations.get(validation), tx.suggestions.latest("l0")
        assert stored is not None
        assert validated is not None
        assert latest is not None
        stamps = [release.released_at, stored.added_at, validated.added_at, latest.offered_at, tx.refused.list()[0].at]
        assert [*stamps, tx.decisions.of("l0")[0].at, tx.decisions.rejected("l0")[0].at] == [1_234] * 7


@contextmanager
def decided(store: Store, *decisions: tuple[str, int]) -> Iterator[Transaction]:
    """Take decisions on one suggestion, each at a time of its own, in the order given."""
    (suggestion,) = offer(store, "l0", "a")
    for decision, at in decisions:
        with jumping(store, at).begin() as tx:
            tx.decisions.add(suggestion, decision, "t1", "teacher")
    with store.read() as tx:
        yield tx


@pytest.mark.parametrize(
    ("decisions", "since"),
    [
        ([("reject", 5)], 5),
        ([("reject", 5), ("accept", 6)], None),
        ([("accept", 6), ("reject", 5)], None),
        ([("accept", 5), ("reject", 6)], 6),
        ([("reject", 5), ("accept", 5)], 5),
        ([("reject", 5), ("accept", 6), ("reject", 7)], 7),
        ([("reject", 5), ("reject", 7)], 7),
        ([("reject", 5), ("skip", 6), ("edit", 7), ("pause", 8)], 5),
        ([("accept", 5)], None),
    ],
)
def test_a_rejection_goes_by_the_time_of_the_decision(
    any_store: Store, decisions: list[tuple[str, int]], since: int | None
) -> None:
    with decided(any_store, *decisions) as tx:
        assert [rejection.at for rejection in tx.decisions.rejected("l0")] == ([] if since is None else [since])


def test_the_log_is_sealed_in_order_of_time_and_late_entries_come_after(any_store: Store) -> None:
    def kinds() -> list[str]:
        statement = text("SELECT kind FROM log WHERE provider_id = :own AND seq IS NOT NULL ORDER BY seq")
        with begin(any_store.engine, write=False) as connection:
            return [row.kind for row in connection.execute(statement, {"own": any_store.provider_id})]

    for kind, at in (("third", 30), ("first", 10), ("second", 20)):
        with jumping(any_store, at).begin() as tx:
            tx.log.append(kind, {})
    head = any_store.seal()
    with jumping(any_store, 5).begin() as tx:
        tx.log.append("late", {})
    any_store.seal()
    assert kinds() == ["first", "second", "third", "late"]
    assert any_store.verify_log(head).whole, "what was sealed keeps its number when something earlier turns up"


def test_the_latest_offer_goes_by_time_even_when_written_first(any_store: Store) -> None:
    for at in range(20, 10, -1):
        offer(jumping(any_store, at), "l0", "newer" if at == 20 else "older")
    with any_store.read() as tx:
        latest = tx.suggestions.latest("l0")
    assert latest is not None
    assert [suggestion.skill_id for suggestion in latest.suggestions] == ["newer"]


def test_quarantine_lists_the_oldest_first_then_by_file_and_line(any_store: Store) -> None:
    def row(line: int) -> Refused:
        return Refused.of([Refusal(line, Reason.MISSING, "item_id", "", f'{{"n": {line}}}')])

    for at, source, line in ((20, "a.csv", 1), (10, "b.csv", 9), (10, "b.csv", 2), (10, "a.csv", 7)):
        with jumping(any_store, at).begin() as tx:
            tx.refused.add(row(line), source)
    with any_store.read() as tx:
        assert [(kept.at, kept.source, kept.line) for kept in tx.refused.list()] == [
            *((10, "a.csv", 7), (10, "b.csv", 2), (10, "b.csv", 9), (20, "a.csv", 1))
        ]


def test_a_store_over_two_connections_shows_the_same(any_store: Store) -> None:
    url = any_store.engine.url.render_as_string(hide_password=False)
    with Store.open(url, any_store.provider_id) as second:
        with any_store.begin() as tx:
            tx.responses.add(sample())
        with second.read() as tx:
            assert tx.responses.all().hash == sample().hash
        frame = pd.DataFrame({"learner_id": ["l0"], "grade": [7], "group_id": ["7A"], "school_id": [None]})
        with second.begin() as tx:
            tx.roster.replace(Roster.of(frame.to_dict("records")))  # type: ignore[arg-type]  # rows by column
    with any_store.read() as tx:
        assert tx.roster.groups() == ["7A"]


def test_quarantine_is_counted_by_reason(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert tx.refused.reasons() == {}
        tx.refused.add(REFUSED, "a.csv")
        tx.refused.add(REFUSED, "b.csv")
        assert tx.refused.reasons() == Counter(row.reason for row in tx.refused.list())
        assert sum(tx.refused.reasons().values()) == tx.refused.count()
