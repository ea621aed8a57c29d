"""What a comparison holds and how it is drawn, from figures made up by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from polku.fairness.mitigation import Comparison, Figure, Gap, Tried, front_figure
from polku.fairness.mitigation.figure import ON, _apart
from polku.schemas.experiment import Method


def gap(group: str, metric: str, value: float, attribute: str = "club") -> Gap:
    return Gap(attribute, group, metric, 120, Figure(value, 0.0, (0.0, 0.0)))


def tried(name: str, method: Method, loss: float, gaps: tuple[Gap, ...], *, front: bool) -> Tried:
    accuracy = {key: Figure(loss, 0.01, (0.005, 0.015)) for key in ("auc", "log_loss", "ece")}
    return Tried(name, method, None, accuracy, gaps, max(gaps, key=lambda one: one.size), front)


@pytest.fixture
def made() -> Comparison:
    """Return three experiments, two of them on the front and two of one log loss."""
    plain = (
        gap("x", "missed_need", -0.09),
        gap("y", "missed_need", 0.05),
        gap("x", "held_back", 0.02),
        gap("n", "held_back", -0.04, "house"),
    )
    return Comparison(
        model="mastery",
        learners=300,
        answers=9000,
        folds=5,
        threshold=0.5,
        tried=(
            tried("none", "none", 0.55, plain, front=True),
            tried("even", "reweigh", 0.55, (gap("x", "missed_need", -0.10),), front=False),
            tried("free", "monotone", 0.56, (gap("y", "missed_need", 0.06),), front=True),
        ),
        suppressed={"groups": 0, "k": 10},
        notes=(),
        seed=0,
        hashes={},
    )


@pytest.mark.parametrize(
    ("interval", "clear"), [((0.001, 0.02), True), ((-0.02, -0.001), True), ((-0.01, 0.02), False), ((0, 0), False)]
)
def test_a_change_is_clear_when_its_interval_excludes_zero(interval: tuple[float, float], clear: bool) -> None:
    assert Figure(0.05, 0.01, interval).clear == clear


def test_the_widest_gap_of_each_metric_and_attribute_whichever_way(made: Comparison) -> None:
    found = [(one.metric, one.attribute, one.group) for one in made.widest()]
    assert found == [("held_back", "club", "x"), ("held_back", "house", "n"), ("missed_need", "club", "x")]


def test_json_holds_every_figure(made: Comparison) -> None:
    raw = json.loads(made.to_json())
    assert raw["tried"][0]["largest"] == raw["tried"][0]["gaps"][0]
    assert raw["tried"][2]["accuracy"]["auc"] == {"value": 0.56, "change": 0.01, "interval": [0.005, 0.015]}


def test_the_front_is_a_line_and_each_point_has_its_name_beside_it(made: Comparison) -> None:
    axes = front_figure(made).axes[0]
    front = next(line for line in axes.lines if np.size(line.get_xdata()) == 2 and line.get_color() == ON)
    assert np.allclose(np.asarray(front.get_xdata(), dtype=float), [0.06, 0.09])
    names = {text.get_text().split()[0]: text for text in axes.texts}
    assert set(names) == {"none", "even", "free"}
    assert names["free"].get_color() == names["none"].get_color() == ON
    assert names["even"].get_color() != ON
    heights = [text.get_position()[1] for text in axes.texts]
    assert min(np.diff(sorted(heights))) > 0, "names of equal points do not lie on each other"


def test_names_are_moved_apart_in_their_order_and_no_further_than_needed() -> None:
    assert _apart(np.array([0.0, 5.0, 9.0]), 1.0, 0.0).tolist() == [0.0, 5.0, 9.0]
    close = _apart(np.array([4.0, 4.0, 4.0]), 1.0, 0.0)
    assert np.diff(close).tolist() == [1.0, 1.0]
    assert close.mean() == pytest.approx(4.0)
