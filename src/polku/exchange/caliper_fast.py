"""The common shape of a Caliper event as a typed struct whose parts stay bytes: each is checked once, then known.

What :func:`read` takes is valid by :mod:`polku.exchange.caliper_rules` too; what it does not take is left to them.
Courses, applications, sessions and memberships are the same in thousands of events.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from polku.exchange import written
from polku.exchange.caliper_rules import LATEST, check_part
from polku.exchange.caliper_terms import EVENTS, PROFILES
from polku.exchange.forms import FaultError
from polku.exchange.known import Known

OWN: Final = frozenset({"object", "generated"})
"""Parts that differ from event to event: remembering them would push out what does not."""
PARTS: Final = (
    *("actor", "object", "generated", "edApp", "group", "membership", "session", "federatedSession"),
    *("target", "referrer", "extensions"),
)


class Event(Struct, forbid_unknown_fields=True, gc=False):
    """An event of 1.1 or 1.2 with one context; its parts are bytes."""

    id: str
    type: str
    actor: Raw
    action: str
    object: Raw
    eventTime: str  # noqa: N815 - the standard's name
    context: str = msgspec.field(name="@context")
    profile: str | UnsetType = UNSET
    edApp: Raw | UnsetType = UNSET  # noqa: N815 - the standard's name
    group: Raw | UnsetType = UNSET
    membership: Raw | UnsetType = UNSET
    session: Raw | UnsetType = UNSET
    federatedSession: Raw | UnsetType = UNSET  # noqa: N815 - the standard's name
    generated: Raw | UnsetType = UNSET
    target: Raw | UnsetType = UNSET
    referrer: Raw | UnsetType = UNSET
    extensions: Raw | UnsetType = UNSET


def _part(key: tuple[str, str, bytes]) -> bool:
    """Return whether a part holds in an event of a kind."""
    kind, name, content = key
    try:
        value = msgspec.json.decode(content)
        if value is not None:
            check_part(kind, name, value)
    except FaultError:
        return False
    return value is not None or name not in {"actor", "object"}


_known = Known(_part)
_urn = re.compile(f"urn:uuid:{written.UUID}").fullmatch
_moment = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z").fullmatch
_decode = msgspec.json.Decoder(Event).decode


def read(content: bytes | Raw) -> Event | None:
    """Return an event of the common shape that holds by the exact rules; None leaves it to them.

    Its time may still be of no day that there is.

    Raises
    ------
    msgspec.DecodeError
        If it is no JSON.
    """
    try:
        one = _decode(content)
    except msgspec.ValidationError:
        return None
    if one.context != LATEST or one.profile is UNSET or one.profile not in PROFILES:
        return None
    if one.action not in EVENTS.get(one.type, ()) or _urn(one.id) is None or _moment(one.eventTime) is None:
        return None
    for name in PARTS:
        part = getattr(one, name)
        if part is UNSET:
            continue
        key = (one.type, name, bytes(part))
        if not (_part(key) if name in OWN else _known(key)):
            return None
    return one
