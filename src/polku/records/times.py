"""Times: ISO 8601 with zone as microseconds UTC, or plain order numbers.

The scalar rule :func:`parse_time` is the authority. :func:`recognise` reads the common ISO shapes column by column,
a hundred times faster, and leaves everything else to the rule.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from polku.records.reasons import Reason, RefusedValueError

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST = (dt.date.min.toordinal() - EPOCH) * DAY
LAST = (dt.date.max.toordinal() + 1 - EPOCH) * DAY - 1
#: Order numbers stay below this, so that differences fit into 64 bits.
LARGEST = 10**18

INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
SHAPES = tuple(
    f"0000-00-00T00:00{seconds}{zone}"
    for seconds in (":00", ":00.000", ":00.000000", "")
    for zone in ("Z", "+00:00", "+0000")
)
LONGEST = max(map(len, SHAPES))


class Time(NamedTuple):
    """A parsed time: microseconds UTC when `clock`, else an order number."""

    value: int
    clock: bool


def parse_time(value: object) -> Time:
    """Read one time; text is already stripped and not a mark of a missing value.

    Fractions finer than a microsecond are cut off.

    Raises
    ------
    RefusedValueError
        ``no_zone``, ``bad_time``, ``out_of_range`` or ``wrong_type``.

    Examples
    --------
    >>> parse_time("1970-01-01T02:00:01+02:00")
    Time(value=1000000, clock=True)
    >>> parse_time("17")
    Time(value=17, clock=False)
    """
    if isinstance(value, str):
        return Time(int(value), clock=False) if INTEGER.fullmatch(value) else Time(_iso(value), clock=True)
    if isinstance(value, dt.datetime):
        return Time(_iso(value.isoformat()), clock=True)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedValueError(Reason.WRONG_TYPE)
    if abs(value) >= LARGEST:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return Time(value, clock=False)


def _iso(text: str) -> int:
    """Return the microseconds since 1970 in UTC of an ISO 8601 text."""
    match = ISO.fullmatch(text)
    if match is None:
        raise RefusedValueError(Reason.BAD_TIME)
    year, month, day, hour, minute, second, fraction, zone = match.groups(default="")
    try:
        days = dt.date(int(year), int(month), int(day)).toordinal() - EPOCH
        clock = dt.time(int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        raise RefusedValueError(Reason.BAD_TIME) from None
    if not zone:
        raise RefusedValueError(Reason.NO_ZONE)
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second - _offset(zone)
    value = days * DAY + seconds * SECOND + int(fraction[:6].ljust(6, "0"))
    if not FIRST <= value <= LAST:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return value


def _offset(zone: str) -> int:
    """Return the seconds east of UTC of ``Z`` or ``±HH[[:]MM]``."""
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].removeprefix(":") or 0)
    if hours > 23 or minutes > 59:
        raise RefusedValueError(Reason.BAD_TIME)
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def recognise(texts: pa.Array) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Read the common ISO shapes of a column of strings at once.

    Parameters
    ----------
    texts : Arrow string array of n values, no nulls

    Returns
    -------
    (n,) bool array, (n,) int64 array
        Which values were surely read, and their microseconds since 1970 in UTC (0 elsewhere).
    """
    sure = np.zeros(len(texts), bool)
    values = np.zeros(len(texts), np.int64)
    lengths = pc.binary_length(texts).to_numpy()
    counts = np.bincount(np.minimum(lengths, LONGEST + 1), minlength=LONGEST + 2)
    for shape in SHAPES:
        if counts[len(shape)] == len(texts) and not sure.any():
            sure, values = _of_shape(texts, shape)
        elif counts[len(shape)]:
            rows = np.flatnonzero((lengths == len(shape)) & ~sure)
            sure[rows], values[rows] = _of_shape(texts.take(pa.array(rows)), shape)
    return sure, values


def _of_shape(texts: pa.Array, shape: str) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Read texts that all have the length of `shape`: a mask of those that fit, and their values."""
    start = int(np.frombuffer(texts.buffers()[1], np.int32)[texts.offset]) if len(texts) else 0
    raw = np.frombuffer(texts.buffers()[2], np.uint8)[start : start + len(texts) * len(shape)]
    characters = np.ascontiguousarray(raw.reshape(len(texts), len(shape)).T)
    digits = characters - np.uint8(ord("0"))
    good = np.ones(len(texts), bool)
    for place, mark in enumerate(shape):
        good &= digits[place] <= 9 if mark == "0" else np.isin(characters[place], ALLOWED[mark])
    seconds_end = 16 if shape[16] != ":" else 19
    zone = next(place for place, mark in enumerate(shape) if mark in "Z+")
    numbers = [_number(digits, start, end) for start, end in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16))]
    second = _number(digits, 17, seconds_end)
    fraction = _number(digits, 20, zone) * 10 ** (6 - max(0, zone - 20))
    year, month, day, hour, minute = numbers
    days, fits = _days(year, month, day)
    good &= fits & (hour <= 23) & (minute <= 59) & (second <= 59)
    values = days * DAY + ((hour * 60 + minute) * 60 + second) * SECOND + fraction
    if shape[zone] == "+":
        hours, minutes = _number(digits, zone + 1, zone + 3), _number(digits, len(shape) - 2, len(shape))
        good &= (hours <= 23) & (minutes <= 59)
        values -= np.where(characters[zone] == ord("-"), -1, 1) * (hours * 3600 + minutes * 60) * SECOND
    good &= (values >= FIRST) & (values <= LAST)
    return good, np.where(good, values, 0)


ALLOWED = {
    mark: [ord(character) for character in {"T": "T ", "+": "+-", ".": ".,"}.get(mark, mark)] for mark in "-T:.Z+"
}


def _number(digits: NDArray[np.uint8], start: int, end: int) -> NDArray[np.int64]:
    """Return the decimal number in some places of each text; 0 when there are none."""
    number = np.zeros(digits.shape[1], np.int64)
    for place in range(start, end):
        number = number * 10 + digits[place]
    return number


def _days(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return days since 1970 in the Gregorian calendar, and whether the date exists.

    Counted from 1 March, so that the leap day comes last: Howard Hinnant, *chrono-compatible low-level date
    algorithms*, ``days_from_civil``.
    """
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = (month >= 1) & (month <= 12) & (year >= 1)
    length = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.where(known, month, 0)]
    exists = known & (day >= 1) & (day <= length + (leap & (month == 2)))
    years = year - (month <= 2)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + day_of_year - 719_468, exists
