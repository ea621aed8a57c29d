"""The table of who may see what, read from the signatures of the endpoints themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.routing import APIRoute

from polku.web.access.names import nobody_is_asked
from polku.web.access.origin import loopback_only, scrapers_only
from polku.web.access.rules import Rule
from polku.web.viewer import Role

OPEN, HERE, SCRAPED = "Open", "Local", "Scraped"
WORDS = {OPEN: "everybody", HERE: "this machine", SCRAPED: "this machine, scrapers"}


class Line(NamedTuple):
    """One endpoint.

    Parameters
    ----------
    verb, address : str
        Method and path.
    access : str
        What the signature calls it; empty where it declares nothing.
    rule : Rule or None
        What stands behind the name; None where nobody is asked, or only where the call comes from.
    """

    verb: str
    address: str
    access: str
    rule: Rule | None

    def words(self, role: Role) -> str:
        """Return under which condition a role is let in; "-" where it is not."""
        if self.rule is None:
            return WORDS.get(self.access, "?")
        grant = self.rule.grants.get(role)
        return "-" if grant is None else grant.words


def lines(routers: Iterable[APIRouter]) -> list[Line]:
    """Return every endpoint of some routers, in order of address and method."""
    return sorted((_line(route, verb) for route in _routes(routers) for verb in route.methods or ()), key=_place)


def as_markdown(table: Iterable[Line]) -> str:
    """Return the table as docs/reference/access.md shows it."""
    head = ["endpoint", "access", *Role]
    rows = [
        [f"`{line.verb} {line.address}`", f"`{line.access}`", *(line.words(role) for role in Role)] for line in table
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)) + "\n"


def _routes(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route


def _line(route: APIRoute, verb: str) -> Line:
    access, rule = _declared([one.call for one in route.dependant.dependencies])
    return Line(verb, route.path.replace(":path", ""), access, rule)


def _declared(calls: list[Any]) -> tuple[str, Rule | None]:
    for call in calls:
        rule = getattr(call, "__self__", None)
        if isinstance(rule, Rule):
            return rule.name, rule
    plain = {nobody_is_asked: OPEN, loopback_only: HERE, scrapers_only: SCRAPED}
    return next((plain[call] for call in calls if call in plain), ""), None


def _place(line: Line) -> tuple[str, str]:
    return line.address, line.verb
