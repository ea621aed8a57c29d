"""The table of items beside an audit: what stands out, how many were judged, nothing of few learners."""

from __future__ import annotations

import pandas as pd
import pytest

from polku.fairness.items import Answers, ItemAudit, items_supplement, screen_items
from polku.fairness.items.supplement import COLUMNS
from polku.schemas.item_limits import ItemLimits
from polku.schemas.slices import Disclosure, Slices

from .conftest import MakeTest


@pytest.fixture(scope="module")
def screened(make_test: MakeTest, slices: Slices) -> ItemAudit:
    """Return the audit of a test with two items that are far harder for girls."""
    test, background = make_test(3, planted=2, shift=1.2)
    return screen_items(Answers.from_matrix(test), background, slices)


def lines(audit: ItemAudit) -> pd.DataFrame:
    table = items_supplement(audit)
    return pd.DataFrame(list(table.rows), columns=list(table.columns))


def test_each_group_has_its_counts_and_then_its_items(screened: ItemAudit) -> None:
    found = lines(screened)
    assert tuple(found.columns) == COLUMNS
    count, items = found.iloc[0], found.iloc[1:]
    verdicts = [cell.verdict for cell in screened.cells]
    assert [count["concern"], count["passed"], count["unjudged"]] == [
        verdicts.count(one) for one in ("concern", "pass", "not_enough_evidence")
    ]
    assert set(items.loc[items["class"] == "C", "item_id"]) == set(screened.flagged) == {"i00", "i01"}
    assert (items.loc[items["class"] == "C", "direction"] == "harder").all()
    assert items["class"].tolist() == sorted(items["class"], reverse=True), "those of concern first"
    assert (items["n"] == 500).all()


def test_a_crossing_item_is_said_to_cross(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(4, n=2000, planted=2, slope=0.1)
    found = lines(screen_items(Answers.from_matrix(test), background, slices))
    crossing = found[(found["kind"] == "non_uniform") & (found["class"] == "C")]
    assert set(crossing["item_id"]) == {"i00", "i01"}
    assert (crossing["direction"] == "crossing").all()
    assert (crossing["curves"] >= 0.10).all()


def test_items_of_few_learners_are_left_out_and_counted(
    screened: ItemAudit, make_test: MakeTest, slices: Slices
) -> None:
    test, background = make_test(3, planted=2, shift=1.2)
    strict = slices.model_copy(update={"disclosure": Disclosure(outside=501)})
    hidden = items_supplement(screen_items(Answers.from_matrix(test), background, strict))
    assert hidden.suppressed == len(screened.flagged)
    assert [row[2] for row in hidden.rows] == ["count"]
    assert all(value is None for row in hidden.rows for value in row[3:10])


def test_limits_of_the_gates_decide_and_are_said(make_test: MakeTest, slices: Slices, screened: ItemAudit) -> None:
    test, background = make_test(3, planted=2, shift=1.2)
    answers = Answers.from_matrix(test)
    wide = screen_items(answers, background, slices, limits=ItemLimits(watched=4.0, large=5.0, large_curves=0.9))
    assert wide.flagged == {}
    assert wide.method["limits"]["large"] == 5.0
    assert sum(cell.verdict == "pass" for cell in wide.cells) > sum(cell.verdict == "pass" for cell in screened.cells)
    published = [(cell.d_dif, cell.ets) for cell in wide.cells]
    assert published == [(cell.d_dif, cell.ets) for cell in screened.cells], "the published class stays beside"
    narrow = screen_items(answers, background, slices, limits=ItemLimits(watched=0.5, large=0.6, beyond=0.0))
    assert set(narrow.flagged) >= set(screened.flagged)


def test_items_counted_at_once_are_those_counted_one_by_one(screened: ItemAudit, make_test: MakeTest) -> None:
    test, background = make_test(3, planted=2, shift=1.2)
    girl = (background["gender"] == "girl").to_numpy()
    for cell in screened.cells:
        right = test[cell.item_id].to_numpy()
        assert (cell.n, cell.rest) == (girl.sum(), (~girl).sum())
        assert cell.share == pytest.approx(right[girl].mean(), abs=1e-6)
        assert cell.rest_share == pytest.approx(right[~girl].mean(), abs=1e-6)
