"""Dated assessment scores: a small set made here, and the public one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import DenyRules, Items

Write = Callable[..., Path]
ASSESSMENTS = (
    "code_module,code_presentation,id_assessment,assessment_type,date,weight",
    "AAA,2013J,1,TMA,19,10",
    "AAA,2013J,2,Exam,,100",
    "BBB,2013B,3,CMA,54,20",
    "BBB,2013X,4,CMA,54,20",
)
HEADER = "id_assessment,id_student,date_submitted,is_banked,score"
STUDENTS = (
    "code_module,code_presentation,id_student,gender,region,imd_band,age_band,disability",
    "AAA,2013J,7,M,Wales,10-20,35-55,False",
    "BBB,2013B,7,M,Wales,10-20,0-35,False",
    "AAA,2013J,8,F,Wales,,0-35,True",
    "AAA,2013J,9,F,Wales,90-100%,55<=,True",
)


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("assessments.csv", *ASSESSMENTS)
    write("studentAssessment.csv", HEADER, "1,7,18,False,78", "3,7,-3,False,100", "1,8,-1,True,0")
    write("studentInfo.csv", *STUDENTS)
    return tmp_path


def day(*date: int) -> int:
    return int(dt.datetime(date[0], date[1], date[2], 12, tzinfo=dt.UTC).timestamp()) * 1_000_000


def test_scores_are_responses_on_dates(folder: Path) -> None:
    reading = read_responses(folder)
    responses = reading.responses
    assert responses.clock
    assert [(one.response_id, one.skill_ids, one.correct) for one in responses] == [
        ("s7-a3", ("BBB.CMA",), 1.0),
        ("s7-a1", ("AAA.TMA",), 0.78),
        ("s8-a1", ("AAA.TMA",), 0.0),
    ]
    assert responses.answered_at.tolist() == [day(2013, 1, 29), day(2013, 10, 19), day(2013, 9, 30)]
    assert reading.notes[0] == "days are counted from the nominal start, 1 February (B) or 1 October (J)"


def test_banked_scores_are_counted(folder: Path) -> None:
    assert "1 scores are banked" in read_responses(folder).notes[1]


def test_the_file_itself_may_be_named(folder: Path) -> None:
    file = folder / "studentAssessment.csv"
    assert read_responses(file).responses.hash == read_responses(folder).responses.hash


def test_background_is_of_the_earlier_registration(folder: Path) -> None:
    reading = read_responses(folder)
    assert reading.background is not None
    assert reading.background.columns.tolist() == ["learner_id", "gender", "age", "disability", "deprivation"]
    assert reading.background.astype(object).where(reading.background.notna(), None).to_numpy().tolist() == [
        ["s7", "M", "0-35", "no", "10-20%"],
        ["s8", "F", "0-35", "yes", None],
    ]
    assert reading.notes[-1] == "4 registrations of 3 students, 2 of them with scores"


def test_what_may_not_be_read_is_no_background(folder: Path) -> None:
    deny = DenyRules(columns={"disability": "not here", "imd_band": "not here"})
    background = read_responses(folder, deny=deny).background
    assert background is not None
    assert background.columns.tolist() == ["learner_id", "gender", "age"]


def test_background_may_be_absent(folder: Path) -> None:
    (folder / "studentInfo.csv").unlink()
    reading = read_responses(folder)
    assert (reading.background, reading.notes[-1]) == (None, "no studentInfo.csv: no background")


def test_modules_are_areas(folder: Path) -> None:
    text = read_responses(folder).curriculum_json
    assert text is not None
    skills = Curriculum.from_json(text).skills.values()
    assert {skill.id: skill.area for skill in skills} == {"AAA.TMA": "AAA", "BBB.CMA": "BBB"}


def test_every_odd_row_is_refused_with_its_column(folder: Path, write: Write) -> None:
    rows = (
        "1,7,18,False,",
        "1,7,18,False,101",
        "1,7,18,False,absent",
        "1,7,,False,50",
        "1,7,soon,False,50",
        "4,7,18,False,50",
        "9,7,18,False,50",
        "1,,18,False,50",
        "1,7,18,False,1e-1",
    )
    write("studentAssessment.csv", HEADER, *rows)
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [2, "missing", "score"],
        [3, "out_of_range", "score"],
        [4, "not_a_number", "score"],
        [5, "missing", "date_submitted"],
        [6, "bad_time", "date_submitted"],
        [7, "bad_time", "date_submitted"],
        [8, "no_skills", "id_assessment"],
        [9, "missing", "id_student"],
    ]
    assert reading.responses.correct.tolist() == [0.001]
    assert json.loads(reading.refused.frame["row"][0])["learner_id"] == "s7"
    assert reading.rows == len(rows)


def test_an_assessment_that_is_not_listed_has_no_date_even_with_skills(folder: Path, write: Write) -> None:
    write("studentAssessment.csv", HEADER, "9,7,18,False,50", "1,7,18,False,50")
    items = Items.of([{"item_id": "a9", "skill_ids": ("x",), "title": ""}])
    assert read_responses(folder, items=items).refused.counts() == {"bad_time": 1}


def test_a_missing_companion_is_named(folder: Path) -> None:
    (folder / "assessments.csv").unlink()
    with pytest.raises(InputError, match=r"assessments\.csv is missing[\s\S]*got: student[\s\S]*it gives modules"):
        read_responses(folder)
    (folder / "studentAssessment.csv").unlink()
    with pytest.raises(InputError, match=r"studentAssessment\.csv is missing"):
        read_responses(folder, "oulad")


def test_missing_columns_are_named(folder: Path, write: Write) -> None:
    write("studentAssessment.csv", "id_assessment,id_student,date_submitted,result", "1,7,18,50")
    with pytest.raises(InputError, match=r"no column score[\s\S]*did you mean score by 'result'|header needs"):
        read_responses(folder)
    write("assessments.csv", "id_assessment,code_module", "1,AAA")
    with pytest.raises(InputError, match=r"assessments\.csv: no column code_presentation, assessment_type"):
        read_responses(folder)


def test_the_public_set_is_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "oulad")
    responses = reading.responses
    assert reading.rows == 82_842
    assert (len(responses), reading.refused.counts(), reading.repeated) == (82_758, {"missing": 84}, 0)
    assert (len(responses.learners), len(responses.items), len(responses.skills)) == (10_789, 85, 11)
    assert reading.notes[-1] == "13529 registrations of 13327 students, 10789 of them with scores"
    assert "720 scores are banked" in reading.notes[1]
    assert reading.background is not None
    assert set(reading.background["deprivation"].dropna()) == {f"{low}-{low + 10}%" for low in range(0, 100, 10)}
    assert reading.background["disability"].value_counts().to_dict() == {"no": 9790, "yes": 999}
