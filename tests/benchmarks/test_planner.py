"""The planner bench judges as it says: on the same learners, by a later check, with lines that cannot look inside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner_course import Class, Course, draw_class
from planner_graphs import FAMILIES, generated
from planner_judge import ORACLE, ORDER, POLKU, by_slice, interval, table
from planner_lines import LINES, in_a_row, listed, run
from planner_oracle import Beam, oracle
from planner_polku import polku, states
from planner_school import another_school
from planner_sensitivity import bent, rewired
from planner_summary import summary, undecided

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


def test_numbers_are_chosen_and_reported_on_nothing_in_common() -> None:
    chosen, reported = FAMILIES["development"], FAMILIES["final"]
    assert not set(chosen.graphs) & set(reported.graphs)
    assert chosen.grade != reported.grade
    assert reported.learners - chosen.learners > 1_000
    assert list(chosen.courses()) == list(reported.courses())


def test_what_the_planner_sees_is_answers(learners: Class) -> None:
    seen = states(learners, 0, learners.seen.p)
    assert {learners.course.place[name] for name in seen} == set(np.flatnonzero(learners.seen.answers[0]))
    for name, state in seen.items():
        place = learners.course.place[name]
        assert state.answers == learners.seen.answers[0, place]
        assert state.right == pytest.approx(learners.seen.success[0, place] / learners.seen.weight[0, place])


def test_a_bent_model_is_off_by_as_much_everywhere(learners: Class) -> None:
    def odds(p: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.log(p / (1 - p))

    np.testing.assert_allclose(odds(bent(learners, -1.0)) - odds(learners.seen.p), -1.0)


def test_edges_are_left_out_or_led_elsewhere_and_skills_stay(course: Course) -> None:
    rng = np.random.default_rng(1)
    less = rewired(course.curriculum, rng, missing=0.5)
    assert less.order == course.curriculum.order
    for name in less.order:
        assert set(less.prerequisites(name)) <= set(course.curriculum.prerequisites(name))
    count = [sum(len(graph.prerequisites(name)) for name in graph.order) for graph in (less, course.curriculum)]
    assert count[0] < count[1]
    assert rewired(course.curriculum, rng, wrong=1.0).hash != course.curriculum.hash


def test_a_model_of_another_school_says_more_where_more_was_right(learners: Class) -> None:
    p = another_school("strength")(learners)
    answered = learners.seen.answers > 2
    assert p.shape == learners.seen.p.shape
    assert ((p > 0) & (p < 1)).all()
    assert np.corrcoef(p[answered], learners.seen.p[answered])[0, 1] > 0.3


def test_the_summary_names_the_nearest_other_line_and_what_is_undecided() -> None:
    rng = np.random.default_rng(2)
    ours = rng.random(40)
    gains = {POLKU: ours, ORDER: ours - 0.2, "random": ours - 0.01 * rng.normal(size=40), ORACLE: ours + 0.1}
    found = table(gains).reset_index().assign(course="tiny", law="states", steps=20)
    head, _, row = summary(found).splitlines()
    assert head.startswith("| course | law | steps | Polku |")
    assert row.startswith(
        f"| tiny | states | 20 | {ours.mean():.3f} | {ours.mean() / (ours.mean() + 0.1):.0%} | not run | +0.200"
    )
    assert "random: " in row
    assert undecided(found)["line"].tolist() == ["random"]
    without = found[found["line"] != ORACLE].assign(steps=40)
    assert "not run" in summary(without)
