"""Single rows of rosters and item lists, and the tables made of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from polku.records import DenyRules, Items, Refusal, Roster
from polku.records.items import check_item
from polku.records.roster import check_learner, check_teacher

DENY = DenyRules(columns={"support": "background"})
LEARNER = {"learner_id": "anna", "grade": "7", "group_id": "7A", "school_id": "s1"}
TEACHER = {"teacher_id": "t1", "group_id": "7A", "starts_on": "2025-08-01", "ends_on": "2026-05-31"}
ITEM = {"item_id": "i1", "skill_ids": "b;a", "title": "Kertotaulu"}
CHECKS = {"learner": (check_learner, LEARNER), "teacher": (check_teacher, TEACHER), "item": (check_item, ITEM)}


def test_good_rows_come_back_clean() -> None:
    assert check_learner(LEARNER, DENY) == {"learner_id": "anna", "grade": 7, "group_id": "7A", "school_id": "s1"}
    assert check_teacher(TEACHER, DENY) == {
        "teacher_id": "t1",
        "group_id": "7A",
        "starts_on": dt.date(2025, 8, 1),
        "ends_on": dt.date(2026, 5, 31),
    }
    assert check_item(ITEM, DENY) == {"item_id": "i1", "skill_ids": ("a", "b"), "title": "Kertotaulu"}


def test_what_is_optional_may_be_absent() -> None:
    assert check_learner({"learner_id": 5}, DENY) == {
        "learner_id": "5",
        "grade": None,
        "group_id": None,
        "school_id": None,
    }
    open_end = check_teacher({**TEACHER, "ends_on": ""}, DENY)
    assert isinstance(open_end, dict)
    assert open_end["ends_on"] is None
    untitled = check_item({"item_id": "i1", "skill_ids": ["a"]}, DENY)
    assert isinstance(untitled, dict)
    assert untitled["title"] == ""


@pytest.mark.parametrize(
    ("kind", "change", "reason", "column"),
    [
        ("learner", {"learner_id": None}, "missing", "learner_id"),
        ("learner", {"grade": "13"}, "out_of_range", "grade"),
        ("learner", {"grade": True}, "wrong_type", "grade"),
        ("learner", {"group_id": "a\tb"}, "control_character", "group_id"),
        ("learner", {"school_id": "x" * 201}, "too_long", "school_id"),
        ("teacher", {"teacher_id": "010190-123A"}, "identity_code", "teacher_id"),
        ("teacher", {"group_id": "NA"}, "missing", "group_id"),
        ("teacher", {"starts_on": None}, "missing", "starts_on"),
        ("teacher", {"starts_on": "2025-08-01T00:00:00Z"}, "bad_date", "starts_on"),
        ("teacher", {"ends_on": "2025-07-31"}, "ends_before_start", "ends_on"),
        ("item", {"item_id": "p\ufffd"}, "undecodable", "item_id"),
        ("item", {"skill_ids": ";"}, "no_skills", "skill_ids"),
        ("item", {"skill_ids": ["a;b"]}, "separator_in_id", "skill_ids"),
        ("item", {"title": "two\nlines"}, "control_character", "title"),
    ],
)
def test_bad_rows_are_refused_with_reason_and_column(
    kind: str, change: Mapping[str, Any], reason: str, column: str
) -> None:
    check, good = CHECKS[kind]
    refusal = check({**good, **change, "support": "SECRET"}, DENY)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason.value, refusal.column) == (reason, column)
    assert json.loads(refusal.row)["support"] == "[removed: background]"


def test_a_roster_has_its_types_even_when_empty() -> None:
    roster = Roster.of()
    assert {name: str(kind) for name, kind in roster.learners.dtypes.items()} == {
        "learner_id": "str",
        "grade": "Int64",
        "group_id": "str",
        "school_id": "str",
    }
    assert list(roster.teachers) == ["teacher_id", "group_id", "starts_on", "ends_on"]


def test_missing_grades_and_groups_are_missing_in_the_table() -> None:
    roster = Roster.of([{"learner_id": "anna", "grade": None, "group_id": None, "school_id": "s1"}])
    assert roster.learners.isna().to_numpy().tolist() == [[False, True, True, False]]


def test_items_know_their_skills() -> None:
    items = Items.of(
        [
            {"item_id": "i1", "skill_ids": ("a",), "title": ""},
            {"item_id": "i2", "skill_ids": ("a", "b"), "title": "x"},
        ]
    )
    assert items.skills["i2"] == ("a", "b")
    assert len(items) == 2
    assert len(Items.of()) == 0
    assert Items.of().skills == {}
