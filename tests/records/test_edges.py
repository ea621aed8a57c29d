"""Edges of the table of responses that nobody should fall over: ends, empties, types, and what is cut out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Response, Responses, check_columns, check_response
from polku.records.times import FIRST, LAST

SMALL: dict[str, Any] = {
    "response_id": ["r1", "r2", "r3"],
    "learner_id": ["anna", "anna", "bo"],
    "item_id": ["i1", "i2", "i1"],
    "skill_ids": ["a", "a;b", "c"],
    "answered_at": [1, 2, 3],
    "correct": [1.0, 0.5, 0.0],
}
ROW: dict[str, object] = {
    "response_id": "r1",
    "learner_id": "anna",
    "item_id": "i1",
    "skill_ids": "a",
    "answered_at": "2025-03-01T10:00:00Z",
    "correct": 1,
}


def small(**changes: object) -> Responses:
    return Responses.from_columns(SMALL | changes, clock=False)


def test_rows_count_from_either_end_and_end_where_the_table_ends() -> None:
    table = small()
    assert [table[-1], table[-2], table[-3]] == [table[2], table[1], table[0]]
    assert table[-1].skill_ids == ("c",)
    for row in (3, -4, 10**6):
        with pytest.raises(IndexError, match="out of range"):
            table[row]
    with pytest.raises(IndexError, match="out of range"):
        Responses.from_responses([])[0]


def test_a_table_of_nothing_answers_every_question() -> None:
    nothing = Responses.from_responses([], clock=False)
    assert len(nothing) == len(list(nothing)) == len(nothing.learners) == 0
    assert nothing.learner_start.tolist() == [0]
    assert nothing.skill_start.tolist() == [0]
    assert nothing.of_learners(["anna"]).hash == nothing.rows([]).hash == nothing.hash
    assert nothing.hash != Responses.from_responses([], clock=True).hash
    assert nothing.hash == small().rows([]).hash


def test_offsets_of_learners_and_skills_cover_every_row_once() -> None:
    table = small()
    assert table.learner_start.tolist() == [0, 2, 3]
    assert table.skill_start.tolist() == [0, 1, 3, 4]
    assert table.learner_start.dtype == table.skill_start.dtype == np.int64
    assert table.learner.dtype == table.item.dtype == table.skill.dtype == np.int32
    assert table.correct.dtype == np.float64


def test_learners_by_mask_are_those_by_name() -> None:
    table = small()
    by_mask = table.of_learners(np.array([False, True]))
    assert by_mask.hash == table.of_learners(["bo"]).hash == table.of_learners(iter(["bo", "nobody"])).hash
    assert list(by_mask.items) == ["i1"]
    assert list(by_mask.skills) == ["c"]
    assert table.of_learners([]).hash == table.rows([]).hash


@pytest.mark.parametrize("index", [[1, 1, 0], np.array([0, 1]), np.array([True, True, False]), [True, True, False]])
def test_rows_are_kept_once_however_they_are_asked_for(index: Any) -> None:
    kept = small().rows(index)
    assert list(kept.response_id) == ["r1", "r2"]
    assert list(kept.learners) == ["anna"]


def test_cutting_leaves_the_original_as_it_was() -> None:
    table = small(duration_s=[1, None, 3])
    before = table.hash
    table.rows([0])
    table.of_learners(["bo"])
    Responses.concat([table.rows([0]), table.rows([1, 2])])
    assert Responses.from_frame(table.to_frame(), clock=False).hash == before


@pytest.mark.parametrize(
    ("at", "good"), [([FIRST, 0, LAST], True), ([FIRST - 1, 0, 0], False), ([0, 0, LAST + 1], False)]
)
def test_a_clock_reaches_from_the_first_to_the_last_microsecond_of_the_calendar(at: list[int], good: bool) -> None:
    if good:
        assert len(Responses.from_columns(SMALL | {"answered_at": at})) == 3
        return
    for column in ("answered_at", "known_at"):
        with pytest.raises(InputError, match="a time is outside the years 1 to 9999"):
            Responses.from_columns(SMALL | {column: at})


@pytest.mark.parametrize("column", ["answered_at", "known_at"])
@pytest.mark.parametrize("at", [[1.0, 2.0, 3.0], ["1", "2", "3"], [None, 1, 2]])
def test_times_are_whole_numbers_or_nothing(column: str, at: list[Any]) -> None:
    with pytest.raises(InputError, match=rf"column {column} is not made of integers\n  got: .*\n  try: use Responses"):
        small(**{column: at})


@pytest.mark.parametrize("score", [-0.001, 1.001, float("nan"), float("inf"), None])
def test_a_score_is_from_nought_to_one(score: float | None) -> None:
    assert small(correct=[0, 1, 0.5]).correct.tolist() == [0.0, 1.0, 0.5]
    with pytest.raises(InputError, match="a score is not between 0 and 1"):
        small(correct=[0, 1, score])


@pytest.mark.parametrize("name", list(SMALL))
def test_every_required_column_is_missed(name: str) -> None:
    columns = {key: values for key, values in SMALL.items() if key != name}
    with pytest.raises(InputError, match=f"no column {name}\n  got: "):
        Responses.from_columns(columns, clock=False)
    with pytest.raises(InputError, match=f"no column {name}\n  got: "):
        Responses.from_columns(columns | {name.upper(): SMALL[name]}, clock=False)


def test_other_columns_are_left_alone() -> None:
    assert small(gender=["girl", "boy", "girl"]).hash == small().hash
    assert Responses.from_frame(pd.DataFrame(SMALL).assign(extra=1), clock=False).hash == small().hash


def test_known_at_is_answered_at_unless_it_is_given() -> None:
    assert small().hash == small(known_at=[1, 2, 3]).hash == small(known_at=None).hash
    assert small(known_at=[3, 2, 3]).hash != small().hash


def test_three_tables_with_and_without_optional_columns_are_joined() -> None:
    table = small(duration_s=[1, 2, 3], school_id=["s", None, "t"], group_id=["g", "g", "g"])
    parts = [table.rows([2]), small().rows([1]), table.rows([0])]
    joined = Responses.concat(parts)
    assert [one.duration_s for one in joined] == [1.0, None, 3.0]
    assert [one.school_id for one in joined] == ["s", None, "t"]
    assert [one.group_id for one in joined] == ["g", None, "g"]
    assert Responses.concat(parts[::-1]).hash == joined.hash
    assert Responses.concat([joined]).hash == joined.hash


@given(cut=st.lists(st.sampled_from([0, 1, 2]), min_size=12, max_size=12))
def test_however_a_table_is_dealt_out_joining_gives_it_back(cut: list[int]) -> None:
    rows = [
        Response(f"r{n}", f"l{n % 3}", f"i{n % 5}", (f"s{n % 4}", f"s{n % 2}"), n % 4, n % 3, n % 2, clock=False)
        for n in range(12)
    ]
    parts = [
        Responses.from_responses([row for row, hand in zip(rows, cut, strict=True) if hand == one]) for one in (0, 1, 2)
    ]
    filled = [part for part in parts if len(part)]
    assert Responses.concat(filled).hash == Responses.from_responses(rows).hash


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({"answered_at": 17}, {"answered_at": 17, "known_at": 17, "clock": False}),
        ({"answered_at": "17", "known_at": 18}, {"answered_at": 17, "known_at": 18, "clock": False}),
        ({"known_at": "2025-03-01T12:00:00+02:00"}, {"known_at": 1_740_823_200_000_000}),
        ({"correct": "0.25"}, {"correct": 0.25}),
        ({"correct": False}, {"correct": 0.0}),
        ({"skill_ids": ["b", "a", "b"]}, {"skill_ids": ("a", "b")}),
        ({"learner_id": 12}, {"learner_id": "12"}),
        (
            {"duration_s": "", "school_id": "-", "group_id": "NA"},
            {"duration_s": None, "school_id": None, "group_id": None},
        ),
        (
            {"duration_s": 0, "school_id": " s ", "group_id": "7A"},
            {"duration_s": 0.0, "school_id": "s", "group_id": "7A"},
        ),
    ],
)
def test_one_row_checked_alone(change: dict[str, object], value: dict[str, object]) -> None:
    found = check_response(ROW | change)
    assert isinstance(found, Response)
    assert {name: getattr(found, name) for name in value} == value


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"answered_at": 5, "known_at": "2025-03-01T10:00:00Z"}, Reason.MIXED_TIME, "known_at"),
        ({"known_at": 5}, Reason.MIXED_TIME, "known_at"),
        ({"known_at": "yesterday"}, Reason.BAD_TIME, "known_at"),
        ({"answered_at": "2025-02-29T10:00:00Z"}, Reason.BAD_TIME, "answered_at"),
        ({"answered_at": True}, Reason.WRONG_TYPE, "answered_at"),
        ({"answered_at": 10**18}, Reason.OUT_OF_RANGE, "answered_at"),
        ({"school_id": "x" * 201}, Reason.TOO_LONG, "school_id"),
        ({"duration_s": -1}, Reason.OUT_OF_RANGE, "duration_s"),
        ({"correct": None, "item_id": None}, Reason.MISSING, "item_id"),
        ({"skill_ids": None}, Reason.NO_SKILLS, "skill_ids"),
    ],
)
def test_one_row_refused_alone(change: dict[str, object], reason: Reason, column: str) -> None:
    found = check_response(ROW | change)
    assert isinstance(found, Refusal)
    assert (found.line, found.reason, found.column, found.explanation) == (0, reason, column, reason.sentence)


@pytest.mark.parametrize(("clock", "at"), [(True, 17), (False, "2025-03-01T10:00:00Z")])
def test_a_service_that_knows_its_kind_of_time_takes_no_other(clock: bool, at: object) -> None:
    found = check_response(ROW | {"answered_at": at}, clock=clock)
    assert isinstance(found, Refusal)
    assert (found.reason, found.column) == (Reason.MIXED_TIME, "answered_at")
    assert isinstance(check_response(ROW | {"answered_at": at}, clock=not clock), Response)


def test_skills_of_the_row_go_before_those_of_the_item() -> None:
    items = Items.of([{"item_id": "i1", "skill_ids": ("x",), "title": ""}])
    named, filled = check_response(ROW, items=items), check_response(ROW | {"skill_ids": ""}, items=items)
    assert isinstance(named, Response)
    assert isinstance(filled, Response)
    assert (named.skill_ids, filled.skill_ids) == (("a",), ("x",))
    assert isinstance(check_response(ROW | {"skill_ids": "", "item_id": "i2"}, items=items), Refusal)


def test_an_identity_code_is_refused_by_default_wherever_an_id_stands() -> None:
    code = "131052-" + "308T"  # the example of the Digital and Population Data Services Agency
    for column in ("response_id", "learner_id", "item_id", "skill_ids", "school_id", "group_id"):
        found = check_response(ROW | {column: code})
        assert isinstance(found, Refusal)
        assert (found.reason, found.column) == (Reason.IDENTITY_CODE, column)
        assert code not in found.row
    lax = check_response(ROW | {"learner_id": code}, deny=DenyRules(values=()))
    assert isinstance(lax, Response)


def test_no_rows_at_all_checked_in_bulk() -> None:
    checked = check_columns({name: pa.array([], pa.string()) for name in ROW}, DenyRules())
    assert (len(checked.responses), len(checked.refused), checked.repeated, checked.reasons) == (0, 0, 0, [])


@given(verdicts=st.lists(st.sampled_from(["good", "again", "other", "bad"]), min_size=1, max_size=12))
def test_every_row_is_accepted_repeated_or_refused(verdicts: list[str]) -> None:
    """Bulk accounting: nothing is lost and nothing counted twice, whatever the mix."""
    rows = [
        (f"r{place}", "1") if verdict == "good" else ("r", {"again": "1", "other": "0", "bad": "7"}[verdict])
        for place, verdict in enumerate(verdicts)
    ]
    columns = {"response_id": [row[0] for row in rows], "correct": [row[1] for row in rows]}
    fixed = {"learner_id": "a", "item_id": "i", "skill_ids": "s", "answered_at": "5"}
    columns |= {name: [value] * len(rows) for name, value in fixed.items()}
    checked = check_columns({name: pa.array(values, pa.string()) for name, values in columns.items()}, DenyRules())
    assert len(checked.responses) + len(checked.refused) + checked.repeated == len(rows)
    assert len(checked.refused) == len(checked.reasons)
    seen = [verdict for verdict in verdicts if verdict in {"again", "other"}]
    assert checked.repeated == sum(verdict == seen[0] for verdict in seen[1:])
    conflicts = sum(reason is Reason.CONFLICT for reason, _ in checked.reasons)
    assert conflicts == sum(verdict != seen[0] for verdict in seen)
    assert len(checked.refused) - conflicts == verdicts.count("bad")


def test_refusals_of_the_same_line_keep_their_order_and_parts_stay_parts() -> None:
    def refusal(line: int, column: str) -> Refusal:
        return Refusal(line, Reason.MISSING, column, "", "{}")

    one = Refused.of([refusal(5, "b"), refusal(5, "a"), refusal(2, "c")])
    assert one.frame[["line", "column"]].to_numpy().tolist() == [[2, "c"], [5, "b"], [5, "a"]]
    both = Refused.concat([one, Refused.of(), Refused.of([refusal(1, "d")])])
    assert both.frame["line"].tolist() == [2, 5, 5, 1]
    assert both.frame.index.tolist() == [0, 1, 2, 3]
    assert both.counts() == {"missing": 4}
    assert len(Refused.concat([])) == 0
    assert dict(Refused.concat([]).frame.dtypes) == dict(one.frame.dtypes)


def test_a_zoned_frame_is_read_to_the_microsecond_and_no_finer() -> None:
    moments = pd.Series(pd.to_datetime(["2025-03-30T03:30:00.123456789+03:00"], utc=True)).dt.tz_convert(
        "Europe/Helsinki"
    )
    frame = pd.DataFrame({name: values[:1] for name, values in SMALL.items()}).assign(answered_at=moments)
    expected = dt.datetime(2025, 3, 30, 0, 30, 0, 123456, tzinfo=dt.UTC)
    assert Responses.from_frame(frame).answered_at.tolist() == [int(expected.timestamp()) * 10**6 + 123456]
