"""The few fixed words with which a teacher says why: nothing about a child is written freely."""

from __future__ import annotations

from typing import Final

REASONS: Final = ("on_paper", "other_topic", "too_early", "other_step", "learner_wishes", "shown_in_class")
"""Why a step is put aside. The code is what is kept; its words are ``page.reason.<code>``."""
WEEKS: Final = (1, 2, 4)
"""For how long a step may rest."""
DECISIONS: Final = ("accept", "edit", "skip", "reject", "pause")
"""What may be decided about a suggestion."""


def reason_of(said: str) -> str | None:
    """Return a reason that may be kept, else None: free text about a learner is not taken here.

    Examples
    --------
    >>> reason_of("on_paper"), reason_of("anything else")
    ('on_paper', None)
    """
    return said if said in REASONS else None
