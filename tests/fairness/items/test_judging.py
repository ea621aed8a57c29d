"""What the figures of one item allow one to say, at the borders between pass, concern and not enough evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polku.fairness.items import Haenszel, ItemCell, Logistic
from polku.fairness.items.judging import Correction, judged
from polku.fairness.items.purify import Compared

UNIFORM = Haenszel(d_dif=0.2, error=0.3, chi2=0.4, p=0.5, p_dif=0.01)
CURVES = Logistic(0.5, 0.6, 0.7, r2_uniform=0.001, r2_non_uniform=0.001, unsigned=0.01, tilt=0.1, tilt_error=0.3)
FOUND = Compared(0, 400, 500, 0.6, 0.7, "", UNIFORM, CURVES)
NOTHING = Correction(0.9, 0.9, critical=3.0)


def judge(
    uniform: Haenszel | None = UNIFORM, curves: Logistic | None = CURVES, correction: Correction = NOTHING
) -> ItemCell:
    return judged(replace(FOUND, uniform=uniform, curves=curves), "gender", "girl", "i1", correction)


def test_class_c_of_both_kinds_ruled_out_is_a_pass() -> None:
    cell = judge()
    assert (cell.verdict, cell.kind) == ("pass", "")
    assert cell.interval == pytest.approx((0.2 - 1.96 * 0.3, 0.2 + 1.96 * 0.3), abs=1e-3)
    assert cell.reason == "D-DIF +0.20; class C of either kind is ruled out"


@pytest.mark.parametrize(
    ("uniform", "curves"),
    [
        (replace(UNIFORM, error=0.7), CURVES),
        (replace(UNIFORM, d_dif=-1.0), CURVES),
        (UNIFORM, replace(CURVES, tilt_error=0.8)),
        (UNIFORM, replace(CURVES, tilt=-1.0)),
    ],
)
def test_an_interval_that_reaches_class_c_leaves_it_open(uniform: Haenszel, curves: Logistic) -> None:
    cell = judge(uniform, curves)
    assert cell.verdict == "not_enough_evidence"
    assert "class C is not ruled out" in cell.reason


@pytest.mark.parametrize(("d_dif", "side"), [(-2.4, "harder"), (2.4, "easier")])
def test_class_c_needs_size_and_a_corrected_p(d_dif: float, side: str) -> None:
    large = replace(UNIFORM, d_dif=d_dif, p=1e-6)
    cell = judge(large, correction=Correction(0.001, 0.9, 3.0))
    assert (cell.verdict, cell.kind, cell.ets, cell.uniform_class) == ("concern", "uniform", "C", "C")
    assert f"class C: {side} for the group" in cell.reason
    uncorrected = judge(large)
    assert (uncorrected.verdict, uncorrected.ets, uncorrected.uniform_class) == ("not_enough_evidence", "C", "A")


def test_turned_curves_are_of_concern_where_they_lie_apart() -> None:
    turned = replace(CURVES, p_non_uniform=1e-6, tilt=-2.0, unsigned=0.12)
    cell = judge(curves=turned, correction=Correction(0.9, 0.001, 3.0))
    assert (cell.verdict, cell.kind, cell.uniform_class) == ("concern", "non_uniform", "A")
    assert "0.12 apart in shares right" in cell.reason
    near = judge(curves=replace(turned, unsigned=0.07), correction=Correction(0.9, 0.001, 3.0))
    assert (near.verdict, near.non_uniform_class) == ("not_enough_evidence", "B")


def test_class_b_is_watched_and_may_pass() -> None:
    watched = judge(replace(UNIFORM, d_dif=-1.2, error=0.1), correction=Correction(0.001, 0.9, 3.0))
    assert (watched.verdict, watched.uniform_class) == ("pass", "B")
    assert "class B: to be watched" in watched.reason


def test_the_least_effect_noticed_counts_correction_and_power() -> None:
    assert judge().mde == pytest.approx((3.0 + 0.8416) * 0.3, abs=1e-3)
    planned = judge(None, None)
    assert planned.verdict == "not_enough_evidence"
    assert planned.d_dif is None
    share, effective = (400 * 0.6 + 500 * 0.7) / 900, 400 * 500 / 900
    assert planned.mde == pytest.approx(3.8416 * 2.35 / (effective * share * (1 - share)) ** 0.5, abs=1e-3)
    nobody = judged(Compared(0, 0, 9, float("nan"), 0.5, "too few"), "gender", "girl", "i1", NOTHING)
    assert nobody.reason == "too few; no DIF could have been noticed"


def test_a_cell_without_figures_keeps_what_is_said_of_the_item() -> None:
    hidden = judge(replace(UNIFORM, d_dif=-2.4, p=1e-6), correction=Correction(0.001, 0.9, 3.0)).hidden(10)
    assert (hidden.verdict, hidden.kind, hidden.item_id) == ("concern", "uniform", "i1")
    assert (hidden.n, hidden.d_dif, hidden.uniform_class, hidden.mde) == (None, None, None, None)
    assert "+" not in hidden.reason
    assert "2.4" not in hidden.reason
