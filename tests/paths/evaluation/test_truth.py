"""Estimates from a log beside what the simulator knows, in one run; and when nothing is said."""

from __future__ import annotations

import pytest

from logged_world import TARGETS, curriculum, drawing, logged, truth
from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.paths.evaluation import Alternative, Decision, Estimate, evaluate, line
from polku.paths.evaluation.estimate import LEAST_EFFECTIVE

LEARNERS, TRUTH_LEARNERS = 500, 6_000


@pytest.fixture(scope="module")
def half() -> list[Decision]:
    """Return a log in which every other suggestion is drawn."""
    return [one for learner in logged(LEARNERS, 0.5, seed=11) for one in learner]


def judge(log: list[Decision], target: str, *horizons: int) -> list[Estimate]:
    return evaluate(log, line(target, curriculum()), horizons=horizons)


@pytest.mark.parametrize("target", ["best", "uniform"])
def test_the_intervals_hold_the_truth(half: list[Decision], target: str) -> None:
    for one in judge(half, target, 1, 3):
        known = truth(TRUTH_LEARNERS, 0.5, TARGETS[target], one.horizon, seed=11)
        assert one.snips is not None
        assert one.doubly_robust is not None
        assert one.snips.low <= known <= one.snips.high
        assert one.doubly_robust.low <= known <= one.doubly_robust.high
        assert one.doubly_robust.high - one.doubly_robust.low < 0.06, "the interval says something"


def test_which_policy_is_better_shows(half: list[Decision]) -> None:
    """Three suggestions drawn alike among the acceptable lead further than always the best-scored one."""
    gap = truth(TRUTH_LEARNERS, 0.5, TARGETS["uniform"], 3, 11) - truth(TRUTH_LEARNERS, 0.5, TARGETS["best"], 3, 11)
    alike, always = (judge(half, target, 3)[0].difference for target in ("uniform", "best"))
    assert gap > 0.01
    assert alike is not None
    assert always is not None
    assert alike.value > always.value


def test_what_was_in_use_is_estimated_as_what_was_seen(half: list[Decision]) -> None:
    """A target that does what the log did has weight one everywhere, and differs from it by nothing."""

    class Same:
        name = "same"

        def chances(self, decision: Decision) -> list[float]:
            return [one.chance for one in decision.alternatives]

    one = evaluate(half, Same(), horizons=[2])[0]  # type: ignore[arg-type] # a list will do
    assert one.effective_samples == pytest.approx(one.windows) == pytest.approx(2 * LEARNERS)
    assert one.max_weight == pytest.approx(1.0)
    assert one.snips is not None
    assert one.snips.value == pytest.approx(one.logged)
    assert truth(LEARNERS, 0.5, drawing(0.5), 2, 11) == pytest.approx(one.snips.value, abs=0.02)


def test_below_a_hundred_effective_samples_nothing_is_said() -> None:
    few = [one for learner in logged(60, 0.1, seed=2) for one in learner]
    for one in judge(few, "curriculum_order", 2, 3):
        assert one.effective_samples < LEAST_EFFECTIVE
        assert (one.snips, one.doubly_robust, one.difference, one.logged) == (None, None, None, None)
        assert one.refusal is not None
        told = one.to_dict()["refusal"]
        assert told["what"] == f"too few effective samples over {one.horizon} decisions to give a value"
        assert "least: 100" in told["got"]
        assert "raise exploration_share" in told["try"]


class Elsewhere:
    """A target that would suggest what was considered and had no chance."""

    name = "elsewhere"

    def chances(self, decision: Decision) -> list[float]:
        return [float(one.chance == 0.0) for one in decision.alternatives]


def test_what_the_log_never_could_have_suggested_is_not_judged() -> None:
    both = (Alternative("a", 1.0), Alternative("b", 0.0))
    log = [Decision(f"l{place}", 0, "a", both, gains=(0.1,)) for place in range(400)]
    one = evaluate(log, Elsewhere(), horizons=[1])[0]  # type: ignore[arg-type] # a list will do
    assert one.unsupported == 1.0
    assert str(one.refusal).startswith("the target would suggest what the log never could have\n  got: 100%")


def test_without_a_check_there_is_no_value() -> None:
    log = [Decision("l", place, "a", (Alternative("a", 1.0),), gains=(None, 0.5)) for place in range(3)]
    one, two = judge(log, "best", 1, 2)
    assert str(one.refusal).startswith("no run of 1 decisions is followed by a check")
    assert (one.windows, two.windows) == (0, 2)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="no decision is logged"):
        evaluate([], line("best", Curriculum.of_skills("a")))
    with pytest.raises(InputError, match="no such line"):
        line("worst", Curriculum.of_skills("a"))
    log = [Decision("l", 0, "a", (Alternative("a", 1.0),))]
    with pytest.raises(InputError, match="one to three decisions"):
        judge(log, "best", 4)
