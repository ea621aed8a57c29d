"""Anchored trees: the item's difficulty is taken off one for one; what a readout says, and how far off it may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from polku.curriculum import Curriculum
from polku.errors import DefinitionError, InputError
from polku.home import Home
from polku.profiles import FeatureSet, Profile
from polku.records import Responses
from polku.schemas.model import ModelSpec
from polku.training import FittedModel, fit, load_spec
from polku.training.anchored import ANCHOR, AnchoredTrees, difficulty_column

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def timed(small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum) -> FittedModel:
    """Return a model of learners who answer one item a day."""
    frame = responses.to_frame().drop(columns="known_at")
    frame["answered_at"] = frame["answered_at"] * DAY
    return fit(small_mastery, home, Responses.from_frame(frame, clock=True), curriculum)


def folded(model: FittedModel, log: Responses, curriculum: Curriculum) -> Profile:
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    profile.fold(log)
    return profile


def test_the_difficulty_of_the_item_comes_off_one_for_one(
    mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    assert isinstance(mastery.estimator, AnchoredTrees)
    rows = mastery.features_of(unseen, curriculum)
    harder = rows.copy()
    harder[:, mastery.estimator.column] += 0.75
    assert np.allclose(mastery.estimator.score(rows) - mastery.estimator.score(harder), 0.75)


def test_contributions_add_up(mastery: FittedModel, unseen: Responses, curriculum: Curriculum) -> None:
    assert isinstance(mastery.estimator, AnchoredTrees)
    rows = mastery.features_of(unseen, curriculum)
    rows[0, mastery.estimator.column] = np.nan
    found = mastery.estimator.contributions(rows)
    assert np.allclose(found.sum(axis=1), mastery.estimator.score(rows))
    assert found[0, mastery.estimator.column] == pytest.approx(0.0)


def test_a_damaged_anchor_is_refused(mastery: FittedModel) -> None:
    files = mastery.estimator.files()
    for text in (b"{", b"[]", b'{"column": 1}'):
        with pytest.raises(InputError, match=r"anchor\.json cannot be read"):
            AnchoredTrees.from_files(files | {ANCHOR: text})


def test_a_model_without_its_spread_is_refused(mastery: FittedModel) -> None:
    with pytest.raises(InputError, match=r"spread\.json does not go with its spec"):
        FittedModel.from_files(replace(mastery, spread=None).files())


@pytest.mark.parametrize("names", [["skill_success"], ["item_difficulty", "item_success"]])
def test_features_that_look_at_the_item_do_not_suit(home: Home, names: list[str]) -> None:
    with pytest.raises(DefinitionError, match="looks at the item's difficulty and at nothing else"):
        difficulty_column(FeatureSet.load(home.features, names))


def test_a_class_is_read_to_the_last_bit_as_each_of_its_learners(
    mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    profiles = [folded(mastery, unseen.of_learners([one]), curriculum) for one in unseen.learners[:5]]
    now = [None, 7, None, 400 * DAY, None]
    found = mastery.mastery_intervals(profiles, curriculum.order, now)
    alone = [mastery.mastery_interval(*one) for one in zip(profiles, [curriculum.order] * 5, now, strict=True)]
    for name in ("mean", "kappa", "sd", "low"):
        assert getattr(found, name).tobytes() == b"".join(getattr(one, name).tobytes() for one in alone), name
    assert not len(mastery.mastery_intervals([], curriculum.order, []).mean)


@pytest.mark.parametrize("size", [1, 64, 65, 500, 4095, 4097])
def test_rows_that_are_alike_are_scored_as_each_would_be(mastery: FittedModel, size: int) -> None:
    rng, columns = np.random.default_rng(size), len(mastery.feature_set.columns)
    few = rng.normal(size=(7, columns))
    few[2, ::3] = np.nan
    rows = few[rng.integers(0, len(few), size)]
    each = np.concatenate([mastery.estimator.score(rows[place : place + 1]) for place in range(min(size, 80))])
    assert mastery.estimator.score(rows)[: len(each)].tobytes() == each.tobytes()
    assert mastery.estimator.score(rows[:, ::-1][:, ::-1])[: len(each)].tobytes() == each.tobytes()


def test_only_trees_read_skills(home: Home) -> None:
    raw = load_spec(home, "baseline").model_dump() | {"reads": "skills"}
    with pytest.raises(ValueError, match='needs kind "lightgbm"'):
        ModelSpec.model_validate(raw)


def test_an_interval_holds_its_mean_and_travels_with_the_model(
    mastery: FittedModel, unseen: Responses, curriculum: Curriculum
) -> None:
    profile = folded(mastery, unseen.of_learners(unseen.learners[:1]), curriculum)
    found = mastery.mastery_interval(profile, [*curriculum.order, "never seen"], None)
    assert found.mean[:-1].tobytes() == mastery.mastery(profile, curriculum.order, None).tobytes()
    assert np.all((found.low < found.mean) & (found.mean < found.high))
    again = FittedModel.from_files(mastery.files()).mastery_interval(profile, [*curriculum.order, "never seen"], None)
    assert again.sd.tobytes() == found.sd.tobytes()


def test_a_model_that_reads_answers_tells_no_interval(baseline: FittedModel, curriculum: Curriculum) -> None:
    profile = Profile.empty(baseline.feature_set, baseline.item_statistics, curriculum)
    assert not baseline.tells_spread
    with pytest.raises(InputError, match="does not say how far off"):
        baseline.mastery_interval(profile, ["s0"], None)


def test_time_lowers_mastery_and_never_narrows_what_is_known(
    timed: FittedModel, responses: Responses, curriculum: Curriculum
) -> None:
    log = responses.of_learners(["p003"]).to_frame().drop(columns="known_at")
    log["answered_at"] = log["answered_at"] * DAY
    profile = folded(timed, Responses.from_frame(log, clock=True), curriculum)
    last = int(log["answered_at"].max())
    found = [timed.mastery_interval(profile, curriculum.order, last + days * DAY) for days in (0, 30, 300)]
    assert np.all(np.diff([one.mean for one in found], axis=0) <= 1e-12)
    kappa = [one.mean * (1.0 - one.mean) / one.sd**2 for one in found]
    assert np.all(np.diff(kappa, axis=0) <= 1e-9)


def descendants(curriculum: Curriculum, skills: set[str]) -> set[str]:
    """Return the skills and all that build on them, however far."""
    reached = set(skills)
    for skill in curriculum.order:
        if reached & set(curriculum.skills[skill].prerequisites if skill in curriculum.skills else ()):
            reached.add(skill)
    return reached


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_better_answer_lowers_no_skill_nor_any_that_builds_on_it(
    data: st.DataObject, timed: FittedModel, curriculum: Curriculum
) -> None:
    """Over histories of any skills, scores and gaps: mean and both ends of every interval, at any later time."""
    length = data.draw(st.integers(1, 25))
    drawn = [
        (data.draw(st.integers(0, 47)), data.draw(st.sampled_from([0.0, 0.5, 1.0])), data.draw(st.integers(0, 60)))
        for _ in range(length)
    ]
    place = data.draw(st.integers(0, length - 1))
    later = data.draw(st.integers(0, 400))
    found = []
    at = np.cumsum([gap for _, _, gap in drawn]) * DAY
    for score in (0.0, 1.0):
        columns = {
            "response_id": [f"r{row:02d}" for row in range(length)],
            "learner_id": ["one"] * length,
            "item_id": [f"i{item:02d}" for item, _, _ in drawn],
            "skill_ids": [f"s{item // 8}" for item, _, _ in drawn],
            "answered_at": at,
            "correct": [score if row == place else given for row, (_, given, _) in enumerate(drawn)],
        }
        profile = folded(timed, Responses.from_columns(columns, clock=True), curriculum)
        found.append(timed.mastery_interval(profile, curriculum.order, int(at[-1]) + later * DAY))
    worse, better = found
    on_it = descendants(curriculum, {f"s{drawn[place][0] // 8}"})
    assert on_it
    for name in ("mean", "low", "high"):
        change = getattr(better, name) - getattr(worse, name)
        assert all(change[row] >= -1e-9 for row, skill in enumerate(curriculum.order) if skill in on_it)
        assert np.all(change >= -1e-9)


def test_the_reference_item_is_the_one_that_is_met_most(
    small_mastery: ModelSpec, home: Home, responses: Responses, curriculum: Curriculum
) -> None:
    model = fit(small_mastery, home, responses, curriculum)
    statistics = model.item_statistics
    rows = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
    difficulty = statistics.rows(responses)[rows]
    for code, skill in enumerate(responses.skills):
        assert statistics.reference_item_difficulty(str(skill)) == pytest.approx(
            float(np.median(difficulty[responses.skill == code]))
        )
    assert np.isfinite(logit(model.mastery(Profile.empty(model.feature_set, statistics, curriculum), ["s0"], None)))
