"""What may look at a group while fitting: codes, weights and the reduction, each by itself."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from polku.errors import InputError
from polku.fairness.arrays import Floats, Ints
from polku.fairness.measures import Ratio
from polku.fairness.mitigation.groups import joined
from polku.fairness.mitigation.reduction import Mixture, reduced
from polku.fairness.mitigation.reweighing import reweighing
from polku.schemas.experiment import Experiment

GROUPS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60)


@settings(max_examples=40)
@given(GROUPS, st.integers(1, 20))
def test_a_group_stands_alone_or_with_enough_others(found: list[str], least: int) -> None:
    labels = np.array(found, dtype=object)
    codes = joined(labels, least)
    sizes = np.bincount(codes)
    assert sizes.min() >= min(least, len(found))
    together = pd.crosstab(codes, labels) > 0
    assert (together.sum(axis=0) == 1).all(), "nobody of one group is treated as of two"


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(20, 200), st.integers(0, 50))
def test_weights_take_the_group_out_of_the_outcome(groups: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.repeat(np.arange(groups), 2), rng.integers(0, groups, n)])
    correct = np.concatenate(
        [np.tile([0.0, 1.0], groups), (rng.random(n) < 0.2 + 0.6 * (group[-n:] == 0)).astype(float)]
    )
    weights = reweighing(group, correct)
    assert weights.sum() == pytest.approx(len(group))
    shares = [np.average(correct[group == one], weights=weights[group == one]) for one in range(groups)]
    assert shares == pytest.approx([correct.mean()] * groups)
    sizes = [weights[group == one].sum() for one in range(groups)]
    assert sizes == pytest.approx(np.bincount(group).tolist()), "no group counts more than it has rows"


def test_a_part_score_weighs_as_its_parts() -> None:
    group = np.array([0, 0, 1, 1])
    halves = reweighing(group, np.array([0.5, 0.5, 1.0, 0.0]))
    assert halves[:2] == pytest.approx([1.0, 1.0])


class Line:
    """A logistic regression on one column, as an estimator: enough to see what the reduction asks for."""

    def __init__(self, x: Floats, y: Floats, weight: Floats) -> None:
        design, self.beta = np.column_stack([np.ones(len(x)), x]), np.zeros(2)
        for _ in range(25):
            chance = expit(design @ self.beta)
            spread = weight * chance * (1 - chance) + 1e-9
            information = design.T @ (design * spread[:, None]) + 1e-3 * np.eye(2)
            self.beta += np.linalg.solve(information, design.T @ (weight * (y - chance)))

    def score(self, features: Floats) -> Floats:
        return np.asarray(self.beta[0] + self.beta[1] * features[:, 0], dtype=np.float64)

    def files(self) -> dict[str, bytes]:
        return {"line": self.beta.tobytes()}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Line:
        raise InputError("a line is not read back", got=", ".join(files))


@pytest.fixture(scope="module")
def rows() -> tuple[Floats, Floats, Ints]:
    """Return a column that lags behind for the second group, outcomes and groups."""
    rng = np.random.default_rng(2)
    group = np.arange(4000) % 2
    able = rng.normal(size=4000)
    right = (rng.random(4000) < expit(1.5 * able + 0.3)).astype(float)
    return (able - 0.8 * group)[:, None], right, group


def mixed(rows: tuple[Floats, Floats, Ints], threshold: float = 0.5, **changes: object) -> Mixture:
    features, correct, group = rows
    experiment = Experiment.model_validate(
        {"name": "e", "method": "exponentiated_gradient", "attribute": "g", "rounds": 6, **changes}
    )
    return reduced(
        lambda places, y, w: Line(features[places, 0], y, w), features, correct, group, experiment, threshold
    )


def gap(expected: Floats, correct: Floats, group: Ints) -> float:
    """Return how much more often right answers of the second group are expected to be wrong."""
    rates = [Ratio(correct * (1 - expected), correct).over(np.flatnonzero(group == one)).estimate for one in (0, 1)]
    return rates[1] - rates[0]


def test_the_randomised_classifier_narrows_the_gap_it_is_given(rows: tuple[Floats, Floats, Ints]) -> None:
    features, correct, group = rows
    parts = mixed(rows).parts
    assert sum(share for _, share in parts) == pytest.approx(1.0)
    scores = [np.full(len(features), one) if isinstance(one, float) else one.score(features) for one, _ in parts]
    expected_right = sum(share * (score >= 0) for (_, share), score in zip(parts, scores, strict=True))
    plain = Line(features[:, 0], correct, np.ones(len(correct))).score(features)
    before, after = gap((plain >= 0).astype(float), correct, group), gap(np.asarray(expected_right), correct, group)
    assert before > 0.15
    assert abs(after) < before / 2


@pytest.mark.parametrize("threshold", [0.35, 0.65])
def test_costs_move_the_line_that_the_fits_draw_to_the_threshold(
    rows: tuple[Floats, Floats, Ints], threshold: float
) -> None:
    features, correct, _ = rows
    mixture = mixed(rows, threshold, slack=0.45)  # so wide that nothing is left to even out
    plain = Line(features[:, 0], correct, np.ones(len(correct))).score(features)
    assert np.abs(expit(mixture.score(features)) - expit(plain)).mean() < 0.05, "unshifted it would be 0.12 off"


def test_prediction_takes_no_group(rows: tuple[Floats, Floats, Ints]) -> None:
    features, correct, group = rows
    own = group.copy()
    mixture = mixed((features, correct, own))
    before = mixture.score(features)
    own[:] = own[::-1].copy()  # whoever changes groups after the fit is predicted as before
    assert np.array_equal(mixture.score(features), before)
    assert list(inspect.signature(mixture.score).parameters) == ["features"]
    assert not [value for value in vars(mixture).values() if isinstance(value, np.ndarray)], "no row is kept"


def test_the_same_rows_give_the_same_mixture(rows: tuple[Floats, Floats, Ints]) -> None:
    features = rows[0]
    assert np.array_equal(mixed(rows).score(features), mixed(rows).score(features))


def test_a_mixture_is_the_mean_of_its_parts_where_costs_are_even() -> None:
    score = Mixture(((1.0, 0.25), (-2.0, 0.75)), 0.0).score(np.zeros((2, 1)))
    assert expit(score) == pytest.approx(0.25 * expit(1.0) + 0.75 * expit(-2.0))


def test_a_mixture_cannot_be_put_into_a_bundle() -> None:
    assert not hasattr(Mixture, "files")
