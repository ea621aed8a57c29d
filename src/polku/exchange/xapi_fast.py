"""The common shapes of an xAPI statement as typed structs: whatever :func:`read` takes is valid by the exact rules too.

A statement that it does not take is not refused: :mod:`polku.exchange.xapi_rules` then decides, and says why. What is
rare (groups, substatements, references, attachments, unusual times) is left out on purpose. Platforms send the same
verbs, languages and definitions over and over: what was found good once is known by its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from polku.exchange import written
from polku.exchange.forms import FaultError
from polku.exchange.known import Known
from polku.exchange.xapi_activities import definition, language_map
from polku.exchange.xapi_rules import VOIDED

MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|\+[0-9]{2}:[0-9]{2}|-(?!00:00)[0-9]{2}:[0-9]{2})"
).fullmatch
"""Times that :meth:`datetime.datetime.fromisoformat` reads as the exact rules do; the caller still reads them."""


class Account(Struct, forbid_unknown_fields=True, gc=False):
    """An account on a platform."""

    homePage: str  # noqa: N815 - the standard's name
    name: str


class Agent(Struct, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """An agent, identified by an account or an address."""

    objectType: Literal["Agent"] = "Agent"  # noqa: N815 - the standard's name
    name: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    mbox: str | UnsetType = UNSET


class Verb(Struct, forbid_unknown_fields=True, gc=False):
    """A verb."""

    id: str
    display: Raw | UnsetType = UNSET


class Activity(Struct, forbid_unknown_fields=True, gc=False):
    """What was done, or belongs to it."""

    id: str
    objectType: Literal["Activity"] = "Activity"  # noqa: N815 - the standard's name
    definition: Raw | UnsetType = UNSET


class Score(Struct, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """What was reached, between the least and the most."""

    scaled: float | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET


Extensions: TypeAlias = dict[str, Any]


class Result(Struct, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """How it went."""

    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


Activities: TypeAlias = list[Activity] | Activity


class ContextActivities(Struct, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """What the activity belongs to."""

    parent: Activities | UnsetType = UNSET
    grouping: Activities | UnsetType = UNSET
    category: Activities | UnsetType = UNSET
    other: Activities | UnsetType = UNSET

    def lists(self) -> list[tuple[str, list[Activity]]]:
        """Return each kind that is given, with its activities."""
        given: list[tuple[str, list[Activity]]] = []
        if self.grouping is not UNSET:
            given.append(("grouping", self.grouping if isinstance(self.grouping, list) else [self.grouping]))
        if self.other is not UNSET:
            given.append(("other", self.other if isinstance(self.other, list) else [self.other]))
        if self.parent is not UNSET:
            given.append(("parent", self.parent if isinstance(self.parent, list) else [self.parent]))
        if self.category is not UNSET:
            given.append(("category", self.category if isinstance(self.category, list) else [self.category]))
        return given


class Context(Struct, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """In which surroundings."""

    registration: str | UnsetType = UNSET
    instructor: Agent | UnsetType = UNSET
    contextActivities: ContextActivities | UnsetType = UNSET  # noqa: N815 - the standard's name
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Statement(Struct, forbid_unknown_fields=True, gc=False):
    """A statement about an activity."""

    actor: Agent
    verb: Verb
    object: Activity
    id: str | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: Agent | UnsetType = UNSET
    version: str | UnsetType = UNSET


def _holds(check: Callable[[object, str], None]) -> Callable[[bytes], bool]:
    """Return whether the JSON in some bytes holds by an exact check."""

    def holds(content: bytes) -> bool:
        try:
            check(msgspec.json.decode(content), "")
        except FaultError:
            return False
        return True

    return holds


_iri: Known[str] = Known(lambda text: re.fullmatch(written.IRI, text) is not None)
_language: Known[str] = Known(lambda text: re.fullmatch(written.LANGUAGE, text) is not None)
_version: Known[str] = Known(lambda text: re.fullmatch(r"1\.0(?:\.[0-9]+)?", text) is not None)
_languages = Known(_holds(language_map))
_definition = Known(_holds(definition))
_uuid = re.compile(written.UUID).fullmatch
_duration = re.compile(written.DURATION).fullmatch
_mailto = re.compile(written.MAILTO).fullmatch
_decode = msgspec.json.Decoder(Statement).decode


def read(content: bytes | Raw) -> Statement | None:
    """Return a statement of a common shape that holds by the exact rules; None leaves it to them.

    Parameters
    ----------
    content : bytes
        JSON in UTF-8.

    Raises
    ------
    msgspec.DecodeError
        If it is no JSON.
    """
    try:
        one = _decode(content)
    except msgspec.ValidationError:
        return None
    good = _who(one.actor) and _verb(one.verb) and _activity(one.object) and _own(one)
    good = good and (one.result is UNSET or _result(one.result)) and (one.context is UNSET or _context(one.context))
    return one if good else None


def _own(one: Statement) -> bool:
    return (
        (one.id is UNSET or _uuid(one.id) is not None)
        and (one.timestamp is UNSET or MOMENT(one.timestamp) is not None)
        and (one.stored is UNSET or MOMENT(one.stored) is not None)
        and (one.version is UNSET or _version(one.version))
        and (one.authority is UNSET or _who(one.authority))
    )


def _who(one: Agent) -> bool:
    if one.account is UNSET:
        return one.mbox is not UNSET and _mailto(one.mbox) is not None
    return one.mbox is UNSET and _iri(one.account.homePage)


def _verb(one: Verb) -> bool:
    return one.id != VOIDED and _iri(one.id) and (one.display is UNSET or _languages(bytes(one.display)))


def _activity(one: Activity) -> bool:
    return _iri(one.id) and (one.definition is UNSET or _definition(bytes(one.definition)))


def _result(one: Result) -> bool:
    return (
        (one.score is UNSET or _score(one.score))
        and (one.duration is UNSET or _duration(one.duration) is not None)
        and (one.extensions is UNSET or all(map(_iri, one.extensions)))
    )


def _score(one: Score) -> bool:
    least = float("-inf") if one.min is UNSET else one.min
    most = float("inf") if one.max is UNSET else one.max
    scaled = 0.0 if one.scaled is UNSET else one.scaled
    return -1 <= scaled <= 1 and least < most and (one.raw is UNSET or least <= one.raw <= most)


def _context(one: Context) -> bool:
    return (
        (one.registration is UNSET or _uuid(one.registration) is not None)
        and (one.instructor is UNSET or _who(one.instructor))
        and (one.language is UNSET or _language(one.language))
        and (one.extensions is UNSET or all(map(_iri, one.extensions)))
        and (
            one.contextActivities is UNSET
            or all(_activity(activity) for _, listed in one.contextActivities.lists() for activity in listed)
        )
    )
