"""Statements straight to the driver: in order, in few goes, and failing in the words of the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from polku.store import Store, tables
from polku.store.engine import begin
from polku.store.straight import Statement
from polku.store.tenant import Tenant

NAMES = ("item_id", "skill_ids", "title")
COUNT = "SELECT count(*) FROM items"


@contextmanager
def tenant_of(store: Store) -> Iterator[Tenant]:
    """Open a transaction of one provider by hand: nothing is written at its end but what was."""
    with begin(store.engine, write=True) as connection:
        yield Tenant(connection, store.provider_id, lambda: 17)


def asked(tenant: Tenant, *texts: str) -> list[Any]:
    """Return the first value that each statement finds."""
    return [cursor.fetchall()[0][0] for cursor in tenant.straight.run([Statement(one, {}) for one in texts])]


def test_what_waits_goes_before_the_next_question(any_store: Store) -> None:
    with tenant_of(any_store) as tenant:
        tenant.later(tables.items, NAMES, [("a", "s", "1"), ("b", "s", "2")])
        tenant.later(tables.items, NAMES, [("c", "s", "3")])
        assert asked(tenant, COUNT, "SELECT 7") == [3, 7]


def test_what_waits_goes_before_whoever_takes_the_connection(any_store: Store) -> None:
    with tenant_of(any_store) as tenant:
        tenant.later(tables.items, NAMES, [("a", "s", "1")])
        assert tenant.connection.scalar(text(COUNT)) == 1


def test_what_waits_at_the_end_of_a_transaction_is_committed(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.log.append("tested", {"n": 1}, "l0")
    assert any_store.seal().seq == 1


def test_many_questions_are_one_go(any_store: Store) -> None:
    with tenant_of(any_store) as tenant:
        before = tenant.straight.goes
        tenant.later(tables.items, NAMES, [("a", "s", "1")])
        assert asked(tenant, *[COUNT] * 12) == [1] * 12
        assert tenant.straight.goes - before == (1 if tenant.is_postgresql else 2)
        tenant.flush()
        assert tenant.straight.run([]) == []
        assert tenant.straight.goes - before <= 2, "nothing waited"


def test_each_part_tells_how_many_rows_were_new(any_store: Store) -> None:
    with tenant_of(any_store) as tenant:
        parts = [[("a", "s", ""), ("b", "s", "")], [], [("b", "s", "")], [("c", "s", "")]]
        assert tenant.insert_new_of(tables.items, NAMES, parts) == [2, 0, 0, 1]
        assert asked(tenant, COUNT) == [3]


@pytest.mark.parametrize("several", [True, False])
def test_a_failure_is_told_as_the_library_tells_it(any_store: Store, *, several: bool) -> None:
    told: list[Any] = []
    with tenant_of(any_store) as tenant:
        tenant.insert_new(tables.items, NAMES, [("a", "secret", "1")])
    event.listen(any_store.engine, "handle_error", lambda context: told.append(context.sqlalchemy_exception))
    with tenant_of(any_store) as tenant:
        rows = [("a", "secret", "2"), ("b", "secret", "2")]
        statements = [Statement(tenant._adding("items", NAMES), tenant._with_provider([row])) for row in rows]
        with pytest.raises(IntegrityError, match=r"(?i)unique") as caught:
            tenant.straight.run(statements[: 2 if several else 1])
    assert told == [caught.value], "who counts failures hears of it"
    with any_store.read() as tx:
        assert tx.responses.count() == 0, "the store goes on"


def test_a_statement_that_is_none_fails(any_store: Store) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), tenant_of(any_store) as tenant:
        asked(tenant, COUNT, "SELECT 1 FROM nowhere", COUNT)


def lose(store: Store, asking: list[int]) -> None:
    """Ask twice on a connection that the server ends in between; note its process."""
    with tenant_of(store) as tenant:
        asking += asked(tenant, "SELECT pg_backend_pid()")
        with store.engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({asking[0]})"))
        asked(tenant, COUNT, COUNT)


def test_a_connection_that_was_lost_goes_back_to_no_pool(any_store: Store) -> None:
    """PostgreSQL only: SQLite has no connection that could be lost."""
    if any_store.engine.dialect.name == "sqlite":
        return
    asking: list[int] = []
    with pytest.raises(DBAPIError, match=r"terminat|closed|lost") as caught:
        lose(any_store, asking)
    assert caught.value.connection_invalidated
    with tenant_of(any_store) as tenant:
        assert asked(tenant, "SELECT pg_backend_pid()") != asking


def test_who_traces_each_statement_gets_each(any_store: Store) -> None:
    seen: list[str] = []

    def begun(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement.split(maxsplit=1)[0])

    event.listen(any_store.engine, "before_cursor_execute", begun)
    with tenant_of(any_store) as tenant:
        tenant.later(tables.items, NAMES, [("a", "s", "1")])
        assert asked(tenant, COUNT, COUNT) == [1, 1]
    assert [one for one in seen if one in {"INSERT", "SELECT"}][-3:] == ["INSERT", "SELECT", "SELECT"]


def test_what_is_written_is_told_to_who_counts_it(any_store: Store) -> None:
    counted: list[int] = []

    def done(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO items"):
            counted.append(len(values))

    event.listen(any_store.engine, "after_cursor_execute", done)
    with tenant_of(any_store) as tenant:
        tenant.later(tables.items, NAMES, [("a", "s", "1"), ("b", "s", "1")])
        assert asked(tenant, COUNT) == [2]
    assert counted == [2]
