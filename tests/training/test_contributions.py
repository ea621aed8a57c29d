"""Contributions: they add up to the logit exactly, whatever the calibration, and speak of few families."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles import Profile
from polku.records import Responses
from polku.schemas.features import FeatureDefinition
from polku.schemas.model import TreeParameters
from polku.training import FittedModel
from polku.training.calibration import Calibration
from polku.training.contributions import SPEAKS_OF, explain, mastery_contributions, response_contributions
from polku.training.trees import fit_trees

Float = NDArray[np.float64]
CALIBRATIONS = [
    Calibration(),
    Calibration("platt", 0.8, 0.8, -0.3),
    Calibration("beta", 0.7, 1.3, 0.2),
    Calibration("beta", 0.0, 1.0, 0.2),
]


@pytest.fixture(params=["mastery", "baseline"])
def model(request: pytest.FixtureRequest) -> FittedModel:
    found: FittedModel = request.getfixturevalue(request.param)
    return found


def random_rows(model: FittedModel, rows: int = 300, seed: int = 0) -> Float:
    """Return rows that no learner ever had, a fifth of the values missing, one row all of them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0.0, 2.0, (rows, len(model.feature_set.columns)))
    values[rng.random(values.shape) < 0.2] = np.nan
    values[0] = np.nan
    return values


@pytest.mark.parametrize("calibration", CALIBRATIONS, ids=lambda one: f"{one.kind} {one.a} {one.b}")
def test_contributions_add_up_to_the_logit_on_rows_with_gaps(model: FittedModel, calibration: Calibration) -> None:
    calibrated, rows = replace(model, calibration=calibration), random_rows(model)
    table = explain(calibrated, rows)
    logit = calibration.logit(model.estimator.score(rows))
    assert np.abs(table.base + table.values.sum(axis=1) + table.calibration - logit).max() < 1e-9
    assert np.abs(table.base + sum(table.by_family().values()) + table.calibration - logit).max() < 1e-9
    assert np.array_equal(table.logit, logit)
    assert np.array_equal(table.probability, calibrated.predict(rows))


def test_a_straight_calibration_is_part_of_every_term_and_a_bent_one_stands_alone(mastery: FittedModel) -> None:
    rows = random_rows(mastery, 20)
    plain = explain(replace(mastery, calibration=Calibration()), rows)
    straight = explain(replace(mastery, calibration=Calibration("platt", 0.5, 0.5, 1.0)), rows)
    bent = explain(replace(mastery, calibration=Calibration("beta", 0.5, 0.9, 1.0)), rows)
    np.testing.assert_allclose(straight.values, 0.5 * plain.values)
    assert straight.base == pytest.approx(0.5 * plain.base + 1.0)
    assert not straight.calibration.any()
    assert np.array_equal(bent.values, plain.values)
    assert bent.base == plain.base
    assert np.abs(bent.calibration).min() > 0.0


def test_the_line_of_a_calibration_is_its_logit() -> None:
    score = np.linspace(-6.0, 6.0, 25)
    for calibration in CALIBRATIONS:
        line = calibration.line
        assert (line is None) == (calibration.a != calibration.b)
        if line is not None:
            np.testing.assert_allclose(line[0] * score + line[1], calibration.logit(score), atol=1e-12)


def test_a_linear_score_is_taken_apart_as_the_model_puts_it_together(baseline: FittedModel) -> None:
    """Column by column against the definition; a missing value adds what the training median would."""
    rows = random_rows(baseline, 40)
    numbers = {name: np.asarray(getattr(baseline.estimator, name)) for name in ("fill", "mean", "scale", "weight")}
    filled = np.where(np.isnan(rows), numbers["fill"], rows)
    expected = (filled - numbers["mean"]) / numbers["scale"] * numbers["weight"]
    np.testing.assert_allclose(explain(baseline, rows).values, expected, atol=1e-12)


def test_a_column_that_no_tree_asks_about_adds_nothing() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(500, 3))
    rows[:, 1] = 7.0
    correct = (rng.random(500) < 1.0 / (1.0 + np.exp(-rows[:, 0]))).astype(np.float64)
    parameters = TreeParameters(trees=20, leaves=4, min_leaf=20)
    trees = fit_trees(rows, correct, parameters, columns=["used", "constant", "noise"], directions=None, seed=0)
    gain, added = trees.gain(), trees.contributions(rows)
    assert gain[1] == 0.0
    assert gain[0] == gain.max() > 0.0
    assert not added[:, 1].any()
    np.testing.assert_allclose(added.sum(axis=1), trees.score(rows), atol=1e-12)
    np.testing.assert_allclose(added[:, -1], trees.score(rows).mean(), atol=0.05)  # where every row starts


def test_families_are_those_of_the_features(model: FittedModel) -> None:
    table = explain(model, random_rows(model, 5))
    assert set(table.by_family()) == set(model.feature_set.families)
    assert [name for name in SPEAKS_OF if name in table.by_family()] == list(table.by_family())
    skill = [place for place, name in enumerate(model.feature_set.families) if name == "skill"]
    np.testing.assert_allclose(table.by_family()["skill"], table.values[:, skill].sum(axis=1))


def test_every_family_that_a_feature_may_have_is_spoken_of() -> None:
    annotation = str(FeatureDefinition.model_fields["family"].annotation)
    assert [name for name in SPEAKS_OF if f"'{name}'" in annotation] == list(SPEAKS_OF)
    assert annotation.count("'") == 2 * len(SPEAKS_OF)


def test_one_prediction_reads_as_plain_values_that_add_up(mastery: FittedModel) -> None:
    one = explain(mastery, random_rows(mastery, 3))[2]
    told = one.to_dict()
    assert list(told) == ["base", "families", "calibration", "logit", "probability"]
    assert told["base"] + sum(told["families"].values()) + told["calibration"] == pytest.approx(told["logit"], abs=1e-9)
    assert told["probability"] == pytest.approx(1.0 / (1.0 + np.exp(-told["logit"])))
    assert tuple(one.to_dict(columns=True)["columns"]) == mastery.feature_set.columns
    assert sum(one.columns.values()) == pytest.approx(sum(one.families.values()))


def test_a_learners_mastery_is_taken_apart_skill_by_skill(
    mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    profile = Profile.empty(mastery.feature_set, mastery.item_statistics, curriculum)
    profile.fold(unseen.of_learners([unseen.learners[0]]))
    made_of = mastery_contributions(mastery, profile, curriculum.order, None)
    assert tuple(made_of) == curriculum.order
    read = mastery.mastery(profile, curriculum.order, None)
    assert [one.probability for one in made_of.values()] == read.tolist()
    assert not mastery_contributions(mastery, profile, [], None)


def test_next_responses_are_taken_apart_from_what_came_before(
    model: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    table = response_contributions(model, unseen, curriculum)
    assert len(table) == len(unseen)
    assert np.array_equal(table.probability, model.predict_responses(unseen, curriculum))
    flipped = unseen.to_frame().assign(correct=lambda frame: 1.0 - frame["correct"])
    others = response_contributions(model, Responses.from_frame(flipped, clock=False), curriculum)
    first = unseen.learner_start[:-1]
    assert np.array_equal(table.values[first], others.values[first])  # no answer explains itself
    assert not np.array_equal(table.values, others.values)


def test_a_better_answer_on_the_skill_moves_the_family_of_the_skill(
    mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    skill, moved = "s2", []
    for correct in (0.0, 1.0):
        profile = Profile.empty(mastery.feature_set, mastery.item_statistics, curriculum)
        one = unseen.of_learners([unseen.learners[1]])
        profile.fold(Responses.from_frame(one.to_frame().assign(correct=correct), clock=False))
        moved.append(mastery_contributions(mastery, profile, [skill], None)[skill])
    assert moved[1].logit > moved[0].logit
    assert (
        moved[1].families["skill"] + moved[1].families["learner"]
        > moved[0].families["skill"] + moved[0].families["learner"]
    )


def test_no_rows_are_no_contributions(model: FittedModel) -> None:
    table = explain(model, np.empty((0, len(model.feature_set.columns))))
    assert len(table) == 0
    assert table.values.shape == (0, len(model.feature_set.columns))


def test_what_does_not_fit_the_model_is_refused(model: FittedModel) -> None:
    with pytest.raises(InputError, match=r"needs \d+ columns"):
        explain(model, np.zeros((2, 1)))


@dataclass(frozen=True)
class Silent:
    """An estimator that scores and says no more."""

    def score(self, features: Float) -> Float:
        return np.zeros(len(features))

    def files(self) -> dict[str, bytes]:
        return {}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Silent:
        del files
        return cls()


def test_an_estimator_that_cannot_say_what_it_is_made_of_is_named(mastery: FittedModel) -> None:
    with pytest.raises(InputError, match="does not say what it is made of"):
        explain(replace(mastery, estimator=Silent()), random_rows(mastery, 2))
