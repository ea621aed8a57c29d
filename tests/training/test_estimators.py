"""Trees and regression: deterministic, monotone where asked, text in and out without a changed bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from polku.errors import InputError
from polku.schemas.model import LogisticParameters, TreeParameters
from polku.training.logistic import Logistic, fit_logistic
from polku.training.model import Estimator
from polku.training.trees import Trees, fit_trees

Float = NDArray[np.float64]
COLUMNS = ("up", "down", "free/odd: name")


def sample(n: int = 2000, seed: int = 0) -> tuple[Float, Float]:
    """Return three columns with gaps, and answers that follow the first up and the second down."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 3))
    p = 1.0 / (1.0 + np.exp(-features[:, 0] + features[:, 1] - np.sin(3.0 * features[:, 2])))
    features[rng.random((n, 3)) < 0.1] = np.nan
    return features, (rng.random(n) < p).astype(np.float64)


def trees(features: Float, correct: Float, directions: tuple[int, ...] | None = None, seed: int = 0) -> Trees:
    parameters = TreeParameters(trees=30, leaves=15, min_leaf=10, feature_fraction=0.7, row_fraction=0.8)
    return fit_trees(features, correct, parameters, columns=COLUMNS, directions=directions, seed=seed)


def logistic(features: Float, correct: Float) -> Logistic:
    return fit_logistic(features, correct, LogisticParameters())


@pytest.mark.parametrize("fit", [trees, logistic])
def test_text_keeps_every_bit_and_every_file_is_text(fit: type[Estimator]) -> None:
    features, correct = sample()
    fitted: Estimator = fit(features, correct)  # type: ignore[call-arg] # both are functions of features and answers
    files = fitted.files()
    assert all(content.decode() for content in files.values())
    again = type(fitted).from_files(files)
    assert again.score(features).tobytes() == fitted.score(features).tobytes()
    assert again.files() == files


def test_the_seed_decides_and_nothing_else() -> None:
    features, correct = sample()
    assert trees(features, correct).text == trees(features, correct).text
    assert trees(features, correct).text != trees(features, correct, seed=1).text


@pytest.mark.parametrize(("column", "sign"), [(0, 1.0), (1, -1.0)])
def test_directions_hold_everywhere(column: int, sign: float) -> None:
    fitted = trees(*sample(), directions=(1, -1, 0))
    base, _ = sample(50, seed=3)
    steps = np.linspace(-4.0, 4.0, 60)
    rows = np.repeat(base, len(steps), axis=0)
    rows[:, column] = np.tile(steps, len(base))
    change = np.diff(fitted.score(rows).reshape(len(base), len(steps)), axis=1)
    assert np.all(sign * change >= 0.0)
    assert np.any(change != 0.0)


def test_one_row_scores_as_it_does_among_many() -> None:
    features, correct = sample(6000)
    fitted = trees(features, correct)
    many = fitted.score(features)
    assert [fitted.score(features[row : row + 1])[0] for row in range(20)] == many[:20].tolist()
    assert fitted.score(features[:0]).tolist() == []


def test_steps_are_reported() -> None:
    features, correct = sample(200)
    seen: list[tuple[int, int]] = []
    parameters = TreeParameters(trees=3, leaves=4, min_leaf=5)
    fit_trees(
        features, correct, parameters, columns=COLUMNS, directions=None, seed=0, on_step=lambda *step: seen.append(step)
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_regression_is_that_of_scikit_learn() -> None:
    features, correct = sample()
    full = np.nan_to_num(features)
    rows = (full - full.mean(axis=0)) / full.std(axis=0)
    reference = LogisticRegression(C=1.0, max_iter=500).fit(rows, correct)
    assert logistic(full, correct).score(full) == pytest.approx(reference.decision_function(rows), abs=1e-9)


def test_part_scores_weigh_in_part() -> None:
    features, correct = sample()
    halves = np.where(np.arange(len(correct)) % 2 == 0, 0.5, correct)
    assert np.corrcoef(logistic(features, halves).weight, logistic(features, correct).weight)[0, 1] > 0.9
    assert np.abs(logistic(features, halves).weight).max() < np.abs(logistic(features, correct).weight).max()
    assert np.ptp(trees(features, halves).score(features)) < np.ptp(trees(features, correct).score(features))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_class_gives_a_constant_that_is_not_certain(value: float) -> None:
    features, _ = sample(300)
    for fitted in (logistic(features, np.full(300, value)), trees(features, np.full(300, value))):
        score = fitted.score(features)
        assert np.ptp(score) < 1e-6
        assert np.isfinite(score).all()
        assert (score[0] > 0.0) == bool(value)


def test_columns_that_say_nothing_are_harmless() -> None:
    features, correct = sample(500)
    features[:, 1], features[:, 2] = 7.0, np.nan
    for fitted in (logistic(features, correct), trees(features, correct)):
        assert np.isfinite(fitted.score(features)).all()


def test_damaged_files_are_refused() -> None:
    with pytest.raises(InputError, match=r"trees\.txt is not a LightGBM model"):
        Trees("tree\nversion=v4\nbroken")
    with pytest.raises(InputError, match=r"lacks trees\.txt"):
        Trees.from_files({})
    with pytest.raises(InputError, match=r"lacks logistic\.json"):
        Logistic.from_files({"other.json": b"{}"})
    uneven = {"fill": [0.0], "mean": [0.0, 1.0], "scale": [1.0], "weight": [1.0], "intercept": 0.0}
    with pytest.raises(InputError, match="one number per column"):
        Logistic.from_files({"logistic.json": json.dumps(uneven).encode()})


def test_a_missing_value_says_as_usual() -> None:
    features, correct = sample()
    fitted = logistic(features, correct)
    gap, usual = features[:20].copy(), features[:20].copy()
    gap[:, 1], usual[:, 1] = np.nan, np.nanmedian(features[:, 1])
    assert fitted.score(gap).tobytes() == fitted.score(usual).tobytes()


def test_a_larger_penalty_flattens() -> None:
    features, correct = sample()
    norms = [
        np.abs(fit_logistic(features, correct, LogisticParameters(penalty=penalty)).weight).sum()
        for penalty in (0.1, 100.0, 10_000.0)
    ]
    assert norms[0] > norms[1] > norms[2]


def test_free_trees_may_turn_where_monotone_ones_may_not() -> None:
    features, correct = sample()
    base = np.zeros((200, 3))
    base[:, 2] = np.linspace(-2.0, 2.0, 200)
    free, forced = trees(features, correct), trees(features, correct, directions=(0, 0, 1))
    assert np.any(np.diff(free.score(base)) < 0.0)
    assert np.all(np.diff(forced.score(base)) >= 0.0)
