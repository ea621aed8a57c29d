"""Caliper: the sample corpus accepted, each rule broken once, grades to evidence with all that may be odd in them."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from polku.exchange import caliper, caliper_fast
from polku.exchange.caliper_rules import check_entity, check_envelope, check_event, is_event
from polku.exchange.forms import FaultError
from polku.exchange.links import Links
from polku.exchange.pieces import opened
from polku.records import DenyRules, Reason, Refusal
from polku.records.elements import Element, Evidence, NoEffect

V1P2 = "http://purl.imsglobal.org/ctx/caliper/v1p2"
UUID = "12c05c4e-253f-4073-9f29-5786f3ff3f36"
SITE = "https://x.fi"
GRADE: dict[str, Any] = {
    "@context": V1P2,
    "id": f"urn:uuid:{UUID}",
    "type": "GradeEvent",
    "profile": "GradingProfile",
    "actor": {"id": f"{SITE}/autograder", "type": "SoftwareApplication"},
    "action": "Graded",
    "object": {
        "id": f"{SITE}/attempts/1",
        "type": "Attempt",
        "assignee": {"id": f"{SITE}/users/anna", "type": "Person"},
        "assignable": {"id": f"{SITE}/items/i7", "type": "AssessmentItem"},
        "endedAtTime": "2016-11-15T10:15:12.000Z",
        "duration": "PT12S",
    },
    "generated": {"id": f"{SITE}/scores/1", "type": "Score", "maxScore": 5.0, "scoreGiven": 4.0},
    "eventTime": "2016-11-15T10:57:06.000Z",
}
LINKS = Links({"MA79.S3.01": "MA79.S3.01"}, {"i7"})


def said(event: Any, sent_at: int | None = None) -> Element:
    return caliper.element(json.dumps(event).encode(), LINKS, DenyRules(), sent_at=sent_at)


def changed(*path: str, to: Any, **also: Any) -> dict[str, Any]:
    """Return the grade with one value changed; `...` takes it away."""
    event = deepcopy(GRADE) | also
    inner = event
    for name in path[:-1]:
        inner = inner[name]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return event


def evidence(event: Any, sent_at: int | None = None) -> Evidence:
    found = said(event, sent_at)
    assert isinstance(found, Evidence), found
    return found


def corpus(folder: Path) -> list[bytes]:
    files = sorted(folder.joinpath("caliper").glob("*.json"))
    return [one for file in files for one, _ in opened(file.read_bytes())]


def test_every_element_of_the_sample_corpus_is_accepted(standards_dir: Path) -> None:
    ends = Counter(type(caliper.element(one, LINKS, DenyRules())).__name__ for one in corpus(standards_dir))
    assert ends.total() >= 190
    assert set(ends) == {"Evidence", "NoEffect"}
    assert ends["Evidence"] == 3


def test_what_the_fast_way_takes_holds_by_the_exact_rules(standards_dir: Path) -> None:
    taken = [one for one in corpus(standards_dir) if caliper_fast.read(one) is not None]
    for one in taken:
        check_event(json.loads(one))
    assert len(taken) > 12


def test_a_grade_says_whose_attempt_it_was_not_who_graded() -> None:
    found = evidence(GRADE)
    assert (found.element_id, found.learner_id, found.item_id, found.correct) == (UUID, "anna", "i7", 0.8)
    assert (found.answered_at, found.known_at) == (1_479_204_912_000_000, 1_479_207_426_000_000)
    assert found.duration_s == 12


def test_a_grade_may_name_everything_by_iris_alone() -> None:
    event = changed("object", to=f"{SITE}/attempts/1")
    event["generated"]["attempt"] = GRADE["object"] | {
        "assignee": f"{SITE}/users/anna",
        "assignable": f"{SITE}/items/i7",
    }
    assert (evidence(event).learner_id, evidence(event).item_id) == ("anna", "i7")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (changed("generated", "maxScore", to=0), "out_of_nothing"),
        (changed("generated", "scoreGiven", to=...), "ungraded"),
        (changed("generated", to=f"{SITE}/scores/1"), "ungraded"),
        (changed("object", "assignee", to=...), "no_learner"),
        (changed("object", "assignable", to=...), "no_item"),
        (changed("object", to=f"{SITE}/attempts/1"), "no_learner"),
        (f"{SITE}/terms/1", "reference"),
        ({"@context": V1P2, "id": f"{SITE}/users/1", "type": "Person"}, "entity"),
    ],
)
def test_what_says_nothing_of_a_skill_is_taken_without_effect(event: Any, why: str) -> None:
    found = said(event)
    assert isinstance(found, NoEffect)
    assert found.why == why


def test_a_score_above_its_most_is_capped_and_flagged() -> None:
    found = evidence(changed("generated", "scoreGiven", to=7))
    assert (found.correct, found.flags) == (1.0, ("score_above_most",))


def test_nothing_happened_after_its_envelope_was_sent() -> None:
    sent = caliper.moment("2016-11-15T10:16:00.000Z")
    found = evidence(GRADE, sent)
    assert (found.known_at, found.flags) == (sent, ("after_send_time",))
    assert found.answered_at == 1_479_204_912_000_000


def test_skills_come_from_learning_objectives_by_any_of_their_names() -> None:
    known = {"type": "SystemIdentifier", "identifierType": "CaseItemUri", "identifier": f"{SITE}/CFItems/MA79.S3.01"}
    objective = {"id": f"{SITE}/objectives/9", "type": "LearningObjective", "otherIdentifiers": [known]}
    of_item = changed("object", "assignable", to=GRADE["object"]["assignable"] | {"learningObjectives": [objective]})
    assert evidence(of_item).skill_ids == ("MA79.S3.01",)
    whole = {"id": f"{SITE}/assess/1", "type": "Assessment", "learningObjectives": [f"{SITE}/o/MA79.S3.01"]}
    of_whole = changed("object", "assignable", to=GRADE["object"]["assignable"] | {"isPartOf": whole})
    assert evidence(of_whole).skill_ids == ("MA79.S3.01",)


def test_an_answer_without_a_grade_has_no_effect() -> None:
    answer = GRADE | {"type": "AssessmentItemEvent", "action": "Completed", "profile": "AssessmentProfile"}
    answer |= {"object": {"id": f"{SITE}/items/i7", "type": "AssessmentItem"}, "generated": f"{SITE}/responses/1"}
    found = said(answer)
    assert isinstance(found, NoEffect)
    assert found.why == "ungraded"


def test_the_same_id_with_another_body_has_another_digest() -> None:
    reordered = dict(reversed(GRADE.items()))
    assert evidence(GRADE).digest == evidence(reordered).digest
    assert evidence(GRADE).digest != evidence(changed("generated", "scoreGiven", to=3.0)).digest


MALFORMED: dict[str, tuple[Any, Reason, str]] = {
    "no id": (changed("id", to=...), Reason.MISSING, "id"),
    "null id": (changed("id", to=None), Reason.MISSING, "id"),
    "id that is no urn": (changed("id", to=f"{SITE}/events/1"), Reason.BAD_FORMAT, "id"),
    "no time": (changed("eventTime", to=...), Reason.MISSING, "eventTime"),
    "time of no day": (changed("eventTime", to="2016-02-30T10:00:00.000Z"), Reason.BAD_FORMAT, "eventTime"),
    "time in another zone": (changed("eventTime", to="2016-11-15T10:00:00.000+02:00"), Reason.BAD_FORMAT, "eventTime"),
    "no actor": (changed("actor", to=...), Reason.MISSING, "actor"),
    "actor of another type": (
        changed("actor", to={"id": SITE, "type": "Document"}),
        Reason.NOT_ALLOWED,
        "actor.type",
    ),
    "no action": (changed("action", to=...), Reason.MISSING, "action"),
    "unknown action": (changed("action", to="Guessed"), Reason.NOT_ONE_OF, "action"),
    "another event's action": (changed("action", to="LoggedIn"), Reason.NOT_ONE_OF, "action"),
    "unknown type": (changed("type", to="GuessEvent"), Reason.NOT_ONE_OF, "type"),
    "unknown context": (changed("@context", to="https://x.fi/context"), Reason.NOT_ONE_OF, "@context"),
    "no profile": (changed("profile", to=...), Reason.MISSING, "profile"),
    "unknown profile": (changed("profile", to="GuessProfile"), Reason.NOT_ONE_OF, "profile"),
    "object of another type": (
        changed("object", to={"id": SITE, "type": "Assessment"}),
        Reason.NOT_ALLOWED,
        "object.type",
    ),
    "score of another type": (
        changed("generated", to={"id": SITE, "type": "Attempt"}),
        Reason.NOT_ALLOWED,
        "generated.type",
    ),
    "score as text": (changed("generated", "scoreGiven", to="4"), Reason.WRONG_TYPE, "generated.scoreGiven"),
    "assignee without id": (
        changed("object", "assignee", to={"type": "Person"}),
        Reason.MISSING,
        "object.assignee.id",
    ),
    "duration that is none": (changed("object", "duration", to="12 s"), Reason.BAD_FORMAT, "object.duration"),
}


@pytest.mark.parametrize(("event", "reason", "place"), MALFORMED.values(), ids=MALFORMED)
def test_an_event_that_breaks_a_rule_is_refused_where_it_does(event: Any, reason: Reason, place: str) -> None:
    found = said(event)
    assert isinstance(found, Refusal)
    assert (found.reason, found.column) == (reason, place)


ENTITIES: dict[str, tuple[dict[str, Any], Reason]] = {
    "count": ({"type": "Attempt", "count": "1"}, Reason.WRONG_TYPE),
    "created": ({"type": "Person", "dateCreated": "2016-08-01T06:00:00"}, Reason.BAD_FORMAT),
    "items": ({"type": "Assessment", "items": {"id": SITE}}, Reason.WRONG_TYPE),
    "items of a kind": ({"type": "Assessment", "items": [{"id": SITE, "type": "Person"}]}, Reason.NOT_ALLOWED),
    "keywords": ({"type": "DigitalResource", "keywords": [1]}, Reason.WRONG_TYPE),
    "measure": ({"type": "AggregateMeasure", "metric": "WordsRead"}, Reason.MISSING),
    "metric": ({"type": "AggregateMeasure", "metric": "Guesses", "metricValue": 1}, Reason.NOT_ONE_OF),
    "muted": ({"type": "AudioObject", "muted": "no"}, Reason.WRONG_TYPE),
    "roles": ({"type": "Membership", "roles": ["Guest"]}, Reason.NOT_ONE_OF),
    "identifier": ({"type": "Person", "otherIdentifiers": [{"type": "SystemIdentifier"}]}, Reason.MISSING),
    "extensions": ({"type": "Person", "extensions": "x"}, Reason.WRONG_TYPE),
    "submits": ({"type": "Assessment", "maxSubmits": -1}, Reason.OUT_OF_RANGE),
    "index": ({"type": "Frame", "index": 1.5}, Reason.WRONG_TYPE),
    "type": ({"type": "Guess"}, Reason.NOT_ONE_OF),
    "id": ({"type": "Person", "id": None}, Reason.MISSING),
}


@pytest.mark.parametrize(("entity", "reason"), ENTITIES.values(), ids=ENTITIES)
def test_an_entity_that_breaks_a_rule_is_refused(entity: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(FaultError, match=reason.value):
        check_entity({"@context": V1P2, "id": f"{SITE}/e/1", **entity})


def test_what_nobody_knows_and_what_is_null_is_let_be() -> None:
    thing = {"@context": V1P2, "id": SITE, "type": "Person", "shoeSize": 43, "name": None}
    check_entity(thing)
    own = {"@context": {"g": f"{SITE}/g/"}, "id": SITE, "type": "Guess"}
    check_event(GRADE | {"target": own})
    assert not is_event(thing)


def test_an_envelope_says_who_sent_it_when_and_in_which_version() -> None:
    envelope = {"sensor": f"{SITE}/sensors/1", "sendTime": "2016-11-15T11:05:01.000Z", "dataVersion": V1P2, "data": []}
    check_envelope(envelope)
    for name, value in (("sensor", "1"), ("sendTime", "now"), ("dataVersion", "2"), ("data", {})):
        with pytest.raises(FaultError, match=name):
            check_envelope(envelope | {name: value})
        with pytest.raises(FaultError, match=f"{name}: missing"):
            check_envelope({key: part for key, part in envelope.items() if key != name})


def test_version_1_1_has_no_profiles() -> None:
    event = changed("profile", to=...) | {"@context": "http://purl.imsglobal.org/ctx/caliper/v1p1"}
    assert evidence(event).correct == 0.8


def test_personal_data_of_events_are_counted_and_kept_out_of_quarantine() -> None:
    event = changed("id", to=...)
    event["generated"]["comment"] = "Anna was late again"
    event["actor"] = {"id": f"{SITE}/t", "type": "Person", "name": "x", "description": "write to maija@x.fi"}
    found = said(event)
    assert isinstance(found, Refusal)
    assert not any(word in found.row for word in ("late", "maija"))
    assert json.loads(found.row)["learner_id"] == "anna"


@pytest.mark.parametrize("place", ["actor", "object.assignee"])
def test_the_name_of_a_person_is_kept_nowhere_and_that_of_a_task_is(place: str) -> None:
    event = changed("id", to=...)
    named = event
    for part in place.split("."):
        named = named[part]
    named["name"], event["object"]["assignable"]["name"] = "Liisa", "Jakolasku"
    found = said(event)
    assert isinstance(found, Refusal)
    assert "Liisa" not in found.row
    assert "Jakolasku" in found.row
