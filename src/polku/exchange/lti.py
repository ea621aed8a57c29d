"""LTI 1.3: what a resource link launch says, once its signature was checked: who, as what, and where to.

Claims only. Who signed them, for whom and when is checked in :mod:`polku.web.lti`; whom somebody may see is said by
relations, never by a launch. Names, addresses and pictures in a launch are not read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from polku.errors import UnauthorizedError

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MESSAGE, VERSION = "LtiResourceLinkRequest", "1.3.0"
MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Launch:
    """What a launch says.

    Parameters
    ----------
    subject : str
        Who.
    role : {"learner", "teacher"} or None
        As what in this context; None for every other role.
    target : str
        Address that the link names.
    lineitem, members : str or None
        Where scores may be posted and members read, if the platform offers it.
    """

    subject: str
    role: Literal["learner", "teacher"] | None
    target: str
    lineitem: str | None
    members: str | None


def launch_of(claims: Mapping[str, Any], deployments: Collection[str], subject: str = "sub") -> Launch:
    """Return what a launch says.

    Parameters
    ----------
    claims : mapping
        Of a token that holds.
    deployments : collection of str
        Those that are answered.
    subject : {"sub", "lis"}
        What names the person.

    Raises
    ------
    UnauthorizedError
        If it is another kind of message, another version, of another deployment, or names no link or person.
    """
    if claims.get(CLAIM + "message_type") != MESSAGE:
        raise UnauthorizedError("the launch is no resource link", hint=f"message_type is {MESSAGE}")
    if claims.get(CLAIM + "version") != VERSION:
        raise UnauthorizedError("the launch is of another version", hint=f"version is {VERSION}")
    if claims.get(CLAIM + "deployment_id") not in deployments:
        raise UnauthorizedError("the launch is of another deployment", hint="register the deployment")
    if not _text(_within(claims, CLAIM + "resource_link", "id")):
        raise UnauthorizedError("the launch names no resource link", hint="resource_link.id is required")
    target = _text(claims.get(CLAIM + "target_link_uri"))
    if not target:
        raise UnauthorizedError("the launch leads nowhere", hint="target_link_uri is required")
    named = claims.get("sub") if subject == "sub" else _within(claims, CLAIM + "lis", "person_sourcedid")
    who = _text(named)
    if not who or len(who) > LONGEST or not who.isprintable():
        raise UnauthorizedError("the launch names nobody", hint="anonymous launches open nothing")
    lineitem, members = _within(claims, AGS, "lineitem"), _within(claims, NRPS, "context_memberships_url")
    return Launch(who, role_of(claims.get(CLAIM + "roles")), target, _text(lineitem) or None, _text(members) or None)


def role_of(roles: object) -> Literal["learner", "teacher"] | None:
    """Return the role in the context; roles of the institution or the system say nothing about a class.

    Examples
    --------
    >>> role_of([MEMBERSHIP + "#Instructor", "http://purl.imsglobal.org/vocab/lis/v2/system/person#User"])
    'teacher'
    >>> role_of(["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"]) is None
    True
    """
    named = {one for one in roles if isinstance(one, str)} if isinstance(roles, list) else set()
    for word, role in (("Instructor", "teacher"), ("Learner", "learner")):
        if named & {f"{MEMBERSHIP}#{word}", word}:
            return role  # type: ignore[return-value] # one of the two above
    return None


def _within(claims: Mapping[str, Any], claim: str, name: str) -> object:
    found = claims.get(claim)
    return found.get(name) if isinstance(found, Mapping) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
