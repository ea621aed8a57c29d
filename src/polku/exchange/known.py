"""What was found good before: values that platforms send over and over are checked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)

MOST = 8_000
"""Values remembered; then all are forgotten, so that memory stays bounded whatever is sent."""


class Known(Generic[Value]):
    """A check that remembers what passed it.

    Parameters
    ----------
    check : callable
        Returns whether a value holds; always the same for the same value.
    most : int
        Values remembered at once.

    Examples
    --------
    >>> even = Known(lambda number: number % 2 == 0)
    >>> even(2), even(3), even(2)
    (True, False, True)
    """

    def __init__(self, check: Callable[[Value], bool], most: int = MOST) -> None:
        self._check, self._most = check, most
        self._good: set[Value] = set()

    def __call__(self, value: Value) -> bool:
        """Return whether a value holds."""
        if value in self._good:
            return True
        if not self._check(value):
            return False
        if len(self._good) >= self._most:
            self._good.clear()
        self._good.add(value)
        return True
