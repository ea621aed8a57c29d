"""The rules of xAPI for one statement: the conformance cases, each rule by an example, the fast way never laxer."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.exchange import xapi_fast
from polku.exchange.forms import FaultError
from polku.exchange.xapi_rules import VOIDED, check_statement
from polku.records import Reason

AGENT = {"objectType": "Agent", "account": {"homePage": "https://x.fi", "name": "anna"}}
VERB = {"id": "http://adlnet.gov/expapi/verbs/answered"}
TASK = {"objectType": "Activity", "id": "https://x.fi/i7"}
PLAIN: dict[str, Any] = {"actor": AGENT, "verb": VERB, "object": TASK}
ATTACHMENT = {
    "usageType": "https://x.fi/usage",
    "display": {"fi": "liite"},
    "contentType": "text/plain; charset=ascii",
    "length": 27,
    "sha2": "0" * 64,
    "fileUrl": "https://x.fi/file.txt",
}
INNER = {"objectType": "SubStatement", **PLAIN}
UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
REFERENCE = {"objectType": "StatementRef", "id": UUID}
GOOD = {
    "plain": {},
    "own id": {"id": UUID.upper()},
    "own version": {"version": "1.0.9"},
    "future": {"timestamp": "2999-01-01T00:00:00Z"},
    "basic time": {"timestamp": "20260305T091233+0200"},
    "time without zone": {"timestamp": "2026-03-05T09:12:33"},
    "group of members": {"actor": {"objectType": "Group", "member": [AGENT]}},
    "group with identifier": {"actor": {"objectType": "Group", "mbox_sha1sum": "a" * 40}},
    "actor by openid": {"actor": {"openid": "https://anna.example.org"}},
    "about a person": {"object": AGENT},
    "about a statement": {"object": REFERENCE},
    "statement within": {"object": INNER},
    "empty definition": {"object": {**TASK, "definition": {}}},
    "matching": {
        "object": {**TASK, "definition": {"interactionType": "matching", "source": [{"id": "a"}], "target": []}}
    },
    "null in an extension": {"result": {"extensions": {"https://x.fi/e": None}}},
    "weeks": {"result": {"duration": "P4W"}},
    "raw at its most": {"result": {"score": {"raw": 5, "min": 0, "max": 5}}},
    "one context activity": {"context": {"contextActivities": {"other": TASK}}},
    "team": {"context": {"team": {"objectType": "Group", "member": [AGENT]}, "statement": REFERENCE}},
    "attachment": {"attachments": [ATTACHMENT]},
    "two vouch": {"authority": {"objectType": "Group", "member": [AGENT, AGENT]}},
    "voids": {"verb": {"id": VOIDED}, "object": REFERENCE},
}
BAD: dict[str, tuple[dict[str, Any], Reason, str]] = {
    "no actor": ({"actor": None}, Reason.WRONG_TYPE, "actor"),
    "unknown field": ({"Actor": AGENT}, Reason.UNKNOWN_FIELD, "Actor"),
    "id that is none": ({"id": UUID + "8"}, Reason.BAD_FORMAT, "id"),
    "two identifiers": ({"actor": {**AGENT, "mbox": "mailto:a@x.fi"}}, Reason.NOT_ALLOWED, "actor"),
    "address without mailto": ({"actor": {"mbox": "a@x.fi"}}, Reason.BAD_FORMAT, "actor.mbox"),
    "group in a group": (
        {"actor": {"objectType": "Group", "member": [{"objectType": "Group", "member": [AGENT]}]}},
        Reason.UNKNOWN_FIELD,
        "actor.member[0].member",
    ),
    "unnamed group alone": ({"actor": {"objectType": "Group"}}, Reason.MISSING, "actor.member"),
    "three vouch": ({"authority": {"objectType": "Group", "member": [AGENT] * 3}}, Reason.NOT_ALLOWED, "authority"),
    "verb that is no IRI": ({"verb": {"id": "answered"}}, Reason.BAD_FORMAT, "verb.id"),
    "language that is none": (
        {"verb": {**VERB, "display": {"de-419-DE": "x"}}},
        Reason.BAD_FORMAT,
        "verb.display.de-419-DE",
    ),
    "definition that is text": ({"object": {**TASK, "definition": "x"}}, Reason.WRONG_TYPE, "object.definition"),
    "choices without a type": (
        {"object": {**TASK, "definition": {"choices": [{"id": "a"}]}}},
        Reason.MISSING,
        "object.definition.interactionType",
    ),
    "scale of a choice": (
        {"object": {**TASK, "definition": {"interactionType": "choice", "scale": [{"id": "a"}]}}},
        Reason.NOT_ALLOWED,
        "object.definition.scale",
    ),
    "same choice twice": (
        {"object": {**TASK, "definition": {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}}},
        Reason.NOT_ALLOWED,
        "object.definition.choices",
    ),
    "within within": ({"object": {**INNER, "object": INNER}}, Reason.NOT_ALLOWED, "object.object"),
    "id within": ({"object": {**INNER, "id": UUID}}, Reason.UNKNOWN_FIELD, "object.id"),
    "scaled too high": ({"result": {"score": {"scaled": 1.01}}}, Reason.OUT_OF_RANGE, "result.score.scaled"),
    "raw above max": ({"result": {"score": {"raw": 6, "max": 5}}}, Reason.OUT_OF_RANGE, "result.score.raw"),
    "min at max": ({"result": {"score": {"min": 5, "max": 5}}}, Reason.OUT_OF_RANGE, "result.score.min"),
    "number as text": ({"result": {"score": {"raw": "5"}}}, Reason.WRONG_TYPE, "result.score.raw"),
    "truth as text": ({"result": {"success": "true"}}, Reason.WRONG_TYPE, "result.success"),
    "duration that is none": ({"result": {"duration": "PA1H0M0S"}}, Reason.BAD_FORMAT, "result.duration"),
    "extension under a word": ({"result": {"extensions": {"e": 1}}}, Reason.BAD_FORMAT, "result.extensions.e"),
    "time of no zone": ({"timestamp": "2008-09-15T15:53:00.601-00:00"}, Reason.BAD_FORMAT, "timestamp"),
    "no such day": ({"timestamp": "2026-02-30T00:00:00Z"}, Reason.BAD_FORMAT, "timestamp"),
    "another version": ({"version": "1.1.0"}, Reason.BAD_FORMAT, "version"),
    "platform of a person": ({"object": AGENT, "context": {"platform": "x"}}, Reason.NOT_ALLOWED, "context.platform"),
    "team of one": ({"context": {"team": AGENT}}, Reason.NOT_ALLOWED, "context.team.objectType"),
    "attachment elsewhere": (
        {"attachments": [{name: part for name, part in ATTACHMENT.items() if name != "fileUrl"}]},
        Reason.MISSING,
        "attachments[0].fileUrl",
    ),
    "voids an activity": ({"verb": {"id": VOIDED}}, Reason.NOT_ALLOWED, "object"),
    "second version": ({"version": "2.0.0"}, Reason.BAD_FORMAT, "version"),
}


def verdict(statement: object) -> int:
    try:
        check_statement(statement)
    except FaultError:
        return 400
    return 200


def test_every_case_of_the_conformance_sample_ends_as_it_should(standards_dir: Path) -> None:
    cases = json.loads((standards_dir / "xapi" / "conformance-sample.json").read_text(encoding="utf-8"))
    wrong = [f"{one['config']}: {one['case']}" for one in cases if verdict(one["statement"]) != one["expect"]]
    assert not wrong
    assert len(cases) >= 180


def test_what_the_fast_way_takes_holds_by_the_exact_rules(standards_dir: Path) -> None:
    cases = json.loads((standards_dir / "xapi" / "conformance-sample.json").read_text(encoding="utf-8"))
    taken = [one["statement"] for one in cases if xapi_fast.read(json.dumps(one["statement"]).encode()) is not None]
    assert [verdict(one) for one in taken] == [200] * len(taken)
    assert len(taken) > 30


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD)
def test_what_is_valid_is_taken(changes: dict[str, Any]) -> None:
    check_statement({**PLAIN, **changes})


@pytest.mark.parametrize(("changes", "reason", "place"), BAD.values(), ids=BAD)
def test_what_is_not_valid_is_refused_where_it_is_wrong(changes: dict[str, Any], reason: Reason, place: str) -> None:
    statement = {**PLAIN, **changes}
    with pytest.raises(FaultError, match=reason.value) as caught:
        check_statement(statement)
    assert (caught.value.reason, caught.value.place) == (reason, place)
    assert reason.sentence in caught.value.sentence
    assert xapi_fast.read(json.dumps(statement).encode()) is None or reason is Reason.BAD_FORMAT


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_what_a_statement_must_have_is_missed_by_name(name: str) -> None:
    with pytest.raises(FaultError, match=f"{name}: missing"):
        check_statement({key: part for key, part in PLAIN.items() if key != name})


def test_the_second_version_is_let_in_where_it_is_asked_for() -> None:
    agents = [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["https://x.fi/t"]}]
    statement = {**PLAIN, "version": "2.0.0", "context": {"contextAgents": agents}}
    check_statement(statement, second=True)
    with pytest.raises(FaultError, match="version: bad_format"):
        check_statement(statement)


@pytest.mark.parametrize("value", [None, 1, "statement", [], [PLAIN]])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(FaultError, match="wrong_type"):
        check_statement(value)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(["", "x", "https://x.fi/a", "fi", "Agent", "Group", "PT1S", "2026-03-05T09:12:33Z", UUID]),
)
WHOLE: dict[str, Any] = {
    **PLAIN,
    "id": UUID,
    "result": {"score": {"scaled": 0.5, "raw": 3, "min": 0, "max": 5}, "success": True, "duration": "PT5S"},
    "context": {
        "registration": UUID,
        "language": "fi",
        "contextActivities": {"grouping": [TASK], "parent": TASK},
        "extensions": {"https://x.fi/e": {"a": None}},
    },
    "timestamp": "2026-03-05T09:12:33.120+02:00",
    "version": "1.0.3",
}


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return (
        [path, *(place for key, one in inside for place in places(one, (*path, key)))]
        if path
        else [place for key, one in inside for place in places(one, (key,))]
    )


@settings(max_examples=150)
@given(st.sampled_from(places(WHOLE)), LEAVES)
def test_the_fast_way_is_never_laxer_whatever_is_changed(place: tuple[Any, ...], value: object) -> None:
    statement = deepcopy(WHOLE)
    inner: Any = statement
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    taken = xapi_fast.read(msgspec.json.encode(statement))
    if taken is not None and verdict(statement) == 400:
        # The one thing that the fast way leaves to its caller: whether there is such a day.
        assert place[-1] in {"timestamp", "stored"}
