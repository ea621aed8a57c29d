"""Caliper, fault by fault: what the standard's negative fixtures break, in events, entities and scores, 1.1 and 1.2.

Each row breaks one rule; what is left whole beside it must hold, so that a row cannot be refused for another reason.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from polku.exchange import caliper, caliper_fast
from polku.exchange.caliper_rules import check_entity, check_envelope, check_event
from polku.exchange.forms import FaultError
from polku.exchange.links import Links
from polku.records import DenyRules, Refusal
from polku.records.elements import Evidence, NoEffect

V1P1 = "http://purl.imsglobal.org/ctx/caliper/v1p1"
V1P2 = "http://purl.imsglobal.org/ctx/caliper/v1p2"
SITE = "https://x.fi"
URN = "urn:uuid:12c05c4e-253f-4073-9f29-5786f3ff3f36"
MOMENT = "2026-03-05T09:12:33.120Z"
PERSON: dict[str, Any] = {"id": f"{SITE}/users/anna", "type": "Person"}
ITEM: dict[str, Any] = {"id": f"{SITE}/items/i7", "type": "AssessmentItem"}
WHOLE: dict[str, Any] = {"id": f"{SITE}/assess/1", "type": "Assessment"}
ATTEMPT: dict[str, Any] = {"id": f"{SITE}/attempts/1", "type": "Attempt", "assignee": PERSON, "assignable": ITEM}
SCORE: dict[str, Any] = {"id": f"{SITE}/scores/1", "type": "Score", "maxScore": 5, "scoreGiven": 4}
EVENT: dict[str, Any] = {
    "@context": V1P2,
    "id": URN,
    "type": "GradeEvent",
    "profile": "GradingProfile",
    "actor": {"id": f"{SITE}/autograder", "type": "SoftwareApplication"},
    "action": "Graded",
    "object": ATTEMPT,
    "generated": SCORE,
    "eventTime": MOMENT,
    "edApp": f"{SITE}/app",
    "group": {"id": f"{SITE}/7b", "type": "CourseSection"},
    "membership": {"id": f"{SITE}/7b/anna", "type": "Membership", "roles": ["Learner"], "status": "Active"},
    "session": {"id": f"{SITE}/sessions/1", "type": "Session", "startedAtTime": MOMENT},
}
LINKS = Links({}, {"i7"})


def placed(element: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an element with a value put at a path; `...` takes what stands there away."""
    made = deepcopy(element)
    inner = made
    *above, last = path.split(".")
    for name in above:
        inner = inner[name]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return made


def first(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as version 1.1 has it: no profile."""
    return {name: part for name, part in event.items() if name != "profile"} | {"@context": V1P1}


def said(check: Any, value: Any) -> str:
    """Return what is wrong with an element; nothing where it holds."""
    try:
        check(value)
    except FaultError as error:
        return str(error)
    return ""


EVENTS: list[tuple[str, Any, str]] = [
    # what every event has
    ("@context", ..., "@context: missing"),
    ("@context", None, "@context: missing"),
    ("@context", "", "@context: not_one_of"),
    ("@context", f"{SITE}/context", "@context: not_one_of"),
    ("@context", "http://purl.imsglobal.org/ctx/caliper/v2p0", "@context: not_one_of"),
    ("@context", [f"{SITE}/context"], "@context: not_one_of"),
    ("@context", {"a": V1P2}, "@context: not_one_of"),
    ("id", ..., "id: missing"),
    ("id", None, "id: missing"),
    ("id", "", "id: bad_format"),
    ("id", 1, "id: wrong_type"),
    ("id", URN.removeprefix("urn:uuid:"), "id: bad_format"),
    ("id", URN[:-1], "id: bad_format"),
    ("id", f"{SITE}/events/1", "id: bad_format"),
    ("type", ..., "type: missing"),
    ("type", None, "type: missing"),
    ("type", "gradeEvent", "type: not_one_of"),
    ("type", "UnknownEvent", "type: not_one_of"),
    ("type", ["GradeEvent"], "type: wrong_type"),
    ("profile", ..., "profile: missing"),
    ("profile", None, "profile: missing"),
    ("profile", "UnknownProfile", "profile: not_one_of"),
    ("profile", 1, "profile: wrong_type"),
    ("actor", ..., "actor: missing"),
    ("actor", None, "actor: missing"),
    ("actor", "anna", "actor: bad_format"),
    ("actor", 7, "actor: wrong_type"),
    ("actor", [PERSON], "actor: wrong_type"),
    ("actor", {"id": SITE}, "actor.type: missing"),
    ("actor", {"type": "Person"}, "actor.id: missing"),
    ("actor", {"id": None, "type": "Person"}, "actor.id: missing"),
    ("actor", {"id": "anna", "type": "Person"}, "actor.id: bad_format"),
    ("actor", {"id": SITE, "type": "Human"}, "actor.type: not_one_of"),
    ("actor", ITEM, "actor.type: not_allowed"),
    ("action", ..., "action: missing"),
    ("action", None, "action: missing"),
    ("action", "graded", "action: not_one_of"),
    ("action", "Unknown", "action: not_one_of"),
    ("action", "Submitted", "action: not_one_of"),
    ("action", ["Graded"], "action: wrong_type"),
    ("object", ..., "object: missing"),
    ("object", None, "object: missing"),
    ("object", "attempt 1", "object: bad_format"),
    ("object", {"type": "Attempt"}, "object.id: missing"),
    ("object", ITEM, "object.type: not_allowed"),
    ("eventTime", ..., "eventTime: missing"),
    ("eventTime", None, "eventTime: missing"),
    ("eventTime", "", "eventTime: bad_format"),
    ("eventTime", "2026-03-05", "eventTime: bad_format"),
    ("eventTime", "2026-03-05T09:12:33Z", "eventTime: bad_format"),
    ("eventTime", "2026-03-05T09:12:33.120", "eventTime: bad_format"),
    ("eventTime", "2026-03-05T09:12:33.120+02:00", "eventTime: bad_format"),
    ("eventTime", "2026-03-05 09:12:33.120Z", "eventTime: bad_format"),
    ("eventTime", "2026-02-30T09:12:33.120Z", "eventTime: bad_format"),
    ("eventTime", "2026-03-05T24:12:33.120Z", "eventTime: bad_format"),
    ("eventTime", 1_772_701_953_120, "eventTime: wrong_type"),
    # what it may have
    ("edApp", "app", "edApp: bad_format"),
    ("edApp", PERSON, "edApp.type: not_allowed"),
    ("group", 7, "group: wrong_type"),
    ("group", PERSON, "group.type: not_allowed"),
    ("group.id", ..., "group.id: missing"),
    ("membership", PERSON, "membership.type: not_allowed"),
    ("membership.roles", "Learner", "membership.roles: wrong_type"),
    ("membership.roles", ["Pupil"], "membership.roles[0]: not_one_of"),
    ("membership.roles", [None], "membership.roles[0]: wrong_type"),
    ("membership.status", "Present", "membership.status: not_one_of"),
    ("membership.member", ITEM, "membership.member.type: not_allowed"),
    ("membership.organization", PERSON, "membership.organization.type: not_allowed"),
    ("session", ITEM, "session.type: not_allowed"),
    ("session.startedAtTime", "morning", "session.startedAtTime: bad_format"),
    ("session.duration", "1 h", "session.duration: bad_format"),
    ("target", {"id": SITE}, "target.type: missing"),
    ("referrer", "x", "referrer: bad_format"),
    ("federatedSession", PERSON, "federatedSession.type: not_allowed"),
    ("extensions", "x", "extensions: wrong_type"),
    ("extensions", [1], "extensions: wrong_type"),
    # the attempt and the score
    ("generated", "score 1", "generated: bad_format"),
    ("generated", ATTEMPT, "generated.type: not_allowed"),
    ("generated.id", ..., "generated.id: missing"),
    ("generated.type", None, "generated.type: missing"),
    ("generated.maxScore", "5", "generated.maxScore: wrong_type"),
    ("generated.maxScore", {}, "generated.maxScore: wrong_type"),
    ("generated.scoreGiven", True, "generated.scoreGiven: wrong_type"),
    ("generated.scoreGiven", [4], "generated.scoreGiven: wrong_type"),
    ("generated.comment", 1, "generated.comment: wrong_type"),
    ("generated.attempt", ITEM, "generated.attempt.type: not_allowed"),
    ("generated.scoredBy", ITEM, "generated.scoredBy.type: not_allowed"),
    ("object.count", "first", "object.count: wrong_type"),
    ("object.count", 1.5, "object.count: wrong_type"),
    ("object.assignee", ITEM, "object.assignee.type: not_allowed"),
    ("object.assignable", PERSON, "object.assignable.type: not_allowed"),
    ("object.startedAtTime", "2026-03-05", "object.startedAtTime: bad_format"),
    ("object.endedAtTime", 0, "object.endedAtTime: wrong_type"),
    ("object.duration", "PT", "object.duration: bad_format"),
    ("object.isPartOf", {"id": SITE, "type": "Unknown"}, "object.isPartOf.type: not_one_of"),
]


@pytest.mark.parametrize(("path", "value", "fault"), EVENTS)
def test_an_event_that_breaks_one_rule_is_refused_for_it(path: str, value: Any, fault: str) -> None:
    event = placed(EVENT, path, value)
    assert said(check_event, event) == fault
    content = json.dumps(event).encode()
    assert caliper_fast.read(content) is None or fault == "eventTime: bad_format"
    found = caliper.element(content, LINKS, DenyRules())
    assert isinstance(found, Refusal)
    assert f"{found.column}: {found.reason.value}" == fault
    if path not in {"@context", "profile"}:
        assert said(check_event, first(event)) == fault


def test_the_event_that_is_broken_holds_itself_in_both_versions() -> None:
    for event in (EVENT, first(EVENT), placed(EVENT, "@context", [f"{SITE}/own", V1P2])):
        found = caliper.element(json.dumps(event).encode(), LINKS, DenyRules())
        assert isinstance(found, Evidence)
        assert (found.learner_id, found.item_id, found.correct) == ("anna", "i7", 0.8)


ENTITIES: list[tuple[str, dict[str, Any], str]] = [
    # type, what is wrong in it, where
    ("Unknown", {}, "type: not_one_of"),
    ("person", {}, "type: not_one_of"),
    ("AggregateMeasure", {"metric": "MinutesOnTask"}, "metricValue: missing"),
    ("AggregateMeasure", {"metric": None, "metricValue": 1}, "metric: missing"),
    ("AggregateMeasure", {"metric": "Minutes", "metricValue": 1}, "metric: not_one_of"),
    ("AggregateMeasure", {"metric": "WordsRead", "metricValue": "1"}, "metricValue: wrong_type"),
    ("AggregateMeasureCollection", {"items": [PERSON]}, "items[0].type: not_allowed"),
    ("AggregateMeasureCollection", {"items": PERSON}, "items: wrong_type"),
    ("AssignableDigitalResource", {"dateToSubmit": "soon"}, "dateToSubmit: bad_format"),
    ("AssignableDigitalResource", {"dateToActivate": 1}, "dateToActivate: wrong_type"),
    ("AssignableDigitalResource", {"maxAttempts": -1}, "maxAttempts: out_of_range"),
    ("AssignableDigitalResource", {"maxAttempts": "2"}, "maxAttempts: wrong_type"),
    ("AssignableDigitalResource", {"maxSubmits": 1.5}, "maxSubmits: wrong_type"),
    ("AssignableDigitalResource", {"maxScore": "10"}, "maxScore: wrong_type"),
    ("Assessment", {"items": [WHOLE]}, "items[0].type: not_allowed"),
    ("Assessment", {"items": ["x"]}, "items[0]: bad_format"),
    ("AssessmentItem", {"isTimeDependent": "no"}, "isTimeDependent: wrong_type"),
    ("Attempt", {"assignee": {"id": None, "type": "Person"}}, "assignee.id: missing"),
    ("AudioObject", {"volumeLevel": 4}, "volumeLevel: wrong_type"),
    ("AudioObject", {"muted": "true"}, "muted: wrong_type"),
    ("BookmarkAnnotation", {"bookmarkNotes": 1}, "bookmarkNotes: wrong_type"),
    ("BookmarkAnnotation", {"annotator": ITEM}, "annotator.type: not_allowed"),
    ("BookmarkAnnotation", {"annotated": PERSON}, "annotated.type: not_allowed"),
    ("Comment", {"value": 5}, "value: wrong_type"),
    ("Comment", {"commenter": ITEM}, "commenter.type: not_allowed"),
    ("CourseOffering", {"academicSession": 2026}, "academicSession: wrong_type"),
    ("CourseOffering", {"courseNumber": 7}, "courseNumber: wrong_type"),
    ("CourseSection", {"category": ["x"]}, "category: wrong_type"),
    ("CourseSection", {"subOrganizationOf": PERSON}, "subOrganizationOf.type: not_allowed"),
    ("DateTimeQuestion", {"minDateTime": "x"}, "minDateTime: bad_format"),
    ("DateTimeResponse", {"dateTimeSelected": "x"}, "dateTimeSelected: bad_format"),
    ("DigitalResource", {"creators": PERSON}, "creators: wrong_type"),
    ("DigitalResource", {"creators": [ITEM]}, "creators[0].type: not_allowed"),
    ("DigitalResource", {"keywords": "fractions"}, "keywords: wrong_type"),
    ("DigitalResource", {"learningObjectives": [PERSON]}, "learningObjectives[0].type: not_allowed"),
    ("DigitalResource", {"learningObjectives": [{"type": "LearningObjective"}]}, "learningObjectives[0].id: missing"),
    ("DigitalResource", {"datePublished": "2026"}, "datePublished: bad_format"),
    ("DigitalResource", {"mediaType": 1}, "mediaType: wrong_type"),
    ("DigitalResource", {"version": 2}, "version: wrong_type"),
    ("DigitalResourceCollection", {"items": [PERSON]}, "items[0].type: not_allowed"),
    ("FillinBlankResponse", {"values": "x"}, "values: wrong_type"),
    ("FillinBlankResponse", {"values": [1]}, "values[0]: wrong_type"),
    ("Forum", {"items": [ITEM]}, "items[0].type: not_allowed"),
    ("Frame", {"index": "3"}, "index: wrong_type"),
    ("HighlightAnnotation", {"selectionText": []}, "selectionText: wrong_type"),
    ("HighlightAnnotation", {"selection": PERSON}, "selection.type: not_allowed"),
    ("LikertScale", {"scalePoints": 4.5}, "scalePoints: wrong_type"),
    ("LikertScale", {"itemLabels": [1]}, "itemLabels[0]: wrong_type"),
    ("LtiSession", {"messageParameters": "x"}, "messageParameters: wrong_type"),
    ("LtiLink", {"messageType": "LtiLaunch"}, "messageType: not_one_of"),
    ("MediaLocation", {"currentTime": "30"}, "currentTime: bad_format"),
    ("Membership", {"status": "active"}, "status: not_one_of"),
    ("Membership", {"roles": ["Learner", "Learner#Grader"]}, "roles[1]: not_one_of"),
    ("Message", {"replyTo": ITEM}, "replyTo.type: not_allowed"),
    ("Message", {"attachments": PERSON}, "attachments: wrong_type"),
    ("MultipleChoiceResponse", {"value": ["C"]}, "value: wrong_type"),
    ("MultiselectScale", {"isOrderedSelection": 1}, "isOrderedSelection: wrong_type"),
    ("NumericScale", {"step": "0.5"}, "step: wrong_type"),
    ("NumericScale", {"minValue": None, "maxValue": True}, "maxValue: wrong_type"),
    ("Person", {"name": 1}, "name: wrong_type"),
    ("Person", {"description": {}}, "description: wrong_type"),
    ("Person", {"dateCreated": "2026-03-05T09:12:33Z"}, "dateCreated: bad_format"),
    ("Person", {"dateModified": "x"}, "dateModified: bad_format"),
    ("Person", {"otherIdentifiers": {}}, "otherIdentifiers: wrong_type"),
    ("Person", {"otherIdentifiers": [{"type": "Id"}]}, "otherIdentifiers[0].type: not_one_of"),
    ("Query", {"searchTerms": ["x"]}, "searchTerms: wrong_type"),
    ("Question", {"questionPosed": 1}, "questionPosed: wrong_type"),
    ("Rating", {"rater": ITEM}, "rater.type: not_allowed"),
    ("Rating", {"selections": "5"}, "selections: wrong_type"),
    ("RatingScaleQuestion", {"scale": ITEM}, "scale.type: not_allowed"),
    ("Response", {"attempt": ITEM}, "attempt.type: not_allowed"),
    ("Response", {"startedAtTime": ""}, "startedAtTime: bad_format"),
    ("Result", {"resultScore": "9"}, "resultScore: wrong_type"),
    ("Result", {"maxResultScore": []}, "maxResultScore: wrong_type"),
    ("Score", {"maxScore": "5"}, "maxScore: wrong_type"),
    ("Score", {"scoreGiven": "4"}, "scoreGiven: wrong_type"),
    ("Score", {"scoredBy": "someone"}, "scoredBy: bad_format"),
    ("Score", {"dateCreated": "today"}, "dateCreated: bad_format"),
    ("SearchResponse", {"searchResultsItemCount": -1}, "searchResultsItemCount: out_of_range"),
    ("Session", {"user": ITEM}, "user.type: not_allowed"),
    ("SharedAnnotation", {"withAgents": PERSON}, "withAgents: wrong_type"),
    ("SharedAnnotation", {"withAgents": [ITEM]}, "withAgents[0].type: not_allowed"),
    ("SurveyInvitation", {"sentCount": "1"}, "sentCount: wrong_type"),
    ("TagAnnotation", {"tags": "a,b"}, "tags: wrong_type"),
    ("TextPositionSelector", {"start": -1}, "start: out_of_range"),
    ("TextPositionSelector", {"end": "9"}, "end: wrong_type"),
    ("Thread", {"items": [PERSON]}, "items[0].type: not_allowed"),
    ("VideoObject", {"duration": "20 min"}, "duration: bad_format"),
]


@pytest.mark.parametrize(("kind", "more", "fault"), ENTITIES)
@pytest.mark.parametrize("context", [V1P1, V1P2])
def test_an_entity_that_breaks_one_rule_is_refused_for_it(
    context: str, kind: str, more: dict[str, Any], fault: str
) -> None:
    entity = {"@context": context, "id": f"{SITE}/e/1", "type": kind, **more}
    assert said(check_entity, entity) == fault
    assert isinstance(caliper.element(json.dumps(entity).encode(), LINKS, DenyRules()), Refusal)


@pytest.mark.parametrize("kind", sorted({kind for kind, _, _ in ENTITIES} - {"Unknown", "person", "AggregateMeasure"}))
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"name": None, "shoeSize": 43}, ""),
        ({"id": None}, "id: missing"),
        ({"id": ""}, "id: bad_format"),
        ({"id": "no iri"}, "id: bad_format"),
        ({"id": 7}, "id: wrong_type"),
        ({"@context": None}, "@context: missing"),
        ({"@context": SITE}, "@context: not_one_of"),
    ],
)
def test_every_thing_has_an_id_and_a_context(kind: str, change: dict[str, Any], fault: str) -> None:
    assert said(check_entity, {"@context": V1P2, "id": f"{SITE}/e/1", "type": kind, **change}) == fault


KNOWN = {"type": "SystemIdentifier", "identifierType": "SisSourcedId", "identifier": "4567"}
IDENTIFIERS: list[tuple[Any, str]] = [
    (KNOWN, ""),
    (KNOWN | {"source": f"{SITE}/sis"}, ""),
    (KNOWN | {"identifierType": "OneRosterSourcedId"}, ""),
    (KNOWN | {"identifier": None}, "identifier: missing"),
    (KNOWN | {"identifier": 4567}, "identifier: wrong_type"),
    (KNOWN | {"identifierType": None}, "identifierType: missing"),
    (KNOWN | {"identifierType": "ShoeSize"}, "identifierType: not_one_of"),
    (KNOWN | {"source": "x"}, "source: bad_format"),
    (KNOWN | {"extensions": 1}, "extensions: wrong_type"),
]


@pytest.mark.parametrize(("identifier", "fault"), IDENTIFIERS)
def test_a_further_identifier_says_of_which_kind_it_is(identifier: Any, fault: str) -> None:
    person = {"@context": V1P2, **PERSON, "otherIdentifiers": [KNOWN, identifier]}
    assert said(check_entity, person) == (f"otherIdentifiers[1].{fault}" if fault else "")
    assert said(check_entity, {"@context": V1P2, **identifier}) == fault


SCORES: list[tuple[Any, Any, str | float]] = [
    # given, most, what it says: success from 0 to 1, or why it says nothing
    (4, 5, 0.8),
    (0, 5, 0.0),
    (5, 5, 1.0),
    (2.5, 5.0, 0.5),
    (6, 5, 1.0),
    (-1, 5, 0.0),
    (0, 0, "out_of_nothing"),
    (3, 0, "out_of_nothing"),
    (3, -5, "out_of_nothing"),
    (None, 5, "ungraded"),
    (4, None, "ungraded"),
    (None, None, "ungraded"),
]


@pytest.mark.parametrize(("given", "most", "expected"), SCORES)
def test_a_score_says_how_well_or_why_it_does_not(given: Any, most: Any, expected: str | float) -> None:
    event = placed(EVENT, "generated", SCORE | {"scoreGiven": given, "maxScore": most})
    for one in (event, first(event)):
        found = caliper.element(json.dumps(one).encode(), LINKS, DenyRules())
        assert isinstance(found, Evidence | NoEffect)
        assert (found.correct if isinstance(found, Evidence) else found.why) == expected


ENVELOPE: dict[str, Any] = {"sensor": f"{SITE}/sensors/1", "sendTime": MOMENT, "dataVersion": V1P2, "data": []}
ENVELOPES: list[tuple[str, Any, str]] = [
    ("dataVersion", V1P1, ""),
    ("data", [URN, EVENT, {}], ""),
    ("sensor", None, "sensor: missing"),
    ("sensor", "sensor 1", "sensor: bad_format"),
    ("sensor", {"id": SITE}, "sensor: wrong_type"),
    ("sendTime", None, "sendTime: missing"),
    ("sendTime", "2026-03-05T09:12:33Z", "sendTime: bad_format"),
    ("sendTime", "2026-02-30T09:12:33.120Z", "sendTime: bad_format"),
    ("dataVersion", None, "dataVersion: missing"),
    ("dataVersion", "http://purl.imsglobal.org/ctx/caliper/v1p0", "dataVersion: not_one_of"),
    ("data", None, "data: missing"),
    ("data", EVENT, "data: wrong_type"),
    ("data", "x", "data: wrong_type"),
]


@pytest.mark.parametrize(("name", "value", "fault"), ENVELOPES)
def test_an_envelope_holds_or_says_why_not(name: str, value: Any, fault: str) -> None:
    assert said(check_envelope, ENVELOPE | {name: value}) == fault
