"""Stamps: whatever a path goes by moves the stamp, what ends by itself too, and nothing of anybody else does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from polku.records import Roster
from polku.records.relations import Kind, Relation
from polku.store import Store, Transaction
from polku.store.stamps import Stamp
from polku.testing.store import offer, release, sample

Do = Callable[[Transaction], object]
DAY = dt.date(2026, 10, 1)
NOW = 1_790_000_000_000_000
HOUR = 3_600_000_000
BY: dict[str, Any] = {"by": "t1", "role": "teacher"}
TEACHING = ("co_teacher", "special_education", "substitute", "teacher")


def line(grade: int = 7, group_id: str = "7A") -> list[dict[str, object]]:
    return [{"learner_id": one, "grade": grade, "group_id": group_id, "school_id": "s"} for one in ("l0", "l1")]


def taught(ends_on: dt.date | None = None) -> list[dict[str, object]]:
    return [{"teacher_id": "t1", "group_id": "7A", "starts_on": dt.date(2026, 8, 1), "ends_on": ends_on}]


@pytest.fixture
def store(any_store: Store) -> Store:
    """Return a store with two learners of one class, answers, and an offer to each."""
    any_store._clock = lambda: NOW
    with any_store.begin() as tx:
        tx.responses.add(sample(learners=2))
        tx.roster.replace(Roster.of(line(), taught()))
    for learner in ("l0", "l1"):
        offer(any_store, learner, "a")
    return any_store


def stamp(
    store: Store, *, viewer: str = "t1", kinds: tuple[str, ...] = TEACHING, today: dt.date = DAY, now: int = NOW
) -> Stamp:
    with store.read() as tx:
        return tx.stamps.of("l0", viewer=viewer, kinds=kinds, today=today, now=now)


def suggested(tx: Transaction, learner_id: str = "l0") -> str:
    found = tx.suggestions.latest(learner_id)
    assert found is not None
    return found.suggestions[0].suggestion_id


def release_one(tx: Transaction) -> None:
    tx.bundles.add("one", {}, {})
    release(tx, "one")


MOVES: dict[str, Do] = {
    "a new answer": lambda tx: tx.responses.add(sample("new", learners=1, answers=1)),
    "a correction": lambda tx: tx.responses.correct(
        replace(tx.responses.latest("r-0-0"), correct=0.5), **BY, reason="read wrongly"
    ),
    "an answer taken back": lambda tx: tx.responses.void("r-0-0", **BY, reason="read wrongly"),
    "a decision": lambda tx: tx.decisions.add(suggested(tx), "reject", "t1", "teacher", "not now"),
    "own settings": lambda tx: tx.path_settings.put("learner", "l0", {"load": 2}, **BY),
    "the class's settings": lambda tx: tx.path_settings.put("group", "7A", {"load": 2}, **BY),
    "a pause": lambda tx: tx.holds.put("pause", "learner", "l0", **BY),
    "a pause of the class": lambda tx: tx.holds.put("pause", "group", "7A", **BY),
    "a release": release_one,
    "another grade": lambda tx: tx.roster.replace(Roster.of(line(8), taught())),
    "another class": lambda tx: tx.roster.replace(Roster.of(line(7, "7B"), taught())),
    "leaving the roster": lambda tx: tx.roster.replace(Roster.of([], taught())),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_whatever_a_path_goes_by_moves_the_stamp(store: Store, move: Do) -> None:
    before = stamp(store)
    with store.begin() as tx:
        move(tx)
    assert stamp(store).path != before.path


OTHERS: dict[str, Do] = {
    "another's answer": lambda tx: tx.responses.add(sample("new", learners=3).of_learners(["l1", "l2"])),
    "another's decision": lambda tx: tx.decisions.add(suggested(tx, "l1"), "reject", "t1", "teacher", "not now"),
    "another's settings": lambda tx: tx.path_settings.put("learner", "l1", {"load": 2}, **BY),
    "another class's settings": lambda tx: tx.path_settings.put("group", "7B", {"load": 2}, **BY),
    "another's pause": lambda tx: tx.holds.put("pause", "learner", "l1", **BY),
    "the same roster": lambda tx: tx.roster.replace(Roster.of(line(), taught())),
    "a kept profile": lambda tx: tx.profiles.put("l0", "f", "i", None, b"state"),
}


@pytest.mark.parametrize("move", OTHERS.values(), ids=OTHERS)
def test_what_is_of_somebody_else_leaves_it_where_it_is(store: Store, move: Do) -> None:
    before = stamp(store)
    with store.begin() as tx:
        move(tx)
    assert stamp(store) == before


def test_another_provider_s_learner_of_the_same_id_moves_nothing(
    store: Store, open_store: Callable[[str], Store]
) -> None:
    before, town = stamp(store), open_store("town")
    with town.begin() as tx:
        tx.responses.add(sample("new"))
        tx.holds.put("pause", "learner", "l0", **BY)
    offer(town, "l0", "a")
    assert stamp(store) == before


def test_a_new_offer_shows_by_its_time_alone(store: Store) -> None:
    before = stamp(store)
    store._clock = lambda: NOW + HOUR
    offer(store, "l0", "b")
    after = stamp(store)
    assert (before.offered_at, after.offered_at) == (NOW, NOW + HOUR)
    assert (after.path, after.access) == (before.path, before.access)


def test_a_pause_that_is_over_moves_it_though_nobody_wrote(store: Store) -> None:
    with store.begin() as tx:
        tx.holds.put("pause", "learner", "l0", **BY, until=NOW + HOUR)
        tx.decisions.add(suggested(tx), "pause", "t1", "teacher", until=NOW + 2 * HOUR)
    assert stamp(store).path == stamp(store, now=NOW + HOUR - 1).path
    over, long_over = stamp(store, now=NOW + HOUR).path, stamp(store, now=NOW + 2 * HOUR).path
    assert len({stamp(store).path, over, long_over}) == 3, "the hold ends first, then the pause of one skill"


@pytest.mark.parametrize(
    ("ends_on", "kinds", "viewer", "opens"),
    [
        (None, TEACHING, "t1", True),
        (DAY, TEACHING, "t1", True),
        (DAY - dt.timedelta(1), TEACHING, "t1", False),
        (None, ("guardian",), "t1", False),
        (None, (), "t1", False),
        (None, TEACHING, "t2", False),
    ],
)
def test_the_roster_s_teachers_count_in_time_and_as_teachers(
    store: Store, ends_on: dt.date | None, kinds: tuple[str, ...], viewer: str, opens: bool
) -> None:
    with store.begin() as tx:
        tx.roster.replace(Roster.of(line(), taught(ends_on)))
    assert any(stamp(store, kinds=kinds, viewer=viewer).access) == opens


GUARDIAN = Relation("g1", Kind.GUARDIAN, "learner", "l0", dt.date(2026, 8, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("relation", "opens"),
    [
        (GUARDIAN, True),
        (GUARDIAN._replace(ends_on=None), True),
        (GUARDIAN._replace(starts_on=DAY), True),
        (GUARDIAN._replace(starts_on=DAY + dt.timedelta(1)), False),
        (GUARDIAN._replace(ends_on=DAY - dt.timedelta(1)), False),
        (GUARDIAN._replace(restricted=True), False),
        (GUARDIAN._replace(object_id="l1"), False),
        (GUARDIAN._replace(subject="g2"), False),
    ],
)
def test_a_relation_opens_a_learner_as_reach_says(store: Store, relation: Relation, opens: bool) -> None:
    with store.begin() as tx:
        tx.relations.replace([relation])
        reached = tx.relations.reach("g1", [Kind.GUARDIAN], DAY)
    assert any(stamp(store, viewer="g1", kinds=("guardian",)).access) == opens == ("l0" in reached.learners)


def test_a_substitute_is_led_to_the_class(store: Store) -> None:
    with store.begin() as tx:
        tx.relations.replace([Relation("t9", Kind.SUBSTITUTE, "group", "7A", DAY, DAY)])
    assert stamp(store, viewer="t9").access == (0, 1, 0)
    assert stamp(store, viewer="t9", today=DAY + dt.timedelta(1)).access == (0, 0, 0)


def test_offers_are_counted_by_learner_and_of_nobody_else(store: Store, open_store: Callable[[str], Store]) -> None:
    offer(store, "l0", "b", "c")
    offer(open_store("town"), "l7", "a")
    with store.read() as tx:
        assert list(tx.figures.offered().items()) == [("l0", 3), ("l1", 1)]


def test_stamps_of_several_are_those_of_each(store: Store) -> None:
    asked = ["l1", "nobody", "l0", *(f"x{number}" for number in range(230))]
    given: dict[str, Any] = {"viewer": "t1", "kinds": TEACHING, "today": DAY, "now": NOW}
    with store.begin() as tx:
        tx.holds.put("pause", "group", "7A", **BY)
    with store.read() as tx:
        found = tx.stamps.of_each(asked, **given)
        assert list(found) == asked
        assert {one: found[one] for one in asked[:5]} == {one: tx.stamps.of(one, **given) for one in asked[:5]}
        assert tx.stamps.of_each([], **given) == {}
    assert found["l0"].access == found["l1"].access == (0, 0, 1)
    assert found["nobody"].access == (0, 0, 0)
    assert found["l0"].path != found["nobody"].path
