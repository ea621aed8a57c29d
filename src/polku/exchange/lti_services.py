"""LTI Advantage: a score that a teacher confirmed, out; members of a context by id and role, in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

from polku.errors import InputError
from polku.exchange.lti import role_of

PERSONAL: Final = {
    "name": "name",
    "given_name": "name",
    "family_name": "name",
    "middle_name": "name",
    "email": "e-mail address",
    "picture": "picture",
}


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
    """

    user_id: str
    by: str
    role: str
    at: int
    given: float | None = None
    maximum: float | None = None


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
    return message if given is None else message | {"scoreGiven": given, "scoreMaximum": maximum}


class Member(NamedTuple):
    """Somebody in a context: id and role, and nothing else.

    Parameters
    ----------
    user_id : str
        As the platform names them.
    role : {"learner", "teacher"} or None
        As in a launch.
    active : bool
        Whether they still belong to it.
    """

    user_id: str
    role: Literal["learner", "teacher"] | None
    active: bool


class Members(NamedTuple):
    """Members of a context, what was dropped of them by kind, and how many named nobody."""

    members: list[Member]
    dropped: Counter[str]
    refused: int


def members_of(content: object) -> Members:
    """Return the members that a page of Names and Roles lists.

    Examples
    --------
    >>> members_of({"members": [{"user_id": "u1", "email": "a@example.org", "roles": ["Learner"]}]}).dropped
    Counter({'e-mail address': 1})
    """
    listed = content.get("members") if isinstance(content, Mapping) else None
    if not isinstance(listed, list):
        raise InputError("this is no list of members", hint="an object with members, as Names and Roles 2.0 has it")
    found, dropped = [], Counter[str]()
    for one in listed:
        said = one if isinstance(one, Mapping) else {}
        dropped.update(kind for name, kind in PERSONAL.items() if said.get(name))
        user = said.get("user_id")
        if isinstance(user, str) and user:
            found.append(Member(user, role_of(said.get("roles")), said.get("status", "Active") == "Active"))
    return Members(found, dropped, len(listed) - len(found))
