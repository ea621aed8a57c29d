"""Statements about some learners at once: for a class one, for more than a class a few, and nobody is left out."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from polku.records import Response, Responses
from polku.store import Store, tables
from polku.store.many import SEATS, among, rows_of
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant
from polku.testing.store import offer

OF = Prepared(
    tables.responses,
    tables.responses.c.learner_id,
    where=(among(tables.responses.c.learner_id),),
    order=(tables.responses.c.learner_id,),
)
MANY = [f"l{number:03}" for number in range(2 * SEATS + 6)]


@pytest.fixture
def answered(any_store: Store) -> Store:
    rows = [Response(f"r-{one}", one, "i", ("a",), 1, 2, 1.0) for one in MANY]
    with any_store.begin() as tx:
        tx.responses.add(Responses.from_responses(rows))
    return any_store


def found(store: Store, learners: list[str]) -> list[str]:
    with store.read() as tx:
        tenant: Tenant = tx.news._tenant
        return [row.learner_id for row in rows_of(OF, tenant, learners)]


@pytest.mark.parametrize("several", [0, 1, SEATS - 1, SEATS, SEATS + 1, len(MANY)])
def test_each_learner_is_found_once(answered: Store, several: int) -> None:
    assert found(answered, MANY[:several]) == MANY[:several]
    assert found(answered, [*reversed(MANY[:several]), *MANY[:several]]) == MANY[:several], "asked twice, found once"


def test_another_provider_s_learners_are_not_found(answered: Store) -> None:
    assert found(answered.for_provider("elsewhere"), MANY) == []


@pytest.mark.parametrize(("several", "statements"), [(0, 0), (5, 1), (30, 1), (SEATS, 1), (SEATS + 1, 2)])
def test_a_class_takes_one_statement(answered: Store, several: int, statements: int) -> None:
    heard: list[str] = []
    event.listen(answered.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    found(answered, MANY[:several])
    assert sum("FROM responses" in one for one in heard) == statements


def test_decisions_of_several_are_those_of_each(any_store: Store) -> None:
    now = iter(range(1, 1000))
    any_store._clock = lambda: next(now)
    made = {learner: offer(any_store, learner, "a", "b") for learner in MANY[:3]}
    with any_store.begin() as tx:
        tx.decisions.add(made["l000"][0], "accept", "T07", "teacher")
        undone = tx.decisions.add(made["l001"][1], "reject", "T07", "teacher")
        tx.decisions.undo(undone, "T07", "teacher")
        for one in made["l002"]:
            tx.decisions.add(one, "skip", "l002", "learner")
        each = tx.decisions.of_each(["l002", "l000", "l001", "nobody"])
        assert list(each) == ["l002", "l000", "l001", "nobody"]
        assert {one: len(own) for one, own in each.items()} == {"l002": 2, "l000": 1, "l001": 0, "nobody": 0}
        assert each == {one: tx.decisions.of(one) for one in each}
        assert tx.decisions.of_each([]) == {}
