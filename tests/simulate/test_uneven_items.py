"""Items that a switch makes harder, or flatter, for one group: those that are marked, and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.simulate import Municipality, Planted, SimulationConfig, simulate
from polku.simulate.emission import Emission
from polku.simulate.items import FLATTER, HARDER, UNEVEN_SHARE, draw_items
from polku.simulate.planted import plant

CONFIG = SimulationConfig(seed=9, learners=400, responses_per_learner=100, grades=(7,))
GIRLS = Planted("gender", "girl", 0.9)


@pytest.fixture(scope="module")
def plain(mathematics: Curriculum) -> Municipality:
    return simulate(CONFIG, mathematics)


def rows(town: Municipality, *, girls: bool, mark: int, marked: bool = True) -> pd.DataFrame:
    """Return answers by group, to items with a mark or to all others, free of ids that depend on everybody."""
    uneven = town.truth.items.set_index("item_id")["uneven"]
    girl = town.background.set_index("learner_id")["gender"] == "girl"
    kept = town.responses[(girl.loc[town.responses["learner_id"]] == girls).to_numpy()]
    kept = kept[((uneven.loc[kept["item_id"]] == mark) == marked).to_numpy()]
    return kept[["learner_id", "item_id", "answered_at", "correct"]].sort_values(
        ["learner_id", "answered_at"], ignore_index=True
    )


def test_a_twentieth_of_the_bank_is_marked_for_each_kind(mathematics: Curriculum) -> None:
    bank = draw_items(mathematics, np.random.default_rng(3))
    for mark in (HARDER, FLATTER):
        assert (bank.uneven == mark).mean() == pytest.approx(UNEVEN_SHARE, abs=0.02)


@pytest.mark.parametrize(("switch", "mark"), [("harder_items_for", HARDER), ("flatter_items_for", FLATTER)])
def test_marked_items_change_for_the_group_and_nothing_else_does(
    plain: Municipality, mathematics: Curriculum, switch: str, mark: int
) -> None:
    switches: dict[str, Any] = {switch: GIRLS}
    town = simulate(replace(CONFIG, **switches), mathematics)
    for girls, marked in ((False, True), (True, False), (False, False)):
        before, after = (rows(each, girls=girls, mark=mark, marked=marked) for each in (plain, town))
        pd.testing.assert_frame_equal(after, before)
    assert not rows(town, girls=True, mark=mark).equals(rows(plain, girls=True, mark=mark))
    pd.testing.assert_frame_equal(town.truth.mastery, plain.truth.mastery)


def test_harder_items_are_answered_right_less_often(plain: Municipality, mathematics: Curriculum) -> None:
    town = simulate(replace(CONFIG, harder_items_for=Planted("gender", "girl", 1.5)), mathematics)
    right = [float(rows(each, girls=True, mark=HARDER)["correct"].mean()) for each in (plain, town)]
    assert 0.7 < logit(right[0]) - logit(right[1]) < 1.6


def test_a_size_of_zero_changes_nothing(plain: Municipality, mathematics: Curriculum) -> None:
    none = Planted("gender", "girl", 0.0)
    town = simulate(replace(CONFIG, harder_items_for=none, flatter_items_for=none), mathematics)
    pd.testing.assert_frame_equal(town.responses, plain.responses)


def test_a_slope_turns_the_curve_about_a_half() -> None:
    knowledge = np.array([0.1, 0.5, 0.9])
    nothing = np.zeros(3)
    whole, half = (Emission(nothing, nothing, np.ones(3), nothing, slope).success(knowledge) for slope in (1.0, 0.5))
    assert whole == pytest.approx(knowledge)
    assert logit(half) == pytest.approx(logit(knowledge) / 2)
    flat = Emission(np.full(3, 0.2), nothing, np.ones(3), nothing, 0.0).success(knowledge)
    assert flat == pytest.approx(np.full(3, 0.6))


def test_effects_meet_the_group(plain: Municipality) -> None:
    effects = plant(replace(CONFIG, harder_items_for=GIRLS, flatter_items_for=GIRLS), plain.background)
    girl = (plain.background["gender"] == "girl").to_numpy()
    assert (effects.harder == 0.9 * girl).all()
    assert (effects.flatter == 0.9 * girl).all()
    assert not effects.burden.any()


def test_no_more_than_the_whole_slope_can_be_lost() -> None:
    with pytest.raises(DefinitionError, match="size of flatter_items_for"):
        SimulationConfig(flatter_items_for=Planted("gender", "girl", 1.1))
