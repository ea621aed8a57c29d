"""xAPI's agents and groups: who did something, said in exactly one way (Data 2.4.2)."""

from __future__ import annotations

from typing import Final

from polku.exchange import written
from polku.exchange.forms import Check, FaultError, listing, members, one_of, record, text, under
from polku.exchange.forms import written as form
from polku.records import Reason

IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
"""Inverse functional identifiers: an agent has exactly one, a group at most one."""

iri: Final = form(written.IRI, "an IRI with a scheme")
_ACCOUNT: Final = record({"homePage": iri, "name": text}, required=("homePage", "name"))
_WHO: Final[dict[str, Check]] = {
    "objectType": one_of("Agent", "Group"),
    "name": text,
    "mbox": form(written.MAILTO, "mailto: and an address"),
    "mbox_sha1sum": form(written.SHA1, "40 hexadecimal digits"),
    "openid": iri,
    "account": _ACCOUNT,
}
_AGENT: Final = record(_WHO)


def agent(value: object, place: str) -> None:
    """Accept an agent: exactly one identifier, no members."""
    _AGENT(value, place)
    one = members(value, place)
    if one.get("objectType", "Agent") != "Agent":
        raise FaultError(Reason.NOT_ALLOWED, under(place, "objectType"), "an Agent stands here")
    if _identifiers(one) != 1:
        raise FaultError(Reason.NOT_ALLOWED, place, "exactly one of mbox, mbox_sha1sum, openid, account")


_GROUP: Final = record({**_WHO, "member": listing(agent, least=1)}, required=("objectType",))


def group(value: object, place: str) -> None:
    """Accept a group: one identifier, or none and members."""
    _GROUP(value, place)
    one = members(value, place)
    if one["objectType"] != "Group":
        raise FaultError(Reason.NOT_ALLOWED, under(place, "objectType"), "a Group stands here")
    if _identifiers(one) > 1:
        raise FaultError(Reason.NOT_ALLOWED, place, "at most one of mbox, mbox_sha1sum, openid, account")
    if not _identifiers(one) and "member" not in one:
        raise FaultError(Reason.MISSING, under(place, "member"), "a group without an identifier names its members")


def actor(value: object, place: str) -> None:
    """Accept an agent or a group, as its type says; without a type it is an agent."""
    if members(value, place).get("objectType") == "Group":
        group(value, place)
    else:
        agent(value, place)


def authority(value: object, place: str) -> None:
    """Accept who vouches for a statement: an agent, or an unnamed group of two (OAuth: application and person)."""
    actor(value, place)
    one = members(value, place)
    if one.get("objectType") == "Group":
        both = one.get("member")
        if _identifiers(one) or not isinstance(both, list) or len(both) != 2:
            raise FaultError(Reason.NOT_ALLOWED, place, "a group as authority has no identifier and two members")


def _identifiers(one: dict[str, object]) -> int:
    return sum(name in one for name in IDENTIFIERS)
