"""School grades with background: small files made here, and the public set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import DenyRules

Write = Callable[..., Path]
HEADER = "school,sex,address,Pstatus,Medu,Fedu,schoolsup,Dalc,health,absences,G1,G2,class"
ANNA = "GP,F,U,A,4,0,yes,5,SECRET,93,15,0,High"
BO = "MS,M,R,T,1,2,no,1,SECRET,94,10,20,Low"


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("student-mat.csv", HEADER, ANNA, BO)
    write("student-por.csv", HEADER, BO)
    return tmp_path


def test_every_grade_is_a_response(folder: Path) -> None:
    reading = read_responses(folder)
    assert [
        (one.response_id, one.item_id, one.skill_ids, one.answered_at, one.correct) for one in reading.responses
    ] == [
        ("mat-1-G1", "mathematics-G1", ("mathematics",), 1, 0.75),
        ("mat-1-G2", "mathematics-G2", ("mathematics",), 2, 0.0),
        ("mat-2-G1", "mathematics-G1", ("mathematics",), 1, 0.5),
        ("mat-2-G2", "mathematics-G2", ("mathematics",), 2, 1.0),
        ("por-1-G1", "portuguese-G1", ("portuguese",), 1, 0.5),
        ("por-1-G2", "portuguese-G2", ("portuguese",), 2, 1.0),
    ]
    assert not reading.responses.clock
    assert [one.school_id for one in reading.responses] == ["GP", "GP", "MS", "MS", "MS", "MS"]
    assert "1 grades are 0" in reading.notes[0]
    assert "student-mat.csv: no G3, so a pupil has two grades" in reading.notes


def test_the_original_edition_has_three_grades_semicolons_and_quotes(write: Write) -> None:
    file = write("student-por.csv", '"school";"sex";"G1";"G2";"G3"', '"GP";"F";"5";"6";6')
    reading = read_responses(file)
    assert reading.responses.answered_at.tolist() == [1, 2, 3]
    assert reading.responses.correct.tolist() == [0.25, 0.3, 0.3]
    assert not any("no G3" in note for note in reading.notes)


def test_background_comes_apart(folder: Path) -> None:
    reading = read_responses(folder)
    assert reading.background is not None
    assert reading.background.columns.tolist() == [
        "learner_id",
        "sex",
        "home",
        "parents",
        "mother_education",
        "father_education",
        "extra_support",
    ]
    assert reading.background.to_numpy().tolist() == [
        ["mat-1", "F", "U", "A", "4", "0", "yes"],
        ["mat-2", "M", "R", "T", "1", "2", "no"],
        ["por-1", "M", "R", "T", "1", "2", "no"],
    ]
    assert reading.curriculum_json is None


def test_columns_about_the_pupil_are_not_read(folder: Path) -> None:
    reading = read_responses(folder)
    assert "columns not read: Dalc, health, absences, class" in reading.notes
    assert reading.background is not None
    assert "SECRET" not in reading.background.to_csv()


def test_a_denied_attribute_is_not_read_and_is_said(folder: Path) -> None:
    reading = read_responses(folder, deny=DenyRules(columns={"address": "contact details"}))
    assert reading.background is not None
    assert "home" not in reading.background
    assert "columns not read: address, Dalc, health, absences, class" in reading.notes


def test_refused_grades_hold_nothing_about_the_pupil(folder: Path, write: Write) -> None:
    write("student-mat.csv", HEADER, ANNA.replace("15", "21"), BO.replace("10,20", "x,"), ANNA + ",more", BO)
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [2, "out_of_range", "grade"],
        [3, "not_a_number", "grade"],
        [3, "missing", "grade"],
        [4, "field_count", ""],
    ]
    assert reading.rows == 2 + 2 + 1 + 2 + 2
    kept = reading.refused.frame.to_csv()
    assert "SECRET" not in kept
    assert "High" not in kept
    row = json.loads(reading.refused.frame["row"][0])
    assert (row["learner_id"], row["file"], row["G1"]) == ("mat-1", "student-mat.csv", "21")
    assert "sex" not in row
    assert reading.responses.learners.tolist() == ["mat-1", "mat-4", "por-1"]


def test_a_name_must_say_the_subject(write: Write) -> None:
    file = write("students-format.csv", HEADER, ANNA)
    with pytest.raises(InputError, match=r"students-format\.csv says no subject[\s\S]*call it student-mat\.csv"):
        read_responses(file)


def test_missing_files_and_columns_are_named(tmp_path: Path, write: Write) -> None:
    with pytest.raises(InputError, match=r"holds no student-mat\.csv or student-por\.csv"):
        read_responses(tmp_path, "uci")
    with pytest.raises(InputError, match=r"student_mat\.csv: no column G2"):
        read_responses(write("student_mat.csv", "school,G1,G3", "GP,1,2"), "uci")


def test_the_public_set_is_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "uci_student")
    responses = reading.responses
    learners = [learner.partition("-")[0] for learner in responses.learners]
    assert (learners.count("mat"), learners.count("por")) == (395, 649)
    assert len(responses) == reading.rows == 2 * (395 + 649)
    assert reading.background is not None
    assert len(reading.background) == 1044
    assert reading.background.notna().all(axis=None)
    assert "21 grades are 0" in reading.notes[0]
