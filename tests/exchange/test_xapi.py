"""Statements to evidence: whose, of what, how well, when; what has no effect; what is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.exchange import xapi
from polku.exchange.links import Links
from polku.exchange.xapi_out import VERBS, Happening, statements_of
from polku.exchange.xapi_rules import check_statement
from polku.records import DenyRules, Reason, Refusal
from polku.records.elements import Element, Evidence, NoEffect, Voiding

LINKS = Links({"MA79.S3.01": "MA79.S3.01", "MA79.S3.02": "MA79.S3.02"}, {"i7"})
UUID = "8ff6b88f-430f-4c72-9e3a-7d895740e555"
PLAIN: dict[str, Any] = {
    "id": UUID,
    "actor": {"account": {"homePage": "https://x.fi", "name": "anna"}},
    "verb": {"id": xapi.ADL + "answered"},
    "object": {"id": "https://x.fi/tasks/i7"},
    "result": {"score": {"scaled": 0.5}},
    "timestamp": "1970-01-01T02:00:01+02:00",
}


def said(keep: bool = False, **changes: Any) -> Element:
    statement = {**PLAIN, **changes}
    content = json.dumps({name: part for name, part in statement.items() if part is not None}).encode()
    return xapi.element(content, LINKS, DenyRules(columns={"hetu": "personal identity code"}), keep=keep)


def evidence(**changes: Any) -> Evidence:
    found = said(**changes)
    assert isinstance(found, Evidence), found
    return found


def test_a_statement_says_whose_of_what_how_well_and_when() -> None:
    found = evidence(result={"score": {"scaled": 0.5}, "duration": "PT1M30.5S"})
    assert (found.element_id, found.learner_id, found.item_id) == (UUID, "anna", "i7")
    assert (found.correct, found.answered_at, found.duration_s) == (0.5, 1_000_000, 90.5)


@pytest.mark.parametrize(
    ("result", "correct"),
    [
        ({"score": {"scaled": 0.25, "raw": 9, "min": 0, "max": 10}, "success": True}, 0.25),
        ({"score": {"raw": 15, "min": 10, "max": 20}, "success": True}, 0.5),
        ({"score": {"raw": 3, "max": 4}}, 0.75),
        ({"score": {"raw": 3}, "success": False}, 0.0),
        ({"success": True}, 1.0),
        ({"score": {"scaled": -0.5}}, 0.0),
    ],
)
def test_the_scaled_score_comes_first_then_the_raw_one_then_yes_or_no(result: Any, correct: float) -> None:
    assert evidence(result=result).correct == correct


@pytest.mark.parametrize(("verb", "correct"), [("passed", 1.0), ("mastered", 1.0), ("failed", 0.0)])
def test_some_verbs_say_it_themselves(verb: str, correct: float) -> None:
    assert evidence(verb={"id": xapi.ADL + verb}, result=None).correct == correct


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"result": None}, "ungraded"),
        ({"result": {"completion": True}}, "ungraded"),
        ({"result": {"score": {"raw": 3}}}, "ungraded"),
        ({"verb": {"id": xapi.ADL + "experienced"}}, "other_verb"),
        ({"verb": {"id": "https://w3id.org/xapi/adl/verbs/waived"}}, "other_verb"),
        ({"object": {"objectType": "Agent", "mbox": "mailto:b@x.fi"}}, "other_object"),
        ({"actor": {"mbox": "mailto:anna@x.fi"}}, "no_learner"),
        ({"actor": {"objectType": "Group", "account": {"homePage": "https://x.fi", "name": "7A"}}}, "no_learner"),
    ],
)
def test_what_says_nothing_about_a_skill_is_taken_without_effect(changes: dict[str, Any], why: str) -> None:
    found = said(**changes)
    assert isinstance(found, NoEffect)
    assert found.why == why


def test_skills_come_from_what_the_statement_is_grouped_under() -> None:
    one, other = ({"id": f"https://polku.example/ims/case/v1p1/CFItems/MA79.S3.0{n}"} for n in (1, 2))
    activities = {
        "grouping": one,
        "other": [other, {"id": "https://x.fi/unknown"}],
        "parent": [{"id": "https://x.fi/s"}],
    }
    assert evidence(context={"contextActivities": activities}).skill_ids == ("MA79.S3.01", "MA79.S3.02")


def test_an_item_that_the_bank_does_not_know_keeps_its_iri() -> None:
    assert evidence(object={"id": "https://x.fi/tasks/i8"}).item_id == "https://x.fi/tasks/i8"


def test_a_voiding_names_its_target() -> None:
    found = said(verb={"id": xapi.ADL + "voided"}, object={"objectType": "StatementRef", "id": UUID.upper()}, id=None)
    assert isinstance(found, Voiding)
    assert found.target_id == UUID


def test_times_are_instants_whatever_their_zone_and_may_be_missing() -> None:
    assert evidence(timestamp="1970-01-01T00:00:01Z").answered_at == evidence().answered_at == 1_000_000
    assert evidence(timestamp=None).answered_at is None
    assert evidence(timestamp=None, stored="1970-01-01T00:00:02Z").answered_at == 2_000_000
    bare = evidence(timestamp="1970-01-01T00:00:03")
    assert (bare.answered_at, bare.flags) == (3_000_000, ("no_zone",))


def test_the_same_content_has_the_same_digest_and_other_content_another() -> None:
    shuffled = json.dumps(dict(reversed(PLAIN.items()))).encode()
    again = xapi.element(shuffled, LINKS, DenyRules())
    assert isinstance(again, Evidence)
    assert again.digest == evidence().digest == evidence(stored="2026-01-01T00:00:00Z", version="1.0.0").digest
    others = [
        evidence(result={"score": {"scaled": 0.6}}),
        evidence(timestamp=None),
        evidence(verb={"id": xapi.ADL + "failed"}),
    ]
    assert len({one.digest for one in (again, *others)}) == 4


def test_a_statement_without_an_id_gets_the_same_one_each_time() -> None:
    assert evidence(id=None).element_id == evidence(id=None).element_id != UUID


def test_personal_data_are_counted_and_kept_nowhere() -> None:
    teacher = {"name": "Maija Mehiläinen", "mbox": "mailto:maija@x.fi"}
    extensions = {"https://x.fi/hetu": "131052-308T", "https://x.fi/password": "salasana1"}
    found = evidence(context={"instructor": teacher, "extensions": extensions})
    assert sorted(found.dropped) == [
        "e-mail address",
        "name",
        "password",
        "personal identity code",
        "personal identity code",
    ]
    assert found.content is None


def test_what_its_sender_may_read_back_holds_no_personal_data() -> None:
    actor = {"name": "Anna Aalto", "mbox": "mailto:anna@x.fi"}
    found = said(keep=True, actor=actor, result={"response": "my cat is called Aatu", "success": True})
    assert isinstance(found, NoEffect)
    assert found.content is not None
    assert not any(word in found.content for word in ("Anna", "anna@x.fi", "Aatu", "cat"))
    assert sorted(found.dropped) == ["e-mail address", "name", "own words"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 20_000, b'{"a": NaN}'])
def test_what_is_no_json_is_refused_without_being_kept(content: bytes) -> None:
    found = xapi.element(content, LINKS, DenyRules())
    assert isinstance(found, Refusal)
    assert found.reason is Reason.NOT_JSON
    assert json.loads(found.row) == {"bytes": len(content)}


def test_what_is_refused_lies_in_quarantine_as_its_learners() -> None:
    found = said(verb={"id": "x"}, actor={**PLAIN["actor"], "name": "Anna Aalto"})
    assert isinstance(found, Refusal)
    row = json.loads(found.row)
    assert row["learner_id"] == "anna"
    assert "Aalto" not in found.row
    assert (found.reason, found.column) == (Reason.BAD_FORMAT, "verb.id")


def test_statements_of_suggestions_are_valid_and_say_no_more_than_what_happened() -> None:
    happenings = [Happening(f"e{n}", what, "s1", "anna", "MA79.S3.01", n) for n, what in enumerate(VERBS)]
    cfitem = "https://polku.example.fi/ims/case/v1p1/CFItems/6f1b0f0a-3b0e-5c55-9d5b-2a6c2f0f5d4e"
    made = list(statements_of(happenings, platform="https://polku.example.fi/", cfitems={"MA79.S3.01": cfitem}))
    for one in made:
        check_statement(one)
        assert one["context"]["contextActivities"]["grouping"][0]["id"] == cfitem
        assert "result" not in one
    assert len({one["id"] for one in made}) == len(VERBS)
    again = list(statements_of(happenings, platform="https://polku.example.fi", cfitems={"MA79.S3.01": cfitem}))
    assert again == made
