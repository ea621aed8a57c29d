"""Fitting: definitions that hold, rows that do not leak, a mastery that better answers never lower."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, InputError
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.schemas.model import ModelSpec, TreeParameters
from polku.training import (
    FittedModel,
    directions_of,
    fit,
    fit_table,
    load_features,
    load_spec,
    metrics,
    training_table,
)
from polku.training.trees import Trees

Classroom = Callable[..., Responses]


def with_scores(responses: Responses, correct: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Responses:
    return Responses.from_frame(responses.to_frame().assign(correct=correct), clock=False)


def test_every_model_of_the_home_loads(home: Home) -> None:
    specs = [load_spec(home, name) for name in ("baseline", "mastery", "response")]
    assert [spec.kind for spec in specs] == ["logistic", "lightgbm", "lightgbm"]
    assert all(load_features(spec, home).columns for spec in specs)


def test_mastery_looks_only_at_what_has_a_direction(home: Home) -> None:
    spec = load_spec(home, "mastery")
    features = load_features(spec, home)
    directions = directions_of(spec, features)
    assert directions is not None
    assert len(directions) == len(features.columns)
    assert 0 not in directions
    assert directions[features.columns.index("skill_answers_min")] == 1
    assert directions[features.columns.index("item_difficulty")] == -1


@pytest.mark.parametrize(
    ("directions", "message"),
    [
        ({"skill_anwers": 1}, "direction of a feature it has not"),
        ({"skill_success": -1}, "skill_success has another direction"),
    ],
)
def test_directions_that_do_not_fit_are_refused(home: Home, directions: dict[str, int], message: str) -> None:
    spec = load_spec(home, "mastery").model_copy(update={"directions": directions})
    with pytest.raises(DefinitionError, match=message):
        load_features(spec, home)


def test_a_free_model_has_no_directions(home: Home) -> None:
    spec = load_spec(home, "response")
    assert directions_of(spec, load_features(spec, home)) is None


def test_unknown_models_are_refused_with_the_nearest_name(home: Home) -> None:
    with pytest.raises(DefinitionError, match="did you mean 'mastery'"):
        load_spec(home, "mastry")


def test_a_spec_names_its_folder(home: Home, tmp_path: object) -> None:
    other = Home(type(home.root)(str(tmp_path)))
    (other.models / "copied").mkdir(parents=True)
    (other.models / "copied" / "spec.toml").write_bytes((home.models / "baseline" / "spec.toml").read_bytes())
    with pytest.raises(DefinitionError, match="name is 'baseline'"):
        load_spec(other, "copied")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "logistic"}, "needs exactly the table"),
        ({"features": []}, "features is empty"),
        ({"monotone": False}, "directions are of a monotone model"),
        ({"lightgbm": {"trees": 0}}, "greater than or equal to 1"),
        ({"lightgbm": {"tres": 10}}, "Extra inputs"),
    ],
)
def test_specs_that_do_not_hold_are_refused(home: Home, change: dict[str, object], message: str) -> None:
    raw = load_spec(home, "mastery").model_dump() | change
    with pytest.raises(ValueError, match=message):
        ModelSpec.model_validate(raw)


def test_a_monotone_model_refuses_columns_that_answers_move_either_way(
    home: Home, small_mastery: ModelSpec, tmp_path: object
) -> None:
    other = Home(type(home.root)(str(tmp_path)))
    other.features.mkdir()
    for path in home.features.glob("*.toml"):
        text = path.read_text(encoding="utf-8").replace("direction = 1\n", "direction = 0\n")
        (other.features / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="may move these columns either way"):
        load_features(small_mastery, other)


def test_the_same_answers_give_the_same_bits(
    small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum, mastery: FittedModel
) -> None:
    shuffled = Responses.from_frame(responses.to_frame().sample(frac=1.0, random_state=1), clock=False)
    assert fit(small_mastery, home, shuffled, curriculum).hash == mastery.hash
    assert fit(small_mastery, home, responses, curriculum, seed=1).hash != mastery.hash


def test_training_rows_do_not_see_their_own_or_later_answers(
    home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    """Flip the second half of one learner's answers: their first half and their fold's rows stay as they were."""
    row = np.arange(len(responses)) - responses.learner_start[responses.learner]
    flip = (responses.learner == 3) & (row >= 15)
    flipped = with_scores(responses, np.where(flip, 1.0 - responses.correct, responses.correct))
    spec = load_spec(home, "response")
    before, after = (training_table(spec, home, each, curriculum, 0).features for each in (responses, flipped))
    own = responses.learner == 3
    assert before[own & (row <= 15)].tobytes() == after[own & (row <= 15)].tobytes()
    assert before[own & (row > 15)].tobytes() != after[own & (row > 15)].tobytes()


@pytest.mark.parametrize("which", ["mastery", "baseline"])
def test_later_answers_of_test_learners_change_nothing_before_them(
    which: str, request: pytest.FixtureRequest, unseen: Responses, curriculum: Curriculum
) -> None:
    model: FittedModel = request.getfixturevalue(which)
    row = np.arange(len(unseen)) - unseen.learner_start[unseen.learner]
    flipped = with_scores(unseen, np.where(row >= 15, 1.0 - unseen.correct, unseen.correct))
    before, after = (model.predict_responses(each, curriculum) for each in (unseen, flipped))
    assert before[row <= 15].tobytes() == after[row <= 15].tobytes()
    assert before[row > 15].tobytes() != after[row > 15].tobytes()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_better_answer_never_lowers_any_mastery(
    data: st.DataObject, mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    """Through features, trees and calibration: flip one answer from wrong to right."""
    learner = data.draw(st.sampled_from(unseen.learners.tolist()))
    length = data.draw(st.integers(1, 30))
    log = unseen.of_learners([learner]).rows(np.arange(length))
    scores = data.draw(st.lists(st.sampled_from([0.0, 1.0, 0.5]), min_size=length, max_size=length))
    place = data.draw(st.integers(0, length - 1))
    scores[place] = data.draw(st.sampled_from([0.0, 0.5]))
    levels = []
    for score in (scores[place], 1.0):
        scores[place] = score
        profile = Profile.empty(mastery.feature_set, mastery.item_statistics, curriculum)
        profile.fold(with_scores(log, np.array(scores)))
        levels.append(mastery.mastery(profile, curriculum.order, None))
    assert np.all(levels[1] >= levels[0] - 1e-12)


def test_mastery_moves_with_answers(mastery: FittedModel, unseen: Responses, curriculum: Curriculum) -> None:
    log = unseen.of_learners(unseen.learners[:1])
    levels = []
    for score in (0.0, 1.0):
        profile = Profile.empty(mastery.feature_set, mastery.item_statistics, curriculum)
        profile.fold(with_scores(log, np.full(len(log), score)))
        levels.append(mastery.mastery(profile, curriculum.order, None))
    assert np.all(levels[1] - levels[0] > 0.1)


def test_time_without_practice_never_raises_mastery(
    small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    """Learners who forget after a week teach the model that time matters, in one direction only."""
    day = 86_400_000_000
    gaps = np.random.default_rng(0).choice([0.1, 20.0], len(responses), p=[0.8, 0.2])
    frame = responses.to_frame().drop(columns="known_at")
    frame["answered_at"] = (np.cumsum(gaps) * day).astype(np.int64)
    timed = Responses.from_frame(frame.assign(correct=np.where(gaps > 7.0, 0.0, responses.correct)), clock=True)
    model = fit(small_mastery, home, timed, curriculum)
    levels = []
    for learner in timed.learners[:5]:
        log = timed.of_learners([learner])
        profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
        profile.fold(log)
        at = [int(log.answered_at[-1]) + days * day for days in (0, 1, 7, 30, 365)]
        levels.append([model.mastery(profile, curriculum.order, now) for now in at])
    change = np.diff(levels, axis=1)
    assert np.all(change <= 1e-12)
    assert np.any(change < -0.05)


def test_one_learner_cannot_train(home: Home, responses: Responses, curriculum: Curriculum) -> None:
    spec = load_spec(home, "baseline")
    with pytest.raises(InputError, match="at least 2 separate learners"):
        fit(spec, home, responses.of_learners(["p000"]), curriculum)
    with pytest.raises(InputError, match="nothing to train on"):
        fit(spec, home, responses.rows([]), curriculum)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("name", ["mastery", "baseline"])
def test_one_class_predicts_it_without_certainty(
    name: str, value: float, home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum
) -> None:
    same = with_scores(responses, np.full(len(responses), value))
    p = fit(load_spec(home, name), home, same, curriculum).predict_responses(unseen, curriculum)
    assert np.all(np.abs(p - value) < 0.05)
    assert np.all((p > 0.0) & (p < 1.0))


def test_steps_are_reported(small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum) -> None:
    seen: list[tuple[int, int]] = []
    fit(small_mastery, home, responses, curriculum, on_step=lambda *step: seen.append(step))
    assert seen[-1] == (40, 40)


def test_part_scores_are_learnt(home: Home, responses: Responses, unseen: Responses, curriculum: Curriculum) -> None:
    halves = np.where(responses.correct == 0.0, 0.5, responses.correct)
    p, q = (
        fit(load_spec(home, "baseline"), home, each, curriculum).predict_responses(unseen, curriculum)
        for each in (responses, with_scores(responses, halves))
    )
    assert q.mean() > p.mean() + 0.05


def test_a_calibration_that_pays_is_kept_with_the_model(
    home: Home, classroom: Classroom, unseen: Responses, curriculum: Curriculum
) -> None:
    """Far too many large steps make free trees overconfident; learners held out show it."""
    wild = TreeParameters(trees=150, learning_rate=0.8, leaves=15, min_leaf=2, l2=0.0)
    spec = load_spec(home, "response").model_copy(update={"lightgbm": wild, "calibration": "platt"})
    many = classroom(learners=120)
    plain = fit(spec.model_copy(update={"calibration": "none"}), home, many, curriculum)
    drawn_in = fit(spec, home, many, curriculum)
    assert drawn_in.calibration.kind == "platt"
    assert drawn_in.calibration.a < 0.5
    before, after = (
        metrics(unseen.correct, model.predict_responses(unseen, curriculum)) for model in (plain, drawn_in)
    )
    assert after["log_loss"] < before["log_loss"]  # type: ignore[operator] # neither is None: there are rows
    assert after["auc"] == pytest.approx(before["auc"], abs=1e-9)
    assert FittedModel.from_files(drawn_in.files()).calibration == drawn_in.calibration


@pytest.mark.parametrize("name", ["mastery", "response"])
def test_twins_inside_training_share_a_fold(
    name: str, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    twin = responses.of_learners(["p004"]).to_frame().assign(learner_id="twin")
    twin["response_id"] = "t" + twin["response_id"]
    both = Responses.concat([responses, Responses.from_frame(twin, clock=False)])
    table = training_table(load_spec(home, name), home, both, curriculum, 0)
    folds = {learner: set(table.fold[table.learner == code].tolist()) for code, learner in enumerate(both.learners)}
    assert folds["twin"] == folds["p004"]
    assert all(len(each) == 1 for each in folds.values())
    assert table.features.shape == (len(table.correct), len(table.feature_set.columns))


def test_a_table_needs_a_row_per_answer(
    small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    table = training_table(small_mastery, home, responses, curriculum, 0)
    with pytest.raises(InputError, match="one row per answer"):
        replace(table, correct=table.correct[:-1])


@pytest.mark.parametrize("folds", [(0, 1, 2, 3, 4), (1, 2, 3, 4), (7, 9)])
def test_patience_stops_where_learners_held_out_stop_to_profit(
    folds: tuple[int, ...], home: Home, classroom: Classroom, unseen: Responses, curriculum: Curriculum
) -> None:
    """Whichever folds there are, some learners are held out; many large steps on few answers only do harm."""
    wild = TreeParameters(trees=150, learning_rate=0.3, leaves=15, min_leaf=5, l2=0.0)
    spec = load_spec(home, "response").model_copy(update={"lightgbm": wild})
    patient = spec.model_copy(update={"lightgbm": wild.model_copy(update={"patience": 10})})
    table = training_table(spec, home, classroom(learners=120), curriculum, 0)
    table = replace(table, fold=np.array(folds, np.int32)[table.fold % len(folds)])
    every, few = fit_table(spec, table, 0), fit_table(patient, table, 0)
    assert trees_of(every) == 150
    assert 1 <= trees_of(few) < 100
    loss = [metrics(unseen.correct, one.predict_responses(unseen, curriculum))["log_loss"] for one in (few, every)]
    assert loss[0] < loss[1]  # type: ignore[operator] # neither is None: there are rows


def test_one_fold_alone_leaves_nobody_to_hold_out(home: Home, classroom: Classroom, curriculum: Curriculum) -> None:
    spec = load_spec(home, "response")
    few = TreeParameters(trees=7, patience=2)
    table = training_table(spec, home, classroom(learners=30), curriculum, 0)
    alone = replace(table, fold=np.zeros_like(table.fold))
    assert trees_of(fit_table(spec.model_copy(update={"lightgbm": few}), alone, 0)) == 7


def trees_of(model: FittedModel) -> int:
    estimator = model.estimator
    assert isinstance(estimator, Trees)
    return int(estimator.booster.num_trees())
