"""The curves of an audit: what they show, and what they never give away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from polku.fairness import Audit, Curve, audit_predictions
from polku.fairness.disclosure import suppressed_groups
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
RunAudit = Callable[..., Audit]


def curve(audit: Audit, group: str, shape: str, attribute: str = "group") -> Curve:
    return next(one for one in audit.curves if (one.attribute, one.group, one.shape) == (attribute, group, shape))


def owners(audit: Audit, attribute: str) -> set[str]:
    return {one.group for one in audit.curves if one.attribute == attribute}


@pytest.fixture(scope="module")
def small(run: RunAudit) -> Audit:
    """Return an audit in which group b has fewer than ten learners, and z few."""
    return run(1, learners=240, share=0.03)


def test_everybody_and_every_group_have_both_curves(fair: Audit) -> None:
    found = {(one.attribute, one.group, one.shape) for one in fair.curves}
    groups = [("all", "all"), ("group", "a"), ("group", "b"), ("other", "x"), ("other", "y"), ("other", "z")]
    assert found == {(*key, shape) for key in groups for shape in ("reliability", "roc")}


def test_points_are_in_order_inside_their_bands_and_between_nought_and_one(fair: Audit) -> None:
    for one in fair.curves:
        assert list(one.x) == sorted(one.x)
        assert all(0 <= low <= y <= high <= 1 for low, y, high in zip(one.low, one.y, one.high, strict=True))
        assert {len(one.x)} == {len(one.y), len(one.n), len(one.low), len(one.high)}


def test_bins_of_reliability_lie_on_one_side_of_the_threshold(run: RunAudit) -> None:
    for threshold in (0.2, 0.5):
        x = np.array(curve(run(1, learners=200, threshold=threshold), "all", "reliability", "all").x)
        assert 9 <= len(x) <= 11
        assert (x < threshold).sum() >= 2
        assert (x >= threshold).sum() >= 2


def test_a_reliability_point_is_the_share_of_correct_answers(make_world: MakeWorld, fair: Audit) -> None:
    predictions, background = make_world(1)
    everyone = curve(fair, "all", "reliability", "all")
    middle = np.average(everyone.y, weights=np.ones(len(everyone.y)))
    assert middle == pytest.approx(predictions["y_true"].mean(), abs=0.05)
    of_a, of_b = (curve(fair, group, "reliability") for group in "ab")
    assert all(one.n[3] <= (background["group"] == one.group).sum() for one in (of_a, of_b))
    assert [one + other for one, other in zip(of_a.n, of_b.n, strict=True)] == list(everyone.n)


def test_a_roc_curve_passes_where_the_error_rates_are(fair: Audit) -> None:
    for group in "ab":
        found = curve(fair, group, "roc")
        cells = {one.metric: one for one in fair.cells if (one.attribute, one.group) == ("group", group)}
        missed, held = cells["missed_need"].estimate, cells["held_back"].estimate
        assert missed is not None
        assert held is not None
        assert np.interp(missed, found.x, found.y) == pytest.approx(1 - held, abs=0.02)
        assert np.trapezoid(found.y, found.x) == pytest.approx(cells["auc"].estimate, abs=0.005)
        assert len(found.x) == 51


def test_bands_hold_the_truth_of_a_calibrated_world(run: RunAudit) -> None:
    held = [
        low <= x <= high
        for seed in range(5)
        for one in run(seed, lower=0.0, learners=250).curves
        if one.shape == "reliability" and one.attribute == "group"
        for x, low, high in zip(one.x, one.low, one.high, strict=True)
    ]
    assert 0.88 <= np.mean(held) <= 0.99


def test_no_point_rests_on_fewer_learners_than_may_be_shown_outside(small: Audit, fair: Audit) -> None:
    for audit in (small, fair):
        assert all(n >= audit.outside_k for one in audit.curves for n in one.n)


def test_a_small_group_has_no_curve_and_neither_has_the_one_that_would_give_it_away(small: Audit) -> None:
    assert owners(small, "group") == set()
    assert owners(small, "all") == {"all"}
    assert owners(small.outside(), "other") <= owners(small, "other")


def test_a_bin_is_a_table_of_its_own(small: Audit) -> None:
    """What is missing in a bin is never one group alone, or all but one could be subtracted from everybody."""
    everyone = dict(
        zip(curve(small, "all", "reliability", "all").x, curve(small, "all", "reliability", "all").n, strict=True)
    )
    points = sum(len(one.x) for one in small.curves if (one.attribute, one.shape) == ("other", "reliability"))
    assert points < 3 * len(everyone)
    assert len(suppressed_groups({"x": 60, "y": 30, "z": 4}, 10)) == 2


def test_curves_of_withheld_predictions_stay_in_the_enclave_and_those_of_paths_do_not_matter(fair: Audit) -> None:
    for metric, hidden in (("auc", True), ("stretch", False)):
        held = replace(fair, withheld=(("group", "a", metric), ("group", "b", metric)))
        assert (owners(held.outside(), "group") == set()) == hidden
        assert owners(held, "group") == {"a", "b"}


def test_curves_survive_the_json(fair: Audit) -> None:
    assert Audit.from_json(fair.to_json()).curves == fair.curves


def test_without_wrong_answers_there_is_reliability_and_no_roc(
    make_world: MakeWorld, slices: Slices, gates: Gates
) -> None:
    predictions, background = make_world(5, learners=300)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"])
    predictions.loc[in_b, "y_true"] = 1
    audit = audit_predictions(predictions, background, slices, gates)
    found = {(one.group, one.shape) for one in audit.curves if one.attribute == "group"}
    assert ("b", "roc") not in found
    assert ("b", "reliability") in found
    sure = curve(audit, "b", "reliability")
    assert all(low < 1 for low in sure.low)  # all right so far does not show that all will be
