"""What has been shown of a skill so far, whatever features a model looks at.

Kept in the first columns of every skill's state, so that a path can say how much it rests on, and the
built-in estimate works without any model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from polku.profiles.compiled import kernel
from polku.profiles.events import Events, Floats, Span

WIDTH = 4
ANSWERS, RECENT, WEIGHT, LAST = range(WIDTH)
HALF_LIFE = 8.0
"""Further answers on the skill after which an answer counts half."""
FADE = 2.0 ** (-1.0 / HALF_LIFE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answers on one skill, newer ones counting more (half-life: eight further answers on the skill).

    Parameters
    ----------
    answers : int
        How many there are.
    recent_success : float
        Sum of scores, faded.
    weight : float
        Number of answers, faded; at most about 12.
    last_answered_at : int or None
        Microseconds UTC of the latest, or its order number without a clock; None without answers.
    """

    answers: int = 0
    recent_success: float = 0.0
    weight: float = 0.0
    last_answered_at: int | None = None

    @classmethod
    def of_state(cls, state: Floats) -> Evidence:
        """Return the evidence held in the first columns of a skill's state."""
        answers, recent, weight, last = state[:WIDTH].tolist()
        return cls(int(answers), recent, weight, int(last) if answers else None)


@kernel
def take_in(table: Floats, events: Events, span: Span) -> None:
    """Take the rows of one learner into the evidence of their skills."""
    for row in range(span.first, span.last):
        score, time = events.correct[row], float(events.time[row])
        if math.isnan(score):  # a question
            continue
        for tag in range(events.skill_start[row], events.skill_start[row + 1]):
            update(table, events.skill[tag], score, time)


@kernel
def update(table: Floats, key: int, score: float, time: float) -> None:
    """Take one response into the evidence of one skill."""
    answers = table[key, ANSWERS]
    table[key, ANSWERS] = answers + 1.0
    table[key, RECENT] = table[key, RECENT] * FADE + score
    table[key, WEIGHT] = table[key, WEIGHT] * FADE + 1.0
    table[key, LAST] = max(table[key, LAST], time) if answers > 0.0 else time
