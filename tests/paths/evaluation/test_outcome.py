"""The outcome: a gain on a later, separate check, by hand."""

from __future__ import annotations

import pytest

from polku.errors import InputError
from polku.paths.evaluation import Alternative, Check, Decision, with_gains
from polku.records import Responses

DAY = 86_400_000_000
BOTH = (Alternative("a", 0.5, p=0.4), Alternative("b", 0.5, p=0.2), Alternative("c", 0.0))


def decision(day: float, suggested: str = "a", learner: str = "anna") -> Decision:
    return Decision(learner, int(day * DAY), suggested, BOTH)


def answers(*rows: tuple[float, str, str, float], learner: str = "anna", clock: bool = True) -> Responses:
    """Return answers given as day, item, skills, correct."""
    return Responses.from_columns(
        {
            "response_id": [f"{learner}{place}" for place in range(len(rows))],
            "learner_id": [learner] * len(rows),
            "item_id": [item for _, item, _, _ in rows],
            "skill_ids": [skills for _, _, skills, _ in rows],
            "answered_at": [int(day * DAY) for day, _, _, _ in rows],
            "correct": [correct for *_, correct in rows],
        },
        clock=clock,
    )


def gains(rows: Responses, *decisions: Decision, check: Check | None = None) -> list[tuple[float | None, ...]]:
    return [one.gains for one in with_gains(decisions, rows, check or Check())]


def test_the_gain_is_what_the_check_shows_less_the_estimate_skill_by_skill() -> None:
    rows = answers((8, "a1", "a", 1), (9, "a2", "a", 0), (9, "a3", "a", 1), (9, "b1", "b", 1))
    found = gains(rows, decision(0))[0][0]
    assert found == pytest.approx(((2 / 3 - 0.4) + (1.0 - 0.2)) / 2)


def test_the_next_answers_are_no_outcome() -> None:
    rows = answers((0.1, "a1", "a", 1), (6.9, "a2", "a", 1), (60, "a3", "a", 1))
    assert gains(rows, decision(0)) == [(None, None, None)]


def test_an_item_met_before_the_check_is_no_check() -> None:
    rows = answers((1, "a1", "a", 0), (8, "a1", "a", 1), (8, "a2", "a", 0))
    assert gains(rows, decision(0))[0][0] == pytest.approx(-0.4)


def test_the_items_of_a_check_count_and_no_others() -> None:
    rows = answers((1, "a1", "a", 0), (8, "a1", "a", 1), (8, "a2", "a", 0))
    assert gains(rows, decision(0), check=Check(items=frozenset({"a1"})))[0][0] == pytest.approx(0.6)


def test_skills_without_an_estimate_or_not_considered_say_nothing() -> None:
    assert gains(answers((8, "c1", "c", 1), (8, "d1", "d", 1)), decision(0))[0][0] is None


def test_an_answer_to_an_item_of_two_skills_speaks_for_both() -> None:
    assert gains(answers((8, "ab", "a;b", 1)), decision(0))[0][0] == pytest.approx((0.6 + 0.8) / 2)


def test_of_several_in_a_row_the_check_comes_after_the_last() -> None:
    rows = answers((8, "a1", "a", 1), (12, "a2", "a", 0), (25, "a3", "a", 0.5))
    found = gains(rows, decision(20, "a"), decision(0, "b"), decision(5, "a"), check=Check(within_days=10))
    first, second, third = ([one[0], one[1], one[2]] for one in found)
    assert first == pytest.approx([0.6, -0.4, None])
    assert second == pytest.approx([-0.4, None, None])
    assert third == [None, None, None]


def test_a_check_may_come_at_once_where_asked_for() -> None:
    assert gains(answers((0, "a1", "a", 1)), decision(0), check=Check(0.0, 1.0))[0][0] == pytest.approx(0.6)


def test_nobody_elses_answers_count() -> None:
    both = Responses.concat([answers((8, "a1", "a", 1)), answers((8, "a1", "a", 0), learner="bo")])
    assert gains(both, decision(0), decision(0, learner="bo"), decision(0, learner="cy")) == [
        (pytest.approx(0.6), None, None),
        (pytest.approx(-0.4), None, None),
        (None, None, None),
    ]


def test_without_times_there_is_no_later() -> None:
    with pytest.raises(InputError, match="answers with times"):
        gains(answers((1, "a1", "a", 1), clock=False), decision(0))


@pytest.mark.parametrize(("after", "within"), [(7, 7), (9, 2), (-1, 3)])
def test_a_check_takes_some_time(after: float, within: float) -> None:
    with pytest.raises(InputError, match="the check has no time"):
        Check(after, within)


def test_a_step_of_an_earlier_curriculum_is_checked_by_answers_to_what_replaced_it() -> None:
    rows = answers((8, "a1", "a1", 1), (9, "b1", "b", 1))
    assert gains(rows, decision(0))[0][0] == pytest.approx(0.8), "b alone, as long as nobody says what a1 is"
    split = Check(replaced_by={"a": ("a1", "a2")})
    assert gains(rows, decision(0), check=split)[0][0] == pytest.approx((0.6 + 0.8) / 2)


def test_steps_that_became_one_are_checked_as_one_with_their_mean_estimate() -> None:
    merged = Check(replaced_by={"a": ("ab",), "b": ("ab",)})
    assert gains(answers((8, "x", "ab", 1)), decision(0), check=merged)[0][0] == pytest.approx(0.7)
    assert gains(answers((8, "x", "b", 1)), decision(0), check=merged)[0][0] == pytest.approx(0.7), "an old name too"
