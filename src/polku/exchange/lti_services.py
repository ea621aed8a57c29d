"""LTI Advantage, out: a score that a teacher confirmed, and the line item that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from polku.errors import InputError

TAG: Final = "polku-confirmed"
"""Of line items of ours."""


class Confirmed(NamedTuple):
    """What a teacher confirmed about one learner.

    Parameters
    ----------
    user_id : str
        Who, as the platform names them.
    by, role : str
        Who confirmed it, and as what.
    at : int
        When, in microseconds since 1970 in UTC.
    given, maximum : float or None
        The teacher's own figures. Without them the message says that it is done, and no more: none is computed.
    comment : str
        What was confirmed, in words; empty for nothing.
    """

    user_id: str
    by: str
    role: str
    at: int
    given: float | None = None
    maximum: float | None = None
    comment: str = ""


def score(confirmed: Confirmed) -> dict[str, Any]:
    """Return the message of the Assignment and Grade Services.

    Raises
    ------
    InputError
        If no teacher confirmed it, or its figures do not belong together.

    Examples
    --------
    >>> score(Confirmed("u1", "T07", "teacher", 1_780_660_800_000_000))["activityProgress"]
    'Completed'
    """
    if confirmed.role != "teacher" or not confirmed.by:
        raise InputError("no teacher confirmed this score", got=confirmed.role, hint="scores leave after that only")
    given, maximum = confirmed.given, confirmed.maximum
    if (given is None) != (maximum is None):
        raise InputError("a score has what was given and what could be", hint="give both or neither")
    if given is not None and maximum is not None and not (maximum > 0 and given >= 0):
        raise InputError("a score lies from 0 up, of a maximum above 0", got=f"{given} of {maximum}")
    moment = datetime.fromtimestamp(confirmed.at / 1_000_000, UTC).isoformat(timespec="milliseconds")
    message: dict[str, Any] = {
        "userId": confirmed.user_id,
        "timestamp": moment.replace("+00:00", "Z"),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    said = {"comment": confirmed.comment} if confirmed.comment else {}
    return message | said if given is None else message | said | {"scoreGiven": given, "scoreMaximum": maximum}


class Line(NamedTuple):
    """A line item of ours: what one objective's confirmations stand on.

    Parameters
    ----------
    resource : str
        What it is about, as we call it: the same each time, so that it is found again.
    label : str
        What a teacher reads in the platform's gradebook.
    maximum : float
        What could be given. The standard asks for one even where nothing is.
    """

    resource: str
    label: str
    maximum: float = 1.0


def lineitem(line: Line) -> dict[str, Any]:
    """Return the line item to be made.

    Examples
    --------
    >>> lineitem(Line("uuid-of-S1", "Percentages"))["tag"]
    'polku-confirmed'
    """
    return {"scoreMaximum": line.maximum, "label": line.label, "resourceId": line.resource, "tag": TAG}


def address_of(content: object, line: Line) -> str | None:
    """Return where a line item is, of those that the platform lists; the first that is ours and about this.

    Examples
    --------
    >>> listed = [{"id": "https://lms.example/1", "resourceId": "a", "tag": "polku-confirmed"}]
    >>> address_of(listed, Line("a", "")), address_of(listed, Line("b", ""))
    ('https://lms.example/1', None)
    """
    listed = content if isinstance(content, list) else [content]
    for one in listed:
        said = one if isinstance(one, Mapping) else {}
        if said.get("resourceId") == line.resource and said.get("tag") == TAG and isinstance(said.get("id"), str):
            return str(said["id"])
    return None
