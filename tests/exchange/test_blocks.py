"""Files of blocks: a fault costs the learner that it is in and no other, whatever line is missing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange.blocks import answer_table, broken_block, counts_answers, peek_blocks, read_lines, split_blocks
from polku.records import DenyRules, Reason

Write = Callable[..., Path]
ANNA = ["1,901", "10,11,12,13", "1,0,1,1"]
BO = ["2,902", "20,21,22", "0,0,1"]
CLEO = ["3,903", "30,31,32,33,34", "1,1,1,0,1"]


def fits(head: tuple[str, ...], length: int) -> bool:
    return len(head) <= 2 and length > 0


def split(file: Path, size: int = 3) -> tuple[list[str], list[list[str]]]:
    """Return the heads of whole blocks, and the lines of broken ones."""
    whole, broken = split_blocks(read_lines(file)[0], size, fits)
    heads = [",".join(block[0].fields) for block in whole]
    return heads, [[",".join(line.fields) for line in lines] for lines in broken]


def test_whole_blocks_are_split(write: Write) -> None:
    assert split(write("s.csv", *ANNA, *BO, *CLEO)) == (["1,901", "2,902", "3,903"], [])


def test_empty_lines_spaces_and_commas_at_the_end_are_nothing(write: Write) -> None:
    file = write("s.csv", "1, 901", "10, 11,", "1, 0,", "", "2,902", "20", "1")
    assert split(file) == (["1,901", "2,902"], [])
    assert [line.number for line in read_lines(file)[0]] == [1, 2, 3, 5, 6, 7]


@pytest.mark.parametrize("missing", [0, 1, 2])
@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_missing_line_costs_its_own_block(write: Write, where: int, missing: int) -> None:
    blocks = [list(block) for block in (ANNA, BO, CLEO)]
    heads = [block[0] for block in blocks]
    del blocks[where][missing]
    whole, broken = split(write("s.csv", *itertools.chain(*blocks)))
    assert whole == [head for place, head in enumerate(heads) if place != where]
    assert broken == [blocks[where]]


@pytest.mark.parametrize("stray", ["?", "20,21,22", "1,0,1,1"])
def test_a_stray_line_costs_itself(write: Write, stray: str) -> None:
    assert split(write("s.csv", *ANNA, stray, *BO)) == (["1,901", "2,902"], [[stray]])


@pytest.mark.parametrize("line", ["20,21", "20,21,22,23", "20"])
def test_lists_that_differ_in_length_cost_their_block(write: Write, line: str) -> None:
    bo = [BO[0], line, BO[2]]
    assert split(write("s.csv", *ANNA, *bo, *CLEO)) == (["1,901", "3,903"], [bo])


def test_odd_scores_are_left_to_the_rules(write: Write) -> None:
    odd = ["2,902", "20,21,22", "0,x,7"]
    assert split(write("s.csv", *ANNA, *odd, *CLEO))[0] == ["1,901", "2,902", "3,903"]
    assert split(write("s.csv", *ANNA, *odd))[0] == ["1,901", "2,902"]


def test_short_lists_do_not_pass_for_heads(write: Write) -> None:
    cut = ["2,902", "20,21"]
    assert split(write("s.csv", *ANNA, *cut, *CLEO)) == (["1,901", "3,903"], [cut])


blocks_of = st.lists(
    st.lists(st.tuples(st.integers(2, 99), st.integers(0, 1)), min_size=3, max_size=6), min_size=1, max_size=6
)


@given(lists=blocks_of, data=st.data())
@settings(deadline=None, max_examples=80)
def test_every_line_is_in_one_block(
    lists: list[list[tuple[int, int]]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [
        line
        for learner, answers in enumerate(lists)
        for line in (
            f"{learner},{1000 + learner}",
            ",".join(str(item) for item, _ in answers),
            ",".join(str(score) for _, score in answers),
        )
    ]
    kept = [line for line in lines if data.draw(st.integers(0, 9)) > 0] or lines
    file = tmp_path_factory.getbasetemp() / "blocks.csv"
    file.write_text("\n".join(kept))
    whole, broken = split_blocks(read_lines(file)[0], 3, fits)
    assert sorted(line.number for part in (*whole, *broken) for line in part) == list(range(1, len(kept) + 1))
    assert len(whole) >= len(lists) - (len(lines) - len(kept))


def test_answers_become_rows_that_know_their_place_and_line(write: Write) -> None:
    whole, _ = split_blocks(read_lines(write("s.csv", *ANNA, *BO))[0], 3, fits)
    raw = answer_table([("anna", whole[0]), ("bo", whole[1])], ("skill", "correct"))
    assert raw.line.tolist() == [1, 1, 1, 1, 4, 4, 4]
    assert raw.column("learner_id").to_pylist() == ["anna"] * 4 + ["bo"] * 3
    assert raw.column("place").to_pylist() == [0, 1, 2, 3, 0, 1, 2]
    assert raw.column("skill").to_pylist() == ["10", "11", "12", "13", "20", "21", "22"]
    assert answer_table([], ("skill", "correct")).table.num_rows == 0


def test_a_broken_block_is_kept_as_it_is_without_identity_codes(write: Write) -> None:
    lines = read_lines(write("s.csv", "010190-123A", "10"))[0]
    refusal = broken_block(lines, "s.csv", Reason.BROKEN_BLOCK, DenyRules(), learner_id="u1")
    assert (refusal.line, refusal.reason, refusal.column) == (1, "broken_block", "")
    assert json.loads(refusal.row) == {
        "learner_id": "u1",
        "file": "s.csv",
        "lines": ["[removed: personal identity code]", "10"],
    }


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (ANNA, 3),
        (["901", "1,2,3", "10,10,10", "1,0,1"], 4),
        (["4", "10,11,12,13", "1,0,1,1"], 3),
        (["response_id,learner_id,item_id", "1,2,3", "1,0,1"], 0),
        (["name", "1,2", "1,0"], 0),
        (["1,2", "10,11", "1,2"], 0),
        (["1", "2"], 0),
    ],
)
def test_files_of_blocks_are_told_by_their_first_lines(write: Write, lines: list[str], size: int) -> None:
    assert len(peek_blocks(write("s.csv", *lines))) == size


def test_a_head_may_count_the_answers(write: Write) -> None:
    assert counts_answers(read_lines(write("a.csv", "2", "10,11", "1,0"))[0])
    assert not counts_answers(read_lines(write("b.csv", "7", "10,11", "1,0"))[0])


def test_an_empty_file_is_an_error(write: Write) -> None:
    with pytest.raises(InputError, match=r"s\.csv is empty"):
        read_lines(write("s.csv", ""))
