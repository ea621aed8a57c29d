"""LTI Advantage, in: the members of a context by id and role; what else is said of people is dropped and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

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


class Member(NamedTuple):
    """Somebody in a context: id and role, and nothing else.

    Parameters
    ----------
    user_id : str
        As the platform names them.
    person : str
        As they are known here: the platform's name or the register's, as the registration says; empty where unsaid.
    role : {"learner", "teacher"} or None
        As in a launch.
    active : bool
        Whether they still belong to it.
    """

    user_id: str
    person: str
    role: Literal["learner", "teacher"] | None
    active: bool


class Members(NamedTuple):
    """Members of a context, what was dropped of them by kind, and how many named nobody."""

    members: list[Member]
    dropped: Counter[str]
    refused: int


def members_of(content: object, subject: Literal["sub", "lis"] = "sub") -> Members:
    """Return the members that a page of Names and Roles lists.

    Parameters
    ----------
    content : object
        The page.
    subject : {"sub", "lis"}
        What names a person, as for launches.

    Raises
    ------
    InputError
        If it is no such page.

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
            named = user if subject == "sub" else said.get("lis_person_sourcedid")
            person = named if isinstance(named, str) else ""
            found.append(Member(user, person, role_of(said.get("roles")), said.get("status", "Active") == "Active"))
    return Members(found, dropped, len(listed) - len(found))
