"""What statements mean row by row: verb and result to success, groupings to skills, and what makes content differ."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.exchange import xapi
from polku.exchange.links import Links
from polku.records import DenyRules, Refusal
from polku.records.elements import Element, Evidence, NoEffect

SITE = "https://x.fi"
UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
CMI5 = "https://w3id.org/xapi/adl/verbs/"
LINKS = Links({"MA79.S3.01": "MA79.S3.01", "MA79.S3.02": "MA79.S3.02"}, {"i7"})
PLAIN: dict[str, Any] = {
    "id": UUID,
    "actor": {"account": {"homePage": SITE, "name": "anna"}},
    "verb": {"id": xapi.ADL + "answered"},
    "object": {"id": f"{SITE}/tasks/i7"},
    "result": {"score": {"scaled": 0.5}},
    "context": {"platform": "x", "language": "fi", "revision": "1"},
    "timestamp": "2026-03-05T09:12:33Z",
}


def said(**changes: Any) -> Element:
    content = json.dumps({**PLAIN, **changes}).encode()
    return xapi.element(content, LINKS, DenyRules())


MEANINGS: list[tuple[str, dict[str, Any], str | float]] = [
    # verb, result, success from 0 to 1, or why there is none
    ("answered", {"success": True}, 1.0),
    ("answered", {"success": False}, 0.0),
    ("answered", {"response": "7"}, "ungraded"),
    ("answered", {"score": {"raw": 0, "min": 0, "max": 4}}, 0.0),
    ("answered", {"score": {"raw": 4, "min": 0, "max": 4}}, 1.0),
    ("answered", {"score": {"raw": -1, "min": -2, "max": 2}}, 0.25),
    ("answered", {"score": {"raw": 3, "max": 4}, "success": False}, 0.75),
    ("answered", {"score": {"min": 0, "max": 4}}, "ungraded"),
    ("answered", {"score": {"raw": 3, "min": 0}, "success": True}, 1.0),
    ("answered", {"score": {"raw": 0, "max": 0}}, "ungraded"),
    ("answered", {"score": {"raw": -3, "max": 4}}, "ungraded"),
    ("answered", {"score": {"scaled": -1}}, 0.0),
    ("answered", {"score": {"scaled": 0}, "success": True}, 0.0),
    ("attempted", {"score": {"scaled": 0.25}}, 0.25),
    ("attempted", {"completion": False}, "ungraded"),
    ("completed", {"success": True, "completion": True}, 1.0),
    ("completed", {"completion": True}, "ungraded"),
    ("passed", {}, 1.0),
    ("passed", {"score": {"scaled": 0.6}}, 0.6),
    ("mastered", {}, 1.0),
    ("mastered", {"success": False}, 0.0),
    ("failed", {}, 0.0),
    ("failed", {"score": {"raw": 1, "max": 4}}, 0.25),
    ("experienced", {"success": True}, "other_verb"),
    ("progressed", {"score": {"scaled": 1}}, "other_verb"),
    ("initialized", {}, "other_verb"),
    ("terminated", {}, "other_verb"),
    ("Answered", {"success": True}, "other_verb"),
]


@pytest.mark.parametrize(("verb", "result", "expected"), MEANINGS)
def test_a_verb_and_a_result_say_how_it_went(verb: str, result: dict[str, Any], expected: str | float) -> None:
    found = said(verb={"id": xapi.ADL + verb}, result=result)
    assert isinstance(found, Evidence | NoEffect)
    assert (found.correct if isinstance(found, Evidence) else found.why) == expected


@pytest.mark.parametrize("verb", ["abandoned", "waived", "satisfied", "launched"])
def test_what_a_course_player_says_of_itself_is_no_evidence(verb: str) -> None:
    found = said(verb={"id": CMI5 + verb}, result={"success": True})
    assert isinstance(found, NoEffect)
    assert found.why == "other_verb"


FIRST, SECOND = ({"id": f"{SITE}/CFItems/MA79.S3.0{number}"} for number in (1, 2))
GROUPINGS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"grouping": FIRST}, ("MA79.S3.01",)),
    ({"grouping": [SECOND, FIRST]}, ("MA79.S3.01", "MA79.S3.02")),
    ({"other": [SECOND]}, ("MA79.S3.02",)),
    ({"grouping": [FIRST], "other": FIRST}, ("MA79.S3.01",)),
    ({"grouping": [FIRST], "other": [SECOND]}, ("MA79.S3.01", "MA79.S3.02")),
    ({"parent": [FIRST]}, ()),
    ({"category": [FIRST]}, ()),
    ({"grouping": [{"id": f"{SITE}/unknown"}]}, ()),
    ({"grouping": []}, ()),
]


@pytest.mark.parametrize(("activities", "skills"), GROUPINGS)
def test_skills_are_what_a_task_is_grouped_under(activities: dict[str, Any], skills: tuple[str, ...]) -> None:
    found = said(context={"contextActivities": activities})
    assert isinstance(found, Evidence)
    assert found.skill_ids == skills


SAME: list[dict[str, Any]] = [
    {"stored": "2026-03-05T10:00:00Z"},
    {"version": "1.0.3"},
    {"authority": {"account": {"homePage": SITE, "name": "platform"}}},
    {"verb": {**PLAIN["verb"], "display": {"fi": "vastasi"}}},
    {"object": {**PLAIN["object"], "definition": {"name": {"fi": "Murtoluvut"}}}},
    {"object": {**PLAIN["object"], "objectType": "Activity"}},
    {"actor": {**PLAIN["actor"], "objectType": "Agent"}},
    {"id": UUID.upper()},
]
OTHER: list[dict[str, Any]] = [
    {"actor": {"account": {"homePage": SITE, "name": "aino"}}},
    {"actor": {"account": {"homePage": f"{SITE}/other", "name": "anna"}}},
    {"verb": {"id": xapi.ADL + "attempted"}},
    {"object": {"id": f"{SITE}/tasks/i8"}},
    {"result": {"score": {"scaled": 0.5}, "success": True}},
    {"result": {"score": {"scaled": 0.5}, "duration": "PT5S"}},
    {"timestamp": "2026-03-05T09:12:34Z"},
    {"context": {**PLAIN["context"], "platform": "y"}},
    {"context": {**PLAIN["context"], "language": "sv"}},
    {"context": {**PLAIN["context"], "revision": "2"}},
    {"context": {**PLAIN["context"], "registration": UUID}},
    {"context": {**PLAIN["context"], "extensions": {f"{SITE}/e": 1}}},
    {"context": {**PLAIN["context"], "contextActivities": {"grouping": [FIRST]}}},
]


def digest(**changes: Any) -> str:
    found = said(**changes)
    assert not isinstance(found, Refusal), found
    assert found.element_id == UUID
    return found.digest


@pytest.mark.parametrize("changes", SAME)
def test_what_a_server_adds_and_how_things_are_called_is_the_same_content(changes: dict[str, Any]) -> None:
    assert digest(**changes) == digest()


@pytest.mark.parametrize("changes", OTHER)
def test_whatever_else_differs_is_other_content(changes: dict[str, Any]) -> None:
    assert digest(**changes) != digest()
