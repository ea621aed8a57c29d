"""Days in words, in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date

LOCALES = {"fi": "fi", "sv": "sv_FI", "en": "en_GB"}
"""How dates are written by language; English as it is written in Europe."""
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCHOOL_YEAR_BEGINS = 8
"""Month. The law begins the school year on 1 August."""


def day_of(moment: int) -> date:
    """Return the day of a moment in microseconds UTC."""
    return (EPOCH + moment * MICROSECOND).date()


@lru_cache(maxsize=4096)
def in_words(day: date) -> dict[str, str]:
    """Return a day by language.

    A day and not "three days ago": what has been said stays true, and an offer need not be worded anew at midnight.

    Examples
    --------
    >>> in_words(date(2026, 6, 3))
    {'fi': '3. kesäkuuta 2026', 'sv': '3 juni 2026', 'en': '3 June 2026'}
    """
    return {language: format_date(day, format="long", locale=locale) for language, locale in LOCALES.items()}


def school_year(day: date) -> int:
    """Return the year in which the school year of a day began.

    Examples
    --------
    >>> school_year(date(2026, 7, 31)), school_year(date(2026, 8, 1))
    (2025, 2026)
    """
    return day.year - (day.month < SCHOOL_YEAR_BEGINS)
