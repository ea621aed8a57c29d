"""Columns through the rules: what is recognised, what is settled one by one, how faults are marked."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.records import DenyRules, Reason, parse
from polku.records.parse import REASONS, Coded, Faults

DENY = DenyRules()


def reasons(faults: Faults) -> list[str]:
    return [REASONS[fault - 1].value if fault else "" for fault in faults]


def texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


def test_ids_that_are_written_differently_and_mean_the_same_share_a_code() -> None:
    coded = parse.ids(texts("anna", " anna", "bo", "anna "), DENY)
    assert coded.values.tolist() == ["anna", "anna", "bo", "anna"]
    assert coded.code.tolist() == [0, 0, 1, 0]
    assert coded.words.tolist() == ["anna", "bo"]


def test_faulty_ids_have_no_code_and_a_reason() -> None:
    coded = parse.ids(texts("anna", None, "NA", "a\tb", "ä"), DENY)
    assert coded.values.tolist() == ["anna", None, None, None, "ä"]
    assert reasons(coded.fault) == ["", "missing", "missing", "control_character", ""]


def test_optional_ids_may_be_none_but_not_bad() -> None:
    coded = parse.ids(texts("s", None, "NA", "a\tb"), DENY, optional=True)
    assert coded.values.tolist() == ["s", None, None, None]
    assert reasons(coded.fault) == ["", "", "", "control_character"]


def test_a_column_of_nothing_has_no_codes() -> None:
    coded = parse.ids(pa.nulls(3, pa.string()), DENY, optional=True)
    assert isinstance(coded, Coded)
    assert coded.values.tolist() == [None] * 3
    assert not coded.fault.any()


def test_skills_are_sets_whether_text_or_list() -> None:
    from_text = parse.skills(texts("b;a", "a", None, "", "x\ty"), DENY)
    from_list = parse.skills(pa.array([["b", "a"], ["a"], None, [], ["x\ty"]]), DENY)
    for coded in (from_text, from_list):
        assert coded.words[coded.code].tolist()[:4] == [("a", "b"), ("a",), (), ()]
        assert reasons(coded.fault) == ["", "", "", "", "control_character"]


def test_lists_that_text_could_not_hold_are_refused() -> None:
    coded = parse.skills(pa.array([["a;b"], ["a", None], ["a"], ["b", "c;"]]), DENY)
    assert reasons(coded.fault) == ["separator_in_id", "missing", "", "separator_in_id"]


@given(st.lists(st.floats(0, 1), min_size=1))
def test_scores_as_text_are_the_floats_that_python_reads(values: list[float]) -> None:
    numbers = parse.scores(texts(*map(repr, values)))
    assert numbers.value.tolist() == values
    assert not numbers.fault.any()


@given(st.decimals(0, 1, places=14))
def test_plain_decimals_are_recognised_bit_for_bit(value: object) -> None:
    assert parse.scores(texts(f"{value:.14f}")).value[0] == float(f"{value:.14f}")


def test_scores_that_are_none() -> None:
    numbers = parse.scores(texts("1", "1.5", "", None, "nan", "yes", "-0"))
    assert reasons(numbers.fault) == ["", "out_of_range", "missing", "missing", "not_finite", "not_a_number", ""]
    assert np.signbit(numbers.value).tolist()[-1] is False


def test_durations_may_be_missing_and_are_never_negative() -> None:
    numbers = parse.durations(texts("12.5", None, "NA", "-1", "1e3"))
    assert reasons(numbers.fault) == ["", "", "", "out_of_range", ""]
    assert np.array_equal(numbers.value, [12.5, np.nan, np.nan, np.nan, 1000.0], equal_nan=True)


def test_times_of_both_kinds_are_told_apart() -> None:
    parsed = parse.parse_times(texts("1970-01-01T00:00:01Z", "7", "+7", "soon", None))
    assert parsed.value.tolist() == [1_000_000, 7, 7, 0, 0]
    assert parsed.clock.tolist() == [True, False, False, False, False]
    assert parsed.given.tolist() == [True, True, True, False, False]
    assert reasons(parsed.fault) == ["", "", "", "bad_time", "missing"]


def test_optional_times_may_be_missing() -> None:
    parsed = parse.parse_times(texts("7", "", None), optional=True)
    assert parsed.given.tolist() == [True, False, False]
    assert not parsed.fault.any()


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_number_and_zero_is_none(reason: Reason) -> None:
    assert REASONS[parse.NUMBER_OF[reason] - 1] is reason
    assert 0 < parse.NUMBER_OF[reason] < 256
