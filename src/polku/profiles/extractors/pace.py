"""``pace``: how long answers took, as a fading mean of ln(1 + seconds) or as the share that took at most a limit.

The duration of an answer is known only after it, so a row reads those before it. Answers nobody timed leave the pace as
it is; without any it is missing. Time on task follows reading speed, motor control and the language of the
task: features of this kind live in ``features/pace.toml``, which is off.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from polku.profiles import decay
from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.schemas.features import HalfLife

NO_LIMIT = 0.0


class PaceParameters(Parameters):
    """Parameters of ``pace``."""

    within: Annotated[float, Field(gt=0, le=86_400)] | None = None
    """Seconds: read the share of answers that took at most so long; without it the mean of ln(1 + seconds)."""
    half_life: HalfLife | None = None
    """How fast answers fade; without it all count the same."""

    def values(self) -> tuple[float, ...]:
        """Return the limit (0: none), mode and rate of fading."""
        return (NO_LIMIT if self.within is None else self.within, *decay.encode(self.half_life))


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Take one duration into the fading sums; a negative one is a clock that was wrong and is passed over."""
    if not event.duration >= 0.0:  # NaN fails every comparison
        return
    quick = 1.0 if event.duration <= params[0] else 0.0
    amount = math.log1p(event.duration) if params[0] == NO_LIMIT else quick
    decay.add(table, key, offset, params[1], params[2], event, amount)


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, _known: Known) -> float:
    """Return the fading mean; NaN before the first timed answer."""
    total, weight = decay.sums(table, key, offset, params[1], params[2], event)
    return total / weight if weight > 0.0 else math.nan


KIND = Kind(
    name="pace",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=decay.WIDTH,
    parameters=PaceParameters,
    update=update,
    read=read,
)
