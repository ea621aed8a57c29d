"""Caliper 1.1 and 1.2: one event or entity to evidence, nothing of use here, or a refusal.

Traps of the format: an answer (AssessmentItemEvent) and its grade (GradeEvent) are two events, and only the second says
how it went; who acts in a grade is a teacher or a machine, the learner is whose attempt it is; any thing may be its IRI
alone; a score may be out of nothing, above its most, or missing; an event may be later than the envelope it came in.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from polku.exchange import caliper_fast, personal
from polku.exchange.caliper_rules import check_entity, check_envelope, check_event, iri, is_event
from polku.exchange.forms import FaultError
from polku.exchange.links import Links, tail
from polku.exchange.written import seconds_of
from polku.records import DenyRules, Reason, Refusal
from polku.records.elements import Element, Evidence, NoEffect, content_digest

NAME: Final = "caliper"
GRADED: Final = ("GradeEvent", "Graded")
_WORDS: Final = frozenset({"comment", "values", "value", "body", "description", "bookmarkNotes", "searchTerms"})
_ASIDE: Final = {"ipAddress": "network address", "userAgent": "device", "host": "network address"}
_PEOPLE: Final = frozenset({"", "actor", "assignee", "creators", "learner", "member", "scoredBy", "user"})
"""Where a person stands in an event; an entity that comes by itself may be one, too."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


class _Named(Struct, gc=False):
    """A thing, as far as it is looked at."""

    id: str | None = None
    learningObjectives: list[Any] | None = None  # noqa: N815 - the standard's name
    isPartOf: Any = None  # noqa: N815 - the standard's name


class _Attempt(Struct, gc=False):
    id: str | None = None
    assignee: _Named | str | None = None
    assignable: _Named | str | None = None
    endedAtTime: str | None = None  # noqa: N815 - the standard's name
    duration: str | None = None


class _Score(Struct, gc=False):
    attempt: _Attempt | str | None = None
    scoreGiven: float | None = None  # noqa: N815 - the standard's name
    maxScore: float | None = None  # noqa: N815 - the standard's name


class _Grade(Struct, gc=False):
    """A grade, as far as it is looked at."""

    object: _Attempt | str
    generated: _Score | str | None = None


_grade: Final = msgspec.json.Decoder(_Grade).decode


class _Head(Struct, gc=False):
    id: str
    type: str
    action: str
    eventTime: str  # noqa: N815 - the standard's name


_head: Final = msgspec.json.Decoder(_Head).decode


def element(
    content: bytes | Raw, links: Links, deny: DenyRules, *, keep: bool = False, sent_at: int | None = None
) -> Element:
    """Turn one element of an envelope into what it says.

    Parameters
    ----------
    content : bytes
        An event, an entity, or the IRI of a thing, as JSON.
    links : Links
        What its IRIs mean here.
    deny : DenyRules
        What is kept nowhere.
    keep : bool
        Caliper has no reading back: nothing is kept as it came either way.
    sent_at : int, optional
        When the envelope was sent, microseconds UTC: nothing in it happened later.

    Returns
    -------
    Evidence, NoEffect or Refusal

    Examples
    --------
    >>> element(b'"https://example.edu/terms/1"', Links(), DenyRules()).why
    'reference'
    """
    del keep
    try:
        common = caliper_fast.read(content)
        at = None if common is None else moment(common.eventTime)
        if common is None or at is None:
            return _exactly(bytes(content), links, deny, sent_at)
    except (msgspec.DecodeError, RecursionError):
        return Refusal(0, Reason.NOT_JSON, "", Reason.NOT_JSON.sentence, row(bytes(content), deny))
    return _said(common, bytes(content), at, (links, deny, sent_at))


def _exactly(content: bytes, links: Links, deny: DenyRules, sent_at: int | None) -> Element:
    """Turn an element of any shape into what it says, by the exact rules."""
    value = msgspec.json.decode(content)
    try:
        if isinstance(value, str):
            iri(value, "")
            return _aside(content, value, "reference", deny)
        if isinstance(value, dict) and "dataVersion" in value:  # an envelope that could not be opened
            check_envelope(value)
        if not is_event(value):
            check_entity(value)
            return _aside(content, value.get("id"), "entity", deny)
        check_event(value)
    except FaultError as error:
        return Refusal(0, error.reason, error.place, error.sentence, row(content, deny))
    head = _head(content)
    return _said(head, content, moment(head.eventTime) or 0, (links, deny, sent_at))


def row(content: bytes, deny: DenyRules) -> str:
    """Return an element as it may lie in quarantine."""
    return personal.row(content, drop, deny, _who)


def _who(value: Any) -> str | None:
    """Return whose attempt it is, or who acted, as far as it can be told."""
    named = personal.at(value, "object", "assignee") or personal.at(value, "actor")
    iri_ = personal.at(named, "id") or named
    return tail(iri_) if isinstance(iri_, str) else None


def drop(key: str, value: object, above: str) -> str | None:
    """Return the kind of personal data that a property is, or None: a person's name, own words, where from."""
    if key == "name" and above in _PEOPLE and isinstance(value, str):
        return "name"
    if key in _WORDS and isinstance(value, str | list):
        return "own words"
    return _ASIDE.get(key) if isinstance(value, str) else None


def _aside(content: bytes, element_id: object, why: str, deny: DenyRules) -> NoEffect:
    """Return an entity or reference: sound, kept nowhere. The same thing as it is now is another element."""
    digest = content_digest(content)
    named = f"{element_id or 'urn:polku:unnamed'}#{digest}"
    return NoEffect(named, digest, why=why, dropped=personal.found(content, deny))


def moment(text: str) -> int | None:
    """Return when, microseconds UTC, or None where there is no such time."""
    try:
        return (dt.datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
    except ValueError:
        return None


def _said(one: caliper_fast.Event | _Head, content: bytes, at: int, by: tuple[Links, DenyRules, int | None]) -> Element:
    """Return what a valid event says."""
    links, deny, sent_at = by
    element_id, digest = one.id.removeprefix("urn:uuid:").lower(), _digest(content)
    dropped = personal.found(content, deny)
    if (one.type, one.action) != GRADED:
        why = "ungraded" if one.type in {"AssessmentItemEvent", "AssessmentEvent"} else "other_event"
        return NoEffect(element_id, digest, why=why, dropped=dropped)
    grade = _grade(content)
    score = grade.generated if isinstance(grade.generated, _Score) else _Score()
    attempt = _attempt(grade.object, score.attempt)
    learner, item = _id(attempt.assignee), _id(attempt.assignable)
    correct, flags = _correct(score)
    if correct is None or learner is None or item is None:
        why = flags[0] if correct is None else "no_learner" if learner is None else "no_item"
        return NoEffect(element_id, digest, why=why, learner_id=learner and tail(learner), dropped=dropped)
    if sent_at is not None and at > sent_at:
        at, flags = sent_at, (*flags, "after_send_time")
    ended = moment(attempt.endedAtTime) if attempt.endedAtTime else None
    return Evidence(
        element_id,
        digest,
        learner_id=tail(learner),
        item_id=links.item(item),
        skill_ids=_skills(attempt.assignable, links),
        correct=correct,
        answered_at=at if ended is None else min(ended, at),
        known_at=at,
        duration_s=seconds_of(attempt.duration) if attempt.duration else None,
        flags=flags,
        dropped=dropped,
    )


def _attempt(given: _Attempt | str, of_score: _Attempt | str | None) -> _Attempt:
    """Return the attempt that was graded, from wherever more than its IRI is said."""
    for one in (given, of_score):
        if isinstance(one, _Attempt):
            return one
    return _Attempt()


def _id(thing: _Named | str | None) -> str | None:
    return thing.id if isinstance(thing, _Named) else thing


def _correct(score: _Score) -> tuple[float | None, tuple[str, ...]]:
    """Return success from 0 to 1 and what is odd; where there is none, why."""
    if score.scoreGiven is None or score.maxScore is None:
        return None, ("ungraded",)
    if score.maxScore <= 0:
        return None, ("out_of_nothing",)
    ratio = score.scoreGiven / score.maxScore
    if ratio > 1:
        return 1.0, ("score_above_most",)
    return (ratio, ()) if ratio >= 0 else (0.0, ("score_below_zero",))


def _skills(thing: _Named | str | None, links: Links) -> tuple[str, ...]:
    """Return the skills of the objectives of a task, or of what it is part of."""
    if not isinstance(thing, _Named):
        return ()
    named = {skill for one in thing.learningObjectives or () for skill in _objective(one, links)}
    if not named and isinstance(thing.isPartOf, dict):
        listed = thing.isPartOf.get("learningObjectives") or ()
        named = {skill for one in listed for skill in _objective(one, links)}
    return tuple(sorted(named))


def _objective(one: Any, links: Links) -> list[str]:
    """Return the skill of a learning objective: by its id, or by any of its further identifiers."""
    if isinstance(one, str):
        names: list[Any] = [one]
    else:
        others = [more.get("identifier") for more in one.get("otherIdentifiers") or () if isinstance(more, dict)]
        names = [one.get("id"), *others]
    return [skill for name in names if isinstance(name, str) and (skill := links.skill(name)) is not None][:1]


def _digest(content: bytes) -> str:
    """Return the digest of an event whatever the order of its fields."""
    return content_digest(msgspec.json.encode(msgspec.json.decode(content), order="sorted"))
