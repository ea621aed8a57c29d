"""What of a statement may not change, and what is no change: rows by the standard's own list (Data 2.3.1, 2.4.1)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from polku.exchange import xapi
from polku.exchange.links import Links
from polku.exchange.xapi_same import essence, rare_digest
from polku.records import DenyRules, Refusal

UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
AGENT: dict[str, Any] = {"objectType": "Agent", "account": {"homePage": "https://x.fi", "name": "anna"}}
MEMBERS: dict[str, Any] = {"objectType": "Group", "member": [AGENT, {"mbox": "mailto:b@x.fi"}]}
TASK: dict[str, Any] = {"objectType": "Activity", "id": "https://x.fi/i7"}
REFERENCE = {"objectType": "StatementRef", "id": UUID}
FULL: dict[str, Any] = {
    "id": UUID,
    "actor": AGENT,
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"fi": "vastasi"}},
    "object": {**TASK, "definition": {"name": {"fi": "Murtoluvut"}, "type": "https://x.fi/task"}},
    "result": {"score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100}, "success": True, "duration": "PT1H0M0S"},
    "context": {"registration": UUID, "language": "fi"},
    "timestamp": "2026-03-05T09:12:33.120Z",
    "version": "1.0.0",
}


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


OTHER = {"account": {"homePage": "https://x.fi", "name": "eino"}}
FILE = {
    "usageType": "https://x.fi/u",
    "display": {"fi": "työ"},
    "contentType": "text/plain",
    "length": 5,
    "sha2": "a" * 64,
    "fileUrl": "https://x.fi/f",
}
SECOND = {**FILE, "sha2": "b" * 64}
RARE: dict[str, Any] = {**FULL, "actor": MEMBERS, "attachments": [FILE, SECOND]}
"""A statement that the common way leaves to the exact rules."""

SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("words of the verb", FULL, {"verb.display": {"sv": "svarade"}}),
    ("a definition", FULL, {"object.definition": {"name": {"sv": "bråk"}}}),
    ("no definition", FULL, {"object.definition": ...}),
    ("the version", FULL, {"version": "1.0.3"}),
    ("what a server adds", FULL, {"stored": "2026-03-05T09:12:34Z", "authority": AGENT}),
    ("words of the verb, rare", RARE, {"verb.display": {"sv": "svarade"}}),
    ("a definition, rare", RARE, {"object.definition": {"name": {"sv": "bråk"}}}),
    ("no words, rare", RARE, {"verb.display": ..., "object.definition": ...}),
    ("the type that it has anyway", RARE, {"object.objectType": ...}),
    ("the order of members", RARE, {"actor": {**MEMBERS, "member": MEMBERS["member"][::-1]}}),
    ("the order of attachments", RARE, {"attachments": [SECOND, FILE]}),
    ("where an attachment lies", RARE, {"attachments": [{**FILE, "fileUrl": "https://x.fi/g"}, SECOND]}),
    ("how an attachment is called", RARE, {"attachments": [{**FILE, "display": {"fi": "tehtävä"}}, SECOND]}),
    ("hexadecimal in capitals", RARE, {"attachments": [{**FILE, "sha2": "A" * 64}, SECOND]}),
    ("the same moment in another zone", RARE, {"timestamp": "2026-03-05T11:12:33.12+02:00"}),
    ("the same number", RARE, {"result.score": {"scaled": 0.95, "raw": 95.0, "min": 0.0, "max": 1e2}}),
    ("one activity as a list", placed(RARE, "context.contextActivities", {"parent": TASK}),
     {"context.contextActivities": {"parent": [TASK]}}),
    ("a definition in a context", placed(RARE, "context.contextActivities", {"parent": TASK}),
     {"context.contextActivities": {"parent": {**TASK, "definition": {"type": "https://x.fi/t"}}}}),
]  # fmt: skip
CHANGED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("another learner", FULL, {"actor": OTHER}),
    ("another verb", FULL, {"verb.id": "http://adlnet.gov/expapi/verbs/passed"}),
    ("another task", FULL, {"object.id": "https://x.fi/i8"}),
    ("another score", FULL, {"result.score.scaled": 0.9}),
    ("another moment", FULL, {"timestamp": "2026-03-05T09:12:34Z"}),
    ("another registration", FULL, {"context.registration": "8ff6b88f-430f-4c72-9e3a-7d895740e556"}),
    ("another member", RARE, {"actor": {**MEMBERS, "member": [OTHER]}}),
    ("another attachment", RARE, {"attachments": [FILE]}),
    ("another kind of attachment", RARE, {"attachments": [{**FILE, "usageType": "https://x.fi/v"}, SECOND]}),
    ("another moment, rare", RARE, {"timestamp": "2026-03-05T11:12:33.120Z"}),
    ("another object", RARE, {"object": REFERENCE, "context": ...}),
    ("null in an extension", placed(RARE, "context.extensions", {"https://x.fi/e": 0}),
     {"context.extensions": {"https://x.fi/e": None}}),
    ("the order within an extension", placed(RARE, "context.extensions", {"https://x.fi/e": [1, 2]}),
     {"context.extensions": {"https://x.fi/e": [2, 1]}}),
]  # fmt: skip


def changed(statement: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for path, value in changes.items():
        statement = placed(statement, path, value)
    return statement


def digest(statement: dict[str, Any]) -> str:
    said = xapi.element(json.dumps(statement).encode(), Links(items={"i7"}), DenyRules())
    assert not isinstance(said, Refusal), said
    return said.digest


@pytest.mark.parametrize(("what", "statement", "changes"), SAME, ids=[row[0] for row in SAME])
def test_this_is_the_same_statement(what: str, statement: dict[str, Any], changes: dict[str, Any]) -> None:
    assert digest(changed(statement, changes)) == digest(statement), what


@pytest.mark.parametrize(("what", "statement", "changes"), CHANGED, ids=[row[0] for row in CHANGED])
def test_this_is_another_statement(what: str, statement: dict[str, Any], changes: dict[str, Any]) -> None:
    assert digest(changed(statement, changes)) != digest(statement), what


def test_the_essence_of_an_essence_is_itself() -> None:
    once = {name: part for name, part in essence(RARE).items() if name != "timestamp"}
    assert essence(once) == once
    assert rare_digest(RARE) == rare_digest(changed(RARE, {"id": "00000000-0000-4000-8000-000000000000"}))
