"""What a question about statements asks for, checked parameter by parameter (Communication 2.1.3)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from polku.errors import InputError
from polku.exchange import written
from polku.exchange.forms import FaultError
from polku.exchange.xapi_actors import actor
from polku.records.reasons import RefusedValueError

MOST: Final = 100
"""Statements of one page."""
ONE: Final = ("statementId", "voidedStatementId")
FORMATS: Final = ("exact", "ids", "canonical")
Place = tuple[int, str]


@dataclass(frozen=True)
class Wanted:
    """Which statements are asked for.

    Parameters
    ----------
    verb, activity, registration : str or None
        What they are about.
    agent : mapping or None
        Whom they are about.
    related_activities, related_agents : bool
        Whether the rest of a statement is looked at too, beside its actor and object.
    since, until : int or None
        Stored after, and not after: microseconds UTC.
    limit : int
        At most so many.
    ascending : bool
        Whether the oldest come first.
    after : (int, str) or None
        Where the page before ended.
    query : mapping
        What was asked, without the place, for the address of the next page.
    """

    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    agent: Mapping[str, Any] | None = None
    related_activities: bool = False
    related_agents: bool = False
    since: int | None = None
    until: int | None = None
    limit: int = MOST
    ascending: bool = False
    after: Place | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def begins(self) -> Place | None:
        """Return after which place the first statement stands, in the order that is asked for."""
        if self.after is not None:
            return self.after
        if self.ascending:
            return None if self.since is None else (self.since + 1, "")
        return None if self.until is None else (self.until + 1, "")

    def ends(self, at: int) -> bool:
        """Return whether nothing follows that was stored at a time or later in this order."""
        if self.ascending:
            return self.until is not None and at > self.until
        return self.since is not None and at <= self.since

    def more(self, place: Place) -> str:
        """Return the query of the page that follows a place."""
        after = base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")
        return urlencode({**self.query, "after": after})


@dataclass(frozen=True)
class One:
    """One statement, by its id.

    Parameters
    ----------
    statement_id : str
        In lower case.
    voided : bool
        Whether it is asked for as one that was taken back.
    """

    statement_id: str
    voided: bool


def asked(query: Mapping[str, str]) -> Wanted | One:
    """Return what a query asks for: a page, or one statement.

    Raises
    ------
    InputError
        If it asks for two things at once, or for what nobody knows.

    Examples
    --------
    >>> asked({"limit": "3", "ascending": "true"}).limit
    3
    """
    unknown = sorted(set(query) - set(ONE) - set(_READ) - {"format", "attachments"})
    if unknown:
        raise InputError("no such parameter", got=", ".join(unknown)[:200], hint="names are told apart by case")
    if query.get("format", "exact") not in FORMATS:
        raise InputError("no such format", hint=", ".join(FORMATS))
    _truth("attachments", query.get("attachments", "false"))
    ids = [name for name in ONE if name in query]
    if not ids:
        read = {name: reads(name, query[name]) for name, reads in _READ.items() if name in query}
        return Wanted(**read, query={name: value for name, value in query.items() if name != "after"})
    if len(ids) > 1 or set(query) & set(_READ):
        raise InputError("one statement is asked for by its id alone", got=", ".join(sorted(query)))
    return One(_uuid(ids[0], query[ids[0]]), ids[0] == ONE[1])


def _uuid(name: str, text: str) -> str:
    if re.fullmatch(written.UUID, text) is None:
        raise InputError(f"{name} is a UUID")
    return text.lower()


def _iri(name: str, text: str) -> str:
    if re.fullmatch(written.IRI, text) is None:
        raise InputError(f"{name} is an IRI")
    return text


def _truth(name: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:  # the clients of Python write True
        raise InputError(f"{name} is true or false")
    return text.lower() == "true"


def _limit(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InputError(f"{name} is a whole number")
    return min(int(text) or MOST, MOST)


def _agent(name: str, text: str) -> dict[str, Any]:
    try:
        value: dict[str, Any] = msgspec.json.decode(text)
        actor(value, name)
    except (msgspec.DecodeError, FaultError, RecursionError) as error:
        raise InputError(
            f"{name} is an agent or a group, as JSON", hint='{"account": {"homePage": …, "name": …}}'
        ) from error
    return value


def _instant(name: str, text: str) -> int:
    try:
        if re.fullmatch(written.TIMESTAMP, text):
            return written.instant_of(text)[0]
    except RefusedValueError:
        pass  # said below, as for any other text
    raise InputError(f"{name} is a time of ISO 8601")


def _place(_name: str, text: str) -> Place:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[int, str])
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise InputError("no such page", hint="follow the address that `more` gave") from error


_READ: Final[dict[str, Callable[[str, str], Any]]] = {
    "verb": _iri,
    "activity": _iri,
    "registration": _uuid,
    "agent": _agent,
    "related_activities": _truth,
    "related_agents": _truth,
    "since": _instant,
    "until": _instant,
    "limit": _limit,
    "ascending": _truth,
    "after": _place,
}
"""How each parameter of a page is read."""
