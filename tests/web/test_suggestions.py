"""Decisions: people take them, the log keeps them, a rejection holds."""

from __future__ import annotations

from typing import Any

import pytest

from village import ALICE, Answer, Village, assert_problem, row

PATH = f"/v1/learners/{ALICE}/path"


def decide(village: Village, suggestion_id: str, decision: str, **more: object) -> Answer:
    body = {"decision": decision, "by": "T07", "role": "teacher"} | more
    answer: Answer = village.client.post(f"/v1/suggestions/{suggestion_id}/decision", json=body)
    return answer


def reject(village: Village, option: dict[str, Any]) -> None:
    assert decide(village, option["suggestion_id"], "reject").status_code == 201


@pytest.mark.parametrize("decision", ["accept", "edit", "skip", "reject", "pause"])
def test_a_decision_is_recorded_and_logged(village: Village, decision: str) -> None:
    option = village.get(PATH)["options"][0]
    answer = decide(village, option["suggestion_id"], decision, reason="on_paper")
    assert answer.status_code == 201
    with village.store.read() as tx:
        (kept,) = tx.decisions.of(ALICE)
    assert kept.decision_id == answer.json()["decision_id"]
    assert (kept.decision, kept.skill_id, kept.by, kept.reason) == (
        decision,
        option["skill_id"],
        "T07",
        "on_paper",
    )
    village.store.seal()
    assert village.store.verify_log().whole


def test_what_was_put_aside_does_not_come_back(village: Village) -> None:
    away: set[str] = set()
    for _ in range(5):
        said = village.get(PATH)
        shown = {step["skill_id"] for step in said["options"] + said["path"]}
        assert not shown & away
        reject(village, said["options"][0])
        away.add(said["options"][0]["skill_id"])
    village.post(*(row(f"again-{place}", skill_ids=[skill]) for place, skill in enumerate(sorted(away))))
    assert not {option["skill_id"] for option in village.get(PATH)["options"]} & away


def test_what_was_put_aside_comes_back_when_it_is_accepted(village: Village) -> None:
    before = village.get(PATH)
    reject(village, before["options"][0])
    assert village.get(PATH)["options"] != before["options"]
    assert decide(village, before["options"][0]["suggestion_id"], "accept").status_code == 201
    assert before["options"][0]["skill_id"] in [step["skill_id"] for step in village.get(PATH)["options"]]


def test_the_way_up_is_removed_by_people_only_and_the_answer_says_so(village: Village) -> None:
    for _ in range(400):
        said = village.get(PATH)
        notes = [note["id"] for note in said["notes"]]
        lifting = [option for option in said["options"] if option["grade_level"]]
        if not lifting:
            break
        assert "note.level_removed" not in notes
        for option in lifting:
            reject(village, option)
    assert not lifting
    assert "note.level_removed" in notes


@pytest.mark.parametrize(
    ("more", "status", "slug"),
    [
        ({"decision": "promote"}, 422, "invalid-input"),
        ({"role": "principal"}, 422, "invalid-input"),
        ({"by": ""}, 422, "invalid-input"),
        ({"by": "a\x00"}, 422, "invalid-input"),
        ({"by": "010190-123A"}, 422, "invalid-input"),
        ({"reason": "x" * 1001}, 422, "invalid-input"),
        ({"replacement": "MA79.S9.99", "decision": "edit"}, 404, "not-found"),
        ({"replacement": "MA79.S2.01", "decision": "accept"}, 422, "invalid-input"),
        ({"grade": 8}, 422, "invalid-input"),
    ],
)
def test_a_decision_that_does_not_hold(village: Village, more: dict[str, object], status: int, slug: str) -> None:
    option = village.get(PATH)["options"][0]
    body = {"decision": "reject", "by": "T07", "role": "teacher"} | more
    answer = village.client.post(f"/v1/suggestions/{option['suggestion_id']}/decision", json=body)
    assert "010190" not in str(assert_problem(answer, status, slug))
    with village.store.read() as tx:
        assert not tx.decisions.of(ALICE)


def test_a_suggestion_that_was_never_made(village: Village) -> None:
    assert_problem(decide(village, "never", "accept"), 404, "not-found")


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("agreed with 010190-123A today", "personal identity code"),
        ("was absent on Monday", "attendance"),
        ("oli häiriöksi: häiritsi muita", "behaviour"),
        ("verkar deprimerad", "emotion"),
        ("Kuraattori mukana", "pupil welfare"),
        ("ADHD", "health"),
    ],
)
def test_what_is_kept_nowhere_is_refused_in_somebodys_words(village: Village, words: str, rule: str) -> None:
    option = village.get(PATH)["options"][0]
    said = assert_problem(decide(village, option["suggestion_id"], "reject", reason=words), 422, "invalid-input")
    assert said["title"].startswith(f"the reason says what is kept nowhere ({rule}: ")
    assert words not in str(said)
    with village.store.read() as tx:
        assert not tx.decisions.of(ALICE)


def test_another_skill_can_be_chosen_instead(village: Village) -> None:
    option = village.get(PATH)["options"][0]
    assert decide(village, option["suggestion_id"], "edit", replacement="MA79.S2.01").status_code == 201
    with village.store.read() as tx:
        assert tx.decisions.of(ALICE)[0].replacement == "MA79.S2.01"
