"""Problems of the data: each is found where it is planted, and nothing is found where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.training.data_problems import BURST, OFTEN, SHOWN, Problem, find_problems

KNOWN = Curriculum.of_skills(["s", "t", "u"])
MINUTE = 60_000_000


def responses(
    rows: Sequence[tuple[str, str, str, int, float]], *, clock: bool = True, known_at: Sequence[int] | None = None
) -> Responses:
    """Return rows of learner, item, skills, minute and score."""
    learner, item, skills, minute, correct = zip(*rows, strict=True)
    columns: dict[str, Any] = {
        "response_id": [f"r{n:05d}" for n in range(len(rows))],
        "learner_id": learner,
        "item_id": item,
        "skill_ids": skills,
        "answered_at": [n * (MINUTE if clock else 1) for n in minute],
        "correct": correct,
    }
    if known_at is not None:
        columns["known_at"] = [n * MINUTE for n in known_at]
    return Responses.from_columns(columns, clock=clock)


def found(given: Responses, **options: Any) -> dict[str, Problem]:
    return {problem.name: problem for problem in find_problems(given, KNOWN, **options)}


def plain(learners: int = 6, answers: int = 30) -> list[tuple[str, str, str, int, float]]:
    """Return learners who are right now and then, each item of one skill, one answer a minute."""
    return [
        (f"l{one}", f"i{n % 10}", "stu"[n % 10 % 3], n, float((n + one) % 3 > 0))
        for one in range(learners)
        for n in range(answers)
    ]


@pytest.mark.parametrize("clock", [True, False])
def test_plain_answers_have_no_problem(clock: bool) -> None:
    assert find_problems(responses(plain(), clock=clock), KNOWN) == []


def test_twins_are_counted_and_named_only_locally() -> None:
    problem = found(responses(plain()), twins=[("l0", "l1"), ("l2", "l3")])["near_twins"]
    assert (problem.count, problem.examples, problem.learners) == (2, (), ("l0 = l1", "l2 = l3"))
    assert "learners" not in problem.to_dict()
    assert problem.to_dict(local=True)["learners"] == ["l0 = l1", "l2 = l3"]
    assert "l0" not in repr(problem)


def test_an_answer_under_two_ids_is_found() -> None:
    problem = found(responses([*plain(), ("l0", "i3", "s", 3, 0.0), ("l0", "i3", "s", 3, 0.0)]))["repeated_answers"]
    assert (problem.count, problem.examples) == (2, ("i3 (n = 2)",)), "three of one kind repeat twice"


def test_the_same_answer_at_another_time_or_with_another_score_is_no_repeat() -> None:
    rows = [*plain(), ("l0", "i3", "s", 999, 0.0), ("l0", "i3", "s", 3, 1.0)]
    assert "repeated_answers" not in found(responses(rows))


@pytest.mark.parametrize("clock", [True, False])
def test_an_item_written_once_a_skill_is_found(clock: bool) -> None:
    """One answer to an item of three skills, in three rows: two of them give their own answer away."""
    rows = [(f"l{one}", "wide", skill, 100 + n, 1.0) for one in range(4) for n, skill in enumerate("stu")]
    rows = [(a, b, c, 100 if clock else n, e) for a, b, c, n, e in rows]
    problem = found(responses([*plain(), *rows], clock=clock))["expanded_skills"]
    assert (problem.count, problem.examples) == (8, ("wide (n = 8)",))


def test_a_list_of_skills_is_no_expansion() -> None:
    assert find_problems(responses([*plain(), ("l0", "wide", "s;t", 100, 1.0)]), KNOWN) == []


@pytest.mark.parametrize(("score", "says"), [(1.0, "right"), (0.0, "wrong")])
def test_items_that_tell_nobody_apart_are_named(score: float, says: str) -> None:
    rows = [(f"l{n % 6}", "odd", "s", 200 + n, score) for n in range(OFTEN)]
    problem = found(responses([*plain(), *rows]))["one_sided_items"]
    assert (problem.count, problem.examples) == (1, (f"odd (n = {OFTEN}, always {says})",))
    assert "one_sided_items" not in found(responses([*plain(), *rows[1:]])), "fewer answers say nothing"


def test_learners_of_one_class_are_counted() -> None:
    rows = [("test user", f"i{n % 10}", "stu"[n % 10 % 3], n, 1.0) for n in range(OFTEN)]
    problem = found(responses([*plain(), *rows]))["one_sided_learners"]
    assert (problem.count, problem.examples, problem.learners) == (1, (), ("test user",))


def test_an_answer_known_before_it_was_given_is_found() -> None:
    rows = plain()
    known_at = [minute - (5 if place == 7 else 0) for place, (_, _, _, minute, _) in enumerate(rows)]
    problem = found(responses(rows, known_at=known_at))["known_before_answered"]
    assert (problem.count, problem.examples) == (1, ("i7 (n = 1)",))


def test_an_answer_that_came_late_is_found() -> None:
    rows = plain()
    known_at = [minute + (10 if place == 7 else 0) for place, (_, _, _, minute, _) in enumerate(rows)]
    problem = found(responses(rows, known_at=known_at))["late_answers"]
    assert (problem.count, problem.examples) == (1, ("i7 (n = 1)",))


def test_a_test_with_one_time_is_a_burst() -> None:
    rows = [("l0", f"i{n % 10}", "stu"[n % 10 % 3], 500, float(n % 2)) for n in range(BURST)]
    problem = found(responses([*plain(), *rows]))["bursts"]
    assert (problem.count, problem.examples) == (1, (f"{BURST} answers at once",))
    assert "bursts" not in found(responses([*plain(), *rows[1:]]))
    assert "bursts" not in found(responses([*plain(), *rows], clock=False))


def test_items_with_other_skills_than_before_are_named() -> None:
    rows = [("l0", "i3", "s;t", 600, 1.0), ("l1", "i4", "u", 600, 1.0)]
    problem = found(responses([*plain(), *rows]))["tags_changed"]
    assert (problem.count, problem.examples) == (2, ("i3", "i4"))


def test_skills_outside_the_curriculum_are_named_the_most_frequent_first() -> None:
    rows = [("l0", "new", "w", 600, 1.0), ("l0", "newer", "v", 601, 1.0), ("l1", "newer", "v", 602, 0.0)]
    problem = found(responses([*plain(), *rows]))["unknown_skills"]
    assert (problem.count, problem.examples) == (2, ("v (n = 2)", "w (n = 1)"))


def test_quarantine_is_counted_by_reason() -> None:
    problem = found(responses(plain()), refused={"score": 2, "conflict": 5, "time": 2})["refused_rows"]
    assert (problem.count, problem.examples) == (9, ("conflict (n = 5)", "score (n = 2)", "time (n = 2)"))


def test_only_the_first_examples_are_named() -> None:
    rows = [("l0", f"x{n:02d}", skill, 600 + n, 1.0) for n in range(12) for skill in ("s", "t")]
    problem = found(responses([*plain(), *rows]))["tags_changed"]
    assert (problem.count, len(problem.examples)) == (12, SHOWN)


def test_a_problem_reads_back() -> None:
    problem = Problem("bursts", "moments", 3, "send the time", ("12 answers at once",), ("l0",))
    assert Problem.from_dict(problem.to_dict()) == problem
    assert Problem.from_dict(problem.to_dict()).learners == ()
    assert Problem.from_dict(problem.to_dict(local=True)).learners == ("l0",)


def test_nothing_is_found_in_nothing() -> None:
    empty = responses(plain()).rows(np.zeros(180, np.bool_))
    assert find_problems(empty, KNOWN) == []
    assert [one.name for one in find_problems(responses(plain(1, 1)), KNOWN)] == []
