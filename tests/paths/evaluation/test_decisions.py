"""Decisions: what a log line must hold, and files of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from polku.errors import InputError
from polku.paths.evaluation import Alternative, Decision, read_decisions, write_decisions

TWO = (Alternative("a", 0.9, 0.7, {"readiness": 0.7}, 0.4), Alternative("b", 0.1, 0.65, {"readiness": 0.65}, None))
LINE = '{"learner_id": "x", "at": 1, "suggested": "a", "alternatives": [{"skill_id": "a", "chance": 1}]}'
ONE = Decision("anna", 5, "b", TWO, "hash", True, {"states": {}}, (0.25, None, -0.5))


def test_what_was_suggested_had_its_chance() -> None:
    assert ONE.chance == 0.1
    with pytest.raises(InputError, match="had no chance"):
        replace(ONE, suggested="c")


@pytest.mark.parametrize("chances", [(0.9, 0.2), (0.5, 0.4), (1.1, -0.1)])
def test_chances_add_up_to_one(chances: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="add up to one"):
        Decision("anna", 0, "a", tuple(map(Alternative, "ab", chances)))


def test_a_decision_needs_alternatives() -> None:
    with pytest.raises(InputError, match="add up to one"):
        Decision("anna", 0, "a", ())


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    decisions = [ONE, replace(ONE, learner_id="bö", suggested="a", gains=())]
    write_decisions(decisions, path)
    assert read_decisions(path) == decisions


def test_a_short_line_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(LINE.replace("1}]", '1}], "more": 1') + "\n\n")
    assert read_decisions(path) == [Decision("x", 1, "a", (Alternative("a", 1),))]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "line 1: Expecting value"),
        ("[]", "line 1: list indices"),
        ('{"learner_id": "x"}', "line 1: 'alternatives'"),
        ('{"learner_id": "x", "at": 1, "suggested": "a", "alternatives": [{"skill": "a"}]}', "line 1.*skill"),
        (
            '{"learner_id": "x", "at": 1, "suggested": "a", "alternatives": [{"skill_id": "a", "chance": 0.5}]}',
            "line 1",
        ),
        (LINE.replace("1}]", "NaN}]"), "line 1: NaN is no number"),
        (LINE.replace("1}]", '1}], "gains": [-Infinity]'), "line 1: -Infinity is no number"),
        (LINE.replace("1}]", '1}], "gains": ["much"]'), "line 1: could not convert"),
    ],
)
def test_a_line_that_is_no_decision_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match=said):
        read_decisions(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the log cannot be read"):
        read_decisions(tmp_path / "none.jsonl")
