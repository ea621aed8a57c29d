"""``since``: how long ago the key was last answered, as ln(1 + gap).

The gap is in days, or in responses the learner gave since (0: the very last one was on this key). A key never
answered has no gap: missing. A late arrival never moves the last answer back.
"""

from __future__ import annotations

import math
from typing import Literal

from polku.profiles import decay
from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters

BY_DAYS, BY_RESPONSES = 0.0, 1.0
SEEN, LAST = range(2)


class SinceParameters(Parameters):
    """Parameters of ``since``."""

    unit: Literal["days", "responses"]
    """What is measured; days are missing without a clock."""

    def values(self) -> tuple[float, ...]:
        """Return the unit as a number."""
        return (BY_DAYS if self.unit == "days" else BY_RESPONSES,)


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Remember when the key was last answered."""
    moment = event.time if params[0] == BY_DAYS else event.position
    last = table[key, offset + LAST]
    table[key, offset + LAST] = max(last, moment) if table[key, offset + SEEN] == 1.0 else moment
    table[key, offset + SEEN] = 1.0


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, _known: Known) -> float:
    """Return ln(1 + gap); NaN when the key was never answered."""
    if table[key, offset + SEEN] == 0.0:
        return math.nan
    if params[0] == BY_DAYS:
        return math.log1p(decay.days_since(table[key, offset + LAST], event))
    return math.log1p(event.position - 1.0 - table[key, offset + LAST])


KIND = Kind(
    name="since",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=2,
    parameters=SinceParameters,
    update=update,
    read=read,
)
