"""The rules for single values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from polku.records import DenyRules, Reason, rules
from polku.records.reasons import RefusedValueError

DENY = DenyRules()


def clean_id(value: object) -> str:
    return rules.clean_id(value, DENY)


def clean_skills(value: object) -> tuple[str, ...]:
    return rules.clean_skills(value, DENY)


def clean_title(value: object) -> str:
    return rules.clean_title(value, DENY)


def end_after_march(value: object) -> dt.date | None:
    return rules.optional_end(value, dt.date(2025, 3, 1))


@pytest.mark.parametrize(
    ("rule", "value", "clean"),
    [
        (clean_id, "anna", "anna"),
        (clean_id, "  anna ", "anna"),
        (clean_id, "päivi ö", "päivi ö"),
        (clean_id, 12, "12"),
        (clean_id, -12, "-12"),
        (clean_id, "x" * 200, "x" * 200),
        (clean_id, "310299A12", "310299A12"),
        (clean_skills, "a", ("a",)),
        (clean_skills, " b ;a;; b", ("a", "b")),
        (clean_skills, ["b", "a", "b"], ("a", "b")),
        (clean_skills, ("b", 7), ("7", "b")),
        (clean_skills, [], ()),
        (clean_skills, "", ()),
        (clean_skills, None, ()),
        (clean_skills, ";", ()),
        (clean_skills, ["", " "], ()),
        (clean_skills, 7, ("7",)),
        (rules.clean_score, "1", 1.0),
        (rules.clean_score, " 0.25 ", 0.25),
        (rules.clean_score, "1e-3", 0.001),
        (rules.clean_score, ".5", 0.5),
        (rules.clean_score, "-0", 0.0),
        (rules.clean_score, True, 1.0),
        (rules.clean_score, 1, 1.0),
        (rules.optional_duration, "12.5", 12.5),
        (rules.optional_duration, 0, 0.0),
        (rules.optional_duration, "", None),
        (rules.optional_duration, float("nan"), None),
        (rules.optional_grade, "9", 9),
        (rules.optional_grade, 12.0, 12),
        (rules.optional_grade, "", None),
        (rules.clean_date, "2025-08-01", dt.date(2025, 8, 1)),
        (rules.clean_date, dt.date(2025, 8, 1), dt.date(2025, 8, 1)),
        (end_after_march, "2025-03-01", dt.date(2025, 3, 1)),
        (end_after_march, "", None),
        (clean_title, None, ""),
        (clean_title, " Yhtälö, 2x = 4 ", "Yhtälö, 2x = 4"),
        (clean_title, "-", "-"),
    ],
)
def test_good_values(rule: Callable[[object], object], value: object, clean: object) -> None:
    assert repr(rule(value)) == repr(clean)


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        (clean_id, None, Reason.MISSING),
        (clean_id, "  ", Reason.MISSING),
        (clean_id, "NaN", Reason.MISSING),
        (clean_id, "Null", Reason.MISSING),
        (clean_id, float("nan"), Reason.MISSING),
        (clean_id, 1.5, Reason.WRONG_TYPE),
        (clean_id, True, Reason.WRONG_TYPE),
        (clean_id, ["a"], Reason.WRONG_TYPE),
        (clean_id, "x" * 201, Reason.TOO_LONG),
        (clean_id, 10**200, Reason.TOO_LONG),
        pytest.param(clean_id, 10**5000, Reason.TOO_LONG, id="more digits than Python prints"),
        (clean_id, "a\tb", Reason.CONTROL_CHARACTER),
        (clean_id, "a\nb", Reason.CONTROL_CHARACTER),
        (clean_id, "an\u200bna", Reason.CONTROL_CHARACTER),
        (clean_id, "\u202eanna", Reason.CONTROL_CHARACTER),
        (clean_id, "\ufeffanna", Reason.CONTROL_CHARACTER),
        (clean_id, "anna\ud800", Reason.CONTROL_CHARACTER),
        (clean_id, "p\ufffdivi", Reason.UNDECODABLE),
        (clean_id, "010190-123A", Reason.IDENTITY_CODE),
        (clean_id, "learner_010190a123b_x", Reason.IDENTITY_CODE),
        (clean_skills, ["a;b"], Reason.SEPARATOR_IN_ID),
        (clean_skills, ["a", None], Reason.MISSING),
        (clean_skills, "a;NA", Reason.MISSING),
        (clean_skills, ["a", 1.5], Reason.WRONG_TYPE),
        (clean_skills, 1.5, Reason.WRONG_TYPE),
        (clean_skills, "a;x\ty", Reason.CONTROL_CHARACTER),
        (rules.clean_score, None, Reason.MISSING),
        (rules.clean_score, "", Reason.MISSING),
        (rules.clean_score, "?", Reason.MISSING),
        (rules.clean_score, "unknown", Reason.MISSING),
        (rules.clean_score, "nan", Reason.NOT_FINITE),
        (rules.clean_score, "-Inf", Reason.NOT_FINITE),
        (rules.clean_score, float("nan"), Reason.NOT_FINITE),
        (rules.clean_score, "1e999", Reason.NOT_FINITE),
        (rules.clean_score, "true", Reason.NOT_A_NUMBER),
        (rules.clean_score, "1,0", Reason.NOT_A_NUMBER),
        (rules.clean_score, "1_0", Reason.NOT_A_NUMBER),
        (rules.clean_score, "٣", Reason.NOT_A_NUMBER),
        (rules.clean_score, "1.01", Reason.OUT_OF_RANGE),
        (rules.clean_score, -0.01, Reason.OUT_OF_RANGE),
        (rules.clean_score, 10**400, Reason.OUT_OF_RANGE),
        (rules.clean_score, [1], Reason.WRONG_TYPE),
        (rules.optional_duration, "-1", Reason.OUT_OF_RANGE),
        (rules.optional_duration, "fast", Reason.NOT_A_NUMBER),
        (rules.optional_duration, True, Reason.WRONG_TYPE),
        (rules.optional_grade, "0", Reason.OUT_OF_RANGE),
        (rules.optional_grade, "13", Reason.OUT_OF_RANGE),
        (rules.optional_grade, "7.5", Reason.OUT_OF_RANGE),
        (rules.optional_grade, "7A", Reason.NOT_A_NUMBER),
        (rules.clean_date, "", Reason.MISSING),
        (rules.clean_date, "1.8.2025", Reason.BAD_DATE),
        (rules.clean_date, "2025-02-30", Reason.BAD_DATE),
        (end_after_march, "2025-02-28", Reason.ENDS_BEFORE_START),
        (clean_title, "a\x00", Reason.CONTROL_CHARACTER),
        (clean_title, "for 010190-123A", Reason.IDENTITY_CODE),
    ],
)
def test_values_that_are_refused(rule: Callable[[object], object], value: object, reason: Reason) -> None:
    with pytest.raises(RefusedValueError, match=f"^{reason.value}$"):
        rule(value)


@pytest.mark.parametrize("value", ["", " ", "-", "?", "N/A", "#N/A", "nan", "None", "NULL", "unknown", None])
def test_optional_ids_take_any_mark_of_a_missing_value(value: object) -> None:
    assert rules.optional_id(value, DENY) is None
    assert rules.optional_time(value) is None


def test_an_optional_id_that_is_given_must_be_good() -> None:
    with pytest.raises(RefusedValueError, match="control_character"):
        rules.optional_id("a\tb", DENY)


def test_every_reason_has_a_sentence_and_a_code() -> None:
    assert len({reason.sentence for reason in Reason}) == len(Reason)
    assert all(reason.value == reason.name.lower() for reason in Reason)
