"""The one way to a table: every statement is one provider's, and writers of the same thing take turns."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from polku.store import Store, tables
from polku.store.engine import begin
from polku.store.prepared import Prepared
from polku.store.tenant import CHUNK, COPY_FROM, Tenant, chunks
from polku.testing.store import release

Work = Callable[[Tenant], object]
NAMES = ("item_id", "skill_ids", "title")
ITEMS = tables.items
LONGEST_WAIT = 20


def within(store: Store, work: Work, provider: str | None = None) -> object:
    """Run something in a transaction of its own and return what it returns."""
    own = store if provider is None else store.for_provider(provider)
    with begin(own.engine, write=True) as connection:
        tenant = Tenant(connection, own.provider_id, lambda: 17)
        done = work(tenant)
        tenant.flush()
        return done


def titles(store: Store, provider: str | None = None) -> dict[str, str]:
    def read(tenant: Tenant) -> dict[str, str]:
        rows = tenant.rows(tenant.select(ITEMS, ITEMS.c.item_id, ITEMS.c.title).order_by(ITEMS.c.item_id))
        return {row.item_id: row.title for row in rows}

    found = within(store, read, provider)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_values_are_cut_into_parts_that_fit_and_none_is_lost(count: int) -> None:
    values = [str(number) for number in range(count)]
    parts = list(chunks(values))
    assert [value for part in parts for value in part] == values
    assert all(0 < len(part) <= CHUNK for part in parts)
    assert len(parts) == -(-count // CHUNK)


@pytest.mark.parametrize("count", [0, 1, COPY_FROM - 1, COPY_FROM, COPY_FROM + 1])
def test_new_rows_are_counted_either_way_of_inserting(any_store: Store, count: int) -> None:
    rows = [(f"i{number}", "s", str(number)) for number in range(count)]
    assert within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, rows)) == count
    more = [*((item, skills, "changed") for item, skills, _ in rows), ("one more", "s", "")]
    assert within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, more)) == 1
    assert titles(any_store) == {item: title for item, _, title in rows} | {"one more": ""}


@pytest.mark.parametrize("many", [False, True])
def test_any_text_survives_either_way_of_inserting(any_store: Store, many: bool) -> None:
    odd = ["\t", "\\N", "\\", "a\nb", '"', "'", "ä€😀", ";", "%s", "?", ":own", ""]
    rows = [(f"odd{place}", "s", text) for place, text in enumerate(odd)]
    padding = [(f"p{number}", "s", "") for number in range(COPY_FROM if many else 0)]
    within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, rows + padding))
    found = titles(any_store)
    assert [found[f"odd{place}"] for place in range(len(odd))] == odd


def test_many_rows_at_once_twice_in_one_transaction(any_store: Store) -> None:
    """PostgreSQL takes them by way of a temporary table, which must not stand in its own way."""

    def twice(tenant: Tenant) -> list[int]:
        rows = [[(f"{part}-{number}", "s", "") for number in range(COPY_FROM)] for part in "ab"]
        return [tenant.insert_new(ITEMS, NAMES, part) for part in (*rows, rows[0])]

    assert within(any_store, twice) == [COPY_FROM, COPY_FROM, 0]


def test_a_row_that_is_there_is_an_error_where_it_must_be_new(any_store: Store) -> None:
    row = {"item_id": "i", "skill_ids": "s", "title": "private"}
    within(any_store, lambda tenant: tenant.insert(ITEMS, [row]))
    within(any_store, lambda tenant: tenant.insert(ITEMS, []))
    with pytest.raises(IntegrityError, match=r"(?i)unique") as caught:
        within(any_store, lambda tenant: tenant.insert(ITEMS, [row]))
    assert "private" not in str(caught.value), "an error carries no values into a log"


def test_putting_replaces_and_putting_nothing_does_nothing(any_store: Store) -> None:
    def row(item: str, title: str) -> dict[str, str]:
        return {"item_id": item, "skill_ids": "s", "title": title}

    within(any_store, lambda tenant: tenant.put(ITEMS, [row("a", "1"), row("b", "2")]))
    within(any_store, lambda tenant: tenant.put(ITEMS, [row("b", "3"), row("c", "4")]))
    within(any_store, lambda tenant: tenant.put(ITEMS, []))
    assert titles(any_store) == {"a": "1", "b": "3", "c": "4"}


def test_what_one_provider_changes_and_deletes_leaves_the_other_alone(any_store: Store) -> None:
    other = f"{any_store.provider_id} other"
    rows = [("a", "s", "1"), ("b", "s", "2")]
    for provider in (None, other):
        within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, rows), provider)
    where = ITEMS.c.item_id == bindparam("which")
    within(any_store, lambda tenant: tenant.update(ITEMS, where, [{"which": "a", "title": "new"}]))
    assert (titles(any_store), titles(any_store, other)) == ({"a": "new", "b": "2"}, {"a": "1", "b": "2"})
    assert within(any_store, lambda tenant: tenant.delete(ITEMS, ITEMS.c.item_id == "b")) == 1
    assert within(any_store, lambda tenant: tenant.delete(ITEMS)) == 1
    assert within(any_store, lambda tenant: tenant.delete(ITEMS)) == 0
    assert (titles(any_store), titles(any_store, other)) == ({}, {"a": "1", "b": "2"})


def test_counting_and_the_first_row(any_store: Store) -> None:
    within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, [("b", "s", ""), ("a", "t", "")]))
    assert within(any_store, lambda tenant: tenant.count(ITEMS)) == 2
    assert within(any_store, lambda tenant: tenant.count(ITEMS, ITEMS.c.skill_ids == "t")) == 1
    ordered = within(any_store, lambda tenant: tenant.first(tenant.select(ITEMS).order_by(ITEMS.c.item_id)))
    assert ordered is not None
    assert tuple(ordered) == ("a", "t", ""), "all columns but the provider's, which is known"  # type: ignore[arg-type]  # a row
    nothing = within(any_store, lambda tenant: tenant.first(tenant.select(ITEMS).where(ITEMS.c.item_id == "z")))
    assert nothing is None


def test_streaming_yields_every_row_once(any_store: Store) -> None:
    rows = [(f"i{number:05}", "s", "") for number in range(2_500)]
    within(any_store, lambda tenant: tenant.insert_new(ITEMS, NAMES, rows))
    seen = within(any_store, lambda tenant: [row.item_id for row in tenant.stream(tenant.select(ITEMS))])
    assert sorted(seen) == [row[0] for row in rows]  # type: ignore[call-overload]  # a list


def test_numbers_start_at_one_for_each_provider(any_store: Store) -> None:
    other = any_store.for_provider(f"{any_store.provider_id} other")
    for store, count in ((any_store, 3), (other, 2)):
        with store.begin() as tx:
            tx.bundles.add("bundle", {}, {})
            numbers = [release(tx, "bundle").number for _ in range(count)]
        assert numbers == list(range(1, count + 1))


def test_whoever_claims_the_same_waits(any_store: Store) -> None:
    entered, done = threading.Event(), threading.Event()

    def second() -> None:
        entered.set()
        within(any_store, lambda tenant: tenant.claim("profile", "anna"))
        done.set()

    waiting = threading.Thread(target=second)
    with begin(any_store.engine, write=True) as connection:
        Tenant(connection, any_store.provider_id, lambda: 17).claim("profile", "anna")
        waiting.start()
        assert entered.wait(LONGEST_WAIT)
        assert not done.wait(0.15)
    assert done.wait(LONGEST_WAIT)
    waiting.join()


@pytest.mark.parametrize(
    ("provider", "names"), [(" other", ("profile", "anna")), ("", ("profile", "bo")), ("", ("profileanna",))]
)
def test_whoever_claims_something_else_does_not_wait(any_store: Store, provider: str, names: tuple[str, ...]) -> None:
    """PostgreSQL only: SQLite has one writer at a time whatever it claims."""
    if any_store.engine.dialect.name == "sqlite":
        return
    done = threading.Event()

    def second() -> None:
        within(any_store, lambda tenant: tenant.claim(*names), any_store.provider_id + provider)
        done.set()

    other = threading.Thread(target=second)
    with begin(any_store.engine, write=True) as connection:
        Tenant(connection, any_store.provider_id, lambda: 17).claim("profile", "anna")
        other.start()
        assert done.wait(LONGEST_WAIT)
    other.join()


def test_rows_added_the_short_way_are_those_of_the_long_one(any_store: Store) -> None:
    within(any_store, lambda tenant: tenant.later(ITEMS, NAMES, [("i1", "a", "one"), ("i2", "a", "two")]))
    within(any_store, lambda tenant: tenant.insert(ITEMS, [{"item_id": "i3", "skill_ids": "a", "title": "three"}]))
    assert titles(any_store) == {"i1": "one", "i2": "two", "i3": "three"}
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        within(any_store, lambda tenant: tenant.later(ITEMS, NAMES, [("i1", "a", "again")]))


def test_a_row_is_replaced_by_its_key_within_one_provider(any_store: Store) -> None:
    for provider in (None, "elsewhere"):
        within(any_store, lambda tenant: tenant.later(ITEMS, NAMES, [("i1", "a", "one")]), provider)
    within(any_store, lambda tenant: tenant.replace(ITEMS, NAMES, [("i1", "a", "new"), ("i2", "a", "two")]))
    assert titles(any_store) == {"i1": "new", "i2": "two"}
    assert titles(any_store, "elsewhere") == {"i1": "one"}


def test_a_prepared_statement_says_the_same_with_and_without_traces(any_store: Store) -> None:
    one = Prepared(ITEMS, ITEMS.c.item_id, ITEMS.c.title, where=(ITEMS.c.title >= bindparam("least"),))
    within(any_store, lambda tenant: tenant.later(ITEMS, NAMES, [("i1", "a", "one"), ("i2", "a", "two")]))

    def read(tenant: Tenant) -> list[tuple[str, str]]:
        return [(row.item_id, row.title) for row in one.rows(tenant, least="p")]

    assert within(any_store, read) == [("i2", "two")]
    heard: list[str] = []
    event.listen(any_store.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    assert within(any_store, read) == [("i2", "two")]
    assert any("FROM items" in statement for statement in heard), "each statement is told of"


def test_what_the_database_refuses_is_said_in_the_library_s_words(any_store: Store) -> None:
    one = Prepared(ITEMS, ITEMS.c.title, where=(ITEMS.c.title == bindparam("lacking"),))
    with pytest.raises(SQLAlchemyError, match="lacking"):
        within(any_store, one.rows)
