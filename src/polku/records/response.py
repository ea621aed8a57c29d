"""One response, checked: what the service takes in and what a profile is updated with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """One learner's answer to one item.

    Parameters
    ----------
    response_id : str
        Unique within a provider; the same id again with the same content is a repeat.
    learner_id, item_id : str
        Pseudonymous ids.
    skill_ids : tuple of str
        The item's skills: a set, kept sorted, never empty.
    answered_at, known_at : int
        When it was answered, and when it became known: microseconds since 1970 in UTC, or plain order
        numbers without a clock.
    correct : float
        Score from 0 to 1.
    clock : bool
        Whether the times are microseconds.
    duration_s : float or None
        Seconds spent, at least 0.
    school_id, group_id : str or None
        Where it was answered; for audits and reports, never a feature.

    Examples
    --------
    >>> one = Response("r1", "anna", "i7", ("MA79.S3.01",), 5, 6, 1.0, clock=False)
    >>> one.fold_key
    (6, 5, 'r1')
    """

    response_id: str
    learner_id: str
    item_id: str
    skill_ids: tuple[str, ...]
    answered_at: int
    known_at: int
    correct: float
    clock: bool = True
    duration_s: float | None = None
    school_id: str | None = None
    group_id: str | None = None

    @property
    def fold_key(self) -> tuple[int, int, str]:
        """Return the key that orders one learner's responses: (known_at, answered_at, response_id)."""
        return self.known_at, self.answered_at, self.response_id
