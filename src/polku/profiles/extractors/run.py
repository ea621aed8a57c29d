"""``run``: how many answers in a row, up to the last one, reached a score; as ln(1 + n)."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters


class RunParameters(Parameters):
    """Parameters of ``run``."""

    reach: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Score from which an answer continues the run."""

    def values(self) -> tuple[float, ...]:
        """Return the score to reach."""
        return (self.reach,)

    def effect(self) -> int:
        """Return 1: a better answer can only lengthen or join runs."""
        return 1


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Continue the run, or start over."""
    table[key, offset] = table[key, offset] + 1.0 if event.correct >= params[0] else 0.0


@kernel
def read(table: Floats, key: int, offset: int, _params: Floats, _event: Event, _known: Known) -> float:
    """Return ln(1 + length of the run)."""
    return math.log1p(table[key, offset])


KIND = Kind(
    name="run",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=1,
    parameters=RunParameters,
    update=update,
    read=read,
)
