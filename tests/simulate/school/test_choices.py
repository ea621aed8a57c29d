"""What a session asks: mostly the unit of the day, sometimes the year's past, sometimes earlier grades."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.simulate.items import ItemBank, draw_items
from polku.simulate.school.choices import EARLIER, EARLIER_WITH_GAP, REVISIT, Moment, draw_items_of
from polku.simulate.school.places import Group
from polku.simulate.school.programme import Programme, programme_of
from polku.simulate.school.year import school_year

YEAR = school_year(date(2026, 6, 5))
N = 8000
FIRST, SEVENTH = 0, 1


@pytest.fixture(scope="module")
def bank(mathematics: Curriculum) -> ItemBank:
    return draw_items(mathematics, np.random.default_rng(2))


@pytest.fixture(scope="module")
def programme(mathematics: Curriculum) -> Programme:
    return programme_of((Group("1A", 1, "Kivipuron koulu", None), Group("7A", 7, "Kivipuron koulu", None)), mathematics)


def skills_of(programme: Programme, bank: ItemBank, group: int, day: int, gap: bool = False) -> np.ndarray:
    moment = Moment(np.full(N, group), np.full(N, day), np.full(N, gap))
    items = draw_items_of(moment, programme, YEAR, bank, np.random.default_rng(3))
    return bank.skill[items]


@pytest.mark.parametrize(("gap", "back"), [(False, EARLIER), (True, EARLIER_WITH_GAP)])
def test_shares_are_kept(programme: Programme, bank: ItemBank, gap: bool, back: float) -> None:
    day = len(YEAR.days) // 2
    skills = skills_of(programme, bank, SEVENTH, day, gap)
    units = programme.units[SEVENTH]
    now = units[int(YEAR.share_gone[day] * programme.unit_count[SEVENTH])]
    earlier = np.isin(skills, programme.earlier[SEVENTH])
    assert earlier.mean() == pytest.approx(back, abs=0.02)
    assert (skills == now).mean() == pytest.approx(1 - back - REVISIT, abs=0.02)
    assert set(skills[~earlier]) == set(units[: int(np.flatnonzero(units == now)[0]) + 1])


def test_recent_grades_come_back_more_and_none_never(programme: Programme, bank: ItemBank) -> None:
    skills = skills_of(programme, bank, SEVENTH, 100, gap=True)
    count = int(programme.earlier_count[SEVENTH])
    place = {skill: k for k, skill in enumerate(programme.earlier[SEVENTH, :count])}
    places = np.array([place[skill] for skill in skills if skill in place])
    assert places.mean() > 0.6 * count
    assert set(places) == set(range(count))


def test_on_the_first_day_of_the_first_grade_there_is_one_skill(programme: Programme, bank: ItemBank) -> None:
    assert set(skills_of(programme, bank, FIRST, 0, gap=True)) == {programme.units[FIRST, 0]}


def test_every_item_of_the_skill_is_used_alike(programme: Programme, bank: ItemBank) -> None:
    moment = Moment(np.full(N, FIRST), np.zeros(N, dtype=np.int64), np.zeros(N, dtype=bool))
    items = draw_items_of(moment, programme, YEAR, bank, np.random.default_rng(3))
    skill = programme.units[FIRST, 0]
    counts = np.bincount(items, minlength=len(bank))[bank.start[skill] : bank.start[skill + 1]]
    assert counts.sum() == N
    assert counts.min() > 0.85 * N / len(counts)
