"""Planted DIF of both kinds is found, clean items are left alone, and small groups stay unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.fairness.items import Answers, ItemAudit, ItemCell, items_summary, screen_items
from polku.schemas.slices import Slice, Slices

MakeTest = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


def screened(tables: tuple[pd.DataFrame, pd.DataFrame], slices: Slices, **options: Any) -> ItemAudit:
    return screen_items(Answers.from_matrix(tables[0]), tables[1], slices, **options)


@pytest.fixture(scope="module")
def uniform(make_test: MakeTest, slices: Slices) -> ItemAudit:
    return screened(make_test(31, n=1200, planted=2, shift=1.2), slices)


def cells(audit: ItemAudit, item: str) -> list[ItemCell]:
    return [cell for cell in audit.cells if cell.item_id == item]


def test_uniform_dif_is_found_and_named(uniform: ItemAudit) -> None:
    assert list(uniform.flagged) == ["i00", "i01"]
    assert uniform.verdict == "concern"
    (cell,) = cells(uniform, "i00")
    assert (cell.kind, cell.uniform_class, cell.ets) == ("uniform", "C", "C")
    assert cell.d_dif == pytest.approx(-2.35 * 1.2, abs=0.7)
    assert "harder for the group at equal standing" in cell.reason
    assert cell.jodoin_gierl in {"B", "C"}


def test_non_uniform_dif_is_found_where_mantel_haenszel_sees_nothing(make_test: MakeTest, slices: Slices) -> None:
    audit = screened(make_test(32, n=2000, planted=2, slope=0.05), slices)
    assert list(audit.flagged) == ["i00", "i01"]
    (cell,) = cells(audit, "i01")
    assert (cell.kind, cell.uniform_class, cell.non_uniform_class) == ("non_uniform", "A", "C")
    assert cell.tilt is not None
    assert cell.tilt < -1


@pytest.mark.parametrize("impact", [0.0, 1.0])
def test_clean_items_are_left_alone_however_unequal_the_groups(
    make_test: MakeTest, slices: Slices, impact: float
) -> None:
    audits = [screened(make_test(seed, impact=impact), slices) for seed in range(40, 43)]
    assert not [audit.flagged for audit in audits if audit.flagged]


def test_many_learners_pass_an_item_and_few_leave_it_open(make_test: MakeTest, slices: Slices) -> None:
    many, few = (screened(make_test(33, n=n, items=8), slices) for n in (4000, 400))
    assert sum(cell.verdict == "pass" for cell in many.cells) >= 7
    assert few.verdict == "not_enough_evidence"
    opened = next(cell for cell in few.cells if cell.verdict == "not_enough_evidence")
    assert "would likely go unnoticed" in opened.reason
    assert opened.mde is not None
    assert opened.mde > 1.5


def test_of_two_groups_one_is_compared_and_of_three_each(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(34, n=900, items=5)
    assert {cell.group for cell in screened((test, background), slices).cells} == {"girl"}
    background.loc[background.index % 3 == 2, "gender"] = ""
    found = screened((test, background), slices)
    assert {cell.group for cell in found.cells} == {"girl", "boy", "missing"}


def test_an_attribute_of_one_group_compares_nobody(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(35, n=300, items=5)
    found = screened((test, background.assign(gender="girl")), slices)
    assert found.cells == ()
    assert found.verdict == "not_enough_evidence"


def test_small_groups_and_their_complements_show_no_figures(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(36, n=600, items=5)
    background.loc[:3, "gender"] = ""
    found = screened((test, background), slices)
    sizes = {cell.group: cell.n for cell in found.cells}
    assert sizes["missing"] is None
    assert sum(n is None for n in sizes.values()) == 2, "one more is taken off, or the rest would give it back"
    assert found.suppressed == {"cells": 10, "k": 10}
    hidden = next(cell for cell in found.cells if cell.group == "missing")
    assert all(getattr(hidden, name) is None for name in ("rest", "share", "d_dif", "mde", "interval"))
    assert "fewer than 10" in hidden.reason


def test_a_concern_about_an_item_survives_without_its_figures(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(37, n=1200, planted=1, shift=1.5)
    background.loc[:3, "gender"] = ""
    found = screened((test, background), slices)
    hidden = [cell for cell in cells(found, "i00") if cell.n is None and cell.group != "missing"]
    assert [cell.verdict for cell in hidden] == ["concern"]
    assert "i00" in found.flagged


def test_everything_looked_at_is_one_family(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(38, n=800)
    rng = np.random.default_rng(1)
    more = background.assign(hand=rng.choice(["left", "right"], len(background)))
    attributes = slices.attributes | {"hand": Slice(question="Do left and right hands meet the same items?")}
    one = screened((test, background), slices).to_frame().set_index("item_id")
    two = screened((test, more), slices.model_copy(update={"attributes": attributes})).to_frame()
    same = two[two["attribute"] == "gender"].set_index("item_id")
    assert same["p"].tolist() == one["p"].tolist()
    assert (one["p_adjusted"] >= one["p"]).all()
    assert (same["mde"] > one["mde"]).all(), "who looks more often, notices less"


def test_the_json_is_the_same_for_any_order_of_rows(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(39, n=400, items=6)
    shuffled = test.sample(frac=1, random_state=1), background.sample(frac=1, random_state=2)
    text = screened((test, background), slices).to_json()
    assert screened(shuffled, slices).to_json() == text
    assert json.loads(text)["method"]["standing"] == "score"
    assert json.loads(text)["method"]["learners"] == 400


def test_notes_say_what_was_left_out(make_test: MakeTest, slices: Slices) -> None:
    test, background = make_test(46, n=300, items=5)
    long = test.melt(id_vars="learner_id", var_name="item_id", value_name="correct")
    answers = Answers.from_frame(pd.concat([long, long.head(7)]))
    found = screen_items(answers, background, slices)
    assert found.notes[0].startswith("7 answers left out")
    assert "0 schools are known, 20 are needed" in found.notes[1]


def test_a_widely_bent_test_says_that_it_did_not_settle(make_test: MakeTest, slices: Slices) -> None:
    found = screened(make_test(23, n=1600, planted=20, shift=np.linspace(-2, 2, 20)), slices)
    assert "gender girl: purification did not settle; read its cells with care" in found.notes


def test_the_summary_speaks_of_items_and_counts_what_is_open(uniform: ItemAudit) -> None:
    text = items_summary(uniform)
    assert text.startswith("Items: concern\ngender girl: 2 items of concern")
    assert "i00, gender girl: class C: harder for the group at equal standing" in text
    for word in ("weak", "behind", "worse", "fair", "unbiased"):
        assert word not in text.lower()


def test_the_summary_lists_what_is_to_be_watched(make_test: MakeTest, slices: Slices) -> None:
    text = items_summary(screened(make_test(47, n=4000, planted=2, shift=0.5), slices))
    assert "to be watched:\ni00, gender girl: D-DIF -1." in text
