"""What earlier years have left: by grade, by prerequisites, with gaps, and not used since."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.simulate.laws import Start
from polku.simulate.school.places import Group, Places
from polku.simulate.school.preparation import GAP_LEFT, GLIMPSE, draw_start
from polku.simulate.school.year import school_year
from polku.simulate.traits import Traits

N = 600
YEAR = school_year(date(2026, 6, 5))


def start_of(curriculum: Curriculum, grade: int, level: float = 1.0, gap: bool = False) -> Start:
    """Return the start of N like learners of one class."""
    group = Group(f"{grade}A", grade, "Koivurannan koulu", None)
    places = Places((group,), np.arange(N).astype(str).astype(object), np.zeros(N, dtype=np.int64))
    traits = Traits(np.ones(N), np.ones(N), np.ones(N), np.full(N, level))
    return draw_start(curriculum, places, YEAR, traits, np.full(N, gap), np.random.default_rng(3))


def typical(start: Start, curriculum: Curriculum, skill: str) -> float:
    return float(np.median(start.preparation[:, curriculum.index(skill)]))


def test_skills_of_this_grade_and_later_are_hardly_known(small: Curriculum) -> None:
    start = start_of(small, grade=2)
    assert typical(start, small, "count") > 20 * GLIMPSE
    for skill in ("subtract", "multiply", "divide"):
        assert typical(start, small, skill) == pytest.approx(GLIMPSE, rel=0.15)


def test_a_missing_prerequisite_leaves_less_of_what_builds_on_it(small: Curriculum) -> None:
    start = start_of(small, grade=3, level=0.4)
    count, subtract = (start.preparation[:, small.index(skill)] for skill in ("add", "subtract"))
    shaky = count < np.quantile(count, 0.3)
    assert np.median(subtract[~shaky]) > 1.05 * np.median(subtract[shaky])


def test_levels_scale_what_is_left(small: Curriculum) -> None:
    low, high = (typical(start_of(small, grade=3, level=level), small, "count") for level in (0.5, 2.0))
    assert high == pytest.approx(4 * low)


def test_gaps_take_the_last_years_only(mathematics: Curriculum) -> None:
    without, gap = (start_of(mathematics, grade=9, gap=gap) for gap in (False, True))
    grades = np.array([mathematics.skills[skill].grade or 99 for skill in mathematics.order])
    assert np.array_equal(gap.preparation[:, grades <= 5], without.preparation[:, grades <= 5])
    recent = (grades >= 6) & (grades <= 8)
    share = gap.preparation[:, recent] / without.preparation[:, recent]
    assert share.max() <= GAP_LEFT + 1e-9
    assert np.array_equal(gap.preparation[:, grades >= 9], without.preparation[:, grades >= 9])


def test_skills_were_last_used_between_their_grade_and_last_spring(small: Curriculum) -> None:
    start = start_of(small, grade=3)
    today = (YEAR.starts - date(1970, 1, 1)).days
    ago = today - start.last_used
    assert ago.min() >= 70.0
    oldest = ago[:, small.index("count")]
    assert oldest.max() <= 70.0 + 365.0
    assert oldest.std() > 50.0
    assert (ago[:, small.index("subtract")] == 70.0).all()
