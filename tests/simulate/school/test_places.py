"""Every learner has a class, every class a school and a teacher at any time."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.simulate import Municipality, SimulationConfig, simulate
from polku.simulate.config import GROUPS
from polku.simulate.school.places import UPPER_SECONDARY, Group, Places, draw_places, draw_teachers
from polku.simulate.school.programme import NEVER, programme_of, taught_to
from polku.simulate.school.year import school_year


@pytest.fixture(scope="module")
def places(mathematics: Curriculum) -> Places:
    return draw_places(SimulationConfig(learners=3000, schools=12), mathematics, np.random.default_rng(1))


def test_all_grades_are_there_in_classes_of_a_bearable_size(places: Places) -> None:
    roster = places.roster()
    assert roster["learner_id"].is_unique
    assert sorted(roster["grade"].unique()) == list(range(1, 13))
    sizes = roster.groupby("group_id").size()
    assert sizes.min() >= 15
    assert sizes.max() <= 25
    assert roster.groupby("group_id")[["grade", "school_id"]].nunique().to_numpy().max() == 1
    assert set(roster.loc[roster["grade"] >= 10, "school_id"]) == {UPPER_SECONDARY}
    assert roster.loc[roster["grade"] < 10, "school_id"].nunique() == 12


def test_group_names_are_unique_and_tell_the_grade(places: Places) -> None:
    names = [group.id for group in places.groups]
    assert len(set(names)) == len(names)
    assert all(group.id.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(group.grade) for group in places.groups)


def test_ids_tell_no_grade(places: Places) -> None:
    roster = places.roster()
    number = roster["learner_id"].str[1:].astype(int)
    assert abs(np.corrcoef(number, roster["grade"])[0, 1]) < 0.06
    assert list(roster["learner_id"][:2]) == ["L0001", "L0002"]


def test_upper_secondary_has_long_and_short_classes(places: Places) -> None:
    found = {(group.grade, group.syllabus) for group in places.groups}
    assert {(grade, name) for grade in (10, 11, 12) for name in ("long", "short")} < found
    assert {syllabus for grade, syllabus in found if grade < 10} == {None}


def test_a_short_class_is_not_taught_the_long_syllabus(places: Places, mathematics: Curriculum) -> None:
    short = next(group for group in places.groups if group.syllabus == "short")
    for skill, grade in zip(mathematics.order, taught_to(mathematics, short).tolist(), strict=True):
        assert (grade == NEVER) == (mathematics.skills[skill].syllabus == "long")


def test_the_programme_follows_grade_and_curriculum_order(places: Places, mathematics: Curriculum) -> None:
    programme = programme_of(places.groups, mathematics)
    for row, group in enumerate(places.groups):
        units = programme.units[row, : programme.unit_count[row]]
        earlier = programme.earlier[row, : programme.earlier_count[row]]
        assert {mathematics.skills[mathematics.order[skill]].grade for skill in units} == {group.grade}
        assert all((mathematics.skills[mathematics.order[skill]].grade or 99) < group.grade for skill in earlier)
        assert (np.diff(units) > 0).all()


def test_a_grade_without_skills_is_refused(small: Curriculum) -> None:
    with pytest.raises(InputError, match="no skill of grade 4"):
        programme_of((Group("4A", 4, "Koivurannan koulu", None),), small)
    with pytest.raises(InputError, match="no skill of grade 1"):
        simulate(SimulationConfig(learners=20), Curriculum.of_skills(["a"]))


@pytest.mark.parametrize("until", [date(2026, 6, 5), date(2025, 12, 1)])
def test_every_group_has_one_teacher_at_any_time(places: Places, until: date) -> None:
    year = school_year(until)
    teachers = draw_teachers(places, year, np.random.default_rng(4))
    assert set(teachers["group_id"]) == {group.id for group in places.groups}
    for day in (year.starts, year.days[-1].item()):
        now = teachers[(teachers["starts_on"] <= day) & (teachers["ends_on"].isna() | (teachers["ends_on"] >= day))]
        assert now["group_id"].is_unique
        assert len(now) == len(places.groups)
    assert teachers["ends_on"].notna().any() == (until.year == 2026)


def test_class_teachers_have_one_class_and_subject_teachers_several(places: Places) -> None:
    teachers = draw_teachers(places, school_year(date(2025, 12, 1)), np.random.default_rng(4))
    grade = {group.id: group.grade for group in places.groups}
    young = Counter(teachers.loc[teachers["group_id"].map(grade) <= 6, "teacher_id"])
    older = Counter(teachers.loc[teachers["group_id"].map(grade) > 6, "teacher_id"])
    assert max(young.values()) == 1
    assert max(older.values()) == 4


def test_backgrounds_have_known_groups_realistic_shares_and_holes(town: Municipality) -> None:
    background = town.background
    assert list(background.columns) == ["learner_id", *GROUPS]
    assert background["learner_id"].tolist() == town.roster["learner_id"].tolist()
    for attribute, groups in GROUPS.items():
        assert set(background[attribute].dropna()) == set(groups)
        assert 0.005 < background[attribute].isna().mean() < 0.07
    shares = background["home_language"].value_counts(normalize=True)
    assert shares["fi"] > 0.7
    assert shares["sv"] < shares["other"] < 0.2


def test_second_language_learners_speak_another_language_at_home(town: Municipality) -> None:
    s2 = town.background[town.background["s2"] == "yes"]
    assert set(s2["home_language"].dropna()) == {"other"}
    assert isinstance(town.background, pd.DataFrame)
