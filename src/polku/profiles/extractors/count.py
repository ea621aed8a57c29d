"""``count``: how many answers, successes or failures so far, as ln(1 + n).

Counts of successes and failures are the inputs of performance factors analysis (Pavlik, Cen & Koedinger 2009);
the logarithm is that of DAS3H (Choffin et al. 2019).
"""

from __future__ import annotations

import math
from typing import Literal

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters

ANSWERS, SUCCESSES, FAILURES = 0.0, 1.0, 2.0


class CountParameters(Parameters):
    """Parameters of ``count``."""

    of: Literal["answers", "successes", "failures"] = "answers"
    """What is counted; a score between 0 and 1 counts in part as each."""

    def values(self) -> tuple[float, ...]:
        """Return what is counted, as a number."""
        return ({"answers": ANSWERS, "successes": SUCCESSES, "failures": FAILURES}[self.of],)

    def effect(self) -> int:
        """Return 1 for successes, -1 for failures; the number of answers does not depend on how they went."""
        return {"answers": 0, "successes": 1, "failures": -1}[self.of]


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Count one response."""
    if params[0] == ANSWERS:
        table[key, offset] += 1.0
    elif params[0] == SUCCESSES:
        table[key, offset] += event.correct
    else:
        table[key, offset] += 1.0 - event.correct


@kernel
def read(table: Floats, key: int, offset: int, _params: Floats, _event: Event, _known: Known) -> float:
    """Return ln(1 + n)."""
    return math.log1p(table[key, offset])


KIND = Kind(
    name="count",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=1,
    parameters=CountParameters,
    update=update,
    read=read,
)
