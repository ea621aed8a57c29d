"""How the databases find what is asked for often: by an index, without sorting, however much else there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text

from polku.store import Store, Transaction
from polku.store.engine import begin
from polku.testing.store import offer, sample

Act = Callable[[Transaction], object]
PLACE = (1, "x")


def plans(store: Store, act: Act) -> list[str]:
    """Return how the database goes about each statement; PostgreSQL as if the tables were too large to walk or sort."""
    ran: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        ran.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        with store.read() as tx:
            act(tx)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    with begin(store.engine, write=False) as connection:
        explain = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            explain = "EXPLAIN"
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        asked = [(f"{explain} {one}", given) for one, given in ran if one.startswith("SELECT") and "FROM" in one]
        found = [connection.exec_driver_sql(*one).all() for one in asked]
    return ["\n".join(str(row[-1]) for row in rows) for rows in found]


@pytest.fixture
def lived(any_store: Store) -> Store:
    """Return a store with answers, offers and a decision."""
    with any_store.begin() as tx:
        tx.responses.add(sample())
    ids = offer(any_store, "l0", "a", "b")
    with any_store.begin() as tx:
        tx.decisions.add(ids[0], "accept", "l0", "learner")
    return any_store


@pytest.mark.parametrize(("place", "ascending"), [(None, True), (PLACE, True), (None, False), (PLACE, False)])
def test_a_page_of_what_happened_is_read_in_the_order_of_an_index(
    lived: Store, place: tuple[int, str] | None, ascending: bool
) -> None:
    offered, decided, *_ = plans(lived, lambda tx: tx.news.happened(10, place, ascending=ascending))
    for plan, index in ((offered, "ix_suggestions_offered"), (decided, "ix_decisions_decided")):
        assert index in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


def test_answers_beyond_a_key_are_found_without_those_before_it(lived: Store) -> None:
    """SQLite only: PostgreSQL goes by how many rows there are, and of a handful any index will do."""
    if lived.engine.dialect.name != "sqlite":
        return
    found = plans(lived, lambda tx: tx.responses.since("l0", (1, 1, "r-0-1")))
    (plan,) = [one for one in found if "known_at" in one]
    assert "ix_responses_learner" in plan
    assert "known_at" in plan, "the index goes to the key itself"


def test_what_a_learner_was_offered_is_still_found_by_learner(lived: Store) -> None:
    """SQLite only, as above."""
    if lived.engine.dialect.name != "sqlite":
        return
    for act in (lambda tx: tx.suggestions.latest("l0"), lambda tx: tx.suggestions.lately("l0")):
        (plan,) = plans(lived, act)
        assert "ix_suggestions_learner" in plan
