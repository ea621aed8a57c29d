"""``repetition``: how others fared on this item (skill) after the same last two answers to it.

The effect on the logit of success, fitted from other learners' histories (:mod:`polku.profiles.sequence_effects`):
an item that was just answered wrong is often answered right at once, a skill answered right twice is about to be left.
0 for items and skills without fitted effects, and for a skill's reference item: it says what comes next, not what is
mastered.
"""

from __future__ import annotations

import math

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.profiles.sequence_effects import COUNTS, PATTERNS, RIGHT_FROM

PATTERN, ANSWERS = range(2)


class RepetitionParameters(Parameters):
    """``repetition`` has no parameters; its scope says what is repeated."""

    def effect(self) -> None:
        """Return None: what others did next may lie above or below."""
        return


@kernel
def update(table: Floats, key: int, offset: int, _params: Floats, event: Event) -> None:
    """Remember the last two answers, and how many there were."""
    right = 1.0 if event.correct >= RIGHT_FROM else 0.0
    table[key, offset + PATTERN] = (3.0 * table[key, offset + PATTERN] + 1.0 + right) % PATTERNS
    table[key, offset + ANSWERS] += 1.0


@kernel
def read(table: Floats, key: int, offset: int, _params: Floats, event: Event, known: Known) -> float:
    """Return the effect for the last two answers on the skill at hand, else on the item."""
    pattern = int(table[key, offset + PATTERN])
    if math.isnan(event.skill_difficulty):
        return float(known.effects.item_repeat[event.item_row, pattern]) if event.item_row >= 0 else 0.0
    if event.skill_row < 0:
        return 0.0
    answers = min(int(table[key, offset + ANSWERS]), COUNTS - 1)
    return float(known.effects.skill_repeat[event.skill_row, pattern * COUNTS + answers])


KIND = Kind(
    name="repetition",
    version=1,
    scopes=frozenset({"skill", "item"}),
    width=2,
    parameters=RepetitionParameters,
    update=update,
    read=read,
)
