"""Figures as a reader's language writes them: decimal sign, percent, minus, grouping; Unicode CLDR through Babel."""

from __future__ import annotations

from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

_MINUS = "\N{MINUS SIGN}"


class Numbers:
    """Writes numbers in one language.

    Parameters
    ----------
    language : str
        "fi", "sv" or "en".

    Examples
    --------
    >>> finnish = Numbers("fi")
    >>> print(finnish.decimal(0.0312), finnish.signed(3.21, 1), Numbers("en").percent(0.125))
    0,031 +3,2 12.5%
    """

    def __init__(self, language: str) -> None:
        locale = Locale(language)
        self._language = language
        self._percent = str(locale.percent_formats[None].pattern)

    def whole(self, value: int) -> str:
        """Return a count, its thousands set apart."""
        return self._written(value, "#,##0")

    def decimal(self, value: float, digits: int = 3) -> str:
        """Return a number with a fixed count of decimals."""
        return self._written(_zero(value, digits), _pattern(digits))

    def signed(self, value: float, digits: int = 3) -> str:
        """Return a difference with its sign; none where it rounds to zero."""
        kept = _zero(value, digits)
        return ("+" if kept > 0 else "") + self._written(kept, _pattern(digits))

    def tick(self, value: float) -> str:
        """Return a difference as an axis writes it: with its sign, and as many decimals as it needs."""
        return ("+" if value > 0 else "") + self.short(value)

    def short(self, value: float, most: int = 3) -> str:
        """Return a number with as many decimals as it needs, `most` at most: limits and ticks."""
        return self._written(_zero(value, most), "0." + "#" * most)

    def percent(self, value: float) -> str:
        """Return a share as a percentage with one decimal."""
        return self._written(_zero(value, 3), self._percent.replace("#,##0", "0.0"))

    def round_percent(self, value: float) -> str:
        """Return a share as a percentage, a decimal only where it needs one: thresholds and ticks."""
        return self._written(_zero(value, 3), self._percent.replace("#,##0", "0.#"))

    def day(self, day: date) -> str:
        """Return a day."""
        return str(format_date(day, "long", locale=self._language))

    def _written(self, value: float, pattern: str) -> str:
        return _written(value, pattern, self._language)


@cache
def _written(value: float, pattern: str, language: str) -> str:
    """Write a number; kept, since a report writes the same figures many times and Babel takes its time."""
    return str(format_decimal(value, format=pattern, locale=language)).replace("-", _MINUS)


def _zero(value: float, digits: int) -> float:
    """Round, and turn a negative zero into zero."""
    return round(value, digits) + 0.0


def _pattern(digits: int) -> str:
    return "0." + "0" * digits
