"""What teachers paste: tables from any spreadsheet, with all that goes wrong in them; no line is lost in silence."""

from __future__ import annotations

import datetime as dt

import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.web.pages.paper_saving import Cell, counts
from polku.web.pages.paper_table import MOST_TASKS, PaperTest, Task, read_pasted, tasks_of

WHO = frozenset({"L1", "L2", "L3"})
BOTH = {("L1", 0): "1", ("L1", 1): "0", ("L2", 0): "0", ("L2", 1): "1"}


@pytest.mark.parametrize(
    "text",
    [
        "L1\t1\t0\nL2\t0\t1",
        "L1;1;0\nL2;0;1",
        "L1,1,0\nL2,0,1",
        "L1\t1\t0\r\nL2\t0\t1\r\n",
        "L1\t1\t0\rL2\t0\t1",
        "\ufeffL1\t1\t0\nL2\t0\t1",
        "\ufeffL1;1;0\r\nL2;0;1",
        "\ufeffpupil;t1;t2\nL1;1;0\nL2;0;1",
        "pupil\tt1\tt2\nL1\t1\t0\nL2\t0\t1",
        "pupil,t1,t2\nL1,1,0\nL2,0,1",
        "\n\n  \nL1\t1\t0\n\n\nL2\t0\t1\n\n",
        " L1 \t 1 \t 0 \n L2\t0 \t1",
        '"L1";"1";"0"\n"L2";"0";"1"',
        '"L1"\t"1"\t"0"\nL2\t0\t1',
        '"L1","1","0"\nL2,0,"1"',
        "L1\t1\t0\t\nL2\t0\t1\t\t",
        "L1;1;0;\nL2;0;1;;;",
        "L2\t0\t1\nL1\t1\t0",
        "L1\u00a0\t1\t0\nL2\t0\u00a0\t1",
        "\tt1\tt2\nL1\t1\t0\nL2\t0\t1",
    ],
)
def test_one_table_however_it_was_copied(text: str) -> None:
    read = read_pasted(text, WHO)
    assert read.cells == BOTH
    assert read.unplaced == ()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("L1;0,5;1", {("L1", 0): "0,5", ("L1", 1): "1"}),
        ("L1\t0,5\t1", {("L1", 0): "0,5", ("L1", 1): "1"}),
        ("L1\t0.5\t1", {("L1", 0): "0.5", ("L1", 1): "1"}),
        ('L1,"0,5",1', {("L1", 0): "0,5", ("L1", 1): "1"}),
        ('L1\t"0,25"', {("L1", 0): "0,25"}),
        ("L1;,5", {("L1", 0): ",5"}),
        ("L1;1,0;0,0", {("L1", 0): "1,0", ("L1", 1): "0,0"}),
        ("L1\tx", {("L1", 0): "x"}),
        ("L1\t-", {("L1", 0): "-"}),
        ("L1\t1;0", {("L1", 0): "1;0"}),
    ],
)
def test_a_decimal_comma_sets_no_columns_apart(text: str, cells: dict[tuple[str, int], str]) -> None:
    assert read_pasted(text, WHO).cells == cells


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("L1\t\t1", {("L1", 1)}),
        ("L1\t1\t\t0", {("L1", 0), ("L1", 2)}),
        ("L1;;;1", {("L1", 2)}),
        ("L1,,1", {("L1", 1)}),
        ('L1;"";1', {("L1", 1)}),
        ("L1\t   \t1", {("L1", 1)}),
        ("L1\t\t\t", set()),
        ("L1", set()),
        ("L1\n\nL2\t1", {("L2", 0)}),
    ],
)
def test_an_empty_cell_is_no_answer_and_moves_none(text: str, places: set[tuple[str, int]]) -> None:
    read = read_pasted(text, WHO)
    assert set(read.cells) == places
    assert read.unplaced == ()


@pytest.mark.parametrize(
    ("text", "unplaced", "kept"),
    [
        ("X9\t1\nL1\t1", ("X9\t1",), {"L1"}),
        ("L1\t1\nX9\t1", ("X9\t1",), {"L1"}),
        ("l1\t1\nL2\t1", ("l1\t1",), {"L2"}),
        ("L11\t1\nL1\t1", ("L11\t1",), {"L1"}),
        ("L1\t1\nL1\t0", ("L1\t0",), {"L1"}),
        ("L1\t1\nL2\t1\nL1\t1\nL2\t0", ("L1\t1", "L2\t0"), {"L1", "L2"}),
        ("L1\t1\nmean\t0,5", ("mean\t0,5",), {"L1"}),
        ("L1\t1\n\t1", ("\t1",), {"L1"}),
        ("1\tL1\t1\nL2\t1", (), {"L2"}),
        ("Results of 7A\nL1\t1", ("Results of 7A",), {"L1"}),
        ("pupil\tt1\nstill\theading\nL1\t1", ("still\theading",), {"L1"}),
        ("=cmd()\t1\nL1\t1", ("=cmd()\t1",), {"L1"}),
        ("<b>\t1\nL1\t1", ("<b>\t1",), {"L1"}),
    ],
)
def test_a_line_that_belongs_to_nobody_is_shown_again(text: str, unplaced: tuple[str, ...], kept: set[str]) -> None:
    read = read_pasted(text, WHO)
    assert read.unplaced == unplaced
    assert {learner for learner, _ in read.cells} == kept


@pytest.mark.parametrize(
    "stray", ['L1\t"1\nL2\t0', 'L1\t1\nL2\t0"', 'L1\t"1\nL2\t"0', '"L1\t1\nL2\t0', 'L1;"1\nL2;0', 'L1,"1\nL2,0']
)
def test_a_stray_quotation_mark_takes_nobody_elses_line(stray: str) -> None:
    read = read_pasted(stray, WHO)
    assert ("L2", 0) in read.cells
    assert {learner for learner, _ in read.cells} | {line.strip('"')[:2] for line in read.unplaced} == {"L1", "L2"}


def test_a_cell_that_no_reader_takes_is_shown_again() -> None:
    long = "L1\t" + "1" * 140_000
    read = read_pasted(f"{long}\nL2\t1", WHO)
    assert read.cells == {("L2", 0): "1"}
    assert read.unplaced == (long,)


@pytest.mark.parametrize(
    ("text", "heading", "columns"),
    [
        ("", (), 0),
        ("L1\t1", (), 1),
        ("pupil\ta\tb\nL1\t1\t0", ("a", "b"), 2),
        ("pupil\ta\ta\nL1\t1\t0", ("a", "a"), 2),
        ("pupil\ta\nL1\t1\t0\t1", ("a",), 3),
        ("pupil\ta\tb\tc\nL1\t1", ("a", "b", "c"), 3),
        ("pupil\ta\t\tb\nL1\t1\t0\t1", ("a", "b"), 3),
        ("pupil\ta", (), 0),
        ("L1\ta\nL2\tb", (), 1),
        ("x\t1\nL1\t1", (), 1),
        ("x\t0,5\nL1\t1", (), 1),
        ("x\t1.\nL1\t1", (), 1),
        ("x\tT1\nL1\t1", ("T1",), 1),
        ("x\t1a\nL1\t1", ("1a",), 1),
        ('pupil\t"a, part 1"\nL1\t1', ("a, part 1",), 1),
    ],
)
def test_what_stands_above_the_columns(text: str, heading: tuple[str, ...], columns: int) -> None:
    read = read_pasted(text, WHO)
    assert (read.heading, read.columns) == (heading, columns)


@pytest.mark.parametrize("learners", [0, 1, 35])
@pytest.mark.parametrize("tasks", [1, 2, 60])
def test_a_class_of_any_size_is_read_whole(learners: int, tasks: int) -> None:
    names = [f"P{number}" for number in range(learners)]
    text = "\n".join("\t".join([name, *["1"] * tasks]) for name in names)
    read = read_pasted(text, frozenset(names))
    assert len(read.cells) == learners * tasks
    assert read.columns == (tasks if learners else 0)
    assert read.unplaced == ()


def test_a_group_of_nobody_places_nothing() -> None:
    read = read_pasted("L1\t1\nL2\t0", frozenset())
    assert read.cells == {}
    assert read.unplaced == ("L1\t1", "L2\t0")


# --- tasks

SKILLS = Curriculum.of_skills(["a", "b"])
BANK = {"i1": ("b",), "i2": ("a", "b"), "a": ("b",)}


@pytest.mark.parametrize(
    ("names", "numbers", "found"),
    [
        ([], [], []),
        (["a"], [], ["a"]),
        (["a"], [1], ["a"]),
        (["a"], [3], ["a", "a", "a"]),
        (["a"], [0], []),
        (["a", "b"], [2], ["a", "a", "b"]),
        (["a", "b"], [1, 2], ["a", "b", "b"]),
        (["b", "a"], [1, 1], ["b", "a"]),
        (["a", "a"], [1, 2], ["a", "a", "a"]),
        (["i1"], [5], ["i1"]),
        (["i1", "i1"], [], ["i1", "i1"]),
        (["i2", "a"], [9, 2], ["i2", "a", "a"]),
        ([" a "], [2], ["a", "a"]),
        (["a Its title"], [2], ["a", "a"]),
        (["a"], [1, 7, 7], ["a"]),
        (["a"], [MOST_TASKS], ["a"] * MOST_TASKS),
    ],
)
def test_lines_become_tasks(names: list[str], numbers: list[int], found: list[str]) -> None:
    assert [one.name for one in tasks_of(names, numbers, SKILLS, BANK)] == found


@pytest.mark.parametrize(
    ("names", "numbers", "complaint"),
    [
        ([""], [], "named by a skill or an item"),
        (["  "], [], "named by a skill or an item"),
        (["A"], [], "named by a skill or an item"),
        (["i3"], [], "named by a skill or an item"),
        (["a", "c"], [], "named by a skill or an item"),
        (["a,b"], [], "named by a skill or an item"),
        (["a"], [MOST_TASKS + 1], "too many tasks"),
        (["a", "b"], [MOST_TASKS, 1], "too many tasks"),
        (["i1"] * (MOST_TASKS + 1), [], "too many tasks"),
    ],
)
def test_a_line_that_names_no_task(names: list[str], numbers: list[int], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        tasks_of(names, numbers, SKILLS, BANK)


def test_a_skill_goes_before_an_item_of_its_name_and_an_item_asks_for_all_its_skills() -> None:
    assert tasks_of(["a", "i2"], [], SKILLS, BANK) == (Task("a", ("a",)), Task("i2", ("a", "b")))


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (dt.date(2026, 1, 15), "2026-01-15T08:00:00+02:00"),
        (dt.date(2026, 3, 28), "2026-03-28T08:00:00+02:00"),
        (dt.date(2026, 3, 29), "2026-03-29T08:00:00+03:00"),
        (dt.date(2026, 6, 1), "2026-06-01T08:00:00+03:00"),
        (dt.date(2026, 10, 24), "2026-10-24T08:00:00+03:00"),
        (dt.date(2026, 10, 25), "2026-10-25T08:00:00+02:00"),
        (dt.date(2024, 2, 29), "2024-02-29T08:00:00+02:00"),
    ],
)
def test_answers_are_of_the_morning_here_in_summer_and_winter(day: dt.date, at: str) -> None:
    assert PaperTest("7A", "T", day, (Task("a", ("a",)),)).row("L1", 0, "1")["answered_at"] == at


@pytest.mark.parametrize(
    ("value", "sent"),
    [("1", "1"), ("0", "0"), ("0,5", "0.5"), ("0.5", "0.5"), (",5", ".5"), ("x", "x"), ("1,0", "1.0")],
)
def test_the_intake_is_given_points_with_a_point(value: str, sent: str) -> None:
    assert PaperTest("7A", "T", dt.date(2026, 5, 20), (Task("a", ("a",)),)).row("L1", 0, value)["correct"] == sent


@pytest.mark.parametrize("state", ["saved", "same", "refused", "conflict"])
def test_a_cell_is_counted_once_and_an_untouched_one_not_at_all(state: str) -> None:
    made = counts({("L1", 0): Cell("1", state), ("L1", 1): Cell("")})  # type: ignore[arg-type] # one of its states
    assert made == {one: int(one == state) for one in ("saved", "same", "refused", "conflict")}
