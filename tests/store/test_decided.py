"""The life of a suggestion in the store: seen, decided, paused until a day, taken back."""

from __future__ import annotations

import pytest

from polku.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from polku.store import Store, Transaction
from polku.testing.store import offer

T, L = ("T07", "teacher"), ("l0", "learner")


@pytest.fixture
def ids(any_store: Store) -> tuple[str, ...]:
    """Return the ids of two suggestions to one learner."""
    now = iter(range(1, 1000))
    any_store._clock = lambda: next(now)
    return offer(any_store, "l0", "a", "b")


def rejected(tx: Transaction) -> list[str]:
    return [one.skill_id for one in tx.decisions.rejected("l0")]


def test_the_first_look_of_each_person_is_kept_and_logged(any_store: Store, ids: tuple[str, ...]) -> None:
    with any_store.begin() as tx:
        assert tx.suggestions.see(ids, "l0", viewer="T07", role="teacher") == 2
        first = tx.suggestions.seen(ids)
        assert tx.suggestions.see(ids, "l0", viewer="T07", role="teacher") == 0
        assert tx.suggestions.seen(ids) == first
        assert tx.suggestions.see(ids[:1], "l0", viewer="l0", role="learner") == 1
        assert [one.viewer for one in tx.suggestions.seen(ids, "l0")] == ["l0"]
        assert {one.viewer for one in tx.suggestions.seen(ids)} == {"T07", "l0"}
    assert any_store.seal().seq == 3, "one offer and two first looks"


@pytest.mark.parametrize("decision", ["accept", "edit", "skip", "reject", "pause"])
def test_what_is_taken_back_no_longer_stands_and_stays_written(
    any_store: Store, ids: tuple[str, ...], decision: str
) -> None:
    with any_store.begin() as tx:
        made = tx.decisions.add(ids[0], decision, *T)
        undone = tx.decisions.undo(made, *T, "the wrong line")
        assert (tx.decisions.of("l0"), tx.decisions.all(), rejected(tx)) == ([], [], [])
        first, second = tx.decisions.history("l0")
    assert (first.decision_id, second.decision_id, second.takes_back) == (made, undone, made)
    assert (second.decision, second.reason, second.skill_id) == ("undo", "the wrong line", "a")
    any_store.seal()
    assert any_store.verify_log().whole


def test_taking_back_an_acceptance_lets_the_rejection_before_it_hold(any_store: Store, ids: tuple[str, ...]) -> None:
    with any_store.begin() as tx:
        tx.decisions.add(ids[0], "reject", *T)
        accepted = tx.decisions.add(ids[0], "accept", *T)
        assert rejected(tx) == []
        tx.decisions.undo(accepted, *T)
        assert rejected(tx) == ["a"]


def test_nothing_is_taken_back_twice_too_late_or_by_somebody_who_may_not(
    any_store: Store, ids: tuple[str, ...]
) -> None:
    with any_store.begin() as tx:
        made = tx.decisions.add(ids[0], "reject", *T)
        with pytest.raises(ForbiddenError, match="their own decisions only"):
            tx.decisions.undo(made, *L)
        with pytest.raises(ConflictError, match="too long ago"):
            tx.decisions.undo(made, *T, within=0)
        undone = tx.decisions.undo(made, *T)
        for again in (made, undone):
            with pytest.raises(ConflictError, match="taken back already"):
                tx.decisions.undo(again, *T)
        with pytest.raises(NotFoundError, match="no such decision"):
            tx.decisions.undo("none", *T)
        own = tx.decisions.add(ids[1], "reject", *L)
        tx.decisions.undo(own, *L)
        assert tx.decisions.of("l0") == []


def test_a_learner_does_not_lift_what_a_teacher_put_aside(any_store: Store, ids: tuple[str, ...]) -> None:
    with any_store.begin() as tx:
        tx.decisions.add(ids[0], "reject", *T)
        tx.decisions.add(ids[1], "reject", *L)
        for one in ids:
            tx.decisions.add(one, "accept", *L)
        assert rejected(tx) == ["a"]
        tx.decisions.add(ids[0], "accept", *T)
        assert rejected(tx) == []


def test_a_pause_lasts_until_its_day_or_until_it_is_accepted(any_store: Store, ids: tuple[str, ...]) -> None:
    with any_store.begin() as tx:
        tx.decisions.add(ids[0], "pause", *L, until=500)
        tx.decisions.add(ids[1], "pause", *L, until=600)
        assert [tx.decisions.paused("l0", at) for at in (499, 500, 600)] == [{"a", "b"}, {"b"}, frozenset()]
        tx.decisions.add(ids[1], "accept", *T)
        assert tx.decisions.paused("l0", 499) == {"a"}


@pytest.mark.parametrize(("decision", "until"), [("pause", 0), ("accept", 10**17), ("reject", 10**17)])
def test_only_a_pause_has_an_end_and_it_is_ahead(
    any_store: Store, ids: tuple[str, ...], decision: str, until: int
) -> None:
    with any_store.begin() as tx, pytest.raises(InputError, match="only a pause ends by itself"):
        tx.decisions.add(ids[0], decision, *T, until=until)


def test_what_was_logged_comes_back_with_the_offer(any_store: Store) -> None:
    offer(any_store, "l9", "a")
    with any_store.read() as tx:
        latest = tx.suggestions.latest("l9")
    assert latest is not None
    assert latest.context == {}
