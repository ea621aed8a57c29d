"""Answers that are corrected or taken back by the API: the profile follows, the history stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.records import Response
from village import ALICE, SKILL, Answer, Village, assert_problem, row

WHO = {"by": "T07", "role": "teacher", "reason": "read wrongly"}


def correct(village: Village, response_id: str, **changes: object) -> Answer:
    content = json.dumps(WHO | {"changes": changes})
    address = f"/v1/responses/{response_id}/corrections"
    answer: Answer = village.client.post(address, content=content, headers={"content-type": "application/json"})
    return answer


def void(village: Village, response_id: str) -> Answer:
    answer: Answer = village.client.post(f"/v1/responses/{response_id}/void", json=WHO)
    return answer


def stored(village: Village, response_id: str = "a") -> Response:
    with village.store.read() as tx:
        return tx.responses.latest(response_id)


def profile(village: Village, learner: str = ALICE) -> dict[str, Any]:
    return village.get(f"/v1/learners/{learner}/profile")


def test_a_corrected_profile_is_that_of_who_answered_so_from_the_first(village: Village) -> None:
    village.post(row("a", learner_id="anna", correct=0), row("b", learner_id="anna"))
    before = profile(village, "anna")
    said = correct(village, "a", correct=1)
    assert said.json() == {"response_id": "a", "kind": "correct", "number": 1, "repeated": False}
    after = profile(village, "anna")
    assert after["skills"] != before["skills"]
    assert correct(village, "a", correct=0).json()["number"] == 2
    assert profile(village, "anna") == before


def test_a_void_answer_counts_no_longer_and_may_come_back(village: Village) -> None:
    before = profile(village)
    village.post(row("a"))
    whole = profile(village)
    assert void(village, "a").json() == {"response_id": "a", "kind": "void", "number": 1, "repeated": False}
    assert profile(village)["answers"] == before["answers"] == whole["answers"] - 1
    assert correct(village, "a", correct=1).json()["number"] == 2
    assert profile(village) == whole


def test_the_same_again_changes_nothing(village: Village) -> None:
    village.post(row("a"))
    assert [correct(village, "a", correct=0.5).json()["repeated"] for _ in range(2)] == [False, True]
    assert [void(village, "a").json()["repeated"] for _ in range(2)] == [False, True]


def test_what_is_left_out_stays_and_null_empties(village: Village) -> None:
    village.post(row("a", duration_s=7, group_id="7A"))
    before = stored(village)
    assert correct(village, "a", correct=0.5, duration_s=None).status_code == 200
    after = stored(village)
    assert (after.correct, after.duration_s, after.group_id) == (0.5, None, "7A")
    assert (after.answered_at, after.known_at, after.skill_ids) == (before.answered_at, before.known_at, (SKILL,))


def test_another_item_brings_the_skills_of_the_bank_along(village: Village) -> None:
    village.post(row("a"))
    with village.store.read() as tx:
        item, skills = next((item, skills) for item, skills in tx.items.all().skills.items() if SKILL not in skills)
    assert correct(village, "a", item_id=item).status_code == 200
    assert (stored(village).item_id, stored(village).skill_ids) == (item, skills)
    assert_problem(correct(village, "a", item_id="unheard-of"), 422, "invalid-input")
    assert correct(village, "a", item_id="unheard-of", skill_ids=[SKILL]).status_code == 200


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"correct": 2}, "correct"),
        ({"correct": None}, "correct"),
        ({"correct": 10**400}, "correct"),
        ({"answered_at": 17}, "answered_at"),
        ({"answered_at": "2026-06-05T09:00:00"}, "answered_at"),
        ({"item_id": "010190-123A", "skill_ids": [SKILL]}, "item_id"),
        ({"item_id": "a\x00b", "skill_ids": [SKILL]}, "item_id"),
        ({"group_id": "\ud800"}, "group_id"),
        ({"skill_ids": [["a"]]}, "skill_ids"),
        ({"duration_s": -1}, "duration_s"),
    ],
)
def test_a_correction_is_checked_as_any_answer(village: Village, changes: dict[str, object], column: str) -> None:
    village.post(row("a"))
    before = stored(village)
    said = assert_problem(correct(village, "a", **changes), 422, "invalid-input")
    assert said["got"] == column
    assert "010190" not in json.dumps(said)
    assert stored(village) == before


@pytest.mark.parametrize(
    "body",
    [
        WHO | {"changes": {}},
        WHO | {"changes": {"learner_id": "L0002"}},
        WHO | {"changes": {"known_at": "2020-01-01T00:00:00Z"}},
        {"by": "T07", "role": "teacher", "changes": {"correct": 1}},
        WHO | {"reason": "", "changes": {"correct": 0}},
        WHO | {"reason": "010190-123A told me", "changes": {"correct": 0}},
        WHO | {"by": "010190-123A", "changes": {"correct": 0}},
        WHO,
    ],
)
def test_a_correction_says_what_why_and_by_whom(village: Village, body: dict[str, object]) -> None:
    village.post(row("a"))
    answer = village.client.post("/v1/responses/a/corrections", json=body)
    assert answer.status_code == 422, answer.text
    with village.store.read() as tx:
        assert tx.responses.amendments(ALICE) == []


def test_an_answer_nobody_sent_cannot_be_amended(village: Village) -> None:
    assert_problem(correct(village, "never", correct=1), 404, "not-found")
    assert_problem(void(village, "never"), 404, "not-found")


def test_an_id_may_hold_a_slash(village: Village) -> None:
    village.post(row("a/b/void"))
    assert void(village, "a/b/void").json()["response_id"] == "a/b/void"


def test_nesting_without_end_is_refused(village: Village) -> None:
    village.post(row("a"))
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    assert_problem(correct(village, "a", correct=deep), 422, "invalid-input")
