"""``sequence``: how others fared on this item (these skills) right after the one that came before it.

The effect on the logit of success of having just answered the previous item right or wrong, fitted from other
learners' histories (:mod:`polku.profiles.sequence_effects`): a question and its follow-up, two exercises that train
the same step. 0 at the first response, for pairs seldom met, and for a skill's reference item, which nothing comes
before.
"""

from __future__ import annotations

from typing import Literal

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.profiles.sequence_effects import RIGHT_FROM, effect_of

PREVIOUS, RIGHT = range(2)


class SequenceParameters(Parameters):
    """Parameters of ``sequence``."""

    of: Literal["item", "skills"]
    """Whether the items that follow each other are looked at, or their combinations of skills."""

    def values(self) -> tuple[float, ...]:
        """Return 1 for items, 0 for combinations of skills."""
        return (float(self.of == "item"),)

    def effect(self) -> None:
        """Return None: what others did next may lie above or below."""
        return


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Remember the item (or skills), as its row and one, and whether it was right."""
    row = event.item_row if params[0] == 1.0 else event.skills_row
    table[key, offset + PREVIOUS] = row + 1.0
    table[key, offset + RIGHT] = 1.0 if event.correct >= RIGHT_FROM else 0.0


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, known: Known) -> float:
    """Return the effect of what came before on what is at hand; 0 where none was fitted."""
    previous = int(table[key, offset + PREVIOUS]) - 1
    if previous < 0:
        return 0.0
    slot = 2 * previous + int(table[key, offset + RIGHT])
    effects = known.effects
    if params[0] == 1.0:
        return effect_of(effects.item_start, effects.item_next, effects.item_effect, slot, event.item_row)
    return effect_of(effects.skills_start, effects.skills_next, effects.skills_effect, slot, event.skills_row)


KIND = Kind(
    name="sequence",
    version=1,
    scopes=frozenset({"learner"}),
    width=2,
    parameters=SequenceParameters,
    update=update,
    read=read,
)
