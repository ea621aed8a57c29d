"""``difficulty``: how hard the item or the skill is, from the answers of training learners.

A logit that comes with the event: fitted, smoothed and cross-fitted in ``training``, looked up in
:class:`~polku.profiles.ItemStatistics` when serving. It has no state.
"""

from __future__ import annotations

import math

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters


class DifficultyParameters(Parameters):
    """``difficulty`` has no parameters; its scope says whose difficulty is meant."""


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Keep nothing: a learner's answer does not make an item harder."""


@kernel
def read(_table: Floats, _key: int, _offset: int, _params: Floats, event: Event, _known: Known) -> float:
    """Return the logit difficulty of the skill at hand, else of the item."""
    return event.item_difficulty if math.isnan(event.skill_difficulty) else event.skill_difficulty


KIND = Kind(
    name="difficulty",
    version=1,
    scopes=frozenset({"skill", "item"}),
    width=0,
    parameters=DifficultyParameters,
    update=update,
    read=read,
)
