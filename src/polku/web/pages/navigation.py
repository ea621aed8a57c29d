"""Where each role is at home, and what its pages are: the navigation of every page, and the choice of personas."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from polku.web.viewer import Role, Viewer

HOMES: Final[dict[Role, str]] = {
    Role.TEACHER: "/groups",
    Role.LEARNER: "/me",
    Role.GUARDIAN: "/family",
    Role.PRINCIPAL: "/school",
    Role.ADMINISTRATOR: "/school",
    Role.RESEARCHER: "/research",
    Role.AUDITOR: "/research",
    Role.SERVICE: "/docs",
}
"""The first page of each role."""
TEACHING: Final = (("/groups", "page.nav.groups"), ("/paper", "page.nav.paper"))
RESEARCH: Final = (("/research", "page.nav.research"),)
SCHOOL: Final = (("/school", "page.nav.school"),)
PAGES: Final[dict[Role, tuple[tuple[str, str], ...]]] = {
    Role.TEACHER: TEACHING,
    Role.LEARNER: (("/me", "page.nav.me"),),
    Role.GUARDIAN: (("/family", "page.nav.family"),),
    Role.PRINCIPAL: SCHOOL,
    Role.ADMINISTRATOR: (*SCHOOL, *RESEARCH),
    Role.RESEARCHER: RESEARCH,
    Role.AUDITOR: RESEARCH,
}
"""Addresses and text ids of the pages that a role may open."""
OPERATOR: Final = (*TEACHING, *SCHOOL, *RESEARCH)
"""What whoever runs this machine may open where nobody signs in."""


class Place(NamedTuple):
    """One entry of the navigation.

    Parameters
    ----------
    address : str
        Where it leads.
    text : str
        Id of what it says.
    here : bool
        Whether the page that is shown stands beneath it.
    """

    address: str
    text: str
    here: bool


def places(viewer: Viewer | None, path: str) -> list[Place]:
    """Return the navigation of a page.

    Parameters
    ----------
    viewer : Viewer or None
        Who looks; None where nobody is known.
    path : str
        Of the page that is shown.

    Examples
    --------
    >>> from polku.web.viewer import operator
    >>> [one.address for one in places(operator("demo"), "/groups/7A") if one.here]
    ['/groups']
    """
    if viewer is None:
        return []
    listed = PAGES.get(viewer.role, ()) if viewer.signed_in else OPERATOR
    return [Place(address, text, path == address or path.startswith(address + "/")) for address, text in listed]


def home_of(viewer: Viewer | None) -> str:
    """Return the first page of whoever looks.

    Examples
    --------
    >>> home_of(None)
    '/'
    """
    if viewer is None:
        return "/"
    return HOMES[viewer.role] if viewer.signed_in else HOMES[Role.TEACHER]


def place_of(kind: str, name: str) -> str:
    """Return the address of a page about one subject, whose id may hold any character.

    Examples
    --------
    >>> place_of("groups", "7 A/b")
    '/groups/7%20A%2Fb'
    """
    return f"/{kind}/{quote(name, safe='')}"


def with_query(address: str, **query: str | int | None) -> str:
    """Return an address with those parts of a query that say something.

    Examples
    --------
    >>> with_query("/groups/7A", lang="sv", done=None)
    '/groups/7A?lang=sv'
    """
    path, mark, anchor = address.partition("#")
    said = urlencode({name: value for name, value in query.items() if value not in {None, ""}})
    return f"{path}?{said}{mark}{anchor}" if said else address
