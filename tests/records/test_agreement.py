"""The service checks row by row, the readers column by column: both must say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polku.records import Checked, DenyRules, Items, Refusal, Response, check_columns, check_response
from polku.records.columns import COLUMNS

DENY = DenyRules()
ITEMS = Items.of([{"item_id": "i1", "skill_ids": ("s9",), "title": ""}])
ODD_TEXTS = [
    *("", " ", "NA", "nan", "None", "null", "-", "?", "unknown", "inf", "-inf", "1e999", "1e-7", "-0", "0", "1", "0.5"),
    *("1.0000001", "٣", "½", "1_0", "+1", ".5", "5.", "0x1", "True", "a;b", "a;;b", ";", "b ; a", "a;NA", "i1", " i1 "),
    *("\x00", "a\tb", "a\x85b", "\u200ba", "\ufffd", "ä", "a" * 200, "a" * 201, "ä" * 200, "ä" * 201, "010190-123A"),
    *("x_010190A123Y", "310299+999Z", "999999-123A", "\ud7ff", "🙂", "K" * 3, "2025", "007", "-5", "9" * 18, "9" * 19),
    *("2025-03-01T10:00:00Z", "2025-03-01T10:00:00", "2025-03-01", "2025-03-01 10:00+02:00", "2025-03-01T10:00:00.5Z"),
    *("2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
    *("2025-13-01T10:00:00Z", "2025-03-01T24:00:00Z", "2025-03-01T10:00:60Z", "2025-03-01T10:00:00+2400"),
    *(
        "2025-03-01T10:00:00.123456+02:00",
        "2025-03-01T10:00:00,123Z",
        "2025-03-01T10:00:00.1234567Z",
        "0000-01-01T00:00Z",
    ),
    *("2025-03-01t10:00:00Z", "2025-03-01T10:00:00z", "2025-03-01T10:00:00+02", "2025-03-01T10:00:00+0230"),
]
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=12)).filter(lambda text: text.isprintable() or text)
times = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
    dt.datetime.isoformat
)
ids = st.one_of(st.sampled_from(["r1", "r2", "i1", "anna", "a;b"]), texts)
rows = st.fixed_dictionaries(
    {
        "response_id": ids,
        "learner_id": ids,
        "item_id": ids,
        "skill_ids": ids,
        "answered_at": st.one_of(times, st.integers(0, 99).map(str), texts),
        "correct": st.one_of(st.sampled_from(["0", "1"]), st.floats(0, 1).map(str), texts),
    },
    optional={
        "known_at": st.one_of(times, texts),
        "duration_s": st.one_of(st.floats(-1, 1e6).map(str), texts),
        "school_id": ids,
        "group_id": ids,
    },
)
good_row = {
    "response_id": "r1",
    "learner_id": "anna",
    "item_id": "i7",
    "skill_ids": "a",
    "answered_at": "2025-03-01T10:00:00Z",
    "correct": "1",
}


def encodable(row: Mapping[str, object]) -> bool:
    """Lone surrogates cannot stand in an Arrow column; the row check is tested with them elsewhere."""
    return all(not any("\ud800" <= mark <= "\udfff" for mark in str(value)) for value in row.values())


def columns_of(table: Sequence[Mapping[str, object]], types: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    return {name: pa.array([row.get(name) for row in table], types.get(name, pa.string())) for name in COLUMNS}


def one_by_one(
    table: Sequence[Mapping[str, object]], *, clock: bool, items: Items | None
) -> tuple[dict[int, Response], dict[int, tuple[str, str]]]:
    """Check the rows singly and settle repeated ids as a reader would: the first one stays."""
    accepted: dict[int, Response] = {}
    refused: dict[int, tuple[str, str]] = {}
    first: dict[str, Response] = {}
    for place, row in enumerate(table):
        outcome = check_response(row, clock, DENY, items)
        if isinstance(outcome, Refusal):
            refused[place] = (outcome.reason, outcome.column)
        elif first.setdefault(outcome.response_id, outcome) is outcome:
            accepted[place] = outcome
        elif first[outcome.response_id] != outcome:
            refused[place] = ("conflict", "response_id")
    return accepted, refused


def assert_agree(table: Sequence[Mapping[str, object]], checked: Checked, items: Items | None) -> None:
    accepted, refused = one_by_one(table, clock=checked.responses.clock, items=items)
    in_bulk = {
        int(place): (str(reason), column)
        for place, (reason, column) in zip(checked.refused, checked.reasons, strict=True)
    }
    assert in_bulk == refused
    wanted = sorted(accepted.values(), key=lambda one: (one.learner_id, *one.fold_key))
    assert [repr(one) for one in checked.responses] == [repr(one) for one in wanted]
    assert len(checked.responses) + len(checked.refused) + checked.repeated == len(table)


@given(table=st.lists(rows.filter(encodable), min_size=1, max_size=8), items=st.sampled_from([None, ITEMS]))
@settings(max_examples=150, deadline=None)
@example(table=[good_row, good_row, {**good_row, "correct": "0"}], items=None)
@example(
    table=[{**good_row, "response_id": f"r{place}", "correct": text} for place, text in enumerate(ODD_TEXTS)],
    items=None,
)
@example(
    table=[{**good_row, "response_id": f"r{n}", "answered_at": text} for n, text in enumerate(ODD_TEXTS)], items=None
)
@example(
    table=[{**good_row, "response_id": f"r{n}", "skill_ids": text} for n, text in enumerate(ODD_TEXTS)], items=ITEMS
)
@example(
    table=[{**good_row, "response_id": f"r{n}", "duration_s": text} for n, text in enumerate(ODD_TEXTS)], items=None
)
@example(table=[{**good_row, "response_id": text} for text in ODD_TEXTS], items=None)
@example(
    table=[{**good_row, "response_id": f"r{n}", "learner_id": text} for n, text in enumerate(ODD_TEXTS)], items=None
)
def test_text_rows_get_the_same_verdict_and_values_either_way(table: list[dict[str, str]], items: Items | None) -> None:
    assert_agree(table, check_columns(columns_of(table, {}), DENY, items), items)


zoned = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - as above
typed = {
    "skill_ids": (pa.list_(pa.string()), st.lists(st.one_of(st.sampled_from(["a", "b", "", "NA", "x;y"]), st.none()))),
    "correct": (pa.float64(), st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0]))),
    "duration_s": (pa.float64(), st.one_of(st.floats(), st.none())),
    "answered_at": (pa.timestamp("us", "UTC"), zoned),
    "known_at": (pa.timestamp("us", "UTC"), st.one_of(zoned, st.none())),
}


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_typed_rows_get_the_same_verdict_and_values_either_way(data: st.DataObject) -> None:
    table = [
        {**good_row, "response_id": f"r{place}", **{name: data.draw(values) for name, (_, values) in typed.items()}}
        for place in range(data.draw(st.integers(1, 5)))
    ]
    types = {name: kind for name, (kind, _) in typed.items()}
    assert_agree(table, check_columns(columns_of(table, types), DENY), None)


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        ("correct", pa.bool_(), [True, False, None]),
        ("correct", pa.int64(), [0, 1, 2, -1, None]),
        ("correct", pa.float32(), [0.1, float("nan"), float("inf"), None]),
        ("duration_s", pa.int64(), [0, 2 * 10**18, -1, None]),
        ("answered_at", pa.int64(), [0, -7, 10**18, 10**18 - 1, None]),
        ("answered_at", pa.uint64(), [0, 2**64 - 1]),
        ("answered_at", pa.float64(), [1.0, None]),
        ("answered_at", pa.bool_(), [True]),
        ("answered_at", pa.timestamp("us"), [dt.datetime(2025, 3, 1)]),  # noqa: DTZ001 - no zone is the point
        ("answered_at", pa.date32(), [dt.date(2025, 3, 1)]),
        ("learner_id", pa.int64(), [5, -5, None]),
        ("learner_id", pa.float64(), [5.0, float("nan"), None]),
        ("learner_id", pa.bool_(), [True]),
        ("school_id", pa.float64(), [5.0, float("nan"), None]),
        ("skill_ids", pa.int64(), [5, None]),
    ],
)
def test_columns_of_unusual_types_get_the_same_verdict_either_way(
    column: str, kind: pa.DataType, values: list[object]
) -> None:
    raw = pa.array(values, kind).to_pylist()
    table: list[dict[str, object]] = [
        {**good_row, "response_id": f"r{n}", column: value} for n, value in enumerate(raw)
    ]
    assert_agree(table, check_columns(columns_of(table, {column: kind}), DENY), None)


def test_majority_decides_the_kind_of_time_and_a_tie_goes_to_the_clock() -> None:
    ordered = [{**good_row, "response_id": f"o{n}", "answered_at": str(n)} for n in range(2)]
    clocked = [{**good_row, "response_id": f"c{n}"} for n in range(2)]
    tie = check_columns(columns_of(ordered + clocked, {}), DENY)
    assert tie.responses.clock
    assert tie.reasons == [("mixed_time", "answered_at")] * 2
    majority = check_columns(columns_of(ordered + clocked[:1], {}), DENY)
    assert not majority.responses.clock
    assert majority.refused.tolist() == [2]


def test_known_at_of_another_kind_than_the_file_is_refused() -> None:
    table = [{**good_row, "known_at": "3"}, {**good_row, "response_id": "r2"}]
    checked = check_columns(columns_of(table, {}), DENY)
    assert checked.reasons == [("mixed_time", "known_at")]
    assert np.array_equal(checked.responses.known_at, checked.responses.answered_at)
