"""Sequences in blocks of three and four lines: small ones made here, and the public folds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.exchange import read_responses
from polku.records import DenyRules, Items

Write = Callable[..., Path]
ANNA = ("1,901", "35,35,14", "1,1,0")
BO = ("2,902", "14,7", "0,1")
FOUR = ("1,901", "1021,1022,1022", "35,35,14", "1,1,0")


def test_three_lines_are_skills_and_correctness(write: Write) -> None:
    reading = read_responses(write("fold1.csv", *ANNA, *BO))
    responses = reading.responses
    assert not responses.clock
    assert responses.response_id.tolist() == ["u901-0", "u901-1", "u901-2", "u902-0", "u902-1"]
    assert [one.item_id for one in responses] == ["kc35", "kc35", "kc14", "kc14", "kc7"]
    assert [one.skill_ids for one in responses] == [("kc35",), ("kc35",), ("kc14",), ("kc14",), ("kc7",)]
    assert responses.answered_at.tolist() == [0, 1, 2, 0, 1]
    assert responses.correct.tolist() == [1, 1, 0, 0, 1]
    assert reading.notes == (
        "answers are in order of place; there are no times",
        "there are no items: each skill stands for one",
    )


def test_four_lines_have_items(write: Write) -> None:
    reading = read_responses(write("fold1.csv", *FOUR), "sequences")
    assert [(one.item_id, one.skill_ids) for one in reading.responses] == [
        ("i1021", ("kc35",)),
        ("i1022", ("kc35",)),
        ("i1022", ("kc14",)),
    ]
    assert reading.notes == ("answers are in order of place; there are no times",)


def test_a_question_with_two_skills_written_as_two_answers_is_reported(write: Write) -> None:
    reading = read_responses(write("fold1.csv", "901", "5,5,6", "35,14,35", "1,1,1"))
    assert len(reading.responses) == 3
    assert "1 rows repeat the answer before them with another skill (50.0 % of transitions)" in reading.notes[-1]


def test_one_number_alone_is_the_learner(write: Write) -> None:
    assert read_responses(write("s.csv", "901", "35,14", "1,0")).responses.learners.tolist() == ["u901"]


def test_a_learner_in_several_folds_is_read_once(write: Write, tmp_path: Path) -> None:
    write("train1.csv", *ANNA)
    write("valid1.txt", *BO)
    write("train2.csv", *BO, *ANNA)
    reading = read_responses(tmp_path)
    assert len(reading.responses) == reading.repeated == 5
    assert reading.rows == 10
    assert "5 rows repeat a response id with the same content; each id counts once" in reading.notes


def test_a_learner_with_other_answers_elsewhere_is_refused_there(write: Write, tmp_path: Path) -> None:
    write("a.csv", *ANNA)
    write("b.csv", "1,901", "35,35", "1,1", *BO)
    reading = read_responses(tmp_path)
    assert reading.responses.learners.tolist() == ["u901", "u902"]
    assert reading.refused.frame[["line", "reason"]].to_numpy().tolist() == [[1, "conflict"]]
    kept = json.loads(reading.refused.frame["row"][0])
    assert kept == {"learner_id": "u901", "file": "b.csv", "lines": ["1,901", "35,35", "1,1"]}
    assert reading.rows == 5 + 1


def test_a_broken_block_is_one_refused_row_that_names_its_learner(write: Write) -> None:
    reading = read_responses(write("s.csv", *ANNA, "2,902", "14,7", "0,1,1", "3,903", "7,7,7", "1,1,1"))
    assert reading.responses.learners.tolist() == ["u901", "u903"]
    assert reading.refused.frame[["line", "reason"]].to_numpy().tolist() == [[4, "broken_block"]]
    assert json.loads(reading.refused.frame["row"][0])["learner_id"] == "u902"
    assert reading.rows == 6 + 1


def test_a_truncated_file_loses_its_last_block_only(write: Write) -> None:
    reading = read_responses(write("s.csv", *ANNA, *BO, "3,903", "7,7,7"))
    assert len(reading.responses) == 5
    assert reading.refused.counts() == {"broken_block": 1}


def test_an_odd_answer_costs_itself_only(write: Write) -> None:
    reading = read_responses(write("s.csv", *ANNA, "2,902", "14,,7,8", "0,1,2,x", *("3,903", "7", "1")))
    assert reading.refused.frame[["line", "reason", "column"]].to_numpy().tolist() == [
        [4, "missing", "skill"],
        [4, "out_of_range", "correct"],
        [4, "not_a_number", "correct"],
    ]
    kept = json.loads(reading.refused.frame["row"][1])
    assert (kept["learner_id"], kept["place"], kept["file"]) == ("u902", 2, "s.csv")
    assert len(reading.responses) + len(reading.refused) == reading.rows == 8


def test_an_item_list_gives_skills_that_are_left_out(write: Write) -> None:
    items = Items.of([{"item_id": "i5", "skill_ids": ("a",), "title": ""}])
    reading = read_responses(write("s.csv", "901", "5,6,6", ",35,35", "1,1,1"), "sequences", items=items)
    assert reading.responses[0].skill_ids == ("a",)


def test_an_identity_code_for_a_learner_is_refused_and_not_kept(write: Write) -> None:
    reading = read_responses(write("s.csv", *ANNA, "2,010190-123A", "14,7", "0,1"), "sequences", deny=DenyRules())
    assert reading.refused.counts() == {"identity_code": 2}
    assert "123A" not in reading.refused.frame.to_csv()


def test_heads_that_count_the_answers_are_no_ids(write: Write) -> None:
    with pytest.raises(InputError, match="count the answers and name no learner"):
        read_responses(write("s.csv", "3", "35,35,14", "1,1,0", "2", "7,7", "1,0"), "sequences")


@pytest.mark.parametrize("lines", [("a,b,c,d", "1,2,3"), ("901",), ("901", "35,14"), ("901", "35", "1,0")])
def test_a_file_without_blocks_says_what_one_is(write: Write, lines: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"s\.csv holds no blocks of three or four lines[\s\S]*a block is a line with"):
        read_responses(write("s.csv", *lines), "sequences")


def test_a_folder_without_files_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no files of sequences[\s\S]*got: an empty folder"):
        read_responses(tmp_path, "sequences")


def test_the_public_folds_are_read_whole(data_dir: Path) -> None:
    reading = read_responses(data_dir / "assistments2015")
    responses = reading.responses
    assert len(responses) == reading.rows == 545_796
    assert (len(responses.learners), len(responses.skills)) == (15_872, 100)
    assert (len(reading.refused), reading.repeated) == (0, 0)
    assert reading.notes[:2] == (
        "answers are in order of place; there are no times",
        "there are no items: each skill stands for one",
    )
