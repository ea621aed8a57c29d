"""A real year of answers: the strict leak test, online equality on a sample, and every column of use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.profiles import Exclusions, FeatureSet, ItemStatistics, Profile, build, profiles_of
from polku.records import Responses
from polku.training.sequence import Sequences

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def data(data_dir: Path, shipped_exclusions: Exclusions) -> Responses:
    path = data_dir / "assistments2009" / "responses.csv"
    return read_responses(path, "gervet", deny=shipped_exclusions.deny_rules()).responses


@pytest.fixture(scope="module")
def statistics(data: Responses) -> ItemStatistics:
    """Difficulties drawn from nowhere, and what came before as it was: what is tested is the fold, not the fit."""
    draws = np.random.default_rng(5).normal(size=len(data.items) + len(data.skills)).tolist()
    items = dict(zip(data.items, draws, strict=False))
    sequence = Sequences.of(data).fit(np.zeros(len(data)), np.ones(len(data), np.bool_))
    skills = dict(zip(data.skills, draws[len(items) :], strict=True))
    return ItemStatistics(items, skills, {}, 0.0, sequence=sequence)


@pytest.fixture(scope="module")
def curriculum(data: Responses) -> Curriculum:
    return Curriculum.of_skills(data.skills)


def rows_of(data: Responses, features: FeatureSet, statistics: ItemStatistics, curriculum: Curriculum) -> Floats:
    difficulties = statistics.rows(data), statistics.skill_rows(data)
    return build(data, features, *difficulties, curriculum, statistics.sequence.placed(data))


def test_turning_the_second_half_of_every_history_leaves_the_first_half_alone(
    data: Responses, shipped: FeatureSet, statistics: ItemStatistics, curriculum: Curriculum
) -> None:
    starts = data.learner_start
    later = np.arange(len(data)) >= ((starts[:-1] + starts[1:]) // 2)[data.learner]
    turned = replace(data, correct=np.where(later, 1.0 - data.correct, data.correct))
    before, after = (rows_of(each, shipped, statistics, curriculum) for each in (data, turned))
    assert before[~later].tobytes() == after[~later].tobytes()
    assert before[later].tobytes() != after[later].tobytes()


def test_online_equals_batch_on_real_histories(
    data: Responses, shipped: FeatureSet, statistics: ItemStatistics, curriculum: Curriculum
) -> None:
    some = data.of_learners(data.learners[::100])
    profiles = {learner: Profile.empty(shipped, statistics, curriculum) for learner in some.learners}
    online = []
    for response in some:
        profile = profiles[response.learner_id]
        online.append(profile.read(response.item_id, response.skill_ids, None))
        profile.update(response)
    assert rows_of(some, shipped, statistics, curriculum).tobytes() == np.array(online).tobytes()
    for learner, profile in profiles_of(some, shipped, statistics, curriculum):
        assert profile.to_bytes() == profiles[learner].to_bytes()


def test_columns_vary_unless_the_data_lack_what_they_look_at(
    data: Responses, shipped: FeatureSet, statistics: ItemStatistics, curriculum: Curriculum
) -> None:
    rows = rows_of(data, shipped, statistics, curriculum)
    missing = {name for name, column in zip(shipped.columns, rows.T, strict=True) if np.isnan(column).all()}
    of_days = {"skill_days", "skill_fresh", "learner_days"}
    assert missing == {*of_days, "area_surplus", "prerequisite_success"}  # no clock, areas or prerequisites
    present = [place for place, name in enumerate(shipped.columns) if name not in missing]
    assert (np.nanstd(rows[:, present], axis=0) > 0).all()
    assert not np.isinf(rows).any()
