"""School days of one Finnish school year, and the clock on its walls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600_000_000
"""Microseconds of an hour."""
ZONE = ZoneInfo("Europe/Helsinki")
AUTUMN_BREAK, WINTER_BREAK = 42, 9
FIRST_WEEK, LAST_WEEK = 33, 22


@dataclass(frozen=True, slots=True, eq=False)
class SchoolYear:
    """The school days before an extract is taken.

    Parameters
    ----------
    starts, ends : date
        First and last day of the school year, the last whether or not the extract comes earlier.
    days : ndarray of datetime64[D], shape (D,)
        School days before the extract.
    offset : ndarray of int64, shape (D,)
        Hours ahead of UTC on each of them.
    until : date
        Day of the extract.
    """

    starts: date
    ends: date
    days: NDArray[np.datetime64]
    offset: NDArray[np.int64]
    until: date

    @property
    def midnight(self) -> NDArray[np.int64]:
        """Return the local midnight that begins each school day, microseconds UTC, shape (D,)."""
        naive: NDArray[np.int64] = self.days.astype("datetime64[us]").astype(np.int64)
        return naive - self.offset * HOUR

    @property
    def share_gone(self) -> NDArray[np.float64]:
        """Return the share (0-1) of the whole school year that lies before each school day, shape (D,)."""
        gone = (self.days - np.datetime64(self.starts, "D")).astype(np.float64)
        share: NDArray[np.float64] = gone / ((self.ends - self.starts).days + 1)
        return share


def school_year(until: date) -> SchoolYear:
    """Return the school year that is running on `until`, or has just ended.

    It starts on the Monday of ISO week 33 and ends on the Saturday of week 22; an autumn break, Christmas,
    a winter break, Easter and public holidays are free.

    Examples
    --------
    >>> year = school_year(date(2026, 6, 5))
    >>> str(year.starts), str(year.ends), len(year.days)
    ('2025-08-11', '2026-05-30', 184)
    """
    first = until.year if until > date.fromisocalendar(until.year, FIRST_WEEK, 1) else until.year - 1
    starts, ends = date.fromisocalendar(first, FIRST_WEEK, 1), date.fromisocalendar(first + 1, LAST_WEEK, 6)
    last = min(ends, until - timedelta(days=1))
    every = (starts + timedelta(days=k) for k in range((last - starts).days + 1))
    free = _holidays(first)
    days = [day for day in every if day.weekday() < 5 and day not in free and not _is_break(day)]
    noon = [datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).utcoffset() or timedelta() for day in days]
    offset = np.array([ahead // timedelta(hours=1) for ahead in noon], dtype=np.int64)
    return SchoolYear(starts, ends, np.array(days, dtype="datetime64[D]"), offset, until)


def _is_break(day: date) -> bool:
    """Tell whether a day lies in the Christmas holidays or in a week-long break."""
    christmas = (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 6)
    return christmas or day.isocalendar().week in {AUTUMN_BREAK, WINTER_BREAK}


def _holidays(first: int) -> set[date]:
    """Return the public holidays that can fall on a school day of the year starting in `first`."""
    easter = _easter(first + 1)
    moving = {easter + timedelta(days=days) for days in (-2, 1, 39)}
    return {date(first, 12, 6), date(first + 1, 5, 1)} | moving


def _easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    epact = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - epact - c % 4) % 7
    shift = (a + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
