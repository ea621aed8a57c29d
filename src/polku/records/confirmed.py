"""What a teacher confirmed: a learner has covered an objective, in the teacher's own judgement and nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final, NamedTuple

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

COLUMNS: Final = ("learner_id", "skill_id", "confirmed_by", "confirmed_on")


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
    """

    learner_id: str
    skill_id: str
    confirmed_by: str
    confirmed_on: dt.date


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
        return Confirmed(*ids, check.take("confirmed_on", rules.clean_date))
    except RefusedValueError as error:
        return check.refusal(error)
