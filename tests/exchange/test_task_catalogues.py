"""Catalogues of tasks as CSV, JSON and QTI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange.tasks import read_tasks
from polku.records import DenyRules

DENY = DenyRules()
CSV = "item_id,skill_ids,title,difficulty\nt1,a,One,0.5\nt2,,Two,\nt1,a,One,0.5\nt1,b,Other,\nt3,a;b,Three,\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_rows_are_taken_repeated_or_refused_with_a_line(tmp_path: Path) -> None:
    made = read_tasks(written(tmp_path, "c.csv", CSV), DENY)
    assert [one.item_id for one in made.rows] == ["t1", "t3"]
    assert made.repeated == 1
    assert made.refused.frame[["line", "reason"]].values.tolist() == [[3, "no_skills"], [5, "conflict"]]


def test_json_is_a_list_of_the_same_columns(tmp_path: Path) -> None:
    rows = [{"item_id": "t1", "skill_ids": ["a"], "share_right": 0.5}, {"item_id": "t2"}]
    made = read_tasks(written(tmp_path, "c.json", json.dumps(rows)), DENY)
    assert [(one.item_id, one.difficulty) for one in made.rows] == [("t1", 0.0)]
    assert made.refused.frame["reason"].tolist() == ["no_skills"]


def test_an_item_of_qti_needs_somebody_to_name_its_skill(tmp_path: Path) -> None:
    xml = '<qti-assessment-item identifier="q1" title="Moles"><qti-choice-interaction/></qti-assessment-item>'
    path = written(tmp_path, "q.xml", xml)
    (one,) = read_tasks(path, DENY, skill="a", language="sv").rows
    assert (one.item_id, one.title, one.interaction, one.skill_ids, one.language) == (
        "q1",
        "Moles",
        "choice",
        ("a",),
        "sv",
    )
    assert read_tasks(path, DENY).refused.frame["reason"].tolist() == ["no_skills"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("c.json", "{", "no JSON"),
        ("c.json", '{"item_id": "t1"}', "no list"),
        ("c.json", "[1]", "no list"),
        ("c.csv", "item,skill\n1,2\n", "item_id"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str, text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_tasks(written(tmp_path, name, text), DENY)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_tasks(tmp_path / "none.csv", DENY)
