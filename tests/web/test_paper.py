"""Results of a paper test: the table, what is pasted into it, and its way in; sent again, nothing changes."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.web.pages.paper_saving import Cell, counts
from polku.web.pages.paper_table import MOST_TASKS, PaperTest, Task, read_pasted, tasks_of
from village import GROUP, Village, assert_problem

Cells = dict[tuple[str, int], str]
PAPER = f"/paper/{GROUP}"
TABLE = f"{PAPER}?name=Fractions+1&day=2026-05-20&task=MA79.S2.01&count=2&task=MA79.S2.02&count=1&lang=en"
SKILLS = Curriculum.of_skills(["a", "b"])


def members(village: Village) -> list[str]:
    with village.store.read() as tx:
        return [one.learner_id for one in tx.roster.group(GROUP)]


def send(village: Village, cells: Cells, do: str = "save", address: str = "", **more: str) -> str:
    """Send the table as its own page would; return the page that follows."""
    page = unescape(village.client.get(TABLE).text)
    action = address or re.findall(r'<form class="block" method="post" action="([^"]+)"', page)[0]
    form = {f"c.{place}.{learner}": value for (learner, place), value in cells.items()}
    answer = village.client.post(action, data={"do": do, **form, **more})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def kept(village: Village) -> dict[tuple[str, str], list[float]]:
    """Return the answers from paper that hold, by learner and skill."""
    found: dict[tuple[str, str], list[float]] = {}
    with village.store.read() as tx:
        for one in tx.responses.of(members(village)):
            if one.response_id.startswith("paper-"):
                found.setdefault((one.learner_id, one.skill_ids[0]), []).append(one.correct)
    return {place: sorted(scores) for place, scores in found.items()}


# --- the test and its table


def test_first_it_is_said_which_test_it_is(hamlet: Village) -> None:
    page = unescape(hamlet.client.get(f"{PAPER}?lang=en").text)
    assert "Group 7A: which test?" in page
    assert 'max="2026-06-05"' in page
    assert '<option value="MA79.S2.01 ' in page


def test_the_table_has_a_row_for_each_learner_and_a_column_for_each_task(hamlet: Village) -> None:
    page = unescape(hamlet.client.get(TABLE).text)
    assert "Fractions 1, group 7A" in page
    assert "20 May 2026" in page
    names = re.findall(r'<input data-cell name="(c\.\d\.\w+)" value=""', page)
    assert names == [f"c.{place}.{learner}" for learner in members(hamlet) for place in range(3)]
    assert len(re.findall(r'aria-label="\w+, \d"', page)) == len(names)


@pytest.mark.parametrize(
    "query", ["task=MA79.none", "task=MA79.S2.01&count=99", "task=" + "&task=".join(["MA79.S2.01"] * 61), "day=x"]
)
def test_a_test_that_cannot_be(hamlet: Village, query: str) -> None:
    answer = hamlet.client.get(f"{PAPER}?{query}")
    assert answer.status_code in {404, 422}


def test_a_day_ahead_becomes_today(hamlet: Village) -> None:
    assert "5 June 2026" in hamlet.client.get(f"{PAPER}?lang=en&day=2027-01-01&task=MA79.S2.01").text


def test_tasks_are_named_by_skills_or_items() -> None:
    bank = {"i1": ("b",)}
    assert tasks_of(["a Title of a", "i1"], [3], SKILLS, bank) == (Task("a", ("a",)),) * 3 + (Task("i1", ("b",)),)
    with pytest.raises(InputError, match="named by a skill or an item"):
        tasks_of(["c"], [], SKILLS, bank)
    with pytest.raises(InputError, match="too many tasks"):
        tasks_of(["a", "b"], [MOST_TASKS, 1], SKILLS, bank)


def test_an_answer_has_one_id_whenever_its_table_is_sent() -> None:
    test = PaperTest("7A", "T", dt.date(2026, 5, 20), (Task("a", ("a",)), Task("i1", ("b",))))
    others = (test._replace(name="U"), test._replace(group="7B"), test._replace(day=dt.date(2026, 5, 21)))
    ids = {one.response_id(who, place) for one in (test, *others) for who in ("L1", "L2") for place in (0, 1)}
    assert len(ids) == 16
    assert test.response_id("L1", 0) == test._replace(tasks=()).response_id("L1", 0)
    assert all(len(one) < 200 for one in ids)


def test_a_row_says_all_that_the_interface_asks_for() -> None:
    test = PaperTest("7A", "T", dt.date(2026, 1, 20), (Task("a", ("a",)), Task("i1", ("b",))))
    first, second = test.row("L1", 0, "0,5"), test.row("L1", 1, "1")
    assert (first["correct"], first["skill_ids"], first["group_id"]) == ("0.5", ["a"], "7A")
    assert first["answered_at"] == "2026-01-20T08:00:00+02:00"
    assert str(first["item_id"]).startswith("paper:")
    assert (second["item_id"], second["skill_ids"]) == ("i1", ["b"])


# --- its way in


def test_a_class_s_answers_go_in_and_are_told(village: Village) -> None:
    one, two = members(village)[:2]
    page = send(village, {(one, 0): "1", (one, 1): "0", (two, 2): "0,5"})
    assert "3 answers saved." in page
    assert page.count('class="saved"') == 3
    assert kept(village) == {(one, "MA79.S2.01"): [0.0, 1.0], (two, "MA79.S2.02"): [0.5]}
    with village.store.read() as tx:
        times = {one.answered_at for one in tx.responses.of([two]) if one.response_id.startswith("paper-")}
    assert times == {int(dt.datetime(2026, 5, 20, 5, tzinfo=dt.UTC).timestamp() * 1e6)}
    assert re.search(rf'name="c.2.{two}" value="0.5"', unescape(village.client.get(TABLE).text)), "it opens again"


def test_sent_again_nothing_changes(village: Village) -> None:
    one = members(village)[0]
    send(village, {(one, 0): "1"})
    before = kept(village)
    page = send(village, {(one, 0): "1", (one, 1): "1"})
    assert "One answer saved. One was saved already." in page
    assert kept(village) == {(one, "MA79.S2.01"): [1.0, 1.0]}
    assert before == {(one, "MA79.S2.01"): [1.0]}


@pytest.mark.parametrize(
    ("value", "said"),
    [("2", "points are from nought to one"), ("x", "this is not a number"), ("-", "this could not be taken in")],
)
def test_what_is_not_taken_in_stands_in_the_table_still_with_the_reason(
    village: Village, value: str, said: str
) -> None:
    one, two = members(village)[:2]
    page = send(village, {(one, 0): value, (two, 0): "1"})
    assert "One answer saved. One was not taken in" in page
    assert re.search(rf'name="c.0.{one}" value="{value}"[^>]* aria-invalid="true" aria-describedby="why-{one}-0"', page)
    assert re.search(rf'id="why-{one}-0">{one}, task 1: “{value}”: {said}', page)
    assert kept(village) == {(two, "MA79.S2.01"): [1.0]}
    assert not re.search(rf'name="c.0.{two}"[^>]*aria-invalid', page)


def test_another_answer_is_kept_aside_until_somebody_says_correct(village: Village) -> None:
    one = members(village)[0]
    send(village, {(one, 0): "1", (one, 1): "1"})
    page = send(village, {(one, 0): "0", (one, 1): "1"})
    assert "Of one, another answer is saved." in page
    assert "The table says 0, saved is 1. What was saved stays." in page
    assert kept(village) == {(one, "MA79.S2.01"): [1.0, 1.0]}
    page = send(village, {(one, 0): "0"}, do="replace")
    assert "another answer" not in page
    assert kept(village) == {(one, "MA79.S2.01"): [0.0]}, "corrected, and the emptied cell taken back"
    with village.store.read() as tx:
        assert {(made.kind, made.role) for made in tx.responses.amendments(one)} == {
            ("correct", "teacher"), ("void", "teacher")
        }  # fmt: skip
    page = send(village, {(one, 0): "0", (one, 1): "1"})
    assert "This answer was taken back. Correcting brings it back." in page
    send(village, {(one, 0): "0", (one, 1): "1"}, do="replace")
    assert kept(village) == {(one, "MA79.S2.01"): [0.0, 1.0]}


def test_correcting_with_a_cell_that_does_not_hold_corrects_the_others(village: Village) -> None:
    one, two = members(village)[:2]
    send(village, {(one, 0): "1", (two, 0): "1"})
    page = send(village, {(one, 0): "7", (two, 0): "0"}, do="replace")
    assert "points are from nought to one" in page
    assert kept(village)[two, "MA79.S2.01"] == [0.0]
    assert kept(village)[one, "MA79.S2.01"] == [1.0], "what does not hold takes nothing back"


def test_nobody_of_another_group_is_in_a_table(village: Village) -> None:
    send(village, {("L0002", 0): "1"}, address=TABLE)
    assert kept(village) == {}
    assert "L0002" not in members(village)


def test_a_table_that_is_too_large(hamlet: Village) -> None:
    assert_problem(hamlet.client.post(TABLE, content=b"a=" + b"x" * 500_000), 422, "invalid-input")


# --- pasted


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_a_pasted_table_is_shown_before_anything_is_saved(village: Village, separator: str) -> None:
    one, two = members(village)[:2]
    lines = [[one, "1", "0", "1"], ["stranger", "1", "1", "1"], [two, "", "1"]]
    page = send(village, {}, table="\r\n".join(separator.join(line) for line in lines))
    shown = dict(re.findall(r'name="(c\.\d\.\w+)" value="(\w+)"', page))
    assert shown == {f"c.0.{one}": "1", f"c.1.{one}": "0", f"c.2.{one}": "1", f"c.1.{two}": "1"}
    assert "One line belongs to nobody in this group" in page
    assert separator.join(lines[1]) in page
    assert kept(village) == {}


def test_what_stands_above_the_columns_names_the_tasks(village: Village) -> None:
    one = members(village)[0]
    table = f"pupil\tMA79.S2.01\tMA79.S3.01\n{one}\t1\t0"
    form = {"name": "Pasted", "day": "2026-05-21", "table": table}
    answer = village.client.post(f"{PAPER}?lang=en", data=form)
    page = unescape(answer.text)
    assert "Pasted, group 7A" in page
    action = re.findall(r'<form class="block" method="post" action="([^"]+)"', page)[0]
    assert "task=MA79.S2.01&task=MA79.S3.01" in action
    send(village, {(one, 0): "1", (one, 1): "0"}, address=action)
    assert kept(village) == {(one, "MA79.S2.01"): [1.0], (one, "MA79.S3.01"): [0.0]}
    form["table"] = f"pupil\tunknown\n{one}\t1"
    assert_problem(village.client.post(PAPER, data=form), 422, "invalid-input")


@pytest.mark.parametrize(
    ("text", "cells", "unplaced"),
    [
        ("", {}, ()),
        ("L1\t1\t0", {("L1", 0): "1", ("L1", 1): "0"}, ()),
        ("L1;1\nL1;0", {("L1", 0): "1"}, ("L1;0",)),
        ("\n\nL1;0,5;\n", {("L1", 0): "0,5"}, ()),
        ("L9\t1\nL1\t1", {("L1", 0): "1"}, ("L9\t1",)),
        ("pupil\tone\nL1\t1", {("L1", 0): "1"}, ()),
        ("just words", {}, ("just words",)),
    ],
)
def test_how_a_pasted_table_is_read(text: str, cells: Cells, unplaced: tuple[str, ...]) -> None:
    read = read_pasted(text, {"L1", "L2"})
    assert (read.cells, read.unplaced) == (cells, unplaced)


def test_cells_are_counted_by_what_became_of_them() -> None:
    cells = {("L1", 0): Cell("1", "saved"), ("L1", 1): Cell("1", "same"), ("L1", 2): Cell("1", "same")}
    assert counts(cells) == {"saved": 1, "same": 2, "refused": 0, "conflict": 0}


def test_more_columns_than_tasks_are_said_rather_than_dropped(village: Village) -> None:
    one = members(village)[0]
    page = unescape(village.client.get(TABLE).text)
    action = re.findall(r'<form class="block" method="post" action="([^"]+)"', page)[0]
    answer = village.client.post(action, data={"do": "paste", "table": f"{one}\t1\t0\t1\t1\t1\t1"})
    assert answer.status_code == 422
    assert "more columns than the test has tasks" in answer.text
