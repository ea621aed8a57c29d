"""xAPI 1.0.3 part by part: what each kind of part may hold and may not, alone and within a substatement.

Each row is one rule of the standard's Data chapter, as its conformance suite groups them. A row that is refused says
where and why; the common, fast way is held to the same verdict.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from polku.exchange import xapi_fast
from polku.exchange.forms import FaultError
from polku.exchange.xapi_rules import VOIDED, check_statement

SITE = "https://x.fi"
UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
SHA1 = "cd9b00a5611f94eaa7b1661edab976068e364975"
ACCOUNT = {"homePage": SITE, "name": "anna"}
AGENT: dict[str, Any] = {"objectType": "Agent", "account": ACCOUNT}
MEMBERS: dict[str, Any] = {"objectType": "Group", "member": [AGENT, {"mbox": "mailto:b@x.fi"}]}
TASK: dict[str, Any] = {"objectType": "Activity", "id": f"{SITE}/i7"}
REFERENCE = {"objectType": "StatementRef", "id": UUID}
FULL: dict[str, Any] = {
    "id": UUID,
    "actor": AGENT,
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"fi": "vastasi"}},
    "object": {**TASK, "definition": {"name": {"fi": "Murtoluvut"}, "type": f"{SITE}/task"}},
    "result": {"score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100}, "success": True, "duration": "PT1H0M0S"},
    "context": {"registration": UUID, "platform": "x", "revision": "2", "language": "fi", "statement": REFERENCE},
    "timestamp": "2026-03-05T09:12:33.120Z",
    "version": "1.0.0",
}
OUTER = {"id", "stored", "authority", "version"}


def placed(statement: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a statement with a value put at a path; `...` takes what stands there away."""
    made = deepcopy(statement)
    inner = made
    *above, last = path.split(".")
    for name in above:
        inner = inner.setdefault(name, {})
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return made


def within(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement whose object says what another statement says."""
    inner = {name: part for name, part in statement.items() if name not in OUTER}
    return {"actor": AGENT, "verb": FULL["verb"], "object": {"objectType": "SubStatement", **inner}}


def said(statement: object) -> str:
    """Return what is wrong with a statement; nothing where it is valid."""
    try:
        check_statement(statement)
    except FaultError as error:
        return str(error)
    return ""


def hold(statement: dict[str, Any], fault: str, *, outer: bool = False) -> None:
    """Hold a statement, and the same within another, to a verdict; the fast way is never laxer."""
    assert said(statement) == fault
    if not outer:
        assert said(within(statement)) == (f"object.{fault}" if fault else "")
    if fault:
        assert xapi_fast.read(json.dumps(statement).encode()) is None


AGENTS: list[tuple[str, Any, str]] = [
    # agents, identifiers, account objects: Data 2.4.2.1, 2.4.2.3, 2.4.2.4
    ("an address", {"mbox": "mailto:a@x.fi"}, ""),
    ("the digest of an address", {"mbox_sha1sum": SHA1}, ""),
    ("an OpenID", {"openid": f"{SITE}/anna"}, ""),
    ("an account", {"account": ACCOUNT}, ""),
    ("a type and a name", {"objectType": "Agent", "name": "Anna", "mbox": "mailto:a@x.fi"}, ""),
    ("an empty name", {"name": "", "mbox": "mailto:a@x.fi"}, ""),
    ("a name of other letters", {"name": "Äidinkieli 語", "mbox": "mailto:a@x.fi"}, ""),
    ("an account of empty name", {"account": {"homePage": SITE, "name": ""}}, ""),
    ("an account at a URN", {"account": {"homePage": "urn:oid:1.2.246", "name": "a"}}, ""),
    ("a text", "should fail", ": wrong_type"),
    ("a number", 12345, ": wrong_type"),
    ("a list", [{"mbox": "mailto:a@x.fi"}], ": wrong_type"),
    ("nothing", None, ": wrong_type"),
    ("empty", {}, ": not_allowed"),
    ("a name alone", {"name": "Anna"}, ": not_allowed"),
    ("a type alone", {"objectType": "Agent"}, ": not_allowed"),
    ("a field that there is not", {"mbox": "mailto:a@x.fi", "key": "x"}, ".key: unknown_field"),
    ("a field in other letters", {"Mbox": "mailto:a@x.fi"}, ".Mbox: unknown_field"),
    ("an id of an activity", {"mbox": "mailto:a@x.fi", "id": SITE}, ".id: unknown_field"),
    ("an address that is a number", {"mbox": 123}, ".mbox: wrong_type"),
    ("an address that is an object", {"mbox": {"key": "x"}}, ".mbox: wrong_type"),
    ("an address that is null", {"mbox": None}, ".mbox: wrong_type"),
    ("an address without its scheme", {"mbox": "a@x.fi"}, ".mbox: bad_format"),
    ("an address of another scheme", {"mbox": "http://should.fail.com"}, ".mbox: bad_format"),
    ("an address without a host", {"mbox": "mailto:should.fail.com"}, ".mbox: bad_format"),
    ("a digest that is a number", {"mbox_sha1sum": 123}, ".mbox_sha1sum: wrong_type"),
    ("a digest of another size", {"mbox_sha1sum": SHA1[:-1]}, ".mbox_sha1sum: bad_format"),
    ("a digest of other letters", {"mbox_sha1sum": "g" * 40}, ".mbox_sha1sum: bad_format"),
    ("an OpenID that is a number", {"openid": 123}, ".openid: wrong_type"),
    ("an OpenID that is none", {"openid": "ab=c://should.fail.com"}, ".openid: bad_format"),
    ("an account that is a text", {"account": "anna"}, ".account: wrong_type"),
    ("an account that is a list", {"account": [ACCOUNT]}, ".account: wrong_type"),
    ("an empty account", {"account": {}}, ".account.homePage: missing"),
    ("an account nowhere", {"account": {"name": "a"}}, ".account.homePage: missing"),
    ("an account of nobody", {"account": {"homePage": SITE}}, ".account.name: missing"),
    ("an account at no IRI", {"account": {"homePage": "x", "name": "a"}}, ".account.homePage: bad_format"),
    ("an account at a broken IRI", {"account": {"homePage": "ab=c://x", "name": "a"}}, ".account.homePage: bad_format"),
    ("an account at a number", {"account": {"homePage": 1, "name": "a"}}, ".account.homePage: wrong_type"),
    ("an account of a number", {"account": {"homePage": SITE, "name": 1}}, ".account.name: wrong_type"),
    ("an account of an object", {"account": {"homePage": SITE, "name": {"a": 1}}}, ".account.name: wrong_type"),
    ("an account with more", {"account": {**ACCOUNT, "id": "1"}}, ".account.id: unknown_field"),
    ("an account in other letters", {"account": {"homepage": SITE, "name": "a"}}, ".account.homepage: unknown_field"),
    ("an account and an address", {"account": ACCOUNT, "mbox": "mailto:a@x.fi"}, ": not_allowed"),
    ("an account and a digest", {"account": ACCOUNT, "mbox_sha1sum": SHA1}, ": not_allowed"),
    ("an account and an OpenID", {"account": ACCOUNT, "openid": SITE}, ": not_allowed"),
    ("an address and its digest", {"mbox": "mailto:a@x.fi", "mbox_sha1sum": SHA1}, ": not_allowed"),
    ("an address and an OpenID", {"mbox": "mailto:a@x.fi", "openid": SITE}, ": not_allowed"),
    ("a digest and an OpenID", {"mbox_sha1sum": SHA1, "openid": SITE}, ": not_allowed"),
    ("a name that is a number", {"name": 12345, "mbox": "mailto:a@x.fi"}, ".name: wrong_type"),
    ("a name that is an object", {"name": {"fi": "Anna"}, "mbox": "mailto:a@x.fi"}, ".name: wrong_type"),
    ("a type that is a number", {"objectType": 1, "mbox": "mailto:a@x.fi"}, ".objectType: wrong_type"),
    ("a type in other letters", {"objectType": "agent", "mbox": "mailto:a@x.fi"}, ".objectType: not_one_of"),
    ("a type that is a person", {"objectType": "Person", "mbox": "mailto:a@x.fi"}, ".objectType: not_one_of"),
    ("members", {"mbox": "mailto:a@x.fi", "member": [AGENT]}, ".member: unknown_field"),
]
GROUPS: list[tuple[str, Any, str]] = [
    # groups: Data 2.4.2.2
    ("members alone", {"member": [AGENT]}, ""),
    ("members of every kind", {"member": [AGENT, {"openid": SITE}, {"mbox_sha1sum": SHA1}]}, ""),
    ("a name and members", {"name": "7B", "member": [AGENT]}, ""),
    ("an address", {"mbox": "mailto:7b@x.fi"}, ""),
    ("the digest of an address", {"mbox_sha1sum": SHA1}, ""),
    ("an OpenID", {"openid": f"{SITE}/7b"}, ""),
    ("an account", {"account": ACCOUNT}, ""),
    ("an account and members", {"account": ACCOUNT, "member": [AGENT]}, ""),
    ("neither", {}, ".member: missing"),
    ("a name alone", {"name": "7B"}, ".member: missing"),
    ("no members", {"member": []}, ".member: missing"),
    ("a member that is no list", {"member": AGENT}, ".member: wrong_type"),
    ("members that are a text", {"member": "anna"}, ".member: wrong_type"),
    ("members that are null", {"member": None}, ".member: wrong_type"),
    ("a member that is a text", {"member": ["anna"]}, ".member[0]: wrong_type"),
    ("a member that is nobody", {"member": [AGENT, {"name": "x"}]}, ".member[1]: not_allowed"),
    ("a member of two identifiers", {"member": [{**AGENT, "openid": SITE}]}, ".member[0]: not_allowed"),
    (
        "a member that is a group",
        {"member": [{"objectType": "Group", "openid": SITE}]},
        ".member[0].objectType: not_allowed",
    ),
    ("a member that has members", {"member": [MEMBERS]}, ".member[0].member: unknown_field"),
    ("an address that is none", {"mbox": "7b@x.fi"}, ".mbox: bad_format"),
    ("a digest that is none", {"mbox_sha1sum": "x"}, ".mbox_sha1sum: bad_format"),
    ("an OpenID that is none", {"openid": "should fail"}, ".openid: bad_format"),
    ("an account nowhere", {"account": {"name": "a"}}, ".account.homePage: missing"),
    ("an account of nobody", {"account": {"homePage": SITE}, "member": [AGENT]}, ".account.name: missing"),
    ("an account at no IRI", {"account": {"homePage": "x", "name": "a"}}, ".account.homePage: bad_format"),
    ("an account and an address", {"account": ACCOUNT, "mbox": "mailto:a@x.fi"}, ": not_allowed"),
    ("an account and a digest", {"account": ACCOUNT, "mbox_sha1sum": SHA1, "member": [AGENT]}, ": not_allowed"),
    ("an address and an OpenID", {"mbox": "mailto:a@x.fi", "openid": SITE}, ": not_allowed"),
    ("a digest and an OpenID", {"mbox_sha1sum": SHA1, "openid": SITE}, ": not_allowed"),
    ("a name that is a number", {"name": 7, "member": [AGENT]}, ".name: wrong_type"),
    ("a field that there is not", {"member": [AGENT], "members": [AGENT]}, ".members: unknown_field"),
]
INSIDE = placed(FULL, "context", {})


@pytest.mark.parametrize(("agent", "fault"), [row[1:] for row in AGENTS], ids=[row[0] for row in AGENTS])
@pytest.mark.parametrize("path", ["actor", "authority", "context.instructor", "object"])
def test_an_agent_is_said_in_exactly_one_way(path: str, agent: Any, fault: str) -> None:
    if path == "object":  # an object without a type is an activity
        if not isinstance(agent, dict) or agent.get("objectType", "Agent") != "Agent":
            return
        agent = {"objectType": "Agent", **agent}
    hold(placed(INSIDE, path, agent), f"{path}{fault}" if fault else "", outer=path == "authority")


@pytest.mark.parametrize(("group", "fault"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS])
@pytest.mark.parametrize("path", ["actor", "context.instructor", "context.team", "object"])
def test_a_group_has_one_identifier_or_members(path: str, group: dict[str, Any], fault: str) -> None:
    hold(placed(INSIDE, path, {"objectType": "Group", **group}), f"{path}{fault}" if fault else "")


AUTHORITIES: list[tuple[str, Any, str]] = [
    # authorities: Data 2.4.9
    ("an application and a person", MEMBERS, ""),
    ("one alone", {"objectType": "Group", "member": [AGENT]}, "authority: not_allowed"),
    ("three", {"objectType": "Group", "member": [AGENT] * 3}, "authority: not_allowed"),
    ("none", {"objectType": "Group", "member": []}, "authority.member: missing"),
    ("two and an address", {**MEMBERS, "mbox": "mailto:a@x.fi"}, "authority: not_allowed"),
    ("two and a digest", {**MEMBERS, "mbox_sha1sum": SHA1}, "authority: not_allowed"),
    ("two and an OpenID", {**MEMBERS, "openid": SITE}, "authority: not_allowed"),
    ("two and an account", {**MEMBERS, "account": ACCOUNT}, "authority: not_allowed"),
    ("a group by its account", {"objectType": "Group", "account": ACCOUNT}, "authority: not_allowed"),
]


@pytest.mark.parametrize(("authority", "fault"), [row[1:] for row in AUTHORITIES], ids=[row[0] for row in AUTHORITIES])
def test_a_group_that_vouches_is_unnamed_and_of_two(authority: Any, fault: str) -> None:
    hold(placed(FULL, "authority", authority), fault, outer=True)


PARTS: list[tuple[str, Any, str]] = [
    # verbs, languages: Data 2.4.3, 4.2
    ("verb", {"id": f"{SITE}/v"}, ""),
    ("verb", {"id": f"{SITE}/v", "display": {}}, ""),
    ("verb.display", {"en-US": "did", "zh-Hant-TW": "x", "und": ""}, ""),
    ("verb", ..., "verb: missing"),
    ("verb", None, "verb: wrong_type"),
    ("verb", "answered", "verb: wrong_type"),
    ("verb", {"display": {"fi": "x"}}, "verb.id: missing"),
    ("verb.id", 1, "verb.id: wrong_type"),
    ("verb.id", "should fail", "verb.id: bad_format"),
    ("verb.id", "ab=c://should.fail.com", "verb.id: bad_format"),
    ("verb.ID", SITE, "verb.ID: unknown_field"),
    ("verb.display", 12345, "verb.display: wrong_type"),
    ("verb.display", "vastasi", "verb.display: wrong_type"),
    ("verb.display", ["vastasi"], "verb.display: wrong_type"),
    ("verb.display", {"a12345": "x"}, "verb.display.a12345: bad_format"),
    ("verb.display", {"fi_FI": "x"}, "verb.display.fi_FI: bad_format"),
    ("verb.display", {"": "x"}, "verb.display.: bad_format"),
    ("verb.display", {"fi": 1}, "verb.display.fi: wrong_type"),
    ("verb.display", {"fi": None}, "verb.display.fi: wrong_type"),
    # activities and their definitions: Data 2.4.4.1
    ("object", {"id": SITE}, ""),
    ("object.definition", {}, ""),
    ("object.definition.moreInfo", f"{SITE}/more?a=b#c", ""),
    ("object.definition.description", {"sv": "Bråk", "fi": "Murtoluku"}, ""),
    ("object", ..., "object: missing"),
    ("object", "x", "object: wrong_type"),
    ("object", {"objectType": "Activity"}, "object.id: missing"),
    ("object.id", "should fail", "object.id: bad_format"),
    ("object.id", 7, "object.id: wrong_type"),
    ("object.objectType", "activity", "object.objectType: not_one_of"),
    ("object.objectType", 1, "object.objectType: wrong_type"),
    ("object.name", "x", "object.name: unknown_field"),
    ("object.definition", "x", "object.definition: wrong_type"),
    ("object.definition", None, "object.definition: wrong_type"),
    ("object.definition.name", "x", "object.definition.name: wrong_type"),
    ("object.definition.name", 1, "object.definition.name: wrong_type"),
    ("object.definition.description", {"a12345": "x"}, "object.definition.description.a12345: bad_format"),
    ("object.definition.type", "task", "object.definition.type: bad_format"),
    ("object.definition.moreInfo", "ab=c://x", "object.definition.moreInfo: bad_format"),
    ("object.definition.title", {"fi": "x"}, "object.definition.title: unknown_field"),
    # results and scores: Data 2.4.5
    ("result", {}, ""),
    ("result", ..., ""),
    ("result.score", {}, ""),
    ("result.score", {"scaled": -1}, ""),
    ("result.score", {"scaled": 1.0}, ""),
    ("result.score", {"raw": -3.5}, ""),
    ("result.score", {"raw": 0.6767676, "min": 0.6767676}, ""),
    ("result.score", {"raw": 100.6767676, "max": 100.6767676}, ""),
    ("result.score", {"min": -5, "max": -4}, ""),
    ("result.success", False, ""),
    ("result.completion", True, ""),
    ("result.response", "", ""),
    ("result", "x", "result: wrong_type"),
    ("result", None, "result: wrong_type"),
    ("result.grade", 8, "result.grade: unknown_field"),
    ("result.score", 95, "result.score: wrong_type"),
    ("result.score", "95", "result.score: wrong_type"),
    ("result.score", [95], "result.score: wrong_type"),
    ("result.score.scaled", 1.01, "result.score.scaled: out_of_range"),
    ("result.score.scaled", -1.00001, "result.score.scaled: out_of_range"),
    ("result.score.scaled", "0.5", "result.score.scaled: wrong_type"),
    ("result.score.scaled", True, "result.score.scaled: wrong_type"),
    ("result.score.raw", None, "result.score.raw: wrong_type"),
    ("result.score.raw", 100.001, "result.score.raw: out_of_range"),
    ("result.score.raw", -0.001, "result.score.raw: out_of_range"),
    ("result.score.min", 100, "result.score.min: out_of_range"),
    ("result.score.min", 96, "result.score.raw: out_of_range"),
    ("result.score.max", 94, "result.score.raw: out_of_range"),
    ("result.score.max", -1, "result.score.min: out_of_range"),
    ("result.score.max", {"a": 1}, "result.score.max: wrong_type"),
    ("result.score.average", 3, "result.score.average: unknown_field"),
    ("result.success", "true", "result.success: wrong_type"),
    ("result.success", 1, "result.success: wrong_type"),
    ("result.completion", "yes", "result.completion: wrong_type"),
    ("result.completion", None, "result.completion: wrong_type"),
    ("result.response", 12345, "result.response: wrong_type"),
    ("result.response", {"key": "x"}, "result.response: wrong_type"),
    # durations: Data 4.6
    ("result.duration", "PT4H35M59.14S", ""),
    ("result.duration", "P3Y1M29DT4H35M59.14S", ""),
    ("result.duration", "PT16559.14S", ""),
    ("result.duration", "P3Y", ""),
    ("result.duration", "P4W", ""),
    ("result.duration", "should fail", "result.duration: bad_format"),
    ("result.duration", "PA1H0M0S", "result.duration: bad_format"),
    ("result.duration", "P4W1D", "result.duration: bad_format"),
    ("result.duration", "1:00:00", "result.duration: bad_format"),
    ("result.duration", 12345, "result.duration: wrong_type"),
    ("result.duration", {"key": "x"}, "result.duration: wrong_type"),
    # contexts: Data 2.4.6
    ("context", {}, ""),
    ("context", ..., ""),
    ("context.language", "en-GB", ""),
    ("context.registration", UUID.upper(), ""),
    ("context", "x", "context: wrong_type"),
    ("context.course", SITE, "context.course: unknown_field"),
    ("context.registration", "x", "context.registration: bad_format"),
    ("context.registration", f"{UUID}8", "context.registration: bad_format"),
    ("context.registration", f"M{UUID[1:]}", "context.registration: bad_format"),
    ("context.registration", 12345, "context.registration: wrong_type"),
    ("context.registration", {"key": "x"}, "context.registration: wrong_type"),
    ("context.team", AGENT, "context.team.objectType: not_allowed"),
    ("context.team", {"member": [AGENT]}, "context.team.objectType: missing"),
    ("context.team", "x", "context.team: wrong_type"),
    ("context.revision", 1, "context.revision: wrong_type"),
    ("context.revision", {"key": "x"}, "context.revision: wrong_type"),
    ("context.platform", 1, "context.platform: wrong_type"),
    ("context.platform", {"key": "x"}, "context.platform: wrong_type"),
    ("context.language", 1, "context.language: wrong_type"),
    ("context.language", {"a12345": "x"}, "context.language: wrong_type"),
    ("context.language", "a12345678", "context.language: bad_format"),
    ("context.statement", "x", "context.statement: wrong_type"),
    ("context.statement", {"id": UUID}, "context.statement.objectType: missing"),
    ("context.statement", {"objectType": "StatementRef"}, "context.statement.id: missing"),
    ("context.statement.objectType", "statementref", "context.statement.objectType: not_one_of"),
    ("context.statement.id", "should fail", "context.statement.id: bad_format"),
    # activities of a context: Data 2.4.6.2
    ("context.contextActivities", {}, ""),
    ("context.contextActivities", {"parent": TASK, "grouping": [TASK], "category": [], "other": [TASK, TASK]}, ""),
    ("context.contextActivities.other", {"id": SITE, "definition": {"name": {"fi": "x"}}}, ""),
    ("context.contextActivities", "x", "context.contextActivities: wrong_type"),
    ("context.contextActivities", [TASK], "context.contextActivities: wrong_type"),
    ("context.contextActivities.sibling", [TASK], "context.contextActivities.sibling: unknown_field"),
    ("context.contextActivities.Parent", [TASK], "context.contextActivities.Parent: unknown_field"),
    ("context.contextActivities.parent", SITE, "context.contextActivities.parent: wrong_type"),
    ("context.contextActivities.parent", {"key": "x"}, "context.contextActivities.parent.key: unknown_field"),
    ("context.contextActivities.other", [TASK, {}], "context.contextActivities.other[1].id: missing"),
    ("context.contextActivities.other", [{"id": "x"}], "context.contextActivities.other[0].id: bad_format"),
    ("context.contextActivities.grouping", [AGENT], "context.contextActivities.grouping[0].objectType: not_one_of"),
    # timestamps: Data 2.4.7, 4.5
    ("timestamp", "2999-01-01T00:00:00Z", ""),
    ("timestamp", "2026-03-05T09:12:33+02:00", ""),
    ("timestamp", "2026-03-05T09:12:33.123456789Z", ""),
    ("timestamp", "20260305T091233Z", ""),
    ("timestamp", "2024-02-29T23:59:59Z", ""),
    ("timestamp", "should fail", "timestamp: bad_format"),
    ("timestamp", "01/011/2015", "timestamp: bad_format"),
    ("timestamp", "2008-09-15T15:53:00.601-00", "timestamp: bad_format"),
    ("timestamp", "2008-09-15T15:53:00.601-0000", "timestamp: bad_format"),
    ("timestamp", "2008-09-15T15:53:00.601-00:00", "timestamp: bad_format"),
    ("timestamp", "2023-02-29T10:00:00Z", "timestamp: bad_format"),
    ("timestamp", 1_767_225_600, "timestamp: wrong_type"),
    ("timestamp", None, "timestamp: wrong_type"),
]


@pytest.mark.parametrize(("path", "value", "fault"), PARTS)
def test_a_part_holds_what_the_standard_lets_it_hold(path: str, value: Any, fault: str) -> None:
    hold(placed(FULL, path, value), fault)


LISTED = [{"id": "a", "description": {"fi": "A"}}, {"id": "b"}]
INTERACTIONS: list[tuple[dict[str, Any], str]] = [
    # interaction activities: Data 2.4.4.1
    ({"interactionType": "true-false", "correctResponsesPattern": ["true"]}, ""),
    ({"interactionType": "choice", "choices": LISTED, "correctResponsesPattern": ["a[,]b"]}, ""),
    ({"interactionType": "fill-in", "correctResponsesPattern": ["Bob's your uncle"]}, ""),
    ({"interactionType": "long-fill-in", "correctResponsesPattern": ["{lang=en}To store."]}, ""),
    ({"interactionType": "matching", "source": LISTED, "target": LISTED}, ""),
    ({"interactionType": "performance", "steps": LISTED}, ""),
    ({"interactionType": "sequencing", "choices": LISTED}, ""),
    ({"interactionType": "likert", "scale": LISTED}, ""),
    ({"interactionType": "numeric", "correctResponsesPattern": ["4[:]"]}, ""),
    ({"interactionType": "other", "correctResponsesPattern": []}, ""),
    ({"interactionType": "choice"}, ""),
    ({"interactionType": "choice", "choices": []}, ""),
    ({"interactionType": "guess"}, ".interactionType: not_one_of"),
    ({"interactionType": "Choice"}, ".interactionType: not_one_of"),
    ({"interactionType": "truefalse"}, ".interactionType: not_one_of"),
    ({"interactionType": 12345}, ".interactionType: wrong_type"),
    ({"interactionType": {"key": "x"}}, ".interactionType: wrong_type"),
    ({"interactionType": f"{SITE}/choice"}, ".interactionType: not_one_of"),
    ({"correctResponsesPattern": ["true"]}, ".interactionType: missing"),
    ({"steps": LISTED}, ".interactionType: missing"),
    ({"interactionType": "other", "correctResponsesPattern": "true"}, ".correctResponsesPattern: wrong_type"),
    ({"interactionType": "other", "correctResponsesPattern": [1]}, ".correctResponsesPattern[0]: wrong_type"),
    ({"interactionType": "choice", "choices": "a"}, ".choices: wrong_type"),
    ({"interactionType": "choice", "choices": {"id": "a"}}, ".choices: wrong_type"),
    ({"interactionType": "choice", "choices": ["a"]}, ".choices[0]: wrong_type"),
    ({"interactionType": "choice", "choices": [{"description": {"fi": "A"}}]}, ".choices[0].id: missing"),
    ({"interactionType": "choice", "choices": [{"id": 1}]}, ".choices[0].id: wrong_type"),
    ({"interactionType": "choice", "choices": [*LISTED, {"id": "a"}]}, ".choices: not_allowed"),
    ({"interactionType": "choice", "choices": [{"id": "a", "text": "A"}]}, ".choices[0].text: unknown_field"),
    (
        {"interactionType": "sequencing", "choices": [{"id": "a", "description": "A"}]},
        ".choices[0].description: wrong_type",
    ),
    ({"interactionType": "likert", "scale": [{"id": "a"}, {"id": "a"}]}, ".scale: not_allowed"),
    ({"interactionType": "likert", "choices": LISTED}, ".choices: not_allowed"),
    ({"interactionType": "matching", "source": LISTED, "target": [{}]}, ".target[0].id: missing"),
    ({"interactionType": "matching", "steps": LISTED}, ".steps: not_allowed"),
    ({"interactionType": "performance", "steps": [{"id": "a"}, {"id": "a"}]}, ".steps: not_allowed"),
    ({"interactionType": "numeric", "scale": LISTED}, ".scale: not_allowed"),
    ({"interactionType": "true-false", "choices": LISTED}, ".choices: not_allowed"),
]


@pytest.mark.parametrize(("definition", "fault"), INTERACTIONS)
def test_an_interaction_has_the_components_of_its_type(definition: dict[str, Any], fault: str) -> None:
    hold(placed(FULL, "object.definition", definition), f"object.definition{fault}" if fault else "")


OWN: list[tuple[str, Any, str]] = [
    # formatting, ids, versions: Data 2.2, 2.4.1, 2.4.8, 2.4.10
    ("id", ..., ""),
    ("id", UUID.upper(), ""),
    ("id", f"{UUID}8", "id: bad_format"),
    ("id", "MA97B177-9383-4934-8543-0F91A7A02836", "id: bad_format"),
    ("id", UUID.replace("-", ""), "id: bad_format"),
    ("id", "", "id: bad_format"),
    ("id", 12345, "id: wrong_type"),
    ("id", {"key": "x"}, "id: wrong_type"),
    ("id", None, "id: wrong_type"),
    ("version", "1.0", ""),
    ("version", "1.0.9", ""),
    ("version", "0.9.9", "version: bad_format"),
    ("version", "1.1.0", "version: bad_format"),
    ("version", "1.0.", "version: bad_format"),
    ("version", 1.0, "version: wrong_type"),
    ("stored", "2026-03-05T09:12:33Z", ""),
    ("stored", "yesterday", "stored: bad_format"),
    ("Actor", AGENT, "Actor: unknown_field"),
    ("key", "x", "key: unknown_field"),
    ("objectType", "Statement", "objectType: unknown_field"),
    ("voided", True, "voided: unknown_field"),
    ("result.extensions", {f"{SITE}/e": None, "urn:e": [None, {"a": None}], "mailto:a@x.fi": ""}, ""),
    ("context.extensions", {}, ""),
    ("context.extensions", {"e": 1}, "context.extensions.e: bad_format"),
    ("context.extensions", [1], "context.extensions: wrong_type"),
    ("result.extensions", {"": 1}, "result.extensions.: bad_format"),
    ("result.extensions", None, "result.extensions: wrong_type"),
    ("object.definition.extensions", {"e": 1}, "object.definition.extensions.e: bad_format"),
]


@pytest.mark.parametrize(("path", "value", "fault"), OWN)
def test_a_statement_s_own_fields_are_those_of_the_standard(path: str, value: Any, fault: str) -> None:
    hold(placed(FULL, path, value), fault, outer=True)


SUB: dict[str, Any] = {"objectType": "SubStatement", "actor": AGENT, "verb": {"id": f"{SITE}/v"}, "object": TASK}
OBJECTS: list[tuple[str, Any, str]] = [
    # substatements, references, voiding: Data 2.3.2, 2.4.4.3
    ("a reference", REFERENCE, ""),
    ("a statement about a task", SUB, ""),
    ("a statement about a person", {**SUB, "object": AGENT}, ""),
    ("a statement about a group", {**SUB, "object": MEMBERS}, ""),
    ("a statement about a statement", {**SUB, "object": REFERENCE}, ""),
    ("a reference without id", {"objectType": "StatementRef"}, "object.id: missing"),
    ("a reference to no UUID", {**REFERENCE, "id": "x"}, "object.id: bad_format"),
    ("a reference to a number", {**REFERENCE, "id": 1}, "object.id: wrong_type"),
    ("a reference in other letters", {**REFERENCE, "objectType": "statementref"}, "object.objectType: not_one_of"),
    ("a reference with more", {**REFERENCE, "definition": {}}, "object.definition: unknown_field"),
    ("a reference without type", {"id": UUID}, "object.id: bad_format"),
    ("a statement in other letters", {**SUB, "objectType": "substatement"}, "object.objectType: not_one_of"),
    ("a statement without actor", {**SUB, "actor": None}, "object.actor: wrong_type"),
    ("a statement with id", {**SUB, "id": UUID}, "object.id: unknown_field"),
    ("a statement with stored", {**SUB, "stored": "2026-03-05T09:12:33Z"}, "object.stored: unknown_field"),
    ("a statement with version", {**SUB, "version": "1.0.0"}, "object.version: unknown_field"),
    ("a statement with authority", {**SUB, "authority": AGENT}, "object.authority: unknown_field"),
    ("a statement within one within one", {**SUB, "object": SUB}, "object.object: not_allowed"),
    ("a statement of two objects", {**SUB, "object": [TASK]}, "object.object: wrong_type"),
]


@pytest.mark.parametrize(("about", "fault"), [row[1:] for row in OBJECTS], ids=[row[0] for row in OBJECTS])
def test_an_object_is_of_its_type(about: Any, fault: str) -> None:
    assert said({"actor": AGENT, "verb": FULL["verb"], "object": about}) == fault


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_a_statement_within_another_misses_what_any_statement_misses(name: str) -> None:
    inner = {key: part for key, part in SUB.items() if key != name}
    assert said({"actor": AGENT, "verb": FULL["verb"], "object": inner}) == f"object.{name}: missing"


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("about", [AGENT, MEMBERS, REFERENCE, SUB])
def test_only_activities_have_a_platform_and_a_revision(name: str, about: dict[str, Any]) -> None:
    statement = {"actor": AGENT, "verb": FULL["verb"], "object": about, "context": {name: "x"}}
    assert said(statement) == f"context.{name}: not_allowed"
    assert said({**statement, "object": {"id": SITE}}) == ""
    if about is not SUB:
        assert said(within(statement)) == f"object.context.{name}: not_allowed"


@pytest.mark.parametrize("about", [TASK, AGENT, MEMBERS, SUB])
def test_a_voiding_is_of_a_reference(about: dict[str, Any]) -> None:
    assert said({"actor": AGENT, "verb": {"id": VOIDED}, "object": about}) == "object: not_allowed"
    assert said({"actor": AGENT, "verb": {"id": VOIDED}, "object": REFERENCE}) == ""


ATTACHMENT: dict[str, Any] = {
    "usageType": f"{SITE}/usage",
    "display": {"fi": "liite"},
    "description": {"fi": "laskut paperilla"},
    "contentType": "text/plain; charset=ascii",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
    "fileUrl": f"{SITE}/file.txt",
}
ATTACHMENTS: list[tuple[str, Any, str]] = [
    # attachments: Data 2.4.11
    ("description", ..., ""),
    ("length", 0, ""),
    ("contentType", "application/vnd.oasis.opendocument.text", ""),
    ("usageType", ..., "usageType: missing"),
    ("usageType", "should fail", "usageType: bad_format"),
    ("display", ..., "display: missing"),
    ("display", "liite", "display: wrong_type"),
    ("display", {"a12345": "x"}, "display.a12345: bad_format"),
    ("description", 12345, "description: wrong_type"),
    ("description", "should error", "description: wrong_type"),
    ("contentType", ..., "contentType: missing"),
    ("contentType", "should fail", "contentType: bad_format"),
    ("length", ..., "length: missing"),
    ("length", "27", "length: wrong_type"),
    ("length", 27.5, "length: wrong_type"),
    ("length", -1, "length: out_of_range"),
    ("sha2", ..., "sha2: missing"),
    ("sha2", 12345, "sha2: wrong_type"),
    ("sha2", "x" * 64, "sha2: bad_format"),
    ("fileUrl", "should fail", "fileUrl: bad_format"),
    ("fileURL", SITE, "fileURL: unknown_field"),
]


@pytest.mark.parametrize(("name", "value", "fault"), ATTACHMENTS)
def test_an_attachment_says_what_it_is(name: str, value: Any, fault: str) -> None:
    one = placed(ATTACHMENT, name, value)
    hold({**FULL, "attachments": [ATTACHMENT, one]}, f"attachments[1].{fault}" if fault else "")


@pytest.mark.parametrize("value", [ATTACHMENT, "x", None, 3])
def test_attachments_are_a_list(value: Any) -> None:
    hold({**FULL, "attachments": value}, "attachments: wrong_type")
    assert said({**FULL, "attachments": []}) == ""
