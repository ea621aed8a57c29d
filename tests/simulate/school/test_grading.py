"""Teachers' grades: what they go by, what is planted in them, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.simulate import Municipality, Planted, SimulationConfig, simulate

CONFIG = SimulationConfig(seed=5, learners=900, responses_per_learner=10, schools=5)
OTHERS = ("responses", "roster", "teachers", "items", "background")


@pytest.fixture(scope="module")
def plain(mathematics: Curriculum) -> Municipality:
    return simulate(CONFIG, mathematics)


def grades_of(town: Municipality) -> pd.Series[float]:
    return town.grades.set_index("learner_id")["grade"]


def test_everybody_has_one_grade_on_the_scale(plain: Municipality) -> None:
    assert plain.grades["learner_id"].tolist() == plain.roster["learner_id"].tolist()
    assert set(plain.grades["grade"]) == set(range(4, 11))
    assert list(plain.grades.columns) == ["learner_id", "subject", "grade", "school_id"]
    assert plain.grades["school_id"].tolist() == plain.roster["school_id"].tolist()


def test_grades_go_by_what_is_known_within_a_school_year(plain: Municipality) -> None:
    known = plain.truth.mastery.groupby("learner_id")["p_reference"].mean()
    frame = plain.roster.set_index("learner_id").assign(known=known, mark=grades_of(plain))
    years = [part for _, part in frame.groupby("grade") if len(part) >= 30]
    within = [float(np.corrcoef(part["known"], part["mark"])[0, 1]) for part in years]
    assert np.mean(within) > 0.5
    assert frame.groupby("grade")["mark"].mean().between(7.2, 8.0).all()


def test_the_learners_who_answer_nothing_are_graded_as_well(plain: Municipality) -> None:
    silent = plain.truth.learners.loc[plain.truth.learners["silent"], "learner_id"]
    assert len(silent) > 0
    assert grades_of(plain).reindex(silent).notna().all()


def test_what_is_planted_meets_the_group_and_nobody_else(plain: Municipality, mathematics: Curriculum) -> None:
    harsh = simulate(replace(CONFIG, harsher_grades_for=Planted("home_language", "other", 1.0)), mathematics)
    change = grades_of(harsh) - grades_of(plain)
    inside = (plain.background["home_language"] == "other").to_numpy()
    assert change[inside].mean() == pytest.approx(-1.0, abs=0.05)
    assert (change[~inside] == 0).all()
    for name in OTHERS:
        pd.testing.assert_frame_equal(getattr(harsh, name), getattr(plain, name))


def test_schools_are_alike_unless_their_leniency_is_spread(plain: Municipality, mathematics: Curriculum) -> None:
    assert (plain.truth.schools["leniency"] == 0).all()
    spread = simulate(replace(CONFIG, school_leniency=0.8), mathematics)
    change = (grades_of(spread) - grades_of(plain)).groupby(spread.grades.set_index("learner_id")["school_id"]).mean()
    drawn = spread.truth.schools.set_index("school_id")["leniency"]
    assert change.to_numpy() == pytest.approx(drawn.reindex(change.index).to_numpy(), abs=0.25)
    assert drawn.sum() == pytest.approx(0.0, abs=1e-12)
    assert drawn.std() > 0.3


@pytest.mark.parametrize("spread", [-0.1, 2.5])
def test_a_leniency_that_would_drown_the_grade_is_refused(spread: float) -> None:
    with pytest.raises(DefinitionError, match="school_leniency lies between 0 and 2"):
        SimulationConfig(school_leniency=spread)
