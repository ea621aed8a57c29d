"""Responses as rows for the database and back, whatever they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.records import Response, Responses
from polku.store import bulk

ids = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=";"), min_size=1, max_size=6)
INTEGERS = st.integers(-(10**17), 10**17)


@st.composite
def tables(draw: st.DrawFn) -> Responses:
    names = draw(st.lists(ids, min_size=1, max_size=9, unique=True))
    return Responses.from_responses(
        [
            Response(
                *(name, draw(ids), draw(ids)),
                tuple(draw(st.lists(ids, min_size=1, max_size=3))),
                *(draw(INTEGERS), draw(INTEGERS), draw(st.floats(0, 1))),
                clock=False,
                duration_s=draw(st.none() | st.floats(0, 1e9)),
                school_id=draw(st.none() | ids),
                group_id=draw(st.none() | ids),
            )
            for name in names
        ]
    )


@settings(max_examples=40)
@given(table=tables(), size=st.integers(1, 10), draw=st.randoms(use_true_random=False))
def test_rows_in_any_order_are_the_same_responses(table: Responses, size: int, draw: Any) -> None:
    rows = [row for batch in bulk.batches(table, size) for row in batch]
    draw.shuffle(rows)
    assert bulk.from_rows(rows).hash == table.hash


@settings(max_examples=40)
@given(table=tables(), size=st.integers(1, 10))
def test_batches_are_full_but_the_last_and_go_by_code_point_of_the_id(table: Responses, size: int) -> None:
    """Two writers that add the same responses take their locks in the same order."""
    batches = list(bulk.batches(table, size))
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    assert 0 < len(batches[-1]) <= size
    names = [row[0] for batch in batches for row in batch]
    assert names == sorted(table.response_id)


@settings(max_examples=40)
@given(table=tables())
def test_rows_hold_what_any_database_driver_takes(table: Responses) -> None:
    for row in next(bulk.batches(table, 10)):
        kinds = dict(zip(bulk.CONTENT, map(type, row), strict=True))
        assert {kinds[name] for name in ("response_id", "learner_id", "item_id", "skill_ids")} == {str}
        assert {kinds["answered_at"], kinds["known_at"]} == {int}
        assert (kinds["clock"], kinds["correct"]) == (bool, float)
        assert kinds["duration_s"] in {float, type(None)}
        assert {kinds["school_id"], kinds["group_id"]} <= {str, type(None)}


def test_nothing_makes_no_batch_and_no_rows_make_no_responses() -> None:
    nothing = Responses.from_responses([])
    assert list(bulk.batches(nothing, 10)) == []
    assert bulk.from_rows([]).hash == nothing.hash


@pytest.mark.parametrize("clock", [True, False])
def test_the_kind_of_time_comes_back(clock: bool) -> None:
    one = Response("r", "l", "i", ("a", "b"), 5, 6, 1.0, clock=clock)
    table = Responses.from_responses([one])
    rows = [row for batch in bulk.batches(table, 1) for row in batch]
    assert rows == [("r", "l", "i", "a;b", 5, 6, clock, 1.0, None, None, None)]
    assert list(bulk.from_rows(rows)) == [one]


@settings(max_examples=60)
@given(table=tables(), draw=st.randoms(use_true_random=False))
def test_few_rows_become_just_the_columns_that_many_would(table: Responses, draw: Any) -> None:
    rows = next(bulk.batches(table, 10))
    draw.shuffle(rows)
    few, many = vars(bulk._few(rows)), vars(bulk._many(rows))
    assert few.keys() == many.keys()
    for name, column in many.items():
        if isinstance(column, np.ndarray):
            assert few[name].dtype == column.dtype, name
            np.testing.assert_array_equal(few[name], column, err_msg=name)
        else:
            assert few[name] == column, name


def test_no_rows_are_no_responses() -> None:
    assert len(bulk.from_rows([])) == 0
    assert bulk.from_rows(()) is bulk.from_rows([])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"correct": 1.5}, "between 0 and 1"),
        ({"skill_ids": ";"}, "no skill"),
        ({"known_at": 10**18}, "years 1 to 9999"),
    ],
)
def test_few_rows_are_checked_as_many_are(changed: dict[str, Any], said: str) -> None:
    sound = {"response_id": "r", "learner_id": "L1", "item_id": "i", "skill_ids": "a", "answered_at": 1, "known_at": 1}
    row = sound | {"clock": True, "correct": 1.0, "duration_s": None, "school_id": None, "group_id": None} | changed
    with pytest.raises(InputError, match=said):
        bulk.from_rows([tuple(row[name] for name in bulk.CONTENT)])


def test_an_id_that_occurs_twice_is_refused_among_few_rows_too() -> None:
    row = ("r", "L1", "i", "a", 1, 1, True, 1.0, None, None, None)
    with pytest.raises(InputError, match="occurs twice"):
        bulk.from_rows([row, row])
