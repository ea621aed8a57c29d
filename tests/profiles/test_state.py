"""The tables of state: growth, and the blank row at the end."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.profiles.events import BLANK
from polku.profiles.state import KeyedTable
from strategies import patient


@patient
@given(keys=st.lists(st.text(max_size=3), max_size=60))
def test_rows_stay_with_their_ids_as_the_table_grows(keys: list[str]) -> None:
    table = KeyedTable(2)
    for number, key in enumerate(keys):
        row = table.claim(key)
        table.array[row] = number
    last = {key: number for number, key in enumerate(keys)}
    assert table.ids() == sorted(last)
    assert {key: state.tolist() for key, state in table} == {key: [n, n] for key, n in last.items()}
    assert not table.array[BLANK].any()
    assert table.row("never seen") == BLANK


def test_starting_from_what_was_kept() -> None:
    kept = KeyedTable(3, ["a", "b"], np.arange(6.0).reshape(2, 3))
    assert kept.values().tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert not kept.array[BLANK].any()
    assert kept.claim("c") == 2
    assert kept.values()[2].tolist() == [0.0, 0.0, 0.0]


def test_a_table_without_columns_still_knows_its_ids() -> None:
    table = KeyedTable(0)
    table.claim_all(["b", "a"])
    assert (len(table), table.values().shape) == (2, (2, 0))
