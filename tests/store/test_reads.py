"""Who looked: rows that are added, never changed, and go with the learner or with their time."""

from __future__ import annotations

from collections.abc import Callable

from polku.store import Read, Store


def looks(learner: str, count: int, at: int = 0) -> list[Read]:
    return [Read(learner, "T07", "teacher", "path", at + place) for place in range(count)]


def test_reads_come_back_in_order(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert tx.reads.add([*reversed(looks("l0", 3)), *looks("l1", 2)]) == 5
        assert tx.reads.of("l0") == looks("l0", 3)
        assert tx.reads.count() == 5


def test_the_same_look_twice_is_two_looks(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.reads.add(looks("l0", 1) * 3)
        assert len(tx.reads.of("l0")) == 3
        assert tx.reads.add([]) == 0


def test_reads_cannot_be_changed_and_go_with_the_learner(
    any_store: Store, refuses: Callable[[Store, str], str]
) -> None:
    with any_store.begin() as tx:
        tx.reads.add([*looks("l0", 2), *looks("l1", 1)])
    assert "append-only" in refuses(any_store, "UPDATE reads SET viewer = 'nobody'")
    assert any_store.erase("l0").rows["reads"] == 2
    with any_store.read() as tx:
        assert (tx.reads.of("l0"), tx.reads.count()) == ([], 1)


def test_each_provider_has_its_own(open_store: Callable[[str], Store]) -> None:
    city, town = open_store("city"), open_store("town")
    with city.begin() as tx:
        tx.reads.add(looks("l0", 2))
    with town.read() as tx:
        assert tx.reads.of("l0") == []
