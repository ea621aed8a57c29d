"""Teachers' grades beside item evidence: from a file to a table in which nobody is recognised."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audit_labels import answers_of
from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.fairness import Supplement, keep_background, load_slices
from polku.fairness.ability import ability_of
from polku.fairness.attributes import labels, long_form
from polku.fairness.background import Background
from polku.fairness.grades_file import check_grades
from polku.fairness.labels import COLUMNS, audit_labels, labels_supplement
from polku.fairness.marks import SCHOOL
from polku.home import Home
from polku.schemas.settings import Settings
from polku.schemas.slices import Inference, Slices
from polku.simulate import Municipality, Planted, SimulationConfig, simulate

ATTRIBUTES = ("home_language", "support")
HARSH = Planted("home_language", "other", 0.6)


@cache
def town(**options: Any) -> Municipality:
    """Return a municipality of two schools and the upper secondary."""
    home = Home.find()
    curriculum = Curriculum.load(home.serve / "curricula" / "fi-mathematics.json")
    return simulate(SimulationConfig(learners=800, responses_per_learner=60, schools=2, **options), curriculum)


def few_draws() -> Slices:
    """Return the slices of the home, with fewer draws."""
    return load_slices(Home.find()).model_copy(update={"inference": Inference(resamples=120)})


@cache
def reported(**options: Any) -> Supplement:
    made, slices = town(**options), few_draws()
    evidence = ability_of(answers_of(made))
    found = labels(long_form(made.background), evidence.learners, slices)
    groups = {name: found[name] for name in ATTRIBUTES}
    groups[SCHOOL] = made.roster.set_index("learner_id")["school_id"].reindex(evidence.learners).to_numpy(dtype=object)
    return labels_supplement(made.grades, evidence, groups, slices, roster=made.roster, seed=1)


def lines_of(table: Supplement) -> Any:
    frame = pd.DataFrame(table.rows, columns=list(table.columns))
    return frame.set_index(["attribute", "group"])


def test_a_planted_harshness_is_found_and_its_interval_covers_it() -> None:
    lines = lines_of(reported(seed=3, harsher_grades_for=HARSH))
    found = lines.loc["home_language", "other"]
    assert found["high"] < 0
    assert found["low"] < -HARSH.size < found["high"]
    assert found["within_schools"] == pytest.approx(found["gap"], abs=0.1)


def test_with_nothing_planted_the_gaps_are_about_zero() -> None:
    lines = lines_of(reported(seed=3))
    large = lines[(lines["n"] >= 100) & lines["gap"].notna()]
    assert len(large) >= 4
    assert large["gap"].abs().max() < 0.25
    own = lines.loc[["home_language", "support"]]
    assert ((own["low"] <= 0) & (own["high"] >= 0)).all()


def test_unequal_base_rates_are_no_gap_in_grading() -> None:
    plain, unequal = (lines_of(reported(seed=3, **more)) for more in ({}, {"base_rate_gaps": True}))
    group = ("support", "pupil_specific")
    assert unequal.loc[group, "raw_gap"] < plain.loc[group, "raw_gap"] - 0.2
    assert unequal.loc[group, "gap"] == pytest.approx(plain.loc[group, "gap"], abs=0.2)
    assert unequal.loc[group, "low"] <= 0 <= unequal.loc[group, "high"]


def test_lenient_schools_show_by_school_and_not_among_learners_of_one_school() -> None:
    lines = lines_of(reported(seed=3, school_leniency=0.8))
    schools = lines.loc[SCHOOL]
    truth = town(seed=3, school_leniency=0.8).truth.schools.set_index("school_id")["leniency"]
    first, second = (name for name in truth.index if "koulu" in name)
    planted = truth[first] - truth[second]
    assert schools.loc[first, "gap"] == pytest.approx(planted, abs=0.35)
    assert schools.loc[first, "low"] * schools.loc[first, "high"] > 0
    assert schools["within_schools"].isna().all()
    assert lines.loc[("home_language", "fi"), "within_schools"] == pytest.approx(0.0, abs=0.2)


def test_a_school_with_school_years_of_its_own_is_not_compared() -> None:
    upper = lines_of(reported(seed=3)).loc[SCHOOL].loc["Sinijärven lukio"]
    assert upper[["gap", "low", "high", "pooled"]].isna().all()
    assert np.isfinite(upper["raw_gap"])


def test_with_many_schools_each_is_still_compared_over_its_own_learners() -> None:
    made, slices = town(seed=3), few_draws()
    evidence = ability_of(answers_of(made))
    names = np.array([f"school {number % 24:02d}" for number in range(len(evidence.learners))], dtype=object)
    grades = made.grades.assign(
        school_id=made.grades["learner_id"].map(dict(zip(evidence.learners, names, strict=True)))
    )
    found = labels_supplement(grades, evidence, {SCHOOL: names}, slices)
    lines = lines_of(found).loc[SCHOOL]
    assert len(lines) == 24
    assert ((lines["low"] <= 0) & (lines["high"] >= 0)).mean() > 0.9
    assert (lines["high"] - lines["low"]).between(0.5, 4.0).all()


def test_schools_stand_in_the_order_of_names() -> None:
    schools = lines_of(reported(seed=3, school_leniency=0.8)).loc[SCHOOL].index
    assert list(schools) == sorted(schools)


def test_small_groups_are_drawn_towards_the_others() -> None:
    lines = lines_of(reported(seed=3)).loc["support"]
    assert (lines["pooled"] - lines["pooled"].mean()).abs().sum() < (lines["gap"] - lines["gap"].mean()).abs().sum()


def test_the_same_seed_gives_the_same_table() -> None:
    again = reported.__wrapped__(seed=3)
    assert again == reported(seed=3)


def test_groups_under_the_limit_are_not_shown_nor_those_that_give_them_back() -> None:
    made, slices = town(seed=3), few_draws()
    evidence = ability_of(answers_of(made))
    few = np.array(["a"] * 6 + ["b"] * 30 + ["c"] * (len(evidence.learners) - 36), dtype=object)
    found = labels_supplement(made.grades.drop(columns="school_id"), evidence, {"club": few}, slices)
    assert [row[2] for row in found.rows] == ["c"]
    assert found.suppressed == 2


def test_no_line_is_about_one_learner() -> None:
    table = reported(seed=3)
    ids = set(town(seed=3).roster["learner_id"])
    assert not ids & {value for row in table.rows for value in row if isinstance(value, str)}
    assert min(int(str(row[COLUMNS.index("n")])) for row in table.rows) >= 10


def test_subjects_are_told_apart_and_one_with_too_few_grades_is_left_out() -> None:
    made, slices = town(seed=3), few_draws()
    evidence = ability_of(answers_of(made))
    more = made.grades.head(20).assign(subject="music")
    physics = made.grades.assign(subject="physics", grade=made.grades["grade"].iloc[::-1].to_numpy())
    everyone = {"club": np.array(["x", "y"] * len(evidence.learners), dtype=object)[: len(evidence.learners)]}
    found = labels_supplement(pd.concat([made.grades, more, physics]), evidence, everyone, slices)
    assert {row[0] for row in found.rows} == {"mathematics", "physics"}
    assert any(note.startswith("music: left out, fewer than 50") for note in found.notes)


def test_subjects_of_nearly_the_same_learners_are_not_both_counted() -> None:
    """Else the groups of the few without the other grade could be told by subtraction."""
    made, slices = town(seed=3), few_draws()
    evidence = ability_of(answers_of(made))
    half = np.array(["x", "y"] * len(evidence.learners), dtype=object)[: len(evidence.learners)]
    physics = made.grades.assign(subject="physics")
    same, fewer, many = (
        labels_supplement(pd.concat([made.grades, some]), evidence, {"club": half}, slices)
        for some in (physics, physics[~physics["learner_id"].isin(evidence.learners[:3])], physics.iloc[::2])
    )
    place = COLUMNS.index("n")
    assert all(row[place] is not None for table in (same, many) for row in table.rows)
    assert [row[0] for row in fewer.rows if row[place] is None] == ["physics"] * 2
    assert all(isinstance(row[COLUMNS.index("gap")], float) for row in fewer.rows)
    assert any(note.startswith("physics: not counted by club") for note in fewer.notes)
    assert not any("not counted" in note for note in (*same.notes, *many.notes))


def test_the_enclave_is_read_for_a_purpose_and_the_grades_are_kept_nowhere(home: Home, tmp_path: Path) -> None:
    settings = Settings(
        provider_id="demo", store=f"sqlite:///{tmp_path}/p.db", background=f"sqlite:///{tmp_path}/b.db",
        curriculum="c", model="mastery",
    )  # fmt: skip
    made = town(seed=3)
    keep_background(home, settings, made.background, source="sis")
    grades, answers = made.grades.head(200).assign(grade=lambda rows: rows["grade"] + 0.271), answers_of(made)
    table = audit_labels(home, settings, grades, answers, purpose="yearly look")
    assert {row[1] for row in table.rows} > {"birth_quarter", SCHOOL}
    with Background.open(settings.background, "demo") as background:
        assert [read[0] for read in background.reads()] == ["yearly look"]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b".271" not in kept
    fewer = audit_labels(home, settings, grades.iloc[3:], answers, purpose="a look at nearly the same")
    assert not {"birth_quarter", SCHOOL} & {row[1] for row in fewer.rows}
    assert any("a table published before" in note for note in fewer.notes)


def test_numbers_may_have_a_comma_and_marks_that_are_none_are_counted() -> None:
    table, without = check_grades(
        pd.DataFrame({"learner_id": [1, 2, 3], "grade": ["8,5", "S", 9], "subject": ["maths", None, None]})
    )
    assert table["grade"].tolist() == [8.5, 9.0]
    assert table["subject"].tolist() == ["maths", ""]
    assert without == 1


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ({"learner_id": ["a"], "mark": [8]}, "the grades have no column grade"),
        ({"learner_id": ["a"], "grade": ["S"]}, "the grades hold no number"),
        ({"learner_id": ["a", "a"], "grade": [8, 9]}, "two grades in one subject"),
    ],
)
def test_grades_that_cannot_be_used_are_refused(frame: dict[str, list[object]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_grades(pd.DataFrame(frame))
