"""Results of a gradebook: which are evidence, on what, and which say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from polku.exchange.links import Links
from polku.exchange.oneroster_grades import Line, Own, elements_of, ids_of
from polku.exchange.oneroster_rows import Thing
from polku.records.elements import Element, Evidence, NoEffect, Voiding

LINKS = Links({"uuid-a": "A", "uuid-b": "B"})
LINE = Line(0.0, 10.0, ("uuid-a", "uuid-b"))


def result(*, ended: bool = False, **said: Any) -> Thing:
    given = {"item": "t1", "student": "u1", "status": "fully graded", "score": 8.0, "on": "2026-03-05", **said}
    return Thing("r1", ended, given)


def elements(one: Thing, line: Line = LINE, own: tuple[Own, ...] = (), before: tuple[str, ...] = ()) -> list[Element]:
    return elements_of(one, "anna", line, own, LINKS, before)


def test_one_score_is_evidence_on_every_objective_of_the_line_item() -> None:
    [one] = elements(result())
    assert isinstance(one, Evidence)
    assert (one.learner_id, one.item_id, one.correct, one.skill_ids) == ("anna", "t1", 0.8, ("A", "B"))
    assert one.answered_at == 1_772_712_000_000_000, "noon of the day, UTC"


def test_scores_of_their_own_are_evidence_each() -> None:
    found = elements(result(score=None), own=(Own("uuid-a", 10.0), Own("uuid-b", 4.0), Own("uuid-c", None)))
    assert [(one.skill_ids, one.correct, one.item_id) for one in found if isinstance(one, Evidence)] == [
        (("A",), 1.0, "t1#uuid-a"),
        (("B",), 0.4, "t1#uuid-b"),
    ]


def test_objectives_of_the_result_go_before_those_of_the_line_item() -> None:
    [one] = elements(result(), own=(Own("uuid-b", None),))
    assert isinstance(one, Evidence)
    assert one.skill_ids == ("B",)


def test_an_objective_that_is_not_ours_names_no_skill() -> None:
    [one] = elements(result(), Line(0.0, 10.0, ("uuid-x",)))
    assert isinstance(one, Evidence)
    assert one.skill_ids == (), "the door asks the item bank, else it waits"


@pytest.mark.parametrize(
    ("one", "line", "why"),
    [
        (result(status="exempt"), LINE, "exempt"),
        (result(status="not submitted"), LINE, "not_submitted"),
        (result(status="submitted"), LINE, "submitted"),
        (result(status="partially graded"), LINE, "partially_graded"),
        (result(status="ext:paused"), LINE, "other_status"),
        (result(), Line(0.0, 10.0), "no_objective"),
        (result(), Line(0.0, None, ("uuid-a",)), "no_scale"),
        (result(), Line(5.0, 5.0, ("uuid-a",)), "no_scale"),
        (result(score=None), LINE, "no_score"),
        (result(ended=True), LINE, "taken_back"),
    ],
)
def test_what_says_nothing_about_a_skill_has_no_effect(one: Thing, line: Line, why: str) -> None:
    [found] = elements(one, line)
    assert isinstance(found, NoEffect)
    assert (found.why, found.learner_id) == (why, "anna")


@pytest.mark.parametrize(
    ("score", "share", "flags"), [(12.0, 1.0, ("score_above_most",)), (-1.0, 0.0, ("score_below_least",))]
)
def test_a_score_off_its_scale_counts_as_its_end(score: float, share: float, flags: tuple[str, ...]) -> None:
    [one] = elements(result(score=score))
    assert isinstance(one, Evidence)
    assert (one.correct, one.flags) == (share, flags)


def test_the_same_result_is_the_same_element_and_a_corrected_one_takes_the_first_back() -> None:
    first, again = elements(result()), elements(result(), before=tuple(ids_of(elements(result()))))
    assert first == again
    back, new = elements(result(score=5.0), before=tuple(ids_of(first)))
    assert isinstance(back, Voiding)
    assert isinstance(new, Evidence)
    assert back.target_id == ids_of(first)[0] != new.element_id
    back, none = elements(result(ended=True), before=tuple(ids_of(first)))
    assert isinstance(back, Voiding)
    assert isinstance(none, NoEffect)
