"""What happened, in order, page by page; and what may be read back of a stream, in either order."""

from __future__ import annotations

import pytest

from polku.records import DenyRules, Items
from polku.records.elements import Element, NoEffect, Voiding
from polku.store import Store
from polku.store.happened import Happened
from polku.store.sources import Delivery
from polku.testing.store import offer

Row = tuple[str, str, str]


@pytest.fixture
def told(any_store: Store) -> tuple[Store, tuple[str, ...], dict[str, str]]:
    """Return a store in which things happened, the ids of the suggestions, and what was decided by id."""
    now = iter(range(1, 1000))
    any_store._clock = lambda: next(now)
    ids = (*offer(any_store, "l0", "a", "b"), *offer(any_store, "l1", "a"))
    with any_store.begin() as tx:
        made = {word: tx.decisions.add(ids[0], word, "l0", "learner") for word in ("reject", "accept")}
        made["undo"] = tx.decisions.undo(made["accept"], "l0", "learner")
    return any_store, ids, made


def words(page: list[Happened]) -> list[Row]:
    return [(one.what, one.learner_id, one.skill_id) for one in page]


def test_what_happened_comes_in_order(told: tuple[Store, tuple[str, ...], dict[str, str]]) -> None:
    store, ids, made = told
    with store.read() as tx:
        page = tx.news.happened(100)
        assert tx.news.happened(100, ascending=False) == page[::-1]
    assert {one.suggestion_id for one in page} == set(ids)
    assert sorted(words(page)[:2]) == [("offer", "l0", "a"), ("offer", "l0", "b")]
    assert words(page)[2:] == [("offer", "l1", "a"), ("reject", "l0", "a"), ("", "l0", "a"), ("undo", "l0", "a")]
    assert (page[-1].takes_back, page[-1].was) == (made["accept"], "accept")
    assert [one.at for one in page] == sorted(one.at for one in page)
    with store.for_provider("elsewhere").read() as tx:
        assert tx.news.happened(100) == []


@pytest.mark.parametrize("limit", [1, 2, 4])
@pytest.mark.parametrize("ascending", [True, False])
def test_pages_add_up(told: tuple[Store, tuple[str, ...], dict[str, str]], limit: int, ascending: bool) -> None:
    store, found, place = told[0], list[Happened](), None
    with store.read() as tx:
        whole = tx.news.happened(100, ascending=ascending)
        while page := tx.news.happened(limit, place, ascending=ascending):
            found, place = found + page, (page[-1].at, page[-1].event_id)
    assert found == whole


def test_statements_are_read_back_in_either_order_without_what_was_voided(any_store: Store) -> None:
    now = iter(range(1, 1000))
    any_store._clock = lambda: next(now)
    elements: list[Element] = [NoEffect(f"e{number}", "d", why="entity", content="{}") for number in range(6)]
    elements += [NoEffect("unseen", "d", why="entity"), NoEffect("e6", "d", why="entity", content="{}")]
    with any_store.begin() as tx:
        delivery = Delivery("s", "xapi", tx.receipts.new_id(), DenyRules(), Items.of([]))
        for one in (*elements, Voiding("v", "d", target_id="e2", content="{}")):
            tx.sources.take([one], delivery, lambda _: "{}")
        tx.receipts.add(delivery.receipt_id, delivery.tally, source="s", standard="xapi", digest="0", by="a service")
    there = ["e0", "e1", "e3", "e4", "e5", "e6", "v"]
    for ascending in (True, False):
        for limit in (1, 3, 100):
            found: list[str] = []
            place: tuple[int, str] | None = None
            with any_store.read() as tx:
                while True:
                    page = tx.provenance.kept("s", limit, place, ascending=ascending)
                    found += [one.element_id for one in page.rows]
                    place = page.last
                    if place is None:
                        break
            assert found == (there if ascending else there[::-1])
