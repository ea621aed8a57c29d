"""Rows of what teachers confirmed: ids, a day, and the teacher's own figures or none."""

from __future__ import annotations

import datetime as dt

import pytest

from polku.records import DenyRules
from polku.records.confirmed import Confirmed, check_confirmed
from polku.records.refused import Refusal

ROW: dict[str, object] = {
    "learner_id": "anna",
    "skill_id": "MA79.S1.01",
    "confirmed_by": "T07",
    "confirmed_on": "2026-03-05",
}


@pytest.mark.parametrize(
    ("more", "given", "maximum"),
    [
        ({}, None, None),
        ({"given": "", "maximum": " "}, None, None),
        ({"given": "8", "maximum": "10"}, 8.0, 10.0),
        ({"given": 0, "maximum": 2.5}, 0.0, 2.5),
    ],
)
def test_figures_are_the_teachers_or_none(more: dict[str, object], given: float | None, maximum: float | None) -> None:
    made = check_confirmed(ROW | more, DenyRules())
    assert made == Confirmed("anna", "MA79.S1.01", "T07", dt.date(2026, 3, 5), given, maximum)


@pytest.mark.parametrize(
    ("more", "column", "reason"),
    [
        ({"learner_id": ""}, "learner_id", "missing"),
        ({"learner_id": "010190-123A"}, "learner_id", "identity_code"),
        ({"confirmed_by": None}, "confirmed_by", "missing"),
        ({"confirmed_on": "5.3.2026"}, "confirmed_on", "bad_date"),
        ({"given": "8"}, "maximum", "missing"),
        ({"maximum": "10"}, "maximum", "missing"),
        ({"given": "good", "maximum": "10"}, "given", "not_a_number"),
        ({"given": "11", "maximum": "10"}, "maximum", "out_of_range"),
        ({"given": "-1", "maximum": "10"}, "maximum", "out_of_range"),
        ({"given": "0", "maximum": "0"}, "maximum", "out_of_range"),
        ({"given": "inf", "maximum": "1"}, "given", "not_finite"),
    ],
)
def test_what_is_refused_names_its_column(more: dict[str, object], column: str, reason: str) -> None:
    made = check_confirmed(ROW | more, DenyRules())
    assert isinstance(made, Refusal)
    assert (made.column, made.reason) == (column, reason)
