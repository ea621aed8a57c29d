"""Out to a file and back is the same, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import Response, Responses
from polku.records.times import FIRST, LARGEST, LAST, SECOND

marks = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters=";\ufffd")
ids = st.text(marks, min_size=1, max_size=6).map(lambda text: f"x{text}x".strip())


@st.composite
def tables(draw: st.DrawFn) -> Responses:
    clock = draw(st.booleans())
    times = st.integers(FIRST, LAST) if clock else st.integers(1 - LARGEST, LARGEST - 1)
    names = draw(st.lists(ids, min_size=1, max_size=8, unique=True))
    optional = draw(st.booleans())
    return Responses.from_responses(
        Response(
            response_id=name,
            learner_id=draw(ids),
            item_id=draw(ids),
            skill_ids=tuple(draw(st.lists(ids, min_size=1, max_size=3))),
            answered_at=draw(times),
            known_at=draw(times),
            correct=draw(st.floats(0, 1)),
            clock=clock,
            duration_s=draw(st.one_of(st.none(), st.floats(0, 1e300))) if optional else None,
            school_id=draw(st.one_of(st.none(), ids)) if optional else None,
            group_id=draw(st.one_of(st.none(), ids)) if optional else None,
        )
        for name in names
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round")


def assert_same(again: Responses, table: Responses) -> None:
    """Compare column by column, so that a difference shows where it is, then as a whole."""
    for name in ("answered_at", "known_at", "correct", "duration_s", "response_id", "school_id", "group_id", "skills"):
        left, right = getattr(again, name), getattr(table, name)
        assert (left is None) == (right is None), name
        if left is not None:
            assert left.tolist() == right.tolist() or np.array_equal(left, right, equal_nan=True), name
    assert again.clock == table.clock
    assert again.hash == table.hash


@given(table=tables())
@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_written_file_reads_back_bit_for_bit(kind: str, table: Responses, folder: Path) -> None:
    file = folder / f"responses.{kind}"
    (table.write_csv if kind == "csv" else table.write_parquet)(file)
    reading = read_responses(file)
    assert len(reading.refused) == reading.repeated == 0
    assert_same(reading.responses, table)


def test_csv_is_plain_where_it_can_be(tmp_path: Path) -> None:
    one = Response("r1", "anna", "i1", ("b", "a"), 1_500_000, 2 * SECOND, 0.5, school_id="s")
    Responses.from_responses([one]).write_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == (
        "response_id,learner_id,item_id,skill_ids,answered_at,correct,known_at,school_id\n"
        "r1,anna,i1,a;b,1970-01-01T00:00:01.500000Z,0.5,1970-01-01T00:00:02.000000Z,s\n"
    )


def test_values_with_commas_and_quotes_survive_csv(tmp_path: Path) -> None:
    one = Response('r",1', "a,b", 'i"', ("x,y",), 5, 5, 1.0, clock=False)
    Responses.from_responses([one], clock=False).write_csv(tmp_path / "a.csv")
    assert read_responses(tmp_path / "a.csv").responses[0] == one


def test_no_responses_make_a_frame_with_columns() -> None:
    frame = Responses.from_responses([]).to_frame()
    assert list(frame) == ["response_id", "learner_id", "item_id", "skill_ids", "answered_at", "correct", "known_at"]
    assert len(Responses.from_frame(frame)) == 0


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"response_id": ["r1"], "learner_id": "a", "item_id": "i", "skill_ids": "s", "correct": 1, **columns}
    )


@pytest.mark.parametrize(
    "moment",
    [
        "2025-03-01T10:00:00+02:00",
        pd.Timestamp("2025-03-01T10:00:00+02:00"),
        pd.Timestamp("2025-03-01T10:00:00", tz="Europe/Helsinki").as_unit("ns"),
        1_740_816_000_000_000,
    ],
)
def test_a_frame_may_hold_times_as_text_zoned_or_integer(moment: object) -> None:
    assert Responses.from_frame(frame(answered_at=[moment])).answered_at.tolist() == [1_740_816_000_000_000]


@pytest.mark.parametrize(
    ("moment", "clock", "message"),
    [
        ("2025-03-01T10:00:00", True, "column answered_at: the time has no zone"),
        (pd.Timestamp("2025-03-01T10:00:00"), True, "column answered_at: the time has no zone"),
        ("2025-03-01T10:00:00Z", False, "column answered_at does not hold order numbers"),
        ("5", True, "column answered_at does not hold times with a clock"),
        (None, True, "column answered_at: the value is missing"),
        (1.5, True, "column answered_at: the value is of a type"),
    ],
)
def test_a_frame_with_other_times_is_an_error(moment: object, clock: bool, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Responses.from_frame(frame(answered_at=[moment]), clock=clock)


def test_a_frame_with_times_of_several_kinds_is_an_error() -> None:
    both = pd.concat([frame(answered_at=["5"]), frame(answered_at=[5])])
    with pytest.raises(InputError, match="column answered_at holds values of several kinds"):
        Responses.from_frame(both, clock=False)
