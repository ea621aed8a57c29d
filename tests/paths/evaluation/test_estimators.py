"""The estimators, against figures by hand and what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.paths.evaluation import Alternative, Decision, line
from polku.paths.evaluation.columns import Columns
from polku.paths.evaluation.estimators import Judged, doubly_robust, effective, ips, mean, snips
from polku.paths.evaluation.reward_model import expected_gains

LETTERS = Curriculum.of_skills("ab")
WEIGHT, GAIN = np.array([0.0, 2.0, 1.0, 1.0]), np.array([0.9, 0.1, 0.4, 0.2])


def decision(
    learner: str, at: int, suggested: str, share: float = 0.5, gains: tuple[float | None, ...] = ()
) -> Decision:
    """Return a decision between a, the best, and b; suggesting b is worth what was seen of it."""
    return Decision(
        learner,
        at,
        suggested,
        (Alternative("a", 1 - share / 2, 0.6, {"t": 0.6}, 0.5), Alternative("b", share / 2, 0.5, {"t": 0.5}, 0.5)),
        gains=gains,
    )


def test_by_hand() -> None:
    assert ips(WEIGHT, GAIN).value == pytest.approx((0.2 + 0.4 + 0.2) / 4)
    assert snips(WEIGHT, GAIN).value == pytest.approx((0.2 + 0.4 + 0.2) / 4)
    assert snips(4 * WEIGHT, GAIN).value == snips(WEIGHT, GAIN).value
    assert mean(GAIN).value == pytest.approx(0.4)
    assert effective(WEIGHT) == pytest.approx(16 / 6)
    assert effective(np.zeros(3)) == 0.0


@pytest.mark.parametrize("judged", [ips(WEIGHT, GAIN), snips(WEIGHT, GAIN), mean(GAIN)])
def test_what_single_decisions_add_to_the_error_adds_up_to_nothing(judged: Judged) -> None:
    assert judged.influence.sum() == pytest.approx(0.0)


def test_an_interval_is_of_learners_not_of_decisions() -> None:
    judged = mean(np.repeat(GAIN, 50))
    alone = judged.interval(np.arange(200), 200.0)
    together = judged.interval(np.repeat(np.arange(4), 50), 4.0)
    assert together.high - together.low > 5 * (alone.high - alone.low)
    by_hand = 3.182446 * GAIN.std(ddof=1) / 2  # Student's t with three degrees of freedom, four learners
    assert [together.value, together.high - together.value] == pytest.approx([0.4, by_hand], rel=1e-5)


def test_what_two_estimates_owe_to_the_same_chance_cancels() -> None:
    same = mean(GAIN).minus(mean(GAIN)).interval(np.arange(4), 4.0)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_columns_lay_out_decisions_by_learner_and_time() -> None:
    rows = [decision("bo", 1, "a", gains=(0.1,)), decision("al", 9, "b", gains=(0.2,)), decision("al", 3, "a")]
    columns = Columns.of(rows, line("uniform", LETTERS))
    assert columns.learner.tolist() == [0, 0, 1]
    assert columns.ratio.tolist() == pytest.approx([0.5 / 0.75, 0.5 / 0.25, 0.5 / 0.75])
    assert columns.picked.tolist() == [0, 3, 4]
    assert columns.windows(1).tolist() == [[1], [2]]
    assert columns.windows(2).tolist() == []


def test_windows_stay_within_a_learner() -> None:
    rows = [decision(learner, at, "a", gains=(0.0, 0.0, None)) for learner in "xy" for at in range(3)]
    columns = Columns.of(rows, line("best", LETTERS))
    assert columns.windows(2).tolist() == [[0, 1], [1, 2], [3, 4], [4, 5]]
    assert columns.windows(3).tolist() == []


def test_with_a_perfect_model_the_doubly_robust_estimate_needs_no_weights() -> None:
    """What a leads to is 0.3 and b 0.1, whoever and whenever; the model knows, so nothing is left to chance."""
    worth = {"a": 0.3, "b": 0.1}
    rows = [decision(f"l{n:02d}", 0, "ab"[n % 4 == 0], gains=(worth["ab"[n % 4 == 0]],)) for n in range(40)]
    columns = Columns.of(rows, line("uniform", LETTERS))
    told = doubly_robust(columns, columns.windows(1), [np.tile([0.3, 0.1], 40)])
    assert told.value == pytest.approx(0.2)
    assert np.abs(told.influence).max() < 1e-12


def test_with_a_useless_model_it_is_the_self_normalised_estimate() -> None:
    rng = np.random.default_rng(3)
    rows = [decision(f"l{n:02d}", 0, "ab"[int(rng.random() < 0.25)], gains=(float(rng.normal()),)) for n in range(60)]
    columns = Columns.of(rows, line("uniform", LETTERS))
    told = doubly_robust(columns, columns.windows(1), [np.zeros(120)])
    assert told.value == pytest.approx(snips(columns.ratio, columns.gains[:, 0]).value)


def test_the_reward_model_is_fitted_on_other_learners() -> None:
    """A learner's own gain cannot reach what is expected of that learner."""
    rng = np.random.default_rng(5)
    gains = rng.normal(size=120)
    rows = [decision(f"l{n:03d}", 0, "ab"[n % 4 == 0], gains=(float(gains[n]),)) for n in range(120)]
    columns, moved = (Columns.of(rows, line("uniform", LETTERS)) for _ in range(2))
    moved.gains[7, 0] = 50.0
    own = slice(columns.start[7], columns.start[8])
    before, after = (expected_gains(one, one.windows(1), seed=0)[0] for one in (columns, moved))
    assert (before[own] == after[own]).all()
    assert not (before == after).all()


def test_too_few_learners_for_a_model_leave_the_mean() -> None:
    rows = [decision(f"l{n}", 0, "a", gains=(0.5,)) for n in range(10)]
    columns = Columns.of(rows, line("uniform", LETTERS))
    assert expected_gains(columns, columns.windows(1), seed=0)[0].tolist() == [0.5] * 20
