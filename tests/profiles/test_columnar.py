"""Arrow tables in and out: what goes in comes back, and a table that does not hold is refused with its reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.profiles.columnar import REQUIRED, responses_of, rows_table, table_of
from polku.records import Responses
from polku.testing.extractors import random_responses
from strategies import answers, patient, responses

DATA = random_responses(2, clock=True)
TABLE = table_of(DATA)


def changed(name: str, values: Any) -> pa.Table:
    """Return a good table with one other column."""
    return TABLE.set_column(TABLE.schema.get_field_index(name), name, values)


@patient
@given(data=responses(), draw=st.data())
def test_responses_come_back_in_any_row_order(data: Responses, draw: st.DataObject) -> None:
    order = draw.draw(st.permutations(range(len(data))))
    assert responses_of(table_of(data).take(pa.array(order))).hash == data.hash


@patient
@given(data=responses(), cut=st.integers(0, 30))
def test_pieces_of_a_table_are_put_together(data: Responses, cut: int) -> None:
    table = table_of(data)
    pieces = pa.concat_tables([table.slice(cut), table.slice(0, cut)])
    assert responses_of(pieces).hash == data.hash


def test_words_that_do_not_occur_are_dropped() -> None:
    some = responses_of(TABLE.slice(0, 3))
    assert some.hash == DATA.rows([0, 1, 2]).hash
    assert len(some.learners) == 1


def test_plain_text_columns_are_read_too() -> None:
    plain = TABLE.cast(pa.schema([(name, _plain(TABLE.schema.field(name).type)) for name in TABLE.column_names]))
    assert responses_of(plain).hash == DATA.hash


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type without dictionaries."""
    if pa.types.is_list(kind):
        return pa.list_(pa.string())
    return pa.string() if pa.types.is_dictionary(kind) else kind


def test_without_durations_there_are_none() -> None:
    assert responses_of(table_of(answers(("i1", "a", 0, 1.0)))).duration_s is None
    assert responses_of(TABLE.drop_columns(["duration_s"])).duration_s is None


def test_school_and_group_are_not_carried() -> None:
    frame = DATA.to_frame().assign(school_id="s1", group_id="g1")
    assert set(table_of(Responses.from_frame(frame)).column_names) == {*REQUIRED, "duration_s"}


def test_order_numbers_and_times_are_told_apart() -> None:
    timed, untimed = (responses_of(table_of(random_responses(3, clock=clock))) for clock in (True, False))
    assert (timed.clock, untimed.clock) == (True, False)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_column_is_named(name: str) -> None:
    with pytest.raises(InputError, match=f"no column {name}"):
        responses_of(TABLE.drop_columns([name]))


def test_the_nearest_name_is_suggested() -> None:
    names = ["item" if name == "item_id" else name for name in TABLE.column_names]
    with pytest.raises(InputError, match=r"no column item_id[\s\S]*did you mean 'item'"):
        responses_of(TABLE.rename_columns(names))


@pytest.mark.parametrize("name", ["learner_id", "correct", "answered_at", "skill_ids"])
def test_missing_values_are_refused(name: str) -> None:
    kind = _plain(TABLE.schema.field(name).type)
    with pytest.raises(InputError, match=f"column {name} has missing values"):
        responses_of(changed(name, pa.nulls(len(TABLE), kind)))


@pytest.mark.parametrize("score", [-0.1, 1.5, np.nan, np.inf])
def test_scores_outside_their_range_are_refused(score: float) -> None:
    scores = np.zeros(len(TABLE))
    scores[7] = score
    with pytest.raises(InputError, match="a score is not between 0 and 1"):
        responses_of(changed("correct", pa.array(scores)))


@pytest.mark.parametrize(
    ("skills", "message"),
    [([], "a response has no skill"), (["b", "a"], "not sorted, each once"), (["a", "a"], "not sorted, each once")],
)
def test_lists_of_skills_are_checked(skills: list[str], message: str) -> None:
    lists = [["a", "b"]] * len(TABLE)
    lists[5] = skills
    with pytest.raises(InputError, match=message):
        responses_of(changed("skill_ids", pa.array(lists)))


def test_the_same_response_twice_is_refused() -> None:
    with pytest.raises(InputError, match="a response id occurs twice"):
        responses_of(pa.concat_tables([TABLE, TABLE.slice(3, 1)]))


def test_feature_rows_keep_every_bit() -> None:
    rows = np.array([[0.1, np.nan], [-0.0, 1e-300], [1 / 3, 2.0]])
    table = rows_table(DATA.rows([0, 1, 2]), ("x", "y"), rows)
    assert table.column_names == ["response_id", "learner_id", "x", "y"]
    back = np.column_stack([table.column(name).to_numpy() for name in ("x", "y")])
    assert back.tobytes() == rows.tobytes()
    assert table.column("learner_id").to_pylist() == [DATA[row].learner_id for row in range(3)]
