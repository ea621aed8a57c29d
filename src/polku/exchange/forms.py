"""What a value must be to be written as a standard asks: combinators for small, exact checks of JSON.

A check takes a value and the place where it stands, and raises :class:`FaultError` when the value does not hold. Checks
are built from checks; a standard's rules then read like its own tables. Nothing here knows a standard.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from polku.records import Reason

Check: TypeAlias = Callable[[object, str], None]


class FaultError(Exception):
    """A value that a check does not accept; caught where elements are read, never shown as it is.

    Parameters
    ----------
    reason : Reason
        Why.
    place : str
        Where in the element, as ``result.score.scaled``.
    said : str, optional
        What is asked for, in a few words.
    """

    def __init__(self, reason: Reason, place: str, said: str = "") -> None:
        super().__init__(f"{place}: {reason.value}")
        self.reason, self.place, self.said = reason, place, said

    @property
    def sentence(self) -> str:
        """Return the reason as a sentence, with what is asked for."""
        return f"{self.reason.sentence}: {self.said}" if self.said else self.reason.sentence


def record(fields: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """Return the check of an object that has the `required` fields, and no others than `fields`.

    Examples
    --------
    >>> check = record({"id": text}, required=["id"])
    >>> check({"id": "a", "Id": "b"}, "verb")
    Traceback (most recent call last):
    polku.exchange.forms.FaultError: verb.Id: unknown_field
    """

    def checked(value: object, place: str) -> None:
        for name, part in members(value, place).items():
            check = fields.get(name)
            if check is None:
                raise FaultError(Reason.UNKNOWN_FIELD, under(place, name))
            check(part, under(place, name))
        for name in required:
            if name not in members(value, place):
                raise FaultError(Reason.MISSING, under(place, name))

    return checked


def listing(check: Check, least: int = 0) -> Check:
    """Return the check of an array each of whose members holds."""

    def checked(value: object, place: str) -> None:
        if not isinstance(value, list):
            raise FaultError(Reason.WRONG_TYPE, place, "an array")
        if len(value) < least:
            raise FaultError(Reason.MISSING, place)
        for number, one in enumerate(value):
            check(one, f"{place}[{number}]")

    return checked


def written(pattern: str, said: str) -> Check:
    """Return the check of a text that is written as `pattern` says, whole.

    Examples
    --------
    >>> written("[0-9]+", "digits")("12a", "length")
    Traceback (most recent call last):
    polku.exchange.forms.FaultError: length: bad_format
    """
    fits = re.compile(pattern).fullmatch

    def checked(value: object, place: str) -> None:
        text(value, place)
        if not fits(str(value)):
            raise FaultError(Reason.BAD_FORMAT, place, said)

    return checked


def one_of(*words: str) -> Check:
    """Return the check of a text that is one of `words`."""

    def checked(value: object, place: str) -> None:
        text(value, place)
        if value not in words:
            raise FaultError(Reason.NOT_ONE_OF, place, ", ".join(words))

    return checked


def text(value: object, place: str) -> None:
    """Accept any text."""
    if not isinstance(value, str):
        raise FaultError(Reason.WRONG_TYPE, place, "a text")


def truth(value: object, place: str) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise FaultError(Reason.WRONG_TYPE, place, "true or false")


def number(value: object, place: str) -> None:
    """Accept a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError(Reason.WRONG_TYPE, place, "a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise FaultError(Reason.NOT_FINITE, place)


def count(value: object, place: str) -> None:
    """Accept a whole number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FaultError(Reason.WRONG_TYPE, place, "a whole number")
    if value < 0:
        raise FaultError(Reason.OUT_OF_RANGE, place)


def members(value: object, place: str) -> dict[str, object]:
    """Return the members of an object.

    Raises
    ------
    FaultError
        If it is none.
    """
    if not isinstance(value, dict):
        raise FaultError(Reason.WRONG_TYPE, place, "an object")
    return value


def under(place: str, name: str) -> str:
    """Return the place of a member."""
    return f"{place}.{name}" if place else name
