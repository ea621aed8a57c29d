"""Four reading bands: a seven-year-old and a student of upper secondary are not told the same thing alike."""

from __future__ import annotations

from typing import get_args

from polku.schemas.text import Band

__all__ = ["BANDS", "UNKNOWN", "Band", "band_of"]

BANDS: tuple[Band, ...] = get_args(Band)
"""Years of age, younger first."""

UNKNOWN: Band = "13-15"
"""Without a grade: plain enough for a child who reads, and no talking down to somebody older."""

LAST_GRADES = (3, 6, 9)
"""Last grade of each band but the oldest: the years of basic education in threes, then upper secondary."""


def band_of(grade: int | None) -> Band:
    """Return the reading band of a learner's grade.

    Parameters
    ----------
    grade : int or None
        1 to 9 in basic education, 10 to 12 in upper secondary.

    Examples
    --------
    >>> [band_of(grade) for grade in (1, 4, 9, 10, None)]
    ['7-9', '10-12', '13-15', '16plus', '13-15']
    """
    return UNKNOWN if grade is None else BANDS[sum(grade > last for last in LAST_GRADES)]
