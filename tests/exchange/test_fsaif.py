"""Sequences that count their answers, with named concepts: a small set made here, and the public one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import Items

Write = Callable[..., Path]
MAP = ("dataset_question_id,question_id,concept_name", "1,77,10.1 Angles", '2,78,"10.1 Lines,  too"', "3,1,Sets")
ANNA = ("3", "1,2,2", "1,0,1")
BO = ("2", "3,1", "0,1")


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("conceptname_question_id.csv", *MAP)
    write("x_train0.csv", *ANNA)
    write("x_valid0.csv", *BO)
    return tmp_path


def test_concepts_are_skills_by_their_whole_names(folder: Path) -> None:
    reading = read_responses(folder)
    responses = reading.responses
    assert responses.skills.tolist() == ["10.1 Angles", "10.1 Lines, too", "Sets"]
    assert (len(responses), len(responses.learners), responses.items.tolist()) == (5, 2, ["i1", "i2", "i3"])
    assert not responses.clock
    assert sorted(responses.answered_at.tolist()) == [0, 0, 1, 1, 2]
    assert reading.notes[0] == "skills come from conceptname_question_id.csv"


def test_chapters_are_areas(folder: Path) -> None:
    text = read_responses(folder).curriculum_json
    assert text is not None
    curriculum = Curriculum.from_json(text)
    assert {skill.id: skill.area for skill in curriculum.skills.values()} == {
        "10.1 Angles": "chapter 10",
        "10.1 Lines, too": "chapter 10",
        "Sets": "",
    }


def test_folds_repeat_the_same_learners(folder: Path, write: Write) -> None:
    once = read_responses(folder)
    write("x_train1.csv", *BO)
    write("x_valid1.csv", *ANNA)
    twice = read_responses(folder)
    assert twice.responses.hash == once.responses.hash
    assert (twice.rows, twice.repeated) == (10, 5)


def test_a_file_alone_gives_the_same_ids(folder: Path) -> None:
    alone = read_responses(folder / "x_valid0.csv").responses
    assert set(alone.response_id) < set(read_responses(folder).responses.response_id)


def test_equal_lists_within_a_fold_are_two_learners(folder: Path, write: Write) -> None:
    write("x_valid0.csv", *BO, *BO)
    write("x_train1.csv", *ANNA, *BO)
    write("x_valid1.csv", *BO)
    learners = read_responses(folder).responses.learners.tolist()
    assert len(learners) == 3
    assert sum(learner.endswith("-2") for learner in learners) == 1


def test_an_item_that_the_map_does_not_know_is_refused_or_looked_up(folder: Path, write: Write) -> None:
    write("x_valid0.csv", "2", "9,1", "0,1")
    reading = read_responses(folder)
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [[1, "no_skills", "item"]]
    assert json.loads(reading.refused.frame["row"][0])["item"] == "9"
    items = Items.of([{"item_id": "i9", "skill_ids": ("Sets",), "title": ""}])
    assert len(read_responses(folder, items=items).refused) == 0


@pytest.mark.parametrize(
    "bo", [("3", "3,1", "0,1"), ("2", "3,1", "0,1,1"), ("2", "3,1,1", "0,1"), ("2", "3,1"), ("3,1", "0,1")]
)
def test_a_block_whose_numbers_disagree_is_one_refused_row(folder: Path, write: Write, bo: tuple[str, ...]) -> None:
    write("x_valid0.csv", *ANNA, *bo, "1", "3", "1")
    reading = read_responses(folder / "x_valid0.csv")
    assert len(reading.responses) == 4
    assert reading.refused.frame[["line", "reason"]].to_numpy().tolist() == [[4, "broken_block"]]
    assert json.loads(reading.refused.frame["row"][0])["lines"] == list(bo)
    assert reading.rows == 4 + 1


def test_an_item_may_have_several_concepts(folder: Path, write: Write) -> None:
    write("conceptname_question_id.csv", *MAP, "3,2,Logic; and proof")
    skills = {one.item_id: one.skill_ids for one in read_responses(folder).responses}
    assert skills["i3"] == ("Logic, and proof", "Sets")


def test_what_is_missing_is_named(folder: Path, write: Write) -> None:
    write("x_train0.csv", "no", "blocks")
    with pytest.raises(InputError, match=r"x_train0\.csv holds no blocks of three lines[\s\S]*got: 2 lines"):
        read_responses(folder)
    for name in ("x_train0.csv", "x_valid0.csv"):
        (folder / name).unlink()
    with pytest.raises(InputError, match="holds no files of sequences"):
        read_responses(folder)
    write("conceptname_question_id.csv", "dataset_question_id,concept_nam", "1,x")
    with pytest.raises(InputError, match=r"no column concept_name[\s\S]*by 'concept_nam'"):
        read_responses(folder)


def test_without_its_map_a_file_cannot_be_read(folder: Path) -> None:
    (folder / "conceptname_question_id.csv").unlink()
    with pytest.raises(
        InputError,
        match=r"conceptname_question_id\.csv is missing[\s\S]*got: x_train0\.csv, x_valid0\.csv[\s\S]*try: put",
    ):
        read_responses(folder / "x_train0.csv")


def test_the_public_set_is_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "fsaif")
    responses = reading.responses
    assert (len(responses), len(responses.learners), len(responses.items), len(responses.skills)) == (
        38_216,
        217,
        2214,
        99,
    )
    assert reading.rows == 5 * len(responses)
    assert reading.repeated == 4 * len(responses)
    assert reading.curriculum_json is not None
    assert len(Curriculum.from_json(reading.curriculum_json).areas) == 32
    one_fold = read_responses(data_dir / "fsaif" / "fsaif1tof3_valid3.csv").responses
    assert set(one_fold.learners) < set(responses.learners)
