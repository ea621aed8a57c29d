"""The planner bench judges as it says: on the same learners, by a later check, with lines that cannot look inside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner_course import Class, Course, draw_class
from planner_graphs import generated
from planner_judge import ORACLE, ORDER, POLKU, by_slice, interval, table
from planner_lines import LINES, in_a_row, listed, run
from planner_oracle import Beam, oracle
from planner_polku import polku

STEPS, LEARNERS = 6, 30


@pytest.fixture(scope="module")
def course() -> Course:
    return generated("tiny", 12, 3, seed=5)


@pytest.fixture(scope="module")
def learners(course: Course) -> Class:
    return draw_class(course, "strength", LEARNERS, 7, steps=STEPS)


def test_a_course_leads_to_the_skills_of_its_grade(course: Course) -> None:
    grades = [course.curriculum.skills[course.curriculum.order[place]].grade for place in course.goals]
    assert set(grades) == {course.grade}
    assert course.way[course.goals].all(), "goals lie on the way to themselves"
    for place in np.flatnonzero(course.way):
        before = course.before[place]
        assert course.way[before[before >= 0]].all(), "what a skill on the way builds on is on the way"


@pytest.mark.parametrize("name", LINES)
def test_every_line_chooses_a_skill_for_everybody_and_the_same_again(name: str, learners: Class) -> None:
    chosen = LINES[name](learners)
    assert chosen.shape == (LEARNERS,)
    assert ((chosen >= 0) & (chosen < len(learners.course.curriculum))).all()
    np.testing.assert_array_equal(chosen, LINES[name](learners))


def test_lines_leave_the_class_as_it_was_and_meet_the_same_luck(learners: Class) -> None:
    first = run(learners, LINES[ORDER], (STEPS,))[STEPS]
    run(learners, LINES["random"], (STEPS,))
    again = run(learners, LINES[ORDER], (STEPS,))[STEPS]
    np.testing.assert_array_equal(first, again)


def test_a_line_that_sees_the_hidden_state_gains_more_than_one_that_draws(learners: Class) -> None:
    seeing = run(learners, oracle(Beam(STEPS)), (STEPS,))[STEPS]
    drawing = run(learners, LINES["random"], (STEPS,))[STEPS]
    assert interval(seeing - drawing)[1] > 0


def test_polku_follows_its_own_suggestion_and_gains_more_than_one_that_draws(learners: Class) -> None:
    ours = run(learners, polku(STEPS), (STEPS,))[STEPS]
    drawing = run(learners, LINES["random"], (STEPS,))[STEPS]
    assert interval(ours - drawing)[1] > 0


def test_a_list_is_gone_through_and_begun_again(learners: Class) -> None:
    going, skills = learners.copy(), np.array([4, 2])
    met = []
    for _ in range(3):
        chosen = listed(skills)(going)
        met.append(int(chosen[0]))
        going.step(chosen)
    assert met == [4, 2, 4]


def test_k_in_a_row_waits_where_answers_are_wrong(learners: Class) -> None:
    waiting, place = in_a_row(3)(learners), np.arange(LEARNERS)
    unfinished = (learners.course.way & (learners.seen.run < 3)).any(axis=1)
    assert (learners.seen.run[place, waiting] < 3)[unfinished].all()


def test_differences_are_paired_and_slices_are_those_of_the_learners() -> None:
    ours, theirs = np.array([0.3, 0.5, 0.4, 0.2]), np.array([0.2, 0.4, 0.3, 0.1])
    gains = {POLKU: ours, ORDER: theirs, ORACLE: ours + 0.1}
    found = table(gains)
    assert found.loc[ORDER, "ahead"] == pytest.approx(0.1)
    assert found.loc[ORDER, "low"] == pytest.approx(0.1), "the same difference for everybody has no error"
    assert found.loc[ORACLE, "ahead"] == pytest.approx(-0.1)
    slices = by_slice(gains, pd.DataFrame({"gender": ["girl", "girl", "boy", "boy"]}))
    assert slices.set_index("group")["n"].to_dict() == {"boy": 2, "girl": 2}
