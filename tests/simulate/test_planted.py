"""Fair means fair, planted means planted, and what is planted meets nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import logit

from polku.curriculum import Curriculum
from polku.simulate import Municipality, Planted, SimulationConfig, simulate
from polku.simulate.config import GROUPS, LawName
from polku.simulate.planted import plant
from polku.simulate.school.places import draw_places

ROW = ["learner_id", "item_id", "answered_at", "correct"]
LAWS: list[LawName] = ["strength", "states"]


def rows_of(town: Municipality, learners: pd.Series) -> pd.DataFrame:
    """Return what given learners did, free of the ids that depend on everybody."""
    mine = town.responses[town.responses["learner_id"].isin(learners)]
    return mine[ROW].sort_values(["learner_id", "answered_at"], ignore_index=True)


def members(town: Municipality, attribute: str, group: str) -> tuple[pd.Series, pd.Series]:
    """Return the learners of a group, and all others."""
    inside = town.background[attribute] == group
    return town.background.loc[inside, "learner_id"], town.background.loc[~inside, "learner_id"]


def planted_beside(
    config: SimulationConfig, curriculum: Curriculum, **switch: Any
) -> tuple[Municipality, Municipality]:
    """Return the same municipality without and with a switch."""
    return simulate(config, curriculum), simulate(replace(config, **switch), curriculum)


@pytest.fixture(scope="module")
def large(mathematics: Curriculum) -> Municipality:
    return simulate(SimulationConfig(seed=5, learners=3000, responses_per_learner=20), mathematics)


@pytest.fixture(scope="module")
def large_with_gaps(large: Municipality, mathematics: Curriculum) -> Municipality:
    return simulate(replace(large.config, base_rate_gaps=True), mathematics)


def by_chance(town: Municipality, attribute: str) -> list[float]:
    """Return the p-values of no difference between groups, within grades: in answers, knowledge and practice."""
    mean = town.responses.groupby("learner_id")["correct"].mean()
    known = town.truth.mastery.groupby("learner_id")["p_reference"].mean()
    counts = town.responses.groupby("learner_id").size()
    frame = town.background.merge(town.roster[["learner_id", "grade"]], on="learner_id").set_index("learner_id")
    found = []
    for outcome in (mean, known, counts):
        within = (outcome - outcome.groupby(frame["grade"].reindex(outcome.index)).transform("mean")).dropna()
        of = frame[attribute].reindex(within.index).fillna("missing")
        found.append(float(stats.kruskal(*(within[of == group] for group in of.unique())).pvalue))
    return found


@pytest.mark.parametrize("attribute", GROUPS)
def test_with_nothing_planted_groups_differ_only_by_chance(large: Municipality, attribute: str) -> None:
    assert min(by_chance(large, attribute)) > 1e-4


@pytest.mark.parametrize("attribute", ["area_index", "s2", "support"])
def test_the_same_look_finds_base_rate_gaps(large_with_gaps: Municipality, attribute: str) -> None:
    answers, knowledge, practice = by_chance(large_with_gaps, attribute)
    assert min(answers, knowledge) < 1e-4
    assert practice > 1e-4


def test_traits_are_drawn_without_a_look_at_the_background(large: Municipality) -> None:
    hidden = large.truth.learners.merge(large.background, on="learner_id")
    for trait in ("rate", "forgetting", "attention", "level"):
        for attribute, groups in GROUPS.items():
            parts = [hidden.loc[hidden[attribute] == group, trait] for group in groups]
            assert stats.kruskal(*parts).pvalue > 1e-4


def test_no_switch_no_effect(town: Municipality) -> None:
    effects = plant(SimulationConfig(), town.background)
    assert not effects.burden.any()
    assert not effects.noise.any()
    assert not effects.lost.any()
    assert (effects.level == 1.0).all()


def test_a_planted_size_of_zero_changes_nothing(town: Municipality, mathematics: Curriculum) -> None:
    none: dict[str, Any] = {
        "harder_items_for_language": Planted("home_language", "other", 0.0),
        "fewer_opportunities_for": Planted("gender", "girl", 0.0),
        "noisier_answers_for": Planted("support", "none", 0.0),
    }
    pd.testing.assert_frame_equal(simulate(replace(town.config, **none), mathematics).responses, town.responses)


@pytest.mark.parametrize(
    ("switch", "planted"),
    [
        ("harder_items_for_language", Planted("home_language", "other", 1.0)),
        ("fewer_opportunities_for", Planted("gender", "girl", 0.4)),
        ("noisier_answers_for", Planted("area_index", "low", 0.5)),
    ],
)
def test_what_is_planted_meets_its_group_and_nobody_else(
    town: Municipality, mathematics: Curriculum, switch: str, planted: Planted
) -> None:
    switches: dict[str, Any] = {switch: planted}
    unfair = simulate(replace(town.config, **switches), mathematics)
    pd.testing.assert_frame_equal(unfair.background, town.background)
    inside, outside = members(town, planted.attribute, planted.group)
    pd.testing.assert_frame_equal(rows_of(unfair, outside), rows_of(town, outside))
    assert not rows_of(unfair, inside).equals(rows_of(town, inside))


@pytest.mark.parametrize("law", LAWS)
def test_harder_items_are_word_problems_and_learning_stays_the_same(mathematics: Curriculum, law: LawName) -> None:
    config = SimulationConfig(seed=5, learners=400, responses_per_learner=100, law=law)
    fair, unfair = planted_beside(config, mathematics, harder_items_for_language=Planted("home_language", "other", 1.2))
    inside, _ = members(fair, "home_language", "other")
    words = set(fair.truth.items.loc[fair.truth.items["word_problem"], "item_id"])
    before, after = rows_of(fair, inside), rows_of(unfair, inside)
    is_words = before["item_id"].isin(words)
    pd.testing.assert_frame_equal(before[~is_words], after[~is_words])
    drop = before.loc[is_words, "correct"].mean() - after.loc[is_words, "correct"].mean()
    assert 0.05 < drop < 0.35
    pd.testing.assert_frame_equal(fair.truth.mastery, unfair.truth.mastery)


def test_harder_items_show_as_the_planted_logits(mathematics: Curriculum) -> None:
    config = SimulationConfig(seed=5, learners=1000, responses_per_learner=60)
    fair, unfair = planted_beside(config, mathematics, harder_items_for_language=Planted("home_language", "fi", 0.8))
    inside, _ = members(fair, "home_language", "fi")
    words = fair.truth.items[fair.truth.items["word_problem"] & (fair.truth.items["guess"] < 0.06)]["item_id"]
    rows = [rows_of(each, inside) for each in (fair, unfair)]
    right = [float(each.loc[each["item_id"].isin(words), "correct"].mean()) for each in rows]
    shift = float(logit(right[0]) - logit(right[1]))
    assert 0.4 < shift < 0.8, "averaging over learners softens a shift, never widens it"


def test_fewer_opportunities_lose_sessions_and_with_them_knowledge(mathematics: Curriculum) -> None:
    config = SimulationConfig(seed=6, learners=400, responses_per_learner=100)
    fair, unfair = planted_beside(config, mathematics, fewer_opportunities_for=Planted("gender", "boy", 0.5))
    inside, _ = members(fair, "gender", "boy")
    before, after = rows_of(fair, inside), rows_of(unfair, inside)
    assert len(after) / len(before) == pytest.approx(0.5, abs=0.03)
    assert set(after["answered_at"]) <= set(before["answered_at"])
    knowledge = [
        each.truth.mastery[each.truth.mastery["learner_id"].isin(inside)]["knowledge"].mean() for each in (fair, unfair)
    ]
    assert knowledge[0] > knowledge[1] + 0.005


@pytest.mark.parametrize("law", LAWS)
def test_noisier_answers_guess_and_learn_as_before(mathematics: Curriculum, law: LawName) -> None:
    config = SimulationConfig(seed=7, learners=300, responses_per_learner=60, law=law)
    fair, unfair = planted_beside(config, mathematics, noisier_answers_for=Planted("birth_quarter", "Q4", 1.0))
    inside, _ = members(fair, "birth_quarter", "Q4")
    guess = unfair.truth.items.set_index("item_id")["guess"]
    after = rows_of(unfair, inside)
    assert after["correct"].mean() == pytest.approx(guess.loc[after["item_id"]].mean(), abs=0.03)
    pd.testing.assert_frame_equal(fair.truth.mastery, unfair.truth.mastery)


def test_base_rate_gaps_are_true_differences_in_preparation(mathematics: Curriculum) -> None:
    fair, gaps = planted_beside(
        SimulationConfig(seed=8, learners=1000, responses_per_learner=20), mathematics, base_rate_gaps=True
    )
    level = gaps.truth.learners["level"] / fair.truth.learners["level"]
    shift = level.groupby([gaps.background["area_index"], gaps.background["support"]]).mean()
    assert shift["low", "none"] < shift["middle", "none"] < shift["high", "none"]
    assert shift["middle", "adapted_syllabus"] < shift["middle", "pupil_specific"] < shift["middle", "none"]
    known = gaps.truth.mastery.groupby("learner_id")["p_reference"].mean().to_numpy()
    was = fair.truth.mastery.groupby("learner_id")["p_reference"].mean().to_numpy()
    supported = (gaps.background["support"] == "adapted_syllabus").to_numpy()
    assert known[supported].mean() < was[supported].mean()
    assert gaps.responses["item_id"].tolist() == fair.responses["item_id"].tolist()


def test_effects_follow_the_rows_of_the_background(mathematics: Curriculum) -> None:
    places = draw_places(SimulationConfig(learners=50), mathematics, np.random.default_rng(1))
    background = pd.DataFrame({"learner_id": places.learner_ids, "gender": ["girl", None] * 25})
    effects = plant(SimulationConfig(noisier_answers_for=Planted("gender", "girl", 0.3)), background)
    assert effects.noise.tolist() == [0.3, 0.0] * 25
