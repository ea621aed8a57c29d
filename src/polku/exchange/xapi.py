"""xAPI 1.0.3, 2.0 tolerantly: one statement to evidence, a voiding, nothing of use here, or a refusal.

Traps of the format: a score may be said in three ways; a statement without a time is of the moment it is stored, one
without a zone is read as UTC, one from the future is accepted; a voiding may come before what it voids; actors may be
known by their e-mail address alone, which is kept nowhere, so that nothing can be learned of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from polku.exchange import personal, xapi_fast
from polku.exchange.forms import FaultError
from polku.exchange.links import Links
from polku.exchange.written import instant_of, seconds_of
from polku.exchange.xapi_fast import Account, ContextActivities, Result, Score, Statement, Verb
from polku.exchange.xapi_rules import VOIDED, check_statement
from polku.exchange.xapi_same import digest, rare_digest
from polku.records import DenyRules, Reason, Refusal
from polku.records.elements import Element, Evidence, NoEffect, Voiding

NAME: Final = "xapi"
ADL: Final = "http://adlnet.gov/expapi/verbs/"
SAYS: Final[dict[str, float | None]] = {
    **{ADL + verb: None for verb in ("answered", "completed", "attempted", "scored")},
    **{ADL + verb: 1.0 for verb in ("passed", "mastered")},
    ADL + "failed": 0.0,
}
"""Verbs whose statements are evidence, and what they say of success where their result says nothing."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_AGENTS: Final = frozenset({"mbox", "mbox_sha1sum", "openid"})


class _Agent(Struct, gc=False):
    objectType: str = "Agent"  # noqa: N815 - the standard's name
    name: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    mbox: str | UnsetType = UNSET


class _Object(Struct, gc=False):
    id: str = ""
    objectType: str = "Activity"  # noqa: N815 - the standard's name


class _Context(Struct, gc=False):
    contextActivities: ContextActivities | UnsetType = UNSET  # noqa: N815 - the standard's name
    instructor: _Agent | UnsetType = UNSET
    extensions: dict[str, Any] | UnsetType = UNSET


class _Loose(Struct, gc=False):
    """Any valid statement, as far as it is looked at."""

    actor: _Agent
    verb: Verb
    object: _Object
    id: str | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    context: _Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET


_loose: Final = msgspec.json.Decoder(_Loose).decode


def element(
    content: bytes | Raw,
    links: Links,
    deny: DenyRules,
    *,
    keep: bool = False,
    second: bool = False,
    attached: Collection[str] = (),
) -> Element:
    """Turn one statement into what it says.

    Parameters
    ----------
    content : bytes
        The statement as JSON.
    links : Links
        What its IRIs mean here.
    deny : DenyRules
        What is kept nowhere.
    keep : bool
        Whether its sender may read it back: it is then kept, personal data removed.
    second : bool
        Whether what version 2.0 added is let in.
    attached : collection of str
        SHA-2 of the attachments that came along; any other says where it lies.

    Returns
    -------
    Evidence, Voiding, NoEffect or Refusal
        A refusal says that the statement is not valid. One whose actor is known by an address alone is valid and
        without effect ("no_learner").

    Examples
    --------
    >>> statement = b'''{"actor": {"account": {"homePage": "https://x.fi", "name": "anna"}},
    ... "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"}, "object": {"id": "https://x.fi/i7"},
    ... "result": {"score": {"raw": 3, "max": 4}}, "timestamp": "1970-01-01T00:00:01Z"}'''
    >>> said = element(statement, Links(items={"i7"}), DenyRules())
    >>> said.learner_id, said.item_id, said.correct, said.answered_at
    ('anna', 'i7', 0.75, 1000000)
    """
    try:
        common = xapi_fast.read(content)
        at = None if common is None else _common_moment(common)
        if common is not None and at is not False:
            return _said(common, content, at, digest(common), (links, deny, keep))
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return Refusal(0, Reason.NOT_JSON, "", Reason.NOT_JSON.sentence, row(bytes(content), deny))
    try:
        check_statement(value, second=second, attached=attached)
    except FaultError as error:
        return Refusal(0, error.reason, error.place, error.sentence, row(bytes(content), deny))
    loose = _loose(content)
    time = loose.timestamp or loose.stored
    return _said(loose, content, instant_of(time) if time else None, rare_digest(value), (links, deny, keep))


def row(content: bytes, deny: DenyRules) -> str:
    """Return a statement as it may lie in quarantine."""
    return personal.row(content, drop, deny, lambda value: personal.at(value, "actor", "account", "name"))


def drop(key: str, value: object, above: str) -> str | None:
    """Return the kind of personal data that a field of a statement is, or None: addresses, names, own words."""
    if key in _AGENTS:
        return personal.ADDRESS_KIND
    if key == "name" and isinstance(value, str) and above != "account":
        return personal.NAME_KIND
    return "own words" if key == "response" and above == "result" else None


def _common_moment(one: Statement) -> tuple[int, bool] | bool | None:
    """Return when it was, None where it does not say, False where there is no such time."""
    time = one.timestamp or one.stored
    if not time:
        return None
    try:
        return (dt.datetime.fromisoformat(time) - _EPOCH) // _MICROSECOND, True
    except (ValueError, OverflowError):
        return False


def _said(
    one: Statement | _Loose,
    content: bytes | Raw,
    at: tuple[int, bool] | bool | None,
    made: str,
    by: tuple[Links, DenyRules, bool],
) -> Element:
    """Return what a valid statement says."""
    links, deny, keep = by
    element_id = one.id.lower() if one.id else str(uuid.UUID(made))
    learner = one.actor.account.name if one.actor.account and one.actor.objectType == "Agent" else None
    kept: dict[str, Any] = {"dropped": _dropped(one, bytes(content), deny)}
    if keep:
        clear, gone = personal.without(msgspec.json.decode(content), drop, deny)
        kept = {"dropped": gone, "content": msgspec.json.encode(clear).decode()}
    if one.verb.id == VOIDED:
        return Voiding(element_id, made, target_id=one.object.id.lower(), learner_id=learner, **kept)
    why = _useless(one, learner)
    correct, flags = (None, ()) if why else _correct(one)
    if why or correct is None or learner is None:
        return NoEffect(element_id, made, why=why or "ungraded", learner_id=learner, **kept)
    instant, zoned = at if isinstance(at, tuple) else (None, True)
    return Evidence(
        element_id,
        made,
        learner_id=learner,
        item_id=links.item(one.object.id),
        skill_ids=_skills(one, links),
        correct=correct,
        answered_at=instant,
        duration_s=seconds_of(one.result.duration) if one.result and one.result.duration else None,
        flags=flags if zoned else (*flags, "no_zone"),
        **kept,
    )


def _useless(one: Statement | _Loose, learner: str | None) -> str | None:
    """Return why a statement is no evidence whatever its result says, or None."""
    if one.object.objectType != "Activity":
        return "other_object"
    if one.verb.id not in SAYS:
        return "other_verb"
    return None if learner else "no_learner"


def _correct(one: Statement | _Loose) -> tuple[float | None, tuple[str, ...]]:
    """Return success from 0 to 1, the scaled score first, then the raw one, then yes or no; and what is odd."""
    result = one.result
    if result is UNSET:
        return SAYS[one.verb.id], ()
    scored = (None, ()) if result.score is UNSET else _scaled(result.score)
    if scored[0] is not None:
        return scored
    return (SAYS[one.verb.id] if result.success is UNSET else float(result.success)), ()


def _scaled(score: Score) -> tuple[float | None, tuple[str, ...]]:
    if score.scaled is not UNSET:
        return (score.scaled, ()) if score.scaled >= 0 else (0.0, ("score_below_zero",))
    if score.raw is UNSET or score.max is UNSET:
        return None, ()
    least, flags = (0.0, ("least_taken_as_zero",)) if score.min is UNSET else (score.min, ())
    if score.max <= least or score.raw < least:
        return None, ()
    return (score.raw - least) / (score.max - least), flags


def _skills(one: Statement | _Loose, links: Links) -> tuple[str, ...]:
    """Return the skills that a statement is grouped under."""
    if one.context is UNSET or one.context.contextActivities is UNSET:
        return ()
    named = {
        links.skill(activity.id)
        for kind, listed in one.context.contextActivities.lists()
        if kind in {"grouping", "other"}
        for activity in listed
    }
    return tuple(sorted(skill for skill in named if skill is not None))


def _dropped(one: Statement | _Loose, content: bytes, deny: DenyRules) -> tuple[str, ...]:
    """Return the kinds of personal data in a statement of which nothing but the evidence is kept."""
    kinds = personal.found(content, deny)
    if one.actor.name:
        kinds += (personal.NAME_KIND,)
    if one.context and one.context.instructor and one.context.instructor.name:
        kinds += (personal.NAME_KIND,)
    for part in (one.result, one.context):
        if part and part.extensions:
            kinds += personal.denied_keys(part.extensions, deny)
    return kinds
