"""The table of responses: order, codes, cuts, joins, hash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.records import Response, Responses

SMALL: dict[str, Any] = {
    "response_id": ["r3", "r1", "r2", "r4"],
    "learner_id": ["bo", "anna", "bo", "anna"],
    "item_id": ["i2", "i1", "i1", "i3"],
    "skill_ids": ["b;a", "a", ["c"], ("b", "a", "b")],
    "answered_at": [5, 9, 5, 2],
    "correct": [1, 0.5, 0, 1],
}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=";"), min_size=1, max_size=5)
small_ids = st.sampled_from(["a", "b", "c", "ä", "10", "9"])


@st.composite
def responses(draw: st.DrawFn) -> Responses:
    """Draw a small table with ties, optional columns and several skills."""
    rows = draw(st.integers(0, 12))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    columns = {
        "response_id": draw(st.lists(texts, min_size=rows, max_size=rows, unique=True)),
        "learner_id": column(small_ids),
        "item_id": column(st.one_of(small_ids, texts)),
        "skill_ids": column(st.lists(small_ids, min_size=1, max_size=3)),
        "answered_at": column(st.integers(0, 3)),
        "known_at": column(st.integers(0, 3)),
        "correct": column(st.floats(0, 1)),
    }
    if draw(st.booleans()):
        columns["duration_s"] = column(st.one_of(st.none(), st.floats(0, 1e6)))
        columns["group_id"] = column(st.one_of(st.none(), small_ids))
    return Responses.from_columns(columns, clock=draw(st.booleans()))


def rows_of(table: Responses) -> list[Response]:
    return list(table)


def assert_sound(table: Responses) -> None:
    """Check what the class promises of every instance."""
    keys = [(one.learner_id, *one.fold_key) for one in table]
    assert keys == sorted(keys)
    for vocabulary, code in ((table.learners, table.learner), (table.items, table.item), (table.skills, table.skill)):
        assert vocabulary.tolist() == sorted(set(vocabulary[code]))
        assert code.dtype == np.int32
    assert table.skill_start[0] == 0
    assert table.skill_start[-1] == len(table.skill)
    assert all(one.skill_ids == tuple(sorted(set(one.skill_ids))) != () for one in table)
    assert table.learner_start[-1] == len(table)
    for place, learner in enumerate(table.learners):
        part = slice(table.learner_start[place], table.learner_start[place + 1])
        assert {one.learner_id for one in rows_of(table)[part]} == {learner}


def test_rows_stand_by_learner_then_in_fold_order() -> None:
    table = Responses.from_columns(SMALL, clock=False)
    assert [one.response_id for one in table] == ["r4", "r1", "r2", "r3"]
    assert table.learners.tolist() == ["anna", "bo"]
    assert table.learner_start.tolist() == [0, 2, 4]
    assert table[0].skill_ids == ("a", "b")
    assert table[3] == Response("r3", "bo", "i2", ("a", "b"), 5, 5, 1.0, clock=False)
    assert table.known_at.tolist() == table.answered_at.tolist()
    assert [table.duration_s, table.school_id, table.group_id] == [None] * 3


def test_a_late_answer_stands_where_it_became_known() -> None:
    table = Responses.from_columns({**SMALL, "known_at": [5, 9, 5, 99]}, clock=False)
    assert [one.response_id for one in table] == ["r1", "r4", "r2", "r3"]


@given(responses())
@settings(deadline=None)
def test_every_table_keeps_its_promises(table: Responses) -> None:
    assert_sound(table)


@given(responses(), st.data())
@settings(deadline=None)
def test_order_of_arrival_changes_nothing(table: Responses, data: st.DataObject) -> None:
    shuffled = Responses.from_responses(data.draw(st.permutations(rows_of(table))), clock=table.clock)
    assert shuffled.hash == table.hash
    assert rows_of(shuffled) == rows_of(table)


@given(responses(), st.data())
@settings(deadline=None)
def test_cut_in_two_and_joined_again_is_the_same(table: Responses, data: st.DataObject) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table))), bool)
    left, right = table.rows(mask), table.rows(np.flatnonzero(~mask))
    for part in (left, right):
        assert_sound(part)
    assert rows_of(left) == [one for one, kept in zip(table, mask, strict=True) if kept]
    assert Responses.concat([right, left]).hash == table.hash


@given(responses())
@settings(deadline=None)
def test_through_a_frame_and_back_is_the_same(table: Responses) -> None:
    again = Responses.from_frame(table.to_frame(), clock=table.clock)
    assert again.hash == table.hash
    assert rows_of(again) == rows_of(table)


def test_some_learners() -> None:
    table = Responses.from_columns(SMALL, clock=False)
    bo = table.of_learners(["bo", "nobody"])
    assert bo.learners.tolist() == ["bo"]
    assert bo.skills.tolist() == ["a", "b", "c"]
    assert rows_of(table.of_learners(np.array([False, True]))) == rows_of(bo)
    assert len(table.of_learners([])) == 0
    assert table.of_learners([]).learner_start.tolist() == [0]


def test_row_positions_come_back_in_fold_order() -> None:
    table = Responses.from_columns(SMALL, clock=False)
    assert [one.response_id for one in table.rows([3, 0])] == ["r4", "r3"]
    assert len(table.rows([])) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"response_id": ["r3", "r1", "r2", "r5"]},
        {"learner_id": ["bo", "anna", "bo", "bo"]},
        {"item_id": ["i2", "i1", "i1", "i4"]},
        {"skill_ids": ["b", "a", "c", "a;b"]},
        {"answered_at": [5, 9, 5, 3]},
        {"known_at": [5, 9, 5, 3]},
        {"correct": [1, 0.5, 0, 0]},
        {"duration_s": [1.0, None, None, None]},
        {"school_id": ["s", None, None, None]},
        {"group_id": ["s", None, None, None]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_of_content_changes_the_hash(change: Mapping[str, Any]) -> None:
    table = Responses.from_columns(SMALL, clock=False)
    assert Responses.from_columns({**SMALL, **change}, clock=False).hash != table.hash


def test_the_kind_of_time_and_the_place_of_a_value_count_in_the_hash() -> None:
    table = Responses.from_columns(SMALL, clock=False)
    assert Responses.from_columns(SMALL, clock=True).hash != table.hash
    school = Responses.from_columns({**SMALL, "school_id": ["s", None, None, None]}, clock=False)
    group = Responses.from_columns({**SMALL, "group_id": ["s", None, None, None]}, clock=False)
    assert school.hash != group.hash


def test_an_optional_column_without_values_is_no_column() -> None:
    table = Responses.from_columns({**SMALL, "school_id": [None] * 4, "duration_s": [None, np.nan] * 2}, clock=False)
    assert table.school_id is None
    assert table.duration_s is None
    assert table.hash == Responses.from_columns(SMALL, clock=False).hash
    some = Responses.from_columns({**SMALL, "school_id": ["s", pd.NA, float("nan"), None]}, clock=False)
    assert [one.school_id for one in some] == [None, None, None, "s"]
    assert some.of_learners(["anna"]).school_id is None


def test_minus_zero_is_zero() -> None:
    table = Responses.from_columns({**SMALL, "correct": [1, 0.5, -0.0, 1]}, clock=False)
    assert table.hash == Responses.from_columns(SMALL, clock=False).hash


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"correct": [1, 2, 0, 1]}, "a score is not between 0 and 1"),
        ({"correct": [1, float("nan"), 0, 1]}, "a score is not between 0 and 1"),
        ({"skill_ids": ["a", "", "b", "c"]}, "a response has no skill"),
        ({"skill_ids": ["a", None, "b", "c"]}, "column skill_ids has missing values"),
        ({"learner_id": ["bo", None, "bo", "anna"]}, "column learner_id has missing values"),
        ({"response_id": ["r1", "r1", "r2", "r3"]}, "a response id occurs twice"),
        ({"item_id": ["i1"]}, "column item_id has another length"),
        ({"item_id": [1, 2, 3, 4]}, "column item_id is not made of texts"),
        ({"skill_ids": [["a"], "", ["b"], ["c"]]}, "a response has no skill"),
        ({"answered_at": [1.5, 2, 3, 4]}, "column answered_at is not made of integers"),
    ],
)
def test_columns_that_do_not_hold_together(change: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Responses.from_columns({**SMALL, **change}, clock=False)


def test_a_missing_column_is_named() -> None:
    columns = {("item_ids" if name == "item_id" else name): values for name, values in SMALL.items()}
    with pytest.raises(InputError, match=r"no column item_id[\s\S]*did you mean 'item_ids'"):
        Responses.from_columns(columns, clock=False)


def test_times_beyond_the_calendar_are_no_clock() -> None:
    columns = {**SMALL, "answered_at": [10**18, 1, 2, 3]}
    assert len(Responses.from_columns(columns, clock=False)) == 4
    with pytest.raises(InputError, match="a time is outside the years 1 to 9999"):
        Responses.from_columns(columns, clock=True)


def test_two_kinds_of_time_do_not_mix() -> None:
    order, clock = Responses.from_columns(SMALL, clock=False), Responses.from_columns(SMALL, clock=True)
    with pytest.raises(InputError, match="do not go together"):
        Responses.concat([order, clock])
    with pytest.raises(InputError, match="do not go together"):
        Responses.from_responses([order[0], clock[1]])


def test_joining() -> None:
    table = Responses.from_columns(SMALL, clock=False)
    nothing = Responses.from_responses([], clock=True)
    assert not Responses.concat([nothing, table]).clock
    assert Responses.concat([nothing, table]).hash == table.hash
    with pytest.raises(InputError, match="a response id occurs twice"):
        Responses.concat([table, table])
    with pytest.raises(InputError, match="nothing to join"):
        Responses.concat([])
    durations = Responses.from_columns({**SMALL, "duration_s": [1, 2, 3, 4]}, clock=False)
    joined = Responses.concat([table.of_learners(["anna"]), durations.of_learners(["bo"])])
    assert [one.duration_s for one in joined] == [None, None, 3.0, 1.0]


def test_the_fields_of_a_row_are_plain_python() -> None:
    row = Responses.from_columns({**SMALL, "duration_s": [1, 2, 3, 4]}, clock=False)[0]
    kinds = {name: type(getattr(row, name)) for name in ("response_id", "answered_at", "correct", "duration_s")}
    assert kinds == {"response_id": str, "answered_at": int, "correct": float, "duration_s": float}
