"""The rules for single values, shared by the service (row by row) and the readers (column by column).

A rule takes a raw value, from JSON, Parquet or text, and returns the clean one or raises
:class:`~polku.records.reasons.RefusedValueError`. Spaces around a text are not part of it.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from polku.records.columns import SEPARATOR
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError
from polku.records.times import LARGEST, Time, parse_time

LONGEST_ID = 200
#: Texts that exports write for "no value", compared without case. Taken as ids they would make many people one.
MISSING = frozenset({"", "-", "?", "#n/a", "n/a", "na", "nan", "none", "null", "unknown"})
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
#: Controls, zero-width and direction marks, line separators, byte order mark, lone surrogates: ids that look alike
#: but differ.
CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def is_missing(value: object) -> bool:
    """Return whether a value stands for no value.

    Examples
    --------
    >>> [is_missing(value) for value in (None, " ", "NaN", float("nan"), 0, "0")]
    [True, True, True, True, False, False]
    """
    if isinstance(value, str):
        return value.strip(" ").casefold() in MISSING
    return value is None or (isinstance(value, float) and math.isnan(value))


def clean_id(value: object, deny: DenyRules) -> str:
    """Return an id; whole numbers become their digits.

    Raises
    ------
    RefusedValueError
        ``missing``, ``wrong_type``, ``too_long``, ``control_character``, ``undecodable`` or ``identity_code``.
    """
    text = _text(value)
    if len(text) > LONGEST_ID:
        raise RefusedValueError(Reason.TOO_LONG)
    return _readable(text, deny)


def _readable(text: str, deny: DenyRules) -> str:
    """Return a text that can be shown and kept."""
    if CONTROL.search(text):
        raise RefusedValueError(Reason.CONTROL_CHARACTER)
    if "\ufffd" in text:
        raise RefusedValueError(Reason.UNDECODABLE)
    if deny.holds(text):
        raise RefusedValueError(Reason.IDENTITY_CODE)
    return text


def _text(value: object) -> str:
    """Return a value as stripped text."""
    if is_missing(value):
        raise RefusedValueError(Reason.MISSING)
    if isinstance(value, str):
        return value.strip(" ")
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedValueError(Reason.WRONG_TYPE)
    if abs(value) >= LARGEST * 100:
        raise RefusedValueError(Reason.TOO_LONG)
    return str(value)


def optional_id(value: object, deny: DenyRules) -> str | None:
    """Return an id, or None when there is none."""
    return None if is_missing(value) else clean_id(value, deny)


def clean_skills(value: object, deny: DenyRules) -> tuple[str, ...]:
    """Return a sorted set of skill ids from text with ``;`` or a list; empty when none is given.

    Examples
    --------
    >>> clean_skills("b; a;", DenyRules())
    ('a', 'b')
    """
    text = SEPARATOR.join(map(_member, value)) if isinstance(value, list | tuple) else value
    if is_missing(text):
        return ()
    parts = _text(text).split(SEPARATOR)
    return tuple(sorted({clean_id(part, deny) for part in parts if part.strip(" ")}))


def _member(part: object) -> str:
    """Return one member of a list of skills as text."""
    if isinstance(part, str) and SEPARATOR in part:
        raise RefusedValueError(Reason.SEPARATOR_IN_ID)
    return part if isinstance(part, str) else _text(part)


def clean_time(value: object) -> Time:
    """Return a time; see :func:`polku.records.times.parse_time`. A missing one is refused."""
    if is_missing(value):
        raise RefusedValueError(Reason.MISSING)
    return parse_time(value.strip(" ") if isinstance(value, str) else value)


def optional_time(value: object) -> Time | None:
    """Return a time, or None when there is none."""
    return None if is_missing(value) else clean_time(value)


def clean_score(value: object) -> float:
    """Return a score from 0 to 1; true and false count as 1 and 0.

    Examples
    --------
    >>> clean_score("0.5"), clean_score(True)
    (0.5, 1.0)
    """
    number = float(value) if isinstance(value, bool) else _number(value)
    if not 0 <= number <= 1:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return number + 0.0  # -0.0 becomes 0.0


def optional_figure(value: object) -> float | None:
    """Return a finite number, or None when there is none."""
    return None if is_missing(value) else _number(value)


def optional_duration(value: object) -> float | None:
    """Return a duration of at least 0 s, or None when there is none."""
    if is_missing(value):
        return None
    number = _number(value)
    if number < 0:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return number + 0.0


def optional_grade(value: object) -> int | None:
    """Return a grade from 1 to 12 (10 to 12: years of upper secondary school), or None when there is none.

    Examples
    --------
    >>> optional_grade("7"), optional_grade("")
    (7, None)
    """
    if is_missing(value):
        return None
    number = _number(value)
    if not (number.is_integer() and 1 <= number <= 12):
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return int(number)


def clean_date(value: object) -> dt.date:
    """Return a date written as YYYY-MM-DD."""
    if is_missing(value):
        raise RefusedValueError(Reason.MISSING)
    text = str(value).strip(" ")
    if not DATE.fullmatch(text):
        raise RefusedValueError(Reason.BAD_DATE)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise RefusedValueError(Reason.BAD_DATE) from None


def optional_end(value: object, starts_on: dt.date) -> dt.date | None:
    """Return a date that is not before `starts_on`, or None when there is none."""
    ends_on = None if is_missing(value) else clean_date(value)
    if ends_on is not None and ends_on < starts_on:
        raise RefusedValueError(Reason.ENDS_BEFORE_START)
    return ends_on


def clean_title(value: object, deny: DenyRules) -> str:
    """Return a title of any length without control characters; empty when there is none."""
    return _readable("" if value is None else str(value).strip(" "), deny)


def _number(value: object) -> float:
    """Return a finite number."""
    if isinstance(value, str):
        text = value.strip(" ")
        if NOT_FINITE.fullmatch(text):
            raise RefusedValueError(Reason.NOT_FINITE)
        if is_missing(text):
            raise RefusedValueError(Reason.MISSING)
        if not NUMBER.fullmatch(text):
            raise RefusedValueError(Reason.NOT_A_NUMBER)
        number = float(text)
    elif value is None:
        raise RefusedValueError(Reason.MISSING)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedValueError(Reason.WRONG_TYPE)
    else:
        number = _float(value)
    if not math.isfinite(number):
        raise RefusedValueError(Reason.NOT_FINITE)
    return number


def _float(value: float) -> float:
    """Return a number as a float; whole numbers in JSON may be larger than any float."""
    try:
        return float(value)
    except OverflowError:
        raise RefusedValueError(Reason.OUT_OF_RANGE) from None
