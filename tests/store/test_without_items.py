"""Answers to some items can be left out of what is read, and only there: nothing is deleted."""

from __future__ import annotations

import pytest

from polku.store import Store
from polku.testing.store import sample


@pytest.fixture
def filled(any_store: Store) -> Store:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    return any_store


def test_every_reading_leaves_the_same_answers_out(filled: Store) -> None:
    without = ("i1", "i3", "unknown")
    with filled.read() as tx:
        assert list(tx.responses.all(without=without).items) == ["i0", "i2"]
        assert list(tx.responses.of(["l0", "l2"], without=without).response_id) == [
            *("r-0-0", "r-0-2"),
            *("r-2-0", "r-2-2"),
        ]
        first = tx.responses.after("l0", None, without=without)[0]
        assert list(tx.responses.after("l0", first.fold_key, without=without).response_id) == ["r-0-2"]
        assert tx.responses.count("l0", without=without) == 2
        assert tx.responses.count(without=without) == 6


def test_nothing_is_lost_by_leaving_it_out(filled: Store) -> None:
    with filled.read() as tx:
        tx.responses.all(without=["i0"])
        assert tx.responses.all().hash == tx.responses.all(without=[]).hash == sample().hash


def test_a_list_longer_than_one_statement_holds(filled: Store) -> None:
    many = [f"x{number}" for number in range(1200)]
    with filled.read() as tx:
        assert tx.responses.count(without=[*many, "i2"]) == 9
