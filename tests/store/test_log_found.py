"""Alterations of a sealed log, tried one after the other and counted: each is found, at its place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from polku.store import ChainHead, Store
from polku.store.engine import begin
from polku.testing.store import offer
from turning import turned

ENTRIES = 12
TRIED = 60
SOME = (1, 6, ENTRIES - 1)
"""Entries of which every test run alters, takes out and moves one: first, middle, before the last."""


def each(*last: int) -> list[object]:
    """Return every place; those beside the chosen ones are tried with the long tests."""
    places = (*range(1, ENTRIES), *last)
    return [place if place in {*SOME, *last} else pytest.param(place, marks=pytest.mark.long) for place in places]


Tamper = Callable[[Store, str], None]
Say = Callable[[Store, str, bytes], None]


@pytest.fixture
def sealed(any_store: Store) -> Store:
    """Return a store with a sealed log."""
    for number in range(ENTRIES):
        offer(any_store, f"l{number % 3}", *(f"a{one}" for one in range(1 + number % 2 * 9)))  # every other is packed
    any_store.seal()
    return any_store


def entry_of(store: Store, seq: int, table: str, columns: str) -> list[object]:
    """Return columns of the entry with a number."""
    where = "entry_id IN (SELECT entry_id FROM log WHERE seq = :seq AND provider_id = :own) AND provider_id = :own"
    with begin(store.engine, write=False) as connection:
        found = connection.execute(
            text(f"SELECT {columns} FROM {table} WHERE {where}"),  # noqa: S608 - names of our own
            {"seq": seq, "own": store.provider_id},
        )
        return list(found.one())


def one_byte(draw: random.Random, said: str) -> str:
    """Return a text with one letter turned into another."""
    place = draw.randrange(len(said))
    other = draw.choice([letter for letter in "abcdef0123456789" if letter != said[place]])
    return said[:place] + other + said[place + 1 :]


COLUMNS = ("kind", "commitment", "hash", "previous")


def alter(changes: tuple[Tamper, Say], store: Store, draw: random.Random, seq: int) -> None:
    """Alter one byte of one entry, wherever in it."""
    column = draw.choice([*COLUMNS, "payload"])
    table = "log_payloads" if column == "payload" else "log"
    entry, said = entry_of(store, seq, table, f"entry_id, {column}")
    if isinstance(said, bytes):
        changes[1](store, str(entry), turned(draw, said))
    else:
        changes[0](store, f"UPDATE log SET {column} = '{one_byte(draw, str(said))}' WHERE entry_id = '{entry}'")  # noqa: S608 - names of our own


def snapshot(store: Store) -> dict[str, dict[str, Any]]:
    """Return what every entry says, by its id."""
    statement = (
        f"SELECT entry_id, {', '.join(COLUMNS)}, payload FROM log JOIN log_payloads USING (provider_id, entry_id)"  # noqa: S608 - names of our own
    )
    with begin(store.engine, write=False) as connection:
        rows = connection.execute(text(f"{statement} WHERE provider_id = :own"), {"own": store.provider_id})
        return {row.entry_id: dict(row._mapping) for row in rows}


def restore(changes: tuple[Tamper, Say], store: Store, said: dict[str, Any]) -> None:
    """Put an entry back as it was."""
    log = ", ".join(f"{name} = '{said[name]}'" for name in COLUMNS)
    changes[0](store, f"UPDATE log SET {log} WHERE entry_id = '{said['entry_id']}'")  # noqa: S608 - what was read
    changes[1](store, said["entry_id"], said["payload"])


@pytest.mark.parametrize("tried", [8, pytest.param(TRIED, marks=pytest.mark.long)])
def test_every_altered_byte_is_found_at_its_entry(sealed: Store, tamper: Tamper, say: Say, tried: int) -> None:
    draw, found, kept = random.Random(7), 0, snapshot(sealed)
    for _ in range(tried):
        seq = draw.randint(1, ENTRIES)
        alter((tamper, say), sealed, draw, seq)
        report = sealed.verify_log()
        found += seq in {problem.seq for problem in report.problems}
        restore((tamper, say), sealed, kept[str(entry_of(sealed, seq, "log", "entry_id")[0])])
        assert sealed.verify_log().whole
    assert found == tried


@pytest.mark.parametrize("seq", each(ENTRIES))
def test_every_missing_entry_is_found(sealed: Store, tamper: Tamper, seq: int) -> None:
    head = sealed.chain_head()
    (entry,) = entry_of(sealed, seq, "log", "entry_id")
    for table in ("suggestions", "log_payloads", "log"):
        tamper(sealed, f"DELETE FROM {table} WHERE entry_id = '{entry}'")  # noqa: S608 - names of our own
    report = sealed.verify_log(head)
    assert [(problem.seq, problem.what.split(":")[0]) for problem in report.problems] == [
        (seq, "truncated" if seq == ENTRIES else "missing")
    ]


@pytest.mark.parametrize("first", each())
def test_every_two_that_change_places_are_found(sealed: Store, tamper: Tamper, first: int) -> None:
    for before, after in ((first, 99), (first + 1, first), (99, first + 1)):
        tamper(sealed, f"UPDATE log SET seq = {after} WHERE seq = {before}")  # noqa: S608 - numbers of our own
    report = sealed.verify_log()
    assert {first, first + 1} <= {problem.seq for problem in report.problems}


def test_a_head_of_another_log_is_no_proof(sealed: Store) -> None:
    assert not sealed.verify_log(ChainHead(3, "f" * 64)).whole
