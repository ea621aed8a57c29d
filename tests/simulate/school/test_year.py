"""School days are school days, on the right side of the extract, in the right zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from polku.simulate.school.year import ZONE, school_year


def days_of(until: date) -> set[date]:
    return set(school_year(until).days.tolist())


@pytest.mark.parametrize(
    "free",
    [
        date(2025, 10, 15),  # autumn break
        date(2025, 12, 24),
        date(2026, 1, 6),
        date(2026, 2, 25),  # winter break
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 16),  # a Saturday
    ],
)
def test_breaks_and_holidays_are_free(free: date) -> None:
    days = days_of(date(2026, 6, 5))
    assert free not in days
    assert date(2026, 4, 7) in days


@pytest.mark.parametrize(
    ("until", "starts"),
    [
        (date(2026, 6, 5), date(2025, 8, 11)),
        (date(2026, 3, 1), date(2025, 8, 11)),
        (date(2025, 8, 12), date(2025, 8, 11)),
        (date(2025, 8, 11), date(2024, 8, 12)),
    ],
)
def test_the_year_runs_on_the_day_of_the_extract_or_has_just_ended(until: date, starts: date) -> None:
    year = school_year(until)
    assert year.starts == starts
    assert max(year.days.tolist()) < until
    assert len(year.days) == len(year.offset) >= 1


def test_midnight_follows_summer_time() -> None:
    year = school_year(date(2026, 6, 5))
    assert set(year.offset.tolist()) == {2, 3}
    for day, midnight in zip(year.days.tolist(), year.midnight.tolist(), strict=True):
        local = datetime(day.year, day.month, day.day, tzinfo=ZONE)
        assert midnight == round(local.timestamp() * 1_000_000)


def test_the_share_gone_counts_the_whole_year_even_in_winter() -> None:
    winter, summer = school_year(date(2026, 1, 20)), school_year(date(2026, 6, 5))
    assert np.array_equal(winter.share_gone, summer.share_gone[: len(winter.days)])
    assert (np.diff(summer.share_gone) > 0).all()
    assert summer.share_gone[0] == 0.0
    assert 0.98 < summer.share_gone[-1] < 1.0


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2038, date(2038, 4, 25))]
)
def test_easter_falls_where_the_church_says(year: int, sunday: date) -> None:
    days = days_of(date(year, 6, 1))
    assert not {sunday - timedelta(days=2), sunday + timedelta(days=1)} & days
    assert sunday + timedelta(days=2) in days
