"""Who learns and teaches where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

LEARNER_COLUMNS = ("learner_id", "grade", "group_id", "school_id")
TEACHER_COLUMNS = ("teacher_id", "group_id", "starts_on", "ends_on")
Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Roster:
    """Learners and teacher relations. The provider is the store's: a roster belongs to one.

    Parameters
    ----------
    learners : DataFrame
        ``learner_id`` (str, unique), ``grade`` (Int64, 1 to 12 or missing), ``group_id`` and ``school_id`` (str or
        missing).
    teachers : DataFrame
        ``teacher_id``, ``group_id`` (str), ``starts_on``, ``ends_on`` (objects: `datetime.date`, `ends_on` None while
        the relation is open).

    Examples
    --------
    >>> roster = Roster.of([{"learner_id": "anna", "grade": 7, "group_id": "7A", "school_id": None}])
    >>> roster.learners["grade"].tolist(), len(roster.teachers)
    ([7], 0)
    """

    learners: pd.DataFrame
    teachers: pd.DataFrame

    @classmethod
    def of(cls, learners: Sequence[Row] = (), teachers: Sequence[Row] = ()) -> Roster:
        """Build from checked rows, as :func:`check_learner` and :func:`check_teacher` return them."""
        people = pd.DataFrame(list(learners), columns=list(LEARNER_COLUMNS), dtype=object)
        people = people.astype({"learner_id": "str", "grade": "Int64", "group_id": "str", "school_id": "str"})
        relations = pd.DataFrame(list(teachers), columns=list(TEACHER_COLUMNS), dtype=object)
        return cls(people, relations.astype({"teacher_id": "str", "group_id": "str"}))


def check_learner(row: Mapping[str, object], deny: DenyRules) -> Row | Refusal:
    """Check one row of the roster; returns the clean row or why it is refused."""
    check = RowCheck(row, deny)
    try:
        return {
            "learner_id": check.id("learner_id"),
            "grade": check.take("grade", rules.optional_grade),
            "group_id": check.optional_id("group_id"),
            "school_id": check.optional_id("school_id"),
        }
    except RefusedValueError as error:
        return check.refusal(error)


def check_teacher(row: Mapping[str, object], deny: DenyRules) -> Row | Refusal:
    """Check one teacher relation; returns the clean row or why it is refused."""
    check = RowCheck(row, deny)
    try:
        teacher_id, group_id = check.id("teacher_id"), check.id("group_id")
        starts_on = check.take("starts_on", rules.clean_date)
        ends_on = check.take("ends_on", lambda value: rules.optional_end(value, starts_on))
    except RefusedValueError as error:
        return check.refusal(error)
    return {"teacher_id": teacher_id, "group_id": group_id, "starts_on": starts_on, "ends_on": ends_on}
