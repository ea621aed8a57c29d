"""Wrongs planted on purpose, each found by the metric it belongs to; and what only looks like a wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from polku.fairness import Audit, audit_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

Floats = np.typing.NDArray[np.float64]
Bools = np.typing.NDArray[np.bool_]
MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
Wrong = Callable[[Floats, Floats, Bools, np.random.Generator], tuple[Floats, Floats]]


def too_low(y: Floats, p: Floats, b: Bools, _: np.random.Generator) -> tuple[Floats, Floats]:
    return y, np.where(b, expit(logit(p) - 1.3), p)


def too_high(y: Floats, p: Floats, b: Bools, _: np.random.Generator) -> tuple[Floats, Floats]:
    return y, np.where(b, expit(logit(p) + 1.3), p)


def says_nothing(y: Floats, p: Floats, b: Bools, rng: np.random.Generator) -> tuple[Floats, Floats]:
    return y, np.where(b, rng.permutation(p), p)


def harder_items(y: Floats, p: Floats, b: Bools, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Make a third of b's tasks harder than the model knows: right answers turn wrong."""
    return np.where(b & (rng.random(len(y)) < 0.3), 0.0, y), p


def careless_marking(y: Floats, p: Floats, b: Bools, rng: np.random.Generator) -> tuple[Floats, Floats]:
    return np.where(b & (rng.random(len(y)) < 0.3), 1 - y, y), p


def nothing(y: Floats, p: Floats, _b: Bools, _rng: np.random.Generator) -> tuple[Floats, Floats]:
    return y, p


def as_wrong_for_all(y: Floats, p: Floats, _b: Bools, _rng: np.random.Generator) -> tuple[Floats, Floats]:
    return y, expit(1.8 * logit(p) - 0.4)


def planted(seed: int, wrong: Wrong, make_world: MakeWorld, slices: Slices, gates: Gates, **options: float) -> Audit:
    predictions, background = make_world(seed, learners=600, rows=8, **options)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"]).to_numpy()
    before = [predictions[name].to_numpy(dtype=np.float64) for name in ("y_true", "y_prob")]
    y, p = wrong(before[0], before[1], in_b, np.random.default_rng(seed))
    return audit_predictions(predictions.assign(y_true=y, y_prob=p), background, slices, gates)


def of_concern(audit: Audit, group: str = "b") -> set[str]:
    return {cell.metric for cell in audit.cells if cell.group == group and cell.verdict == "concern"}


@pytest.mark.parametrize("lower", [0.0, 0.7])
@pytest.mark.parametrize(
    ("wrong", "metrics"),
    [
        (too_low, {"held_back", "calibration", "ece"}),
        (too_high, {"missed_need", "calibration", "ece"}),
        (says_nothing, {"auc", "ece"}),
        (harder_items, {"calibration", "ece"}),
        (careless_marking, {"auc", "ece"}),
    ],
)
def test_a_planted_wrong_is_found(
    wrong: Wrong, metrics: set[str], lower: float, make_world: MakeWorld, slices: Slices, gates: Gates
) -> None:
    audit = planted(11, wrong, make_world, slices, gates, lower=lower)
    assert of_concern(audit) >= metrics


@pytest.mark.parametrize("right", [nothing, as_wrong_for_all])
@pytest.mark.parametrize("lower", [0.0, 1.2])
def test_what_is_alike_for_all_raises_no_concern(
    right: Wrong, lower: float, make_world: MakeWorld, slices: Slices, gates: Gates
) -> None:
    audit = planted(12, right, make_world, slices, gates, lower=lower)
    assert of_concern(audit, "a") | of_concern(audit, "b") == set()


def test_the_sign_says_who_pays(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    low, high = (planted(13, wrong, make_world, slices, gates, lower=0.0) for wrong in (too_low, too_high))
    gaps = [
        next(cell.gap or 0 for cell in audit.cells if (cell.group, cell.metric) == ("b", "held_back"))
        for audit in (low, high)
    ]
    assert gaps[0] > 0.1
    assert gaps[1] < -0.1


def test_a_larger_wrong_is_a_larger_gap(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    found = []
    for shift in (0.0, 0.5, 1.0, 1.5):
        predictions, background = make_world(14, learners=400, lower=0.0, shift=shift)
        audit = audit_predictions(predictions, background, slices, gates)
        found.append(next(cell.gap or 0 for cell in audit.cells if (cell.group, cell.metric) == ("b", "held_back")))
    assert found == sorted(found)


def test_more_learners_narrow_the_interval(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    widths = []
    for learners in (300, 1200):
        predictions, background = make_world(15, learners=learners)
        audit = audit_predictions(predictions, background, slices, gates)
        cell = next(one for one in audit.cells if (one.group, one.metric) == ("b", "held_back"))
        widths.append(np.ptp(cell.interval or (0.0, 0.0)))
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.35)
