"""Times: what is read, what is refused, and that columns are read as single values are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.records.reasons import Reason, RefusedValueError
from polku.records.times import FIRST, LAST, SECOND, SHAPES, Time, parse_time, recognise

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
MOMENTS = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn


def micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


@given(MOMENTS)
def test_iso_text_is_read_as_the_standard_library_reads_it(moment: dt.datetime) -> None:
    assert parse_time(moment.isoformat()) == Time(micros(moment), clock=True)
    assert parse_time(moment) == Time(micros(moment), clock=True)


@given(MOMENTS, st.sampled_from(["auto", "minutes", "seconds", "milliseconds", "microseconds"]), st.sampled_from("T "))
def test_common_shapes_are_recognised_in_columns(moment: dt.datetime, precision: str, mark: str) -> None:
    text = moment.isoformat(mark, precision)
    sure, values = recognise(pa.array([text]))
    assert sure.tolist() == [True]
    assert values[0] == parse_time(text).value


@given(st.lists(st.one_of(MOMENTS.map(dt.datetime.isoformat), st.text(max_size=33)), min_size=1))
def test_recognition_never_disagrees_with_the_rule(texts: list[str]) -> None:
    sure, values = recognise(pa.array(texts))
    for text, certain, value in zip(texts, sure, values, strict=True):
        if certain:
            assert parse_time(text) == Time(value, clock=True)
        else:
            assert value == 0


@given(st.sampled_from(SHAPES).flatmap(lambda shape: st.tuples(*(marks(mark) for mark in shape)).map("".join)))
def test_recognition_never_disagrees_on_texts_that_nearly_are_times(text: str) -> None:
    sure, values = recognise(pa.array([text]))
    if sure[0]:
        assert parse_time(text) == Time(values[0], clock=True)


def marks(mark: str) -> st.SearchStrategy[str]:
    return st.sampled_from("0123456789" if mark == "0" else mark + "T +-.,Z")


@given(st.sampled_from(SHAPES[:3]), st.integers(0, 10_000), st.integers(0, 13), st.integers(0, 32), st.integers(0, 25))
def test_dates_that_do_not_exist_are_never_recognised(shape: str, year: int, month: int, day: int, hour: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}" + shape[13:]
    sure, _ = recognise(pa.array([text]))
    try:
        parse_time(text)
    except RefusedValueError:
        assert not sure[0]
    else:
        assert sure[0]


def test_recognition_reads_a_slice_of_a_column_and_many_shapes_at_once() -> None:
    texts = ["2025-03-01T10:00:00Z", "1970-01-01T00:00:01Z", "1970-01-01T02:00:02+02:00", "no", "1970-01-01T00:00Z"]
    sure, values = recognise(pa.array(texts).slice(1))
    assert sure.tolist() == [True, True, False, True]
    assert values.tolist() == [SECOND, 2 * SECOND, 0, 0]
    sliced, same = recognise(pa.array(texts).slice(1, 1))
    assert (sliced.tolist(), same.tolist()) == ([True], [SECOND])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2025-03-01T10:00:00", Reason.NO_ZONE),
        ("2025-03-01 10:00", Reason.NO_ZONE),
        ("2025-03-01", Reason.NO_ZONE),
        ("2025-02-30T10:00:00", Reason.BAD_TIME),
        ("2025-02-29T10:00:00Z", Reason.BAD_TIME),
        ("2025-03-01T24:00:00Z", Reason.BAD_TIME),
        ("2025-03-01T10:60:00Z", Reason.BAD_TIME),
        ("2025-03-01T10:00:60Z", Reason.BAD_TIME),
        ("2025-03-01T10:00:00+24:00", Reason.BAD_TIME),
        ("2025-03-01T10:00:00+02:60", Reason.BAD_TIME),
        ("2025-03-01T10:00:00 Europe/Helsinki", Reason.BAD_TIME),
        ("01.03.2025 10:00", Reason.BAD_TIME),
        ("2025-3-1T10:00:00Z", Reason.BAD_TIME),
        ("20250301T100000Z", Reason.BAD_TIME),
        ("yesterday", Reason.BAD_TIME),
        ("3.5", Reason.BAD_TIME),
        ("0000-01-01T00:00:00Z", Reason.BAD_TIME),
        ("0001-01-01T00:00:00+00:01", Reason.OUT_OF_RANGE),
        ("9999-12-31T23:59:59-00:01", Reason.OUT_OF_RANGE),
        ("1" * 19, Reason.BAD_TIME),
        (10**18, Reason.OUT_OF_RANGE),
        (True, Reason.WRONG_TYPE),
        (1.5, Reason.WRONG_TYPE),
        (dt.date(2025, 3, 1), Reason.WRONG_TYPE),
        (dt.datetime(2025, 3, 1), Reason.NO_ZONE),  # noqa: DTZ001 - no zone is the point
    ],
)
def test_a_time_that_cannot_be_read_says_why(text: object, reason: Reason) -> None:
    with pytest.raises(RefusedValueError, match=f"^{reason.value}$"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01 02:00:01+02:00", 1),
        ("1970-01-01T02:00:01+0200", 1),
        ("1970-01-01T02:00:01+02", 1),
        ("1969-12-31T23:59:59-00:00", -1),
        ("1970-01-01T00:00:00,5Z", 0.5),
        ("1970-01-01T00:00:00.0000019Z", 0.000001),
    ],
)
def test_the_ways_to_write_a_time(text: str, seconds: float) -> None:
    assert parse_time(text).value == round(seconds * SECOND)


def test_the_range_is_the_calendar_of_the_standard_library() -> None:
    assert parse_time("0001-01-01T00:00:00Z").value == FIRST
    assert parse_time("9999-12-31T23:59:59.999999Z").value == LAST


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), ("+7", 7), ("-7", -7), ("007", 7), (7, 7), (-(10**17), -(10**17))]
)
def test_whole_numbers_are_an_order_without_a_clock(text: object, value: int) -> None:
    assert parse_time(text) == Time(value, clock=False)


def test_a_million_times_stay_in_64_bits() -> None:
    assert np.int64(LAST) - np.int64(FIRST) > 0
