"""Eedi's questions, subjects and pupils: a small set made here, and the public one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange import read_responses
from polku.exchange.eedi_tree import Subject, Tree
from polku.records import DenyRules, Items

Write = Callable[..., Path]
SUBJECTS = (
    "SubjectId,Name,ParentId,Level",
    "3,Maths,NULL,0",
    "32,Number,3,1",
    "49,Algebra,3,1",
    "36,Decimals,32,2",
    '88,"Adding, subtracting decimals",36,3',
    "54,Graphs,49,2",
)
BY_PLACE = ("question_id,subject_id", '10,"[0, 1, 3, 4]"', '11,"[0, 2, 5]"', '12,"[0, 1, 2, 3, 5]"', '13,"[0, 2]"')
BY_ID = (
    "question_id,subject_id",
    '10,"[3, 32, 36, 88]"',
    '11,"[3, 49, 54]"',
    '12,"[3, 32, 49, 36, 54]"',
    '13,"[3, 49]"',
)
STUDENTS = (
    "user_id,gender,birth_year,premium_pupil",
    "1,1,2005,1.0",
    "2,0,2026,0.0",
    "3,2,,",
    "9,1,2005,1.0",
)
TRAIN = ("question_id,user_id,is_correct", "12,1,1", "10,1,0", "11,2,1")
VALID = ("question_id,user_id,is_correct", "11,1,1", "13,3,0")


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("subjects.csv", *SUBJECTS, encoding="utf-8-sig")
    write("questions.csv", *BY_PLACE)
    write("students.csv", *STUDENTS)
    write("responses_train.csv", *TRAIN)
    write("responses_valid.csv", *VALID)
    return tmp_path


def test_questions_practise_the_lowest_of_their_subjects(folder: Path) -> None:
    skills = {one.item_id: one.skill_ids for one in read_responses(folder).responses}
    assert skills == {"q10": ("s88",), "q11": ("s54",), "q12": ("s36", "s54"), "q13": ("s49",)}


def test_lists_of_places_and_of_ids_are_told_apart(folder: Path, write: Write) -> None:
    by_place = read_responses(folder)
    assert "are read as places of rows in subjects.csv, from 0, since 4 of 4" in by_place.notes[1]
    write("questions.csv", *BY_ID)
    by_id = read_responses(folder)
    assert by_id.responses.hash == by_place.responses.hash
    assert "are read as ids of subjects since 4 of 4" in by_id.notes[1]


def test_the_order_is_by_question_however_files_are_split(folder: Path, write: Write) -> None:
    reading = read_responses(folder)
    responses = reading.responses
    assert not responses.clock
    assert responses.response_id.tolist() == ["u1-q10", "u1-q11", "u1-q12", "u2-q11", "u3-q13"]
    assert responses.answered_at.tolist() == [10, 11, 12, 11, 13]
    assert reading.notes[0].endswith("no order in which anybody answered; not for next responses")
    assert not any("later answer" in note for note in reading.notes)
    write("responses_train.csv", *TRAIN[:1], *VALID[1:], *reversed(TRAIN[1:]))
    (folder / "responses_valid.csv").unlink()
    assert read_responses(folder).responses.hash == responses.hash


def test_one_file_may_be_named(folder: Path) -> None:
    assert read_responses(folder / "responses_valid.csv").responses.response_id.tolist() == ["u1-q11", "u3-q13"]


def test_an_answer_in_both_files_counts_once(folder: Path, write: Write) -> None:
    write("responses_valid.csv", *VALID, "10,1,0", "12,1,0")
    reading = read_responses(folder)
    assert (len(reading.responses), reading.repeated, reading.rows) == (5, 1, 7)
    assert reading.refused.frame[["line", "reason"]].to_numpy().tolist() == [[5, "conflict"]]
    kept = json.loads(reading.refused.frame["row"][0])
    assert (kept["file"], kept["learner_id"]) == ("responses_valid.csv", "u1")


def test_background_comes_apart_and_only_of_learners_with_answers(folder: Path) -> None:
    reading = read_responses(folder)
    assert reading.background is not None
    assert reading.background.astype(object).where(reading.background.notna(), None).to_numpy().tolist() == [
        ["u1", "1", "yes", "2005-2007"],
        ["u2", None, "no", None],
        ["u3", "2", None, None],
    ]
    assert reading.background.columns.tolist() == ["learner_id", "gender", "premium_pupil", "birth_years"]
    assert set(reading.responses.to_frame()).isdisjoint(reading.background.columns[1:])
    assert reading.notes[-1] == "1 birth years are outside 1999 to 2014 and count as missing"


@pytest.mark.parametrize(
    ("year", "band"),
    [("1999", "1999-2001"), ("2004", "2002-2004"), ("2006", "2005-2007"), ("2014", "2014-2016"), ("1998", None)],
)
def test_birth_years_come_in_bands_of_three(folder: Path, write: Write, year: str, band: str | None) -> None:
    write("students.csv", STUDENTS[0], f"1,1,{year},1.0")
    background = read_responses(folder).background
    assert background is not None
    assert background["birth_years"].dropna().tolist() == ([band] if band else [])


def test_what_may_not_be_kept_is_no_background_either(folder: Path, write: Write) -> None:
    write("students.csv", *STUDENTS[:1], "1,1,2005,010190-123A")
    reading = read_responses(folder, deny=DenyRules(columns={"gender": "none of our business"}))
    assert reading.background is not None
    assert reading.background.columns.tolist() == ["learner_id", "premium_pupil", "birth_years"]
    assert pd.isna(reading.background["premium_pupil"]).all()


def test_background_may_be_absent(folder: Path) -> None:
    (folder / "students.csv").unlink()
    reading = read_responses(folder)
    assert reading.background is None
    assert reading.notes[-1] == "no students.csv: no background"


def test_subjects_come_as_a_curriculum_with_areas(folder: Path) -> None:
    text = read_responses(folder).curriculum_json
    assert text is not None
    curriculum = Curriculum.from_json(text)
    assert {skill.id: (skill.title["en"], skill.area) for skill in curriculum.skills.values()} == {
        "s36": ("Decimals", "a32"),
        "s49": ("Algebra", "a49"),
        "s54": ("Graphs", "a49"),
        "s88": ("Adding, subtracting decimals", "a32"),
    }
    assert {area.id: area.title["en"] for area in curriculum.areas.values()} == {"a32": "Number", "a49": "Algebra"}


@pytest.mark.parametrize("listed", ["[0, 1, 99]", "[0, x", "nothing", "[0, -1]", "[]", "[true]"])
def test_a_question_without_usable_subjects_costs_its_answers(folder: Path, write: Write, listed: str) -> None:
    write("questions.csv", *BY_PLACE[:4], f'13,"{listed}"')
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [[3, "no_skills", "question_id"]]
    items = Items.of([{"item_id": "q13", "skill_ids": ("z",), "title": ""}])
    filled = read_responses(folder, items=items)
    assert len(filled.refused) == 0
    assert filled.curriculum_json is not None
    assert "z" not in Curriculum.from_json(filled.curriculum_json).skills


def test_refused_answers_name_the_columns_of_the_file(folder: Path, write: Write) -> None:
    write("responses_train.csv", *TRAIN, "x,1,1", ",1,1", "10,,1", "10,3,2", "10,3", "99,1,1")
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [5, "no_skills", "question_id"],
        [6, "missing", "question_id"],
        [7, "missing", "user_id"],
        [8, "out_of_range", "is_correct"],
        [9, "field_count", ""],
        [10, "no_skills", "question_id"],
    ]
    assert reading.rows == 5 + 6
    assert json.loads(reading.refused.frame["row"][4])["file"] == "responses_train.csv"


def test_subjects_of_another_edition_are_an_error(folder: Path, write: Write) -> None:
    write("questions.csv", BY_PLACE[0], '10,"[4, 5]"', '11,"[5]"')
    with pytest.raises(InputError, match=r"name no subjects together with their parents[\s\S]*try: give the subjects"):
        read_responses(folder)


@pytest.mark.parametrize("name", ["questions.csv", "subjects.csv"])
def test_a_missing_companion_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"{name} is missing[\s\S]*got: [\s\S]*try: put {name} there"):
        read_responses(folder, "eedi")


def test_missing_files_and_columns_are_named(folder: Path, write: Write) -> None:
    write("students.csv", "id,gender", "1,1")
    with pytest.raises(InputError, match=r"students\.csv: no column user_id"):
        read_responses(folder)
    write("responses_valid.csv", "question_id,user_id,correct", "1,1,1")
    with pytest.raises(InputError, match=r"responses_valid\.csv: no column is_correct[\s\S]*by 'correct'"):
        read_responses(folder)
    for file in folder.glob("responses*"):
        file.unlink()
    with pytest.raises(InputError, match=r"holds no responses_\*\.csv"):
        read_responses(folder)


@pytest.mark.parametrize("lines", [('49,"Algebra,3,1',), ("49,Algebra,3",), (SUBJECTS[3], SUBJECTS[3])])
def test_subjects_must_be_whole_since_their_places_count(folder: Path, write: Write, lines: tuple[str, ...]) -> None:
    write("subjects.csv", *SUBJECTS[:3], *lines, *SUBJECTS[4:])
    with pytest.raises(InputError, match=r"subjects\.csv is not whole[\s\S]*got: (1 lines|an id stands twice)"):
        read_responses(folder)


def test_broken_lines_of_other_companions_are_counted(folder: Path, write: Write) -> None:
    write("questions.csv", *BY_PLACE, "14")
    write("students.csv", *STUDENTS, "4,1,2005,1.0,more")
    notes = read_responses(folder).notes
    assert "1 lines of questions.csv could not be split, the first being 6" in notes
    assert "1 lines of students.csv could not be split, the first being 6" in notes


def test_spaces_around_numbers_are_nothing(folder: Path, write: Write) -> None:
    plain = read_responses(folder).responses.hash
    write("responses_train.csv", TRAIN[0], " 12 ,1 , 1", *TRAIN[2:])
    assert read_responses(folder).responses.hash == plain


def test_a_tree_that_runs_in_a_circle_has_no_areas() -> None:
    tree = Tree({"1": Subject("a", "2", "2"), "2": Subject("b", "1", "2")})
    assert tree.area("1") == ""
    assert tree.area("9") == ""


def test_the_public_set_is_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "eedi")
    responses = reading.responses
    assert len(responses) == reading.rows == 63_774
    assert (len(responses.learners), len(responses.items), len(responses.skills)) == (542, 1774, 229)
    assert "since 1774 of 1774 then hold all parents" in reading.notes[1]
    assert reading.background is not None
    premium = reading.background["premium_pupil"].value_counts(dropna=False)
    assert (len(reading.background), premium["yes"], premium["no"]) == (542, 39, 130)
    assert reading.background["premium_pupil"].isna().sum() == 373
    assert reading.curriculum_json is not None
    curriculum = Curriculum.from_json(reading.curriculum_json)
    assert (len(curriculum.skills), len(curriculum.areas)) == (229, 7)
