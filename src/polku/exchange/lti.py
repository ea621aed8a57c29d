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


SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINES: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
MEMBERS: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a platform offers with a link: where scores may be posted and members read, and what for a token is given.

    Parameters
    ----------
    lineitem : str or None
        The line item that belongs to the link.
    lineitems : str or None
        Those of the whole context.
    members : str or None
        The context's members.
    scopes : tuple of str
        What may be asked of the line items.
    """

    lineitem: str | None = None
    lineitems: str | None = None
    members: str | None = None
    scopes: tuple[str, ...] = ()

    @property
    def takes_scores(self) -> bool:
        """Return whether a score may be posted anywhere."""
        return SCORE in self.scopes and (self.lineitem is not None or self.makes_lines)

    @property
    def makes_lines(self) -> bool:
        """Return whether line items may be made."""
        return self.lineitems is not None and LINES in self.scopes


@dataclass(frozen=True, slots=True)
class Launch:
    """What a launch says.

    Parameters
    ----------
    subject : str
        Who, as they are known here.
    user : str
        Who, as the platform's services know them: its ``sub``.
    role : {"learner", "teacher"} or None
        As what in this context; None for every other role.
    target : str
        Address that the link names.
    context : str
        The course or class that the link is in; the link itself where none is named.
    offered : Offered
        The platform's services.
    """

    subject: str
    user: str
    role: Literal["learner", "teacher"] | None
    target: str
    context: str
    offered: Offered


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
    link = _text(_within(claims, CLAIM + "resource_link", "id"))
    if not link:
        raise UnauthorizedError("the launch names no resource link", hint="resource_link.id is required")
    target = _text(claims.get(CLAIM + "target_link_uri"))
    if not target:
        raise UnauthorizedError("the launch leads nowhere", hint="target_link_uri is required")
    named = claims.get("sub") if subject == "sub" else _within(claims, CLAIM + "lis", "person_sourcedid")
    who = _text(named)
    if not who or len(who) > LONGEST or not who.isprintable():
        raise UnauthorizedError("the launch names nobody", hint="anonymous launches open nothing")
    context = _text(_within(claims, CLAIM + "context", "id")) or link
    role = role_of(claims.get(CLAIM + "roles"))
    return Launch(who, _text(claims.get("sub")), role, target, context[:LONGEST], offered_by(claims))


def offered_by(claims: Mapping[str, Any]) -> Offered:
    """Return the services that a launch offers; what is not written as it must be is not offered.

    Examples
    --------
    >>> offered_by({AGS: {"lineitems": "https://lms.example/1/lines", "scope": [SCORE, LINES]}}).makes_lines
    True
    """
    scopes = _within(claims, AGS, "scope")
    return Offered(
        _text(_within(claims, AGS, "lineitem")) or None,
        _text(_within(claims, AGS, "lineitems")) or None,
        _text(_within(claims, NRPS, "context_memberships_url")) or None,
        tuple(one for one in scopes if isinstance(one, str)) if isinstance(scopes, list) else (),
    )


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
