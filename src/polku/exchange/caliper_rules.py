"""The rules of Caliper 1.1 and 1.2 for one entity or event: types, properties, actions, versions.

Unknown properties are let be, as the standard asks; what it knows is held to its own types. A thing may always be its
IRI alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from typing import Final

from polku.exchange import caliper_terms as terms
from polku.exchange import written
from polku.exchange.forms import Check, FaultError, count, listing, members, number, text, truth, under
from polku.exchange.forms import written as form
from polku.records import Reason

CONTEXT: Final = re.compile(r"https?://purl\.imsglobal\.org/ctx/caliper/v1p[12](?:/.*)?")
LATEST: Final = "http://purl.imsglobal.org/ctx/caliper/v1p2"
iri: Final = form(written.IRI, "an IRI with a scheme")
_urn: Final = form(f"urn:uuid:{written.UUID}", "urn:uuid: and a UUID")
_time: Final = form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", "YYYY-MM-DDTHH:MM:SS.sssZ")


def moment(value: object, place: str) -> None:
    """Accept a time in UTC, in milliseconds, that there is."""
    _time(value, place)
    try:
        dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise FaultError(Reason.BAD_FORMAT, place, "a time that there is") from error


def _whole(value: object, place: str) -> None:
    number(value, place)
    if not isinstance(value, int):
        raise FaultError(Reason.WRONG_TYPE, place, "a whole number")


def _one_of(words: Collection[str]) -> Check:
    def checked(value: object, place: str) -> None:
        text(value, place)
        if value not in words:
            raise FaultError(Reason.NOT_ONE_OF, place)

    return checked


def _extensions(value: object, place: str) -> None:
    """Accept further attributes: an object, in 1.1 a list of them."""
    for one in value if isinstance(value, list) else [value]:
        members(one, place)


def _context(value: object, place: str) -> None:
    """Accept the standard's context, alone or among others."""
    given = value if isinstance(value, list) else [value]
    if not any(isinstance(one, str) and CONTEXT.fullmatch(one) for one in given):
        raise FaultError(Reason.NOT_ONE_OF, place, "the context of Caliper 1.1 or 1.2")


def _inside(check: Callable[[dict[str, object]], None], one: dict[str, object], place: str) -> None:
    """Accept what stands at a place; places are made on the way out, so that what holds pays nothing for them."""
    try:
        check(one)
    except FaultError as error:
        raise FaultError(error.reason, under(place, error.place), error.said) from error


def _thing(types: Collection[str]) -> Check:
    """Return the check of a thing of some types, or of its IRI."""

    def checked(value: object, place: str) -> None:
        if isinstance(value, str):
            iri(value, place)
            return
        one = members(value, place)
        _inside(_entity, one, place)
        if one["type"] not in types and "@context" not in one:
            raise FaultError(Reason.NOT_ALLOWED, under(place, "type"), "a thing of another type stands here")

    return checked


def _identifier(value: object, place: str) -> None:
    """Accept a further identifier of a thing; it has no id of its own."""
    one = members(value, place)
    if one.get("type") != "SystemIdentifier":
        raise FaultError(Reason.NOT_ONE_OF, under(place, "type"), "SystemIdentifier")
    for name in ("identifierType", "identifier"):
        if one.get(name) is None:
            raise FaultError(Reason.MISSING, under(place, name))
    _inside(_properties, one, place)


_PROPERTIES: Final[dict[str, Check]] = {
    **dict.fromkeys(terms.TEXTS, text),
    **dict.fromkeys(terms.TIMES, moment),
    **dict.fromkeys(terms.DURATIONS, form(written.DURATION, "a duration of ISO 8601")),
    **dict.fromkeys(terms.NUMBERS, number),
    **dict.fromkeys(terms.WHOLE, _whole),
    **dict.fromkeys(terms.COUNTS, count),
    **dict.fromkeys(terms.TRUTHS, truth),
    **dict.fromkeys(terms.LISTS_OF_TEXTS, listing(text)),
    **{name: _thing(types) for name, types in terms.THINGS.items()},
    **{name: listing(_thing(types)) for name, types in terms.LISTS.items()},
    **{name: _one_of(words) for name, words in terms.TERMS.items()},
    "@context": lambda value, place: _context(value, place) if isinstance(value, str) else None,
    "extensions": _extensions,
    "messageParameters": lambda value, place: _extensions(members(value, place), place),
    "otherIdentifiers": listing(_identifier),
    "roles": listing(_one_of(terms.ROLES)),
}


def _properties(one: dict[str, object]) -> None:
    """Accept what the standard knows of a thing, as it knows it; what is null is not there."""
    for name, value in one.items():
        check: Callable[[object, str], None] | None = _PROPERTIES.get(name)
        if check is not None and value is not None:
            check(value, name)


def _entity(one: dict[str, object]) -> None:
    """Accept a thing: an id, a type that there is, properties as they should be."""
    _require(one, "id", "type")
    iri(one["id"], "id")
    kind = one["type"]
    text(kind, "type")
    if kind not in terms.ENTITIES and "@context" not in one:
        raise FaultError(Reason.NOT_ONE_OF, "type")
    if kind in terms.NEEDED:
        _require(one, *terms.NEEDED[str(kind)])
    _properties(one)
    if kind in _ITEMS and isinstance(one.get("items"), list):
        _ITEMS[str(kind)](one["items"], "items")


_ITEMS: Final = {kind: listing(_thing(types)) for kind, types in terms.ITEMS.items()}
_NARROWER: Final = {
    ("object" if table is terms.ABOUT else "generated", kind): _thing(types)
    for table in (terms.ABOUT, terms.MADE)
    for kind, types in table.items()
}
"""What an event of a kind is about and generates, where the standard says so."""


def check_entity(value: object) -> None:
    """Accept one entity as it stands in an envelope: with the standard's context.

    Raises
    ------
    FaultError
        At the first rule that it breaks.

    Examples
    --------
    >>> check_entity({"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2", "id": None, "type": "Person"})
    Traceback (most recent call last):
    polku.exchange.forms.FaultError: id: missing
    """
    one = members(value, "")
    _require(one, "@context")
    _context(one["@context"], "@context")
    if one.get("type") == "SystemIdentifier":
        _identifier(one, "")
    else:
        if one.get("type") not in terms.ENTITIES:
            _require(one, "id", "type")
            raise FaultError(Reason.NOT_ONE_OF, "type")
        _entity(one)


def is_event(value: object) -> bool:
    """Return whether an element is meant as an event: by its type, or because something was done."""
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(value, dict) and ((isinstance(kind, str) and kind.endswith("Event")) or "action" in value)


def check_event(value: object) -> None:
    """Accept one event.

    Raises
    ------
    FaultError
        At the first rule that it breaks.

    Examples
    --------
    >>> check_event({"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2", "type": "ViewEvent"})
    Traceback (most recent call last):
    polku.exchange.forms.FaultError: id: missing
    """
    one = members(value, "")
    _require(one, "@context", "id", "type", "actor", "action", "object", "eventTime")
    _context(one["@context"], "@context")
    _urn(one["id"], "id")
    kind, action = one["type"], one["action"]
    _one_of({*terms.EVENTS, "Event"})(kind, "type")
    _one_of(terms.EVENTS.get(str(kind), terms.ACTIONS))(action, "action")
    _profile(one, str(kind))
    for name, part in one.items():
        if part is not None:
            check_part(str(kind), name, part)


def check_part(kind: str, name: str, value: object) -> None:
    """Accept one property of an event of some kind.

    Raises
    ------
    FaultError
        If it is not of the type that the standard gives it, in such an event.
    """
    check = _NARROWER.get((name, kind)) or _PROPERTIES.get(name)
    if check is not None:
        check(value, name)


def _profile(one: dict[str, object], kind: str) -> None:
    """Accept the profile of an event; since 1.2 every event but a plain one names its own."""
    given = one.get("profile")
    if given is not None:
        _one_of(terms.PROFILES)(given, "profile")
    elif kind != "Event" and one["@context"] == LATEST:
        raise FaultError(Reason.MISSING, "profile")


def check_envelope(value: object) -> None:
    """Accept an envelope's own fields; what is in it is checked one by one.

    Raises
    ------
    FaultError
        If who sent it, when, in which version or what is missing or not as it should be.
    """
    one = members(value, "")
    _require(one, "sensor", "sendTime", "dataVersion", "data")
    iri(one["sensor"], "sensor")
    moment(one["sendTime"], "sendTime")
    _context(one["dataVersion"], "dataVersion")
    if not isinstance(one["data"], list):
        raise FaultError(Reason.WRONG_TYPE, "data", "an array")


def _require(one: dict[str, object], *names: str) -> None:
    for name in names:
        if one.get(name) is None:
            raise FaultError(Reason.MISSING, name)
