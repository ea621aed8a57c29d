"""Lessons open every unit; tasks are laid out over the day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.simulate.occasions import Lessons
from polku.simulate.school.clock import draw_times
from polku.simulate.school.cohort import Cohort
from polku.simulate.school.places import Group
from polku.simulate.school.programme import Programme, programme_of
from polku.simulate.school.sessions import Sessions
from polku.simulate.school.timetable import PER_UNIT, PRESENT, draw_lessons
from polku.simulate.school.year import HOUR, SchoolYear, school_year

YEAR = school_year(date(2026, 6, 5))
N = 200


@pytest.fixture(scope="module")
def programme(mathematics: Curriculum) -> Programme:
    groups = (Group("5A", 5, "Koivurannan koulu", None), Group("8A", 8, "Koivurannan koulu", None))
    return programme_of(groups, mathematics)


def lessons_of(programme: Programme, year: SchoolYear = YEAR) -> tuple[Lessons, Cohort]:
    nobody = np.zeros(N, dtype=bool)
    newcomer = nobody.copy()
    newcomer[:10] = True
    cohort = Cohort(np.arange(N) % 2, nobody, newcomer, nobody)
    return draw_lessons(programme, year, cohort, np.random.default_rng(1)), cohort


def test_every_unit_opens_with_lessons_for_those_who_are_there(programme: Programme) -> None:
    lessons, cohort = lessons_of(programme)
    units = programme.unit_count[cohort.group]
    counts = np.bincount(lessons.learner, minlength=N)
    assert (counts[cohort.newcomer] == 0).all()
    here = ~cohort.newcomer
    assert counts[here].sum() / (PER_UNIT * units[here]).sum() == pytest.approx(PRESENT, abs=0.01)
    for group in (0, 1):
        taught = lessons.skill[cohort.group[lessons.learner] == group]
        assert set(taught) == set(programme.units[group, : programme.unit_count[group]])


def test_lessons_of_a_class_are_at_one_time_in_order(programme: Programme) -> None:
    lessons, cohort = lessons_of(programme)
    for group in (0, 1):
        mine = cohort.group[lessons.learner] == group
        for skill in set(lessons.skill[mine]):
            assert len(set(lessons.at[mine & (lessons.skill == skill)])) == PER_UNIT
        order = np.argsort(lessons.at[mine], kind="stable")
        position = {skill: place for place, skill in enumerate(programme.units[group])}
        places = np.array([position[skill] for skill in lessons.skill[mine][order]])
        assert (np.diff(places) >= -1).all()


def test_an_early_extract_ends_the_lessons_early(programme: Programme) -> None:
    until_autumn, _ = lessons_of(programme, school_year(date(2025, 10, 1)))
    whole, _ = lessons_of(programme)
    assert 0 < len(until_autumn.at) < len(whole.at) / 3
    assert until_autumn.at.max() < school_year(date(2025, 10, 1)).midnight[-1] + 24 * HOUR


@pytest.mark.parametrize("answers", [1, 2, 7])
def test_a_session_is_a_lesson_and_perhaps_an_evening(answers: int) -> None:
    m = 3000
    sessions = Sessions(np.arange(m), np.full(m, 20), np.full(m, answers))
    group = np.arange(m) % 50
    times = draw_times(sessions, group, np.ones(m * answers), YEAR, np.random.default_rng(2))
    hour = ((times.answered_at - YEAR.midnight[20]) / HOUR).reshape(m, answers)
    assert (np.diff(hour, axis=1) > 0).all(), "one after another"
    home = hour >= 16
    assert (home[:, : (answers + 1) // 2] == 0).all(), "homework is the second half"
    assert home.any() == (answers > 1)
    paper = np.isnan(times.duration_s)
    assert np.array_equal(paper, times.known_at > times.answered_at)
    assert not home.ravel()[paper].any()


def test_demanding_items_take_longer() -> None:
    m = 2000
    sessions = Sessions(np.arange(m), np.zeros(m, dtype=np.int64), np.ones(m, dtype=np.int64))
    easy, hard = (
        np.nanmedian(
            draw_times(sessions, np.zeros(m, np.int64), np.full(m, ask), YEAR, np.random.default_rng(2)).duration_s
        )
        for ask in (0.5, 2.0)
    )
    assert hard / easy == pytest.approx(2.0, rel=0.1)
