"""Who may see whom, as rows that are handed over: relations, and researchers' permits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

TRUE, FALSE = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})


class Kind(StrEnum):
    """As what somebody is related to a learner, a group or a school."""

    GUARDIAN = "guardian"
    TEACHER = "teacher"
    SUBSTITUTE = "substitute"
    CO_TEACHER = "co_teacher"
    SPECIAL_EDUCATION = "special_education"
    PRINCIPAL = "principal"


TEACHING = frozenset({Kind.TEACHER, Kind.SUBSTITUTE, Kind.CO_TEACHER, Kind.SPECIAL_EDUCATION})
"""Kinds that a teacher works by."""
OBJECTS: dict[Kind, tuple[str, ...]] = {
    Kind.GUARDIAN: ("learner",),
    Kind.TEACHER: ("group", "learner"),
    Kind.SUBSTITUTE: ("group",),
    Kind.CO_TEACHER: ("group",),
    Kind.SPECIAL_EDUCATION: ("learner", "group"),
    Kind.PRINCIPAL: ("school",),
}
"""To what each kind relates."""


class Relation(NamedTuple):
    """Somebody may see a learner, a group or a school, on the days from `starts_on` to `ends_on`.

    Parameters
    ----------
    subject : str
        Who: id of the platform.
    kind : Kind
        As what.
    object_type : {"learner", "group", "school"}
        What `object_id` names.
    object_id : str
        Whom or what.
    starts_on, ends_on : date
        First and last day; `ends_on` None while it is open.
    restricted : bool
        True closes it while it lasts: by a court, by the provider.
    """

    subject: str
    kind: Kind
    object_type: str
    object_id: str
    starts_on: dt.date
    ends_on: dt.date | None
    restricted: bool = False

    def is_open(self, day: dt.date) -> bool:
        """Return whether the relation opens its object on a day."""
        return not self.restricted and self.starts_on <= day <= (self.ends_on or day)


class Permit(NamedTuple):
    """A researcher works under a permit on the days from `starts_on` to `ends_on`."""

    permit_id: str
    subject: str
    starts_on: dt.date
    ends_on: dt.date


def check_relation(row: Mapping[str, object], deny: DenyRules) -> Relation | Refusal:
    """Check one relation; returns the clean row or why it is refused.

    Examples
    --------
    >>> row = {"subject": "G1", "kind": "guardian", "object_type": "learner", "object_id": "anna",
    ...        "starts_on": "2025-08-01", "ends_on": "", "restricted": "no"}
    >>> check_relation(row, DenyRules()).ends_on is None
    True
    >>> check_relation({**row, "object_type": "school"}, DenyRules()).column
    'object_type'
    """
    check = RowCheck(row, deny)
    try:
        subject = check.id("subject")
        kind = check.take("kind", lambda value: Kind(_one_of(value, list(Kind))))
        object_type = check.take("object_type", lambda value: _one_of(value, OBJECTS[kind]))
        object_id = check.id("object_id")
        starts_on = check.take("starts_on", rules.clean_date)
        ends_on = check.take("ends_on", lambda value: rules.optional_end(value, starts_on))
        restricted = check.take("restricted", _flag)
    except RefusedValueError as error:
        return check.refusal(error)
    return Relation(subject, kind, object_type, object_id, starts_on, ends_on, restricted)


def check_permit(row: Mapping[str, object], deny: DenyRules) -> Permit | Refusal:
    """Check one permit; it has an end. Returns the clean row or why it is refused."""
    check = RowCheck(row, deny)
    try:
        permit_id, subject = check.id("permit_id"), check.id("subject")
        starts_on = check.take("starts_on", rules.clean_date)
        check.take("ends_on", rules.clean_date)
        ends_on = check.take("ends_on", lambda value: rules.optional_end(value, starts_on))
    except RefusedValueError as error:
        return check.refusal(error)
    return Permit(permit_id, subject, starts_on, ends_on or starts_on)


def check_protected(row: Mapping[str, object], deny: DenyRules) -> dict[str, str] | Refusal:
    """Check one learner whose identity is protected; returns the clean row or why it is refused."""
    check = RowCheck(row, deny)
    try:
        return {"learner_id": check.id("learner_id")}
    except RefusedValueError as error:
        return check.refusal(error)


def _one_of(value: object, known: list[Kind] | tuple[str, ...]) -> str:
    if rules.is_missing(value):
        raise RefusedValueError(Reason.MISSING)
    text = str(value).strip(" ")
    if text not in known:
        raise RefusedValueError(Reason.NOT_ONE_OF)
    return text


def _flag(value: object) -> bool:
    text = "" if value is None else str(value).strip(" ").casefold()
    if text not in TRUE | FALSE:
        raise RefusedValueError(Reason.NOT_ONE_OF)
    return text in TRUE
