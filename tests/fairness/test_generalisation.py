"""Places that a model has never seen: what is lost there, how surely, and what is not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from polku.errors import InputError
from polku.fairness import Supplement
from polku.fairness.evidence import EVERYONE
from polku.fairness.generalisation import generalisation_supplement, judge
from polku.schemas.slices import Inference, Slices

SLICES = Slices(attributes={}, inference=Inference(resamples=399))
SIZES = {"north": 160, "south": 160, "west": 40, "tiny": 6}


def tables(
    seed: int = 1, *, worse_in: str = "", noise: float = 1.5, rows: int = 12
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ordinary predictions and those of models that have not seen the place, worse in one of them."""
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(sum(SIZES.values())), rows)
    place = np.repeat(np.repeat(list(SIZES), list(SIZES.values())), rows)
    score = rng.normal(0, 1, len(set(learner)))[learner] + rng.normal(0, 1, len(learner))
    frame = pd.DataFrame(
        {
            "place": place,
            "learner_id": [f"l{number:03d}" for number in learner],
            "response_id": np.arange(len(learner)),
            "y_true": (rng.random(len(learner)) < expit(score)).astype(int),
        }
    )
    jitter = np.where(place == worse_in, rng.normal(0, noise, len(learner)), 0.0)
    usual = frame[["response_id"]].assign(y_prob=expit(score))
    return usual, frame.assign(y_prob=expit(score + jitter + rng.normal(0, 0.05, len(learner))))


def lines_of(found: Supplement) -> Any:
    return pd.DataFrame(found.rows, columns=list(found.columns)).set_index("place")


def test_figures_are_those_of_the_reference() -> None:
    usual, elsewhere = tables(worse_in="north")
    lines = lines_of(generalisation_supplement(usual, elsewhere, SLICES))
    here = elsewhere["place"] == "north"
    both = elsewhere[here].merge(usual, on="response_id", suffixes=("", "_usual"))
    expected = [roc_auc_score(both["y_true"], both[name]) for name in ("y_prob_usual", "y_prob")]
    assert lines.loc["north", ["auc", "auc_elsewhere"]].tolist() == pytest.approx(expected, abs=1e-6)
    assert lines.loc["north", "loss"] == pytest.approx(expected[0] - expected[1], abs=2e-6)
    assert lines.loc["north", "calibration_elsewhere"] == pytest.approx(
        (both["y_true"] - both["y_prob"]).mean(), abs=1e-6
    )
    assert lines.loc["north", ["n", "responses"]].tolist() == [160, 160 * 12]
    assert lines.loc["north", "log_loss_elsewhere"] > lines.loc["north", "log_loss"]


def test_a_place_where_the_order_is_lost_is_a_concern_and_the_others_pass() -> None:
    lines = lines_of(generalisation_supplement(*tables(worse_in="north"), SLICES))
    assert lines.loc["north", "verdict"] == "concern"
    assert lines.loc["north", "low"] > 0
    assert lines.loc["south", "verdict"] == "pass"
    assert "rules out a loss of 0.03" in lines.loc["south", "reason"]


def test_a_place_under_the_limit_has_no_line_nor_has_the_one_that_would_give_it_back() -> None:
    found = generalisation_supplement(*tables(), SLICES)
    assert lines_of(found).index.tolist() == [EVERYONE, "north", "south"]
    assert found.suppressed == 2


def test_a_place_with_too_few_learners_gets_no_verdict() -> None:
    usual, elsewhere = tables()
    lines = lines_of(generalisation_supplement(usual, elsewhere[elsewhere["place"] != "tiny"], SLICES))
    assert lines.loc["west", ["verdict", "reason"]].tolist() == ["not_enough_evidence", "fewer than 100 learners here"]


def test_places_stand_in_the_order_of_names() -> None:
    names = lines_of(generalisation_supplement(*tables(worse_in="south"), SLICES)).index[1:]
    assert list(names) == ["north", "south"]


def test_a_paired_difference_is_surer_than_either_figure() -> None:
    lines = lines_of(generalisation_supplement(*tables(), SLICES))
    assert lines.loc["south", "high"] - lines.loc["south", "low"] < 0.01


def test_the_limit_can_be_another() -> None:
    found = generalisation_supplement(*tables(worse_in="north"), SLICES, limit=0.5)
    assert lines_of(found).loc["north", "verdict"] == "pass"
    assert found.notes[0].startswith("a loss of 0.5")


def test_the_order_of_rows_plays_no_part_and_the_seed_does() -> None:
    usual, elsewhere = tables()
    turned = generalisation_supplement(usual.iloc[::-1], elsewhere.sample(frac=1, random_state=2), SLICES)
    first, last = (lines_of(one) for one in (generalisation_supplement(usual, elsewhere, SLICES), turned))
    pd.testing.assert_frame_equal(first, last)


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        ({"loss": 0.05, "low": -0.01, "high": 0.11, "mde": 0.1}, "not_enough_evidence"),
        ({"loss": 0.02, "low": 0.01, "high": 0.04, "mde": 0.02}, "not_enough_evidence"),
        ({"loss": 0.03, "low": 0.01, "high": 0.05, "mde": 0.03}, "concern"),
        ({"loss": -0.05, "low": -0.08, "high": -0.02, "mde": 0.05}, "pass"),
        ({"loss": float("nan"), "low": 0.0, "high": 0.0, "mde": 0.0}, "not_enough_evidence"),
    ],
)
def test_what_the_evidence_allows(loss: dict[str, float], verdict: str) -> None:
    assert judge(loss, "", 0.03)[0] == verdict


def test_what_is_too_small_is_said() -> None:
    loss = {"loss": 0.2, "low": 0.1, "high": 0.3, "mde": 0.1}
    assert judge(loss, "fewer than 100 learners here", 0.03) == ("not_enough_evidence", "fewer than 100 learners here")


def test_tables_of_other_answers_are_refused() -> None:
    usual, elsewhere = tables()
    with pytest.raises(InputError, match="share no response"):
        generalisation_supplement(usual.assign(response_id=usual["response_id"] + 10**6), elsewhere, SLICES)
    with pytest.raises(InputError, match="predictions elsewhere have no column place"):
        generalisation_supplement(usual, elsewhere.drop(columns="place"), SLICES)
