"""What a run keeps to explain its model: complete, consistent with the model, nobody singled out."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.training import FittedModel
from polku.training.contributions import SPEAKS_OF, explain
from polku.training.explained import Explained, effects_table, explained, histories, importance_table
from polku.training.item_table import NOTES, item_table
from polku.training.learning_curves import learning_curves


@pytest.fixture(scope="module")
def told(mastery: FittedModel, responses: Responses, curriculum: Curriculum) -> Explained:
    return explained(mastery, responses, curriculum, mastery.predict_responses(responses, curriculum))


def table(told: Explained, name: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(told.tables[name]))


def test_there_is_one_figure_a_family_and_each_table(told: Explained, mastery: FittedModel) -> None:
    families = [f"effects-{name}" for name in SPEAKS_OF if name in set(table(told, "effects.csv")["family"])]
    assert list(told.figures) == ["calibration", "importance", *families, "learning-curves"]
    assert set(told.tables) == {"importance.csv", "effects.csv", "learning_curves.csv", "items.csv"}
    assert set(table(told, "effects.csv")["family"]) <= set(mastery.feature_set.families)


def test_panels_are_the_columns_of_the_family(told: Explained, mastery: FittedModel) -> None:
    shown = [axis.get_title().splitlines()[0] for axis in told.figures["effects-skill"].axes]
    families = zip(mastery.feature_set.columns, mastery.feature_set.families, strict=True)
    assert shown == [column for column, family in families if family == "skill"]


def test_a_monotone_model_shows_monotone_effects(
    mastery: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    found = effects_table(mastery, mastery.features_of(responses, curriculum))
    moved = 0
    for (_, direction), lines in found.groupby(["column", "direction"]):
        steps = np.diff(lines["effect"])
        assert direction == 0 or np.all(direction * steps >= -1e-12)
        moved += bool(steps.any())
    assert moved >= 5
    assert set(found["direction"]) == {-1, 1}


def test_a_linear_model_shows_straight_effects(
    baseline: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    found = effects_table(baseline, baseline.features_of(responses, curriculum))
    weights = np.asarray(baseline.estimator.weight) / np.asarray(baseline.estimator.scale)  # type: ignore[attr-defined]
    slopes = dict(zip(baseline.feature_set.columns, weights, strict=True))
    for name, lines in found.groupby("column"):
        np.testing.assert_allclose(np.diff(lines["effect"]), slopes[str(name)] * np.diff(lines["at"]), atol=1e-9)
    assert set(found["direction"]) == {0}


def test_importance_adds_up_and_comes_with_meanings(
    mastery: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    features = mastery.features_of(responses, curriculum)
    found = importance_table(mastery, features)
    assert set(found["column"]) == set(mastery.feature_set.columns)
    assert found["gain_share"].sum() == pytest.approx(1.0)
    assert found["mean_contribution"].is_monotonic_decreasing
    assert found["meaning"].str.endswith(".").all()
    every = explain(mastery, features)
    places = [mastery.feature_set.columns.index(column) for column in found["column"]]
    np.testing.assert_allclose(found["mean_contribution"], np.abs(every.values).mean(axis=0)[places], atol=0.05)


def test_a_model_without_splits_has_no_gain(
    baseline: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    found = importance_table(baseline, baseline.features_of(responses, curriculum))
    assert found["gain_share"].isna().all()
    assert found["mean_contribution"].is_monotonic_decreasing


def test_tables_are_those_of_the_library(
    told: Explained, mastery: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    curves = learning_curves(responses, mastery.predict_responses(responses, curriculum))
    kept = table(told, "learning_curves.csv")
    assert kept["learners"].tolist() == curves["learners"].tolist()
    np.testing.assert_allclose(kept["observed"], curves["observed"], atol=1e-5)
    assert table(told, "items.csv")["item_id"].tolist() == item_table(responses, curriculum)["item_id"].tolist()


def test_nothing_is_kept_about_single_learners(told: Explained, responses: Responses) -> None:
    text = "".join(told.tables.values())
    assert not [name for name in (*responses.learners, *responses.response_id[:50]) if name in text]
    assert table(told, "learning_curves.csv")["learners"].min() >= 10
    items = table(told, "items.csv")
    assert items.loc[items["learners"] < 10, ["share_right", "difficulty", "discrimination"]].isna().all(axis=None)


def test_effects_are_taken_from_whole_histories_the_same_every_time(responses: Responses) -> None:
    found = histories(responses, seed=1, rows=100)
    assert len(found) == 90  # three learners of thirty answers
    assert found.hash == histories(responses, seed=1, rows=100).hash != histories(responses, seed=2, rows=100).hash
    assert found.hash == responses.of_learners(found.learners.tolist()).hash
    assert histories(responses, seed=1).hash == responses.hash
    assert len(histories(responses, seed=1, rows=1)) == 30


def test_answers_that_are_all_alike_can_be_explained(
    mastery: FittedModel, classroom: Callable[..., Responses], curriculum: Curriculum
) -> None:
    alike = classroom(learners=3, answers=4, correct=np.ones(12))
    told = explained(mastery, alike, curriculum, np.full(12, 0.9))
    assert "learning-curves" not in told.figures
    assert table(told, "learning_curves.csv").empty
    assert set(table(told, "items.csv")["note"]) == {"too few answers to say"}


def test_the_page_says_what_the_product_says(told: Explained) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "models.md").read_text(encoding="utf-8")
    assert not [name for name, words in SPEAKS_OF.items() if f"| `{name}` | {words} |" not in page]
    assert not [note for note in NOTES if note and f"| {note} |" not in page]
    assert not [name for name in table(told, "items.csv").columns if f"`{name}`" not in page]
    assert not [name for name in table(told, "learning_curves.csv").columns[1:] if f"`{name}`" not in page]
    assert not [name for name in told.tables if f"`{name}`" not in page]
    kinds = {"effects-FAMILY" if name.startswith("effects-") else name for name in told.figures}
    assert not [name for name in kinds if f"`{name}.png`" not in page]
