"""Rosters, teacher relations and item lists."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange import read_items, read_roster
from polku.records import DenyRules

ROSTER = "learner_id,grade,group_id,school_id"
TEACHERS = "teacher_id,group_id,starts_on,ends_on"
Write = Callable[..., Path]


def test_a_roster_is_read(write: Write) -> None:
    learners = write("roster.csv", ROSTER, "anna,7,7A,s1", "bo,,,", "cia,12,lukio,s2")
    teachers = write("teachers.csv", TEACHERS, "t1,7A,2025-08-01,2026-05-31", "t1,7B,2025-08-01,")
    reading = read_roster(learners, teachers)
    people = reading.roster.learners
    assert people["grade"].dtype == "Int64"
    assert people.astype(object).where(people.notna(), None).to_numpy().tolist() == [
        ["anna", 7, "7A", "s1"],
        ["bo", None, None, None],
        ["cia", 12, "lukio", "s2"],
    ]
    assert reading.roster.teachers.to_numpy().tolist() == [
        ["t1", "7A", dt.date(2025, 8, 1), dt.date(2026, 5, 31)],
        ["t1", "7B", dt.date(2025, 8, 1), None],
    ]
    assert (len(reading.refused), reading.notes) == (0, ())


def test_a_roster_may_know_little(write: Write) -> None:
    roster = read_roster(write("roster.csv", "learner_id,shoe_size", "anna,38")).roster
    assert roster.learners["learner_id"].tolist() == ["anna"]
    assert roster.learners["grade"].isna().all()
    assert len(roster.teachers) == 0


def test_rows_of_the_roster_are_refused_one_by_one(write: Write) -> None:
    rows = [
        "anna,7,7A,s1",
        "anna,7,7A,s1",
        "anna,8,7A,s1",
        ",7,7A,s1",
        "bo,0,7A,s1",
        "bo,x,7A,s1",
        "010190-123A,7,7A,s1",
        "cia,7",
    ]
    reading = read_roster(write("roster.csv", ROSTER, *rows))
    assert reading.roster.learners["learner_id"].tolist() == ["anna"]
    assert reading.repeated == 1
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [4, "conflict", "learner_id"],
        [5, "missing", "learner_id"],
        [6, "out_of_range", "grade"],
        [7, "not_a_number", "grade"],
        [8, "identity_code", "learner_id"],
        [9, "field_count", ""],
    ]
    assert "123A" not in reading.refused.frame.to_csv()
    assert json.loads(reading.refused.frame["row"][0]) == {
        "learner_id": "anna",
        "grade": "8",
        "group_id": "7A",
        "school_id": "s1",
    }


def test_rows_of_teachers_are_refused_one_by_one(write: Write) -> None:
    rows = [
        "t1,7A,2025-08-01,2025-07-31",
        "t1,7A,1.8.2025,",
        "t1,,2025-08-01,",
        "t1,7A,2025-08-01,",
        "t1,7A,2025-08-01,2026-05-31",
    ]
    reading = read_roster(write("roster.csv", ROSTER, "anna,7,7A,s1"), write("teachers.csv", TEACHERS, *rows))
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [2, "ends_before_start", "ends_on"],
        [3, "bad_date", "starts_on"],
        [4, "missing", "group_id"],
        [6, "conflict", "teacher_id"],
    ]
    assert len(reading.roster.teachers) == 1


def test_denied_columns_of_a_roster_are_not_read(write: Write) -> None:
    file = write("roster.csv", ROSTER + ",support", "anna,7,7A,s1,SECRET", "bo,99,7A,s1,SECRET")
    reading = read_roster(file, deny=DenyRules(columns={"support": "background"}))
    assert reading.notes == ("column support was not read (rule: background)",)
    assert "SECRET" not in reading.refused.frame.to_csv() + reading.roster.learners.to_csv()
    assert json.loads(reading.refused.frame["row"][0])["support"] == "[removed: background]"


def test_items_are_read(write: Write) -> None:
    reading = read_items(write("items.csv", "item_id,skill_ids,title", 'i1,b;a,"Laske 1,5 + 2"', "i2,c,"))
    assert reading.items.skills == {"i1": ("a", "b"), "i2": ("c",)}
    assert reading.items.frame["title"].tolist() == ["Laske 1,5 + 2", ""]
    assert len(reading.items) == 2


def test_rows_of_an_item_list_are_refused_one_by_one(write: Write) -> None:
    rows = ["i1,a,t", "i1,a,t", "i1,b,t", "i2,,t", ",a,t", "i3,a,t\tx", 'i4,"a,t']
    reading = read_items(write("items.csv", "item_id,skill_ids,title", *rows))
    assert list(reading.items.skills) == ["i1"]
    assert reading.repeated == 1
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [4, "conflict", "item_id"],
        [5, "no_skills", "skill_ids"],
        [6, "missing", "item_id"],
        [7, "control_character", "title"],
        [8, "broken_quotes", ""],
    ]


def test_a_list_without_what_it_needs_is_an_error(write: Write) -> None:
    with pytest.raises(InputError, match=r"items\.csv: no column skill_ids[\s\S]*did you mean skill_ids by 'skills'"):
        read_items(write("items.csv", "item_id,skills", "i1,a"))
    with pytest.raises(InputError, match=r"roster\.csv: no column learner_id"):
        read_roster(write("roster.csv", "pupil_id,grade", "anna,7"))
    with pytest.raises(InputError, match=r"teachers\.csv is empty"):
        read_roster(write("roster.csv", ROSTER, "anna,7,7A,s1"), write("teachers.csv"))
