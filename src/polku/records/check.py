"""One row checked: what the service does with each response that it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.items import Items
from polku.records.reasons import Reason, RefusedValueError
from polku.records.refused import Refusal
from polku.records.response import Response
from polku.records.row import RowCheck
from polku.records.times import Time


def check_response(
    row: Mapping[str, object],
    clock: bool | None = None,
    deny: DenyRules | None = None,
    items: Items | None = None,
) -> Response | Refusal:
    """Check one response as the bulk readers would.

    Parameters
    ----------
    row : mapping
        Canonical fields; others are left alone. `skill_ids` is a list or text with ``;``, `answered_at` ISO 8601
        text with zone or an integer.
    clock : bool, optional
        The kind of time that is expected; None takes either.
    deny : DenyRules, optional
        What may never be kept; default: no columns, Finnish personal identity codes.
    items : Items, optional
        Gives the skills of a response that names none.

    Returns
    -------
    Response or Refusal
        The clean response, or why it is refused, at the first column at fault.

    Examples
    --------
    >>> row = {"response_id": "r1", "learner_id": "anna", "item_id": "i7", "skill_ids": ["b", "a"]}
    >>> check_response(row | {"answered_at": "2025-03-01T10:00:00+02:00", "correct": 1}).skill_ids
    ('a', 'b')
    >>> check_response(row | {"answered_at": "2025-03-01T10:00:00", "correct": 1}).reason
    <Reason.NO_ZONE: 'no_zone'>
    """
    check = RowCheck(row, deny or DenyRules())
    try:
        return _response(check, clock, items)
    except RefusedValueError as error:
        return check.refusal(error)


def _response(check: RowCheck, clock: bool | None, items: Items | None) -> Response:
    """Return the clean response. The order of columns is the order in which faults are reported."""
    response_id = check.id("response_id")
    learner_id = check.id("learner_id")
    item_id = check.id("item_id")
    skill_ids = check.some_skills("skill_ids", items.skills.get(item_id, ()) if items else ())
    answered_at = _of_kind(check.take("answered_at", rules.clean_time), clock)
    correct = check.take("correct", rules.clean_score)
    known_at = _of_kind(check.take("known_at", rules.optional_time) or answered_at, answered_at.clock)
    response = Response(
        response_id=response_id,
        learner_id=learner_id,
        item_id=item_id,
        skill_ids=skill_ids,
        answered_at=answered_at.value,
        known_at=known_at.value,
        correct=correct,
        clock=answered_at.clock,
        duration_s=check.take("duration_s", rules.optional_duration),
        school_id=check.optional_id("school_id"),
        group_id=check.optional_id("group_id"),
    )
    check.refuse_denied()
    return response


def _of_kind(time: Time, clock: bool | None) -> Time:
    """Return a time, refused when it is of another kind than expected."""
    if clock is not None and time.clock != clock:
        raise RefusedValueError(Reason.MIXED_TIME)
    return time
