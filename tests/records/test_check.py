"""One row at a time: what the service is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.records import DenyRules, Items, Refusal, Response, check_response

GOOD: dict[str, Any] = {
    "response_id": "r1",
    "learner_id": "anna",
    "item_id": "i1",
    "skill_ids": ["b", "a"],
    "answered_at": "1970-01-01T00:00:01Z",
    "correct": 1,
}


def refused(row: dict[str, Any], **more: Any) -> Refusal:
    outcome = check_response(row, **more)
    assert isinstance(outcome, Refusal)
    return outcome


def test_a_good_row_becomes_a_response() -> None:
    assert check_response(GOOD) == Response("r1", "anna", "i1", ("a", "b"), 1_000_000, 1_000_000, 1.0)


def test_optional_fields_are_taken() -> None:
    more = {"known_at": "1970-01-01T00:00:02Z", "duration_s": 3, "school_id": "s", "group_id": 7}
    one = check_response(GOOD | more)
    assert isinstance(one, Response)
    assert (one.known_at, one.duration_s, one.school_id, one.group_id) == (2_000_000, 3.0, "s", "7")
    assert one.fold_key == (2_000_000, 1_000_000, "r1")


def test_an_order_number_is_a_time_without_a_clock() -> None:
    one = check_response(GOOD | {"answered_at": 7})
    assert isinstance(one, Response)
    assert (one.answered_at, one.clock) == (7, False)


@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"response_id": None}, "missing", "response_id"),
        ({"learner_id": ""}, "missing", "learner_id"),
        ({"item_id": "a\x00"}, "control_character", "item_id"),
        ({"skill_ids": []}, "no_skills", "skill_ids"),
        ({"answered_at": "1970-01-01T00:00:01"}, "no_zone", "answered_at"),
        ({"correct": "high"}, "not_a_number", "correct"),
        ({"known_at": "soon"}, "bad_time", "known_at"),
        ({"known_at": 7}, "mixed_time", "known_at"),
        ({"duration_s": -1}, "out_of_range", "duration_s"),
        ({"school_id": 1.5}, "wrong_type", "school_id"),
        ({"group_id": "x" * 201}, "too_long", "group_id"),
    ],
)
def test_a_refusal_names_reason_and_column(change: dict[str, Any], reason: str, column: str) -> None:
    refusal = refused(GOOD | change)
    assert (refusal.reason.value, refusal.column, refusal.line) == (reason, column, 0)
    assert refusal.explanation == refusal.reason.sentence
    assert set(json.loads(refusal.row)) == {*GOOD, *change}


def test_a_missing_field_is_missing() -> None:
    assert refused({}).column == "response_id"


def test_the_expected_kind_of_time_is_asked_for() -> None:
    assert isinstance(check_response(GOOD, clock=True), Response)
    assert refused(GOOD, clock=False).reason == "mixed_time"
    assert refused(GOOD | {"answered_at": 7}, clock=True).column == "answered_at"


def test_items_give_the_skills_of_a_row_without() -> None:
    items = Items.of([{"item_id": "i1", "skill_ids": ("s",), "title": ""}])
    one = check_response(GOOD | {"skill_ids": None}, items=items)
    assert isinstance(one, Response)
    assert one.skill_ids == ("s",)
    assert refused(GOOD | {"skill_ids": None, "item_id": "i2"}, items=items).reason == "no_skills"


def test_what_may_not_be_kept_is_not_in_the_refusal() -> None:
    row = GOOD | {"learner_id": "010190-123A", "mood": "sad"}
    refusal = refused(row, deny=DenyRules(columns={"mood": "emotion"}))
    assert refusal.reason == "identity_code"
    kept = json.loads(refusal.row)
    assert (kept["learner_id"], kept["mood"]) == ("[removed: personal identity code]", "[removed: emotion]")


@pytest.mark.parametrize("more", [{"Mood": "sad"}, {"extensions": {"mood": "sad"}}, {"context": [{"MOOD": 1}]}])
def test_a_field_that_is_kept_nowhere_is_refused_with_its_reason_however_deep(more: dict[str, object]) -> None:
    deny = DenyRules(columns={"mood": "emotion"}, whys={"emotion": "A mood is no evidence."})
    refusal = refused(GOOD | more, deny=deny)
    assert (refusal.reason, refusal.column.casefold()) == ("denied_field", "mood")
    assert refusal.explanation == "the row holds a field that is kept nowhere (emotion: A mood is no evidence.)"
    assert "sad" not in refusal.row


def test_other_fields_are_left_alone() -> None:
    assert isinstance(check_response(GOOD | {"device": {"kind": "tablet"}}, deny=DenyRules()), Response)
