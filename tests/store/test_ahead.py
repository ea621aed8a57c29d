"""Reading ahead changes no answer: it only spares ways to the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from polku.records import Roster
from polku.store import Store, Transaction
from polku.store.held import Held
from polku.store.straight import Straight
from polku.testing.store import offer, sample

HASHES = ("features", "items")
BY: dict[str, Any] = {"by": "t1", "role": "teacher"}
LEARNERS = [f"l{place}" for place in range(12)]


@pytest.fixture
def store(any_store: Store) -> Store:
    """Return a store of a class: answers, an offer each, a pause, settings, a profile that is behind its answers."""
    any_store._clock = lambda: 1_790_000_000_000_000
    lines = [{"learner_id": one, "grade": 7, "group_id": "7A", "school_id": "s"} for one in LEARNERS[:-1]]
    taught = [{"teacher_id": "t1", "group_id": "7A", "starts_on": dt.date(2026, 8, 1), "ends_on": None}]
    with any_store.begin() as tx:
        tx.responses.add(sample(learners=len(LEARNERS)))
        tx.roster.replace(Roster.of(lines, taught))
        tx.holds.put("pause", "learner", "l1", until=None, reason="rest", **BY)
        tx.path_settings.put("group", "7A", {"drift": 2}, **BY)
        tx.profiles.put("l0", *HASHES, (1, 1, "r-0-1"), b"profile")
        tx.profiles.put("l2", *HASHES, None, b"empty")
    for one in LEARNERS:
        offer(any_store, one, "a")
    return any_store


def everything(tx: Transaction, learner_id: str) -> list[Any]:
    """Return all that planning a path asks of the store."""
    line = tx.roster.learner(learner_id)
    group = None if line is None else line.group_id
    new, total = tx.responses.since(learner_id, (1, 1, "r-0-1") if learner_id == "l0" else None)
    return [
        line,
        tx.suggestions.standing(learner_id),
        tx.suggestions.lately(learner_id),
        tx.decisions.of(learner_id),
        tx.profiles.get(learner_id, *HASHES),
        tx.holds.bearing(learner_id, group),
        tx.path_settings.layers(learner_id, group),
        new.response_id.tolist(),
        total,
        tx.bundles.champion_release(),
    ]


def straight_of(tx: Transaction) -> Straight:
    return tx.responses._tenant.straight


def test_every_answer_is_the_same(store: Store) -> None:
    with store.begin() as tx:
        plain = [everything(tx, one) for one in LEARNERS]
        with tx.ahead.paths(LEARNERS, HASHES, None):
            assert [everything(tx, one) for one in LEARNERS] == plain
    assert plain[1][5], "a pause bears on one of them"
    assert plain[0][7] != plain[3][7], "a profile was read, so that less is new"


@pytest.mark.parametrize("learners", [1, len(LEARNERS)])
def test_a_class_is_read_in_as_few_goes_as_one_learner(store: Store, learners: int) -> None:
    """PostgreSQL only: SQLite is no way off."""
    if store.engine.dialect.name == "sqlite":
        return
    with store.begin() as tx:
        before = straight_of(tx).goes
        with tx.ahead.paths(LEARNERS[:learners], HASHES, None):
            for one in LEARNERS[:learners]:
                everything(tx, one)
            assert straight_of(tx).goes - before == 2


WRITES: dict[str, tuple[Callable[[Transaction], object], Callable[[Transaction], object]]] = {
    "answers": (lambda tx: tx.responses.add(sample("new", learners=1)), lambda tx: tx.responses.since("l0", None)[1]),
    "profile": (
        lambda tx: tx.profiles.put("l0", *HASHES, None, b"another"),
        lambda tx: tx.profiles.get("l0", *HASHES),
    ),
    "settings": (
        lambda tx: tx.path_settings.put("learner", "l0", {"drift": 3}, **BY),
        lambda tx: tx.path_settings.layers("l0", "7A"),
    ),
    "pause": (
        lambda tx: tx.holds.put("pause", "learner", "l0", until=None, reason="rest", **BY),
        lambda tx: tx.holds.bearing("l0", "7A"),
    ),
    "offer": (
        lambda tx: tx.suggestions.record(
            "l0",
            path={"rung": "rules", "options": [{"skill_id": "b", "kind": "next"}]},
            candidates=[],
            scores={},
            propensity={},
            policy_hash="p",
            bundle_id=None,
        ),
        lambda tx: tx.suggestions.lately("l0"),
    ),
}


@pytest.mark.parametrize(("write", "read"), WRITES.values(), ids=WRITES)
def test_what_is_written_meanwhile_is_read(
    store: Store, write: Callable[[Transaction], object], read: Callable[[Transaction], object]
) -> None:
    with store.begin() as tx, tx.ahead.paths(["l0"], HASHES, None):
        before = read(tx)
        write(tx)
        assert read(tx) != before


def test_after_the_block_everything_is_asked_anew(store: Store) -> None:
    with store.begin() as tx:
        with tx.ahead.paths(["l0"], HASHES, None):
            pass
        before = straight_of(tx).goes
        tx.decisions.of("l0")
        assert straight_of(tx).goes == before + 1


def test_profiles_are_claimed_once(store: Store) -> None:
    with store.begin() as tx:
        with tx.ahead.paths(["l1", "l0"], HASHES, None):
            before = straight_of(tx).goes
            tx.profiles.claim("l0")
            tx.profiles.claim("l1")
            assert straight_of(tx).goes == before
        expected = {True: before + 1, False: before}[store.engine.dialect.name == "postgresql"]
        tx.profiles.claim("l2")
        assert straight_of(tx).goes == expected


def test_nothing_is_held_of_what_was_not_read() -> None:
    held = Held()
    held.clear()
    assert held.rows("statement", {}) is None
