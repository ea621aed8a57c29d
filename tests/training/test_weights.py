"""Rows that count more than others: in the estimator, never in its calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.home import Home
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import TrainingTable, fit_table, load_spec, training_table
from polku.training.fitting import estimate


@pytest.fixture(scope="module")
def table(small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum) -> TrainingTable:
    return training_table(small_mastery, home, responses, curriculum, 0)


def test_equal_weights_are_no_weights(small_mastery: ModelSpec, table: TrainingTable) -> None:
    alike = fit_table(small_mastery, table, 0, weights=np.ones(len(table.correct)))
    plain = fit_table(small_mastery, table, 0)
    assert np.allclose(alike.predict(table.features), plain.predict(table.features), atol=1e-12)


def test_rows_that_weigh_more_draw_the_estimator(small_mastery: ModelSpec, table: TrainingTable) -> None:
    everything = np.ones(len(table.correct), dtype=np.bool_)
    heavy = np.where(table.correct > 0.5, 4.0, 1.0)
    score = estimate(small_mastery, table, 0, everything, weights=heavy).score(table.features)
    plain = estimate(small_mastery, table, 0, everything).score(table.features)
    assert score.mean() > plain.mean() + 0.5


def test_calibration_counts_every_row_once(small_mastery: ModelSpec, table: TrainingTable) -> None:
    heavy = np.where(table.correct > 0.5, 4.0, 1.0)
    model = fit_table(small_mastery, table, 0, weights=heavy)
    held = table.fold == 0
    bare = estimate(small_mastery, table, 0, ~held, weights=heavy).score(table.features[held])
    share = table.correct[held].mean()
    assert abs(model.calibration(bare).mean() - share) < 0.03, "the weighted score alone is far above it"
    assert (1 / (1 + np.exp(-bare))).mean() > share + 0.1


def test_patience_weighs_the_rows_it_holds_out(home: Home, table: TrainingTable) -> None:
    spec = load_spec(home, "response")
    assert spec.lightgbm is not None
    quick = {"trees": 60, "patience": 5, "min_leaf": 5}
    spec = spec.model_copy(update={"lightgbm": spec.lightgbm.model_copy(update=quick)})
    one_sided = replace(table, future=None)
    rows, heavy = np.ones(len(table.correct), np.bool_), np.where(table.correct > 0.5, 6.0, 1.0)
    plain, weighted = (estimate(spec, one_sided, 0, rows, weights=one) for one in (None, heavy))
    assert weighted.score(table.features).mean() > plain.score(table.features).mean()


def test_a_regression_weighs_no_rows(home: Home, table: TrainingTable) -> None:
    with pytest.raises(DefinitionError, match="boosted trees only"):
        fit_table(load_spec(home, "baseline"), table, 0, weights=np.ones(len(table.correct)))
