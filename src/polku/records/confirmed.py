"""What a teacher confirmed: a learner has covered an objective, in the teacher's own judgement and nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final, NamedTuple

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

FIGURES: Final = ("given", "maximum")
"""Columns that a list may have besides: the teacher's own figures, where there are any."""


class Confirmed(NamedTuple):
    """One teacher's statement on one learner and one objective.

    Parameters
    ----------
    learner_id, skill_id : str
        Who covered what.
    confirmed_by : str
        The teacher, as the relations name them.
    confirmed_on : date
        The day on which they said so.
    given, maximum : float or None
        The teacher's own figures, both or neither. None is ever computed.
    """

    learner_id: str
    skill_id: str
    confirmed_by: str
    confirmed_on: dt.date
    given: float | None = None
    maximum: float | None = None


def check_confirmed(row: Mapping[str, object], deny: DenyRules) -> Confirmed | Refusal:
    """Check one confirmation; returns the clean row or why it is refused.

    Examples
    --------
    >>> row = {"learner_id": "anna", "skill_id": "MA79.S1.01", "confirmed_by": "T07", "confirmed_on": "2026-03-05"}
    >>> check_confirmed(row, DenyRules()).confirmed_by
    'T07'
    """
    check = RowCheck(row, deny)
    try:
        ids = check.id("learner_id"), check.id("skill_id"), check.id("confirmed_by")
        day, given = check.take("confirmed_on", rules.clean_date), check.take("given", rules.optional_figure)
        return Confirmed(*ids, day, given, check.take("maximum", lambda value: _maximum(value, given)))
    except RefusedValueError as error:
        return check.refusal(error)


def _maximum(value: object, given: float | None) -> float | None:
    """Return what could be given; it belongs to what was given, and is above 0."""
    maximum = rules.optional_figure(value)
    if (maximum is None) != (given is None):
        raise RefusedValueError(Reason.MISSING)
    if maximum is not None and given is not None and not 0 <= given <= maximum > 0:
        raise RefusedValueError(Reason.OUT_OF_RANGE)
    return maximum
