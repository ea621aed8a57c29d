"""Sums that fade: the newest answer counts whole, older ones by half-lives.

A fading sum keeps three numbers: the sum, its weight (the faded number of answers) and when it was last
fed. It fades by responses on the same key or by days; with neither it is a plain sum. Kernels shared by
several kinds of extractor live here, since extractors know nothing of each other.
"""

from __future__ import annotations

import math

from polku.profiles.compiled import kernel
from polku.profiles.events import MICROSECONDS_PER_DAY, Event, Floats
from polku.schemas.features import HalfLife

WIDTH = 3
SUM, WEIGHT, LAST = range(WIDTH)
PLAIN, BY_RESPONSES, BY_DAYS = 0.0, 1.0, 2.0


def encode(half_life: HalfLife | None) -> tuple[float, float]:
    """Return a half-life as the two numbers the kernels read: how it fades, and how fast.

    Examples
    --------
    >>> encode(None)
    (0.0, 1.0)
    >>> encode(HalfLife(responses=1))
    (1.0, 0.5)
    >>> encode(HalfLife(days=30))
    (2.0, 30.0)
    """
    if half_life is None:
        return PLAIN, 1.0
    if half_life.responses is not None:
        return BY_RESPONSES, 2.0 ** (-1.0 / half_life.responses)
    assert half_life.days is not None  # noqa: S101 - the schema asks for exactly one of the two
    return BY_DAYS, half_life.days


@kernel
def days_since(last: float, event: Event) -> float:
    """Return the days from `last` (microseconds) to the event, never negative; NaN without a clock."""
    if not event.clock:
        return math.nan
    return max(0.0, event.time - last) / MICROSECONDS_PER_DAY


@kernel
def fading(table: Floats, key: int, offset: int, mode: float, rate: float, event: Event) -> float:
    """Return the factor by which a sum has faded until now: 1 unless it fades by days."""
    if mode != BY_DAYS:
        return 1.0
    return math.exp2(-days_since(table[key, offset + LAST], event) / rate)


@kernel
def sums(table: Floats, key: int, offset: int, mode: float, rate: float, event: Event) -> tuple[float, float]:
    """Return the sum and its weight as they have faded until now."""
    factor = fading(table, key, offset, mode, rate, event)
    return table[key, offset + SUM] * factor, table[key, offset + WEIGHT] * factor


@kernel
def add(table: Floats, key: int, offset: int, mode: float, rate: float, event: Event, amount: float) -> None:
    """Fade the sum, then feed it `amount` with weight one."""
    factor = rate if mode == BY_RESPONSES else fading(table, key, offset, mode, rate, event)
    if math.isnan(factor):  # no clock: reading is missing anyway, the state stays finite
        factor = 1.0
    table[key, offset + SUM] = table[key, offset + SUM] * factor + amount
    table[key, offset + WEIGHT] = table[key, offset + WEIGHT] * factor + 1.0
    table[key, offset + LAST] = max(table[key, offset + LAST], event.time)
