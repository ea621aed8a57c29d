"""Questions about statements: what each parameter may say, what fits, and how an answer writes it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from polku.errors import InputError
from polku.exchange.xapi_rules import check_statement
from polku.web.statement_fits import agents, fits, formed, target
from polku.web.statement_query import MOST, One, Wanted, asked

UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
X = "https://x.fi"


def person(name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": X, "name": name}}


SAID: dict[str, Any] = {
    "id": UUID,
    "actor": {"objectType": "Group", "member": [person("anna"), person("eino")]},
    "verb": {"id": f"{X}/did", "display": {"fi": "teki", "en-GB": "did", "sv": "gjorde"}},
    "object": {
        "objectType": "SubStatement",
        "actor": person("aino"),
        "verb": {"id": f"{X}/inner", "display": {"fi": "sisä", "en": "inner"}},
        "object": {"id": f"{X}/task", "definition": {"name": {"fi": "tehtävä", "en": "task"}}},
        "context": {"contextActivities": {"grouping": {"id": f"{X}/group"}}},
    },
    "context": {
        "registration": UUID.upper(),
        "instructor": {**person("teacher"), "name": "Tea"},
        "team": {"objectType": "Group", "account": {"homePage": X, "name": "7A"}, "member": [person("one")]},
        "contextActivities": {"parent": [{"id": f"{X}/parent", "definition": {"type": f"{X}/t"}}]},
        "extensions": {f"{X}/e": {"name": {"fi": "a", "en": "b"}, "definition": 3}},
    },
    "authority": person("store"),
}
PLAIN = {"actor": person("anna"), "verb": {"id": f"{X}/did"}, "object": person("eino")}
TASK = {"actor": person("anna"), "verb": {"id": f"{X}/did"}, "object": {"id": f"{X}/task"}}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, Wanted()),
        ({"limit": "0"}, Wanted(limit=MOST)),
        ({"limit": "7"}, Wanted(limit=7)),
        ({"limit": "999999"}, Wanted(limit=MOST)),
        (
            {"ascending": "true", "related_agents": "True", "related_activities": "false"},
            Wanted(ascending=True, related_agents=True),
        ),
        (
            {"since": "1970-01-01T00:00:01Z", "until": "1970-01-01T02:00:02+02:00"},
            Wanted(since=1_000_000, until=2_000_000),
        ),
        (
            {"verb": f"{X}/v", "activity": "act:a", "registration": UUID.upper()},
            Wanted(verb=f"{X}/v", activity="act:a", registration=UUID),
        ),
        ({"agent": json.dumps(person("anna"))}, Wanted(agent=person("anna"))),
        ({"format": "ids", "attachments": "true"}, Wanted()),
    ],
)
def test_a_question_is_read(query: dict[str, str], wanted: Wanted) -> None:
    found = asked(query)
    assert isinstance(found, Wanted)
    assert found == Wanted(**{**vars(wanted), "query": query})
    following = asked({**query, "after": found.more((7, "a")).rpartition("after=")[2]})
    assert isinstance(following, Wanted)
    assert following.after == (7, "a")


def test_one_statement_is_asked_for_by_its_id() -> None:
    assert asked({"statementId": UUID.upper(), "format": "canonical", "attachments": "false"}) == One(
        UUID, voided=False
    )
    assert asked({"voidedStatementId": UUID}) == One(UUID, voided=True)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"statementId": "x"}, "a UUID"),
        ({"statementId": UUID, "voidedStatementId": UUID}, "its id alone"),
        *(
            ({"statementId": UUID, name: value}, "its id alone")
            for name, value in {
                "agent": "{}",
                "verb": X,
                "activity": X,
                "registration": UUID,
                "related_activities": "true",
                "related_agents": "true",
                "since": "2026-01-01",
                "until": "2026-01-01",
                "limit": "1",
                "ascending": "true",
            }.items()
        ),
        *(
            ({name: value}, "no such parameter")
            for name, value in {"StatementID": UUID, "Verb": X, "agents": "{}"}.items()
        ),
        ({"format": "Exact"}, "no such format"),
        *(
            ({name: "yes"}, "true or false")
            for name in ("ascending", "attachments", "related_agents", "related_activities")
        ),
        *(({"limit": value}, "whole number") for value in ("-1", "many", "1.5", "", "٣", "9" * 30)),
        *(
            ({name: value}, "ISO 8601")
            for name in ("since", "until")
            for value in ("yesterday", "2026-02-30T00:00:00Z", "")
        ),
        *(({name: "not one"}, "an IRI") for name in ("verb", "activity")),
        ({"registration": "not one"}, "a UUID"),
        *(
            ({"agent": value}, "an agent or a group")
            for value in (
                "anna",
                "{}",
                "[]",
                "3",
                '{"mbox": "anna"}',
                '{"account": {"name": "a"}}',
                '{"objectType": "Activity", "id": "a:b"}',
            )
        ),
        *(({"after": value}, "no such page") for value in ("x", "W10", "é")),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(query: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        asked(query)


@pytest.mark.parametrize(
    ("wanted", "good", "bad"),
    [
        (Wanted(verb=f"{X}/did"), SAID, None),
        (Wanted(verb=f"{X}/inner"), None, SAID),
        (Wanted(registration=UUID), SAID, TASK),
        (Wanted(activity=f"{X}/task"), TASK, SAID),
        (Wanted(activity=f"{X}/task", related_activities=True), SAID, PLAIN),
        (Wanted(activity=f"{X}/parent", related_activities=True), SAID, TASK),
        (Wanted(activity=f"{X}/group", related_activities=True), SAID, TASK),
        (Wanted(activity=f"{X}/parent"), None, SAID),
        (Wanted(agent=person("anna")), SAID, None),
        (Wanted(agent=person("eino")), PLAIN, TASK),
        (Wanted(agent=person("teacher")), None, SAID),
        *(
            (Wanted(agent=person(name), related_agents=True), SAID, TASK)
            for name in ("teacher", "7A", "one", "aino", "store")
        ),
        (Wanted(agent={"mbox": "mailto:a@x.fi"}), None, SAID),
        (Wanted(agent={"objectType": "Group", "member": []}), None, SAID),
        (Wanted(agent=person("anna"), verb=f"{X}/other"), None, SAID),
    ],
)
def test_what_fits_a_question(wanted: Wanted, good: dict[str, Any] | None, bad: dict[str, Any] | None) -> None:
    assert good is None or fits(good, wanted)
    assert bad is None or not fits(bad, wanted)


def test_agents_of_a_later_context_are_related() -> None:
    around = {"contextAgents": [{"agent": person("a")}], "contextGroups": [{"group": {"member": [person("b")]}}]}
    found = list(agents({**TASK, "context": around}, related=True))
    assert found == [person("anna"), person("a"), {"member": [person("b")]}, person("b")]
    assert target({"object": {"objectType": "StatementRef", "id": UUID.upper()}}) == UUID
    assert target(TASK) is None


def test_ids_alone_are_still_a_statement() -> None:
    made = formed(SAID, "ids")
    check_statement(made)
    assert "Tea" not in json.dumps(made)
    assert "display" not in made["verb"]
    assert made["object"]["object"] == {"id": f"{X}/task"}
    assert made["context"]["team"] == {"objectType": "Group", "account": {"homePage": X, "name": "7A"}}
    assert made["actor"] == SAID["actor"]
    assert made["context"]["extensions"] == SAID["context"]["extensions"]
    assert formed(SAID, "exact") is SAID


@pytest.mark.parametrize(
    ("languages", "verb", "task"),
    [
        ("", "teki", "tehtävä"),
        ("en", "did", "task"),
        ("EN-gb;q=0.8, sv", "gjorde", "tehtävä"),
        ("de, en;q=0.1, fi;q=0.2", "teki", "tehtävä"),
        ("*", "teki", "tehtävä"),
        ("de;q=x", "teki", "tehtävä"),
    ],
)
def test_a_canonical_statement_speaks_one_language(languages: str, verb: str, task: str) -> None:
    before = deepcopy(SAID)
    made = formed(SAID, "canonical", languages)
    check_statement(made)
    assert list(made["verb"]["display"].values()) == [verb]
    assert list(made["object"]["object"]["definition"]["name"].values()) == [task]
    assert made["context"]["extensions"] == SAID["context"]["extensions"]
    assert made["context"]["instructor"]["name"] == "Tea"
    assert before == SAID


@pytest.mark.parametrize(
    ("wanted", "begins", "inside", "outside"),
    [
        (Wanted(), None, (0, 9), ()),
        (Wanted(since=5), None, (6,), (5, 4)),
        (Wanted(until=5), (6, ""), (5, 0), ()),
        (Wanted(since=5, ascending=True), (6, ""), (6, 9), ()),
        (Wanted(until=5, ascending=True), None, (5, 0), (6,)),
        (Wanted(since=5, after=(9, "a")), (9, "a"), (6,), (5,)),
    ],
)
def test_a_page_begins_and_ends_with_its_times(wanted: Wanted, begins: object, inside: Any, outside: Any) -> None:
    assert wanted.begins() == begins
    assert not any(wanted.ends(at) for at in inside)
    assert all(wanted.ends(at) for at in outside)
