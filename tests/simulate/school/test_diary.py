"""The year's answers fall where a school year has them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.simulate import Municipality, SimulationConfig, simulate
from polku.simulate.school.year import ZONE, school_year


@pytest.fixture(scope="module")
def rows(town: Municipality, mathematics: Curriculum) -> pd.DataFrame:
    """Return the responses with local times, the learner's grade and the grade of the item's own skill."""
    frame = town.responses.merge(town.roster[["learner_id", "grade"]], on="learner_id")
    for name in ("answered_at", "known_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(ZONE)
    frame["skill"] = frame["skill_ids"].str.split(";").str[0]
    return frame.assign(taught=frame["skill"].map(lambda skill: mathematics.skills[skill].grade))


def test_counts_are_exact(town: Municipality, config: SimulationConfig) -> None:
    assert len(town.responses) == config.learners * config.responses_per_learner
    assert town.responses["response_id"].is_unique


def test_answers_fall_on_school_days_between_morning_and_evening(rows: pd.DataFrame, config: SimulationConfig) -> None:
    days = set(school_year(config.until).days.tolist())
    assert set(rows["answered_at"].dt.date) <= days
    assert rows["answered_at"].dt.hour.between(8, 20).all()
    evening = rows["answered_at"].dt.hour >= 16
    assert 0.05 < evening.mean() < 0.35


def test_nothing_is_known_before_it_happens_or_after_the_extract(rows: pd.DataFrame, config: SimulationConfig) -> None:
    delay = (rows["known_at"] - rows["answered_at"]).dt.total_seconds()
    assert delay.min() == 0.0
    assert rows["known_at"].dt.date.max() < config.until
    assert 0.003 < (delay > 0).mean() < 0.05
    assert delay.max() < 5 * 86_400
    assert rows.loc[delay > 0, "duration_s"].isna().all()
    assert rows.loc[delay == 0, "duration_s"].between(4, 300).all()
    assert rows["known_at"].is_monotonic_increasing


def test_nobody_answers_two_things_at_once(rows: pd.DataFrame) -> None:
    assert not rows.duplicated(["learner_id", "answered_at"]).any()


def test_a_paper_test_is_written_by_the_class_together(rows: pd.DataFrame) -> None:
    late = rows[rows["known_at"] > rows["answered_at"]]
    together = late.groupby(["group_id", late["answered_at"].dt.date])["learner_id"].nunique()
    assert together.median() >= 5


def test_classes_work_on_their_grade_and_revisit_it(rows: pd.DataFrame) -> None:
    older = rows[rows["grade"] >= 4]
    assert (older["taught"] <= older["grade"]).all()
    share = (older["taught"] == older["grade"]).mean()
    assert 0.7 < share < 0.95
    now = older[older["taught"] == older["grade"]]
    days = now.groupby(["learner_id", "skill"])["answered_at"].agg(lambda when: when.max() - when.min()).dt.days
    assert (days > 30).mean() > 0.1


def test_learners_with_gaps_go_back_more(rows: pd.DataFrame, town: Municipality) -> None:
    marked = rows[rows["grade"] >= 4].merge(town.truth.learners[["learner_id", "gap"]], on="learner_id")
    back = (marked["taught"] < marked["grade"]).groupby(marked["gap"]).mean()
    assert back[True] > 2.5 * back[False] > 0.0


def test_units_come_in_curriculum_order(rows: pd.DataFrame, mathematics: Curriculum) -> None:
    now = rows[(rows["grade"] == 7) & (rows["taught"] == 7)]
    first = now.groupby("skill")["answered_at"].median()
    position = [mathematics.index(skill) for skill in first.index]
    assert np.corrcoef(position, first.astype("int64"))[0, 1] > 0.9


def test_some_are_silent_and_some_are_new(town: Municipality, rows: pd.DataFrame, config: SimulationConfig) -> None:
    counts = rows.groupby("learner_id").size().reindex(town.roster["learner_id"], fill_value=0)
    who = town.truth.learners.set_index("learner_id")
    assert set(counts[counts == 0].index) == set(who.index[who["silent"]])
    assert who["silent"].sum() == who["newcomer"].sum() == 5
    new = rows[rows["learner_id"].isin(who.index[who["newcomer"]])]
    assert set(new.groupby("learner_id").size()) <= {1, 2, 3}
    last = max(school_year(config.until).days.tolist())
    assert ((pd.Timestamp(last, tz=ZONE) - new["answered_at"]).dt.days < 7).all()
    assert not (who["silent"] & who["newcomer"]).any()


def test_learners_differ_in_how_much_they_do(rows: pd.DataFrame) -> None:
    counts = rows.groupby("learner_id").size()
    assert 0.2 < counts.std() / counts.mean() < 0.7


@pytest.mark.parametrize("until", [date(2025, 10, 1), date(2026, 2, 1)])
def test_an_extract_in_mid_year_is_the_year_so_far(small: Curriculum, until: date) -> None:
    config = SimulationConfig(learners=60, responses_per_learner=20, until=until, grades=(1, 2, 3))
    responses = simulate(config, small).responses
    assert len(responses) == 1200
    assert responses["known_at"].max() < until.isoformat()
    assert responses["answered_at"].min() > "2025-08-11"


def test_a_year_in_which_nobody_works_is_refused(small: Curriculum) -> None:
    config = SimulationConfig(seed=1, learners=10, responses_per_learner=3, grades=(1,), until=date(2025, 8, 12))
    with pytest.raises(DefinitionError, match="nobody answers anything before the extract"):
        simulate(config, small)
