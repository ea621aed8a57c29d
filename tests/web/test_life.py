"""The life of a suggestion over the interface: offered, seen, decided, taken back; and what the log says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from polku.store.engine import begin
from polku.store.packing import unpacked
from village import ALICE, DAY, GROUP, Village, assert_problem, row

PATH, LIFE = f"/v1/learners/{ALICE}/path", f"/v1/learners/{ALICE}/suggestions"
T07 = {"by": "T07", "role": "teacher"}
TOGETHER = f"/v1/groups/{GROUP}/decisions"


def payloads(village: Village, kind: str) -> list[dict[str, Any]]:
    joined = "log JOIN log_payloads USING (provider_id, entry_id)"
    statement = f"SELECT payload FROM {joined} WHERE kind = :kind ORDER BY appended_at"  # noqa: S608 - names of our own
    with begin(village.store.engine, write=False) as connection:
        return [json.loads(unpacked(found.payload)) for found in connection.execute(text(statement), {"kind": kind})]


def suggested(village: Village, place: int = 0) -> str:
    return str(village.get(PATH)["options"][place]["suggestion_id"])


def decided(village: Village, suggestion_id: str, **said: object) -> str:
    answer = village.client.post(f"/v1/suggestions/{suggestion_id}/decision", json=T07 | said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["decision_id"])


def events(village: Village, suggestion_id: str) -> list[tuple[str, bool]]:
    (one,) = (one for one in village.get(LIFE)["suggestions"] if one["suggestion_id"] == suggestion_id)
    return [(event["what"], event["stands"]) for event in one["events"]]


def test_a_life_from_offer_to_undoing(village: Village) -> None:
    suggestion = suggested(village)
    made = decided(village, suggestion, decision="reject", reason="on_paper")
    undo = f"/v1/suggestions/{suggestion}/decisions/{made}/undo"
    assert village.client.post(undo, json=T07 | {"reason": "by_mistake"}).status_code == 201
    assert_problem(village.client.post(undo, json=T07), 409, "conflict")
    told = events(village, suggestion)
    assert told == [("offered", True), ("seen", True), ("reject", False), ("undo", False)]
    assert suggestion in {option["suggestion_id"] for option in village.get(PATH)["options"]}


def test_seeing_is_recorded_once(village: Village) -> None:
    suggestion = suggested(village)
    for _ in range(3):
        village.get(PATH)
        assert village.client.post(f"/v1/suggestions/{suggestion}/seen").json()["first"] is False
    assert [what for what, _ in events(village, suggestion)] == ["offered", "seen"]
    assert len(payloads(village, "seen")) == 1


def test_a_decision_stands_for_good_after_its_time(village: Village) -> None:
    suggestion = suggested(village)
    made = decided(village, suggestion, decision="accept")
    village.clock.now += 15 * DAY
    answer = village.client.post(f"/v1/suggestions/{suggestion}/decisions/{made}/undo", json=T07)
    assert "too long ago" in assert_problem(answer, 409, "conflict")["title"]


def test_an_undoing_names_the_decision_of_that_suggestion(village: Village) -> None:
    made = decided(village, suggested(village), decision="accept")
    other = f"/v1/suggestions/{suggested(village, 1)}/decisions/{made}/undo"
    assert_problem(village.client.post(other, json=T07), 404, "not-found")


def test_a_learner_takes_back_no_teacher_s_word(village: Village) -> None:
    suggestion = suggested(village)
    made = decided(village, suggestion, decision="reject")
    undo = f"/v1/suggestions/{suggestion}/decisions/{made}/undo"
    assert_problem(village.client.post(undo, json={"by": ALICE, "role": "learner"}), 403, "forbidden")


def test_a_paused_skill_comes_back_on_its_day(village: Village) -> None:
    option = village.get(PATH)["options"][0]
    decided(village, option["suggestion_id"], decision="pause", until="2026-06-10")
    assert option["skill_id"] not in {one["skill_id"] for one in village.get(PATH)["options"]}
    village.clock.now += 5 * DAY
    village.get(PATH)
    with village.store.read() as tx:
        assert not tx.decisions.paused(ALICE, village.clock.now)


@pytest.mark.parametrize("role", ["guardian", "administrator"])
def test_only_teachers_and_learners_decide(village: Village, role: str) -> None:
    said = {"decision": "accept", "by": "G01", "role": role}
    answer = village.client.post(f"/v1/suggestions/{suggested(village)}/decision", json=said)
    assert_problem(answer, 422, "invalid-input")


def first_options(village: Village) -> list[str]:
    """Return each learner's first suggestion without showing it to anybody."""
    with village.store.begin() as tx:
        held = village.app.state.service.suggester
        offers = [held.offer(tx, learner.learner_id) for learner in tx.roster.group(GROUP)]
    return [offer.suggestions[0].suggestion_id for offer in offers]


def test_together_only_what_was_seen(village: Village) -> None:
    ids = first_options(village)
    answer = village.client.post(TOGETHER, json=T07 | {"suggestion_ids": ids})
    said = assert_problem(answer, 409, "conflict")
    assert said["got"].startswith(f"{len(ids)} of {len(ids)}")
    village.get(f"/v1/groups/{GROUP}/suggestions")
    made = village.client.post(TOGETHER, json=T07 | {"suggestion_ids": ids})
    assert made.status_code == 201, made.text
    assert len(set(made.json()["decision_ids"])) == len(ids)
    assert len(payloads(village, "decided")) == len(ids), "one entry of the log each"


def test_together_is_at_most_a_class_each_once_and_of_one_group(village: Village) -> None:
    ids = first_options(village)
    assert_problem(village.client.post(TOGETHER, json=T07 | {"suggestion_ids": ["x"] * 31}), 422, "invalid-input")
    assert_problem(village.client.post(TOGETHER, json=T07 | {"suggestion_ids": ids[:1] * 2}), 422, "invalid-input")
    assert_problem(village.client.post(TOGETHER, json=T07 | {"suggestion_ids": ["none"]}), 404, "not-found")
    with village.store.read() as tx:
        other = next(group for group in tx.roster.groups() if group != GROUP)
    elsewhere = village.client.post(f"/v1/groups/{other}/decisions", json=T07 | {"suggestion_ids": ids[:1]})
    assert_problem(elsewhere, 404, "not-found")


def test_the_log_of_an_offer_holds_all_that_it_stands_on(village: Village) -> None:
    village.get(PATH)
    village.post(row("new-1"), row("new-2", answered_at="2026-06-05T09:01:00+03:00", correct=0))
    suggestion = suggested(village)
    first, *_, last = payloads(village, "offered")
    for said in (first, last):
        assert {"learner_id", "offered_at", "path", "candidates", "context", "suggestions"} <= said.keys()
        context = said["context"]
        assert all(len(context[name]) == 64 for name in ("curriculum", "graph", "features", "item_statistics"))
        assert context["asked_by"] == {"viewer": "this machine", "role": "administrator"}
        assert all(option["reasons"] for option in said["path"]["options"])
        assert all({"score", "propensity", "terms"} <= one.keys() for one in said["candidates"])
        assert {one["policy_hash"] for one in said["suggestions"]} != {""}
    with village.store.read() as tx:
        answered = {one.response_id for one in tx.responses.of([ALICE])}
    whole, since = (said["context"]["evidence"] for said in (first, last))
    assert whole["after"] is None
    assert since["after"] == first["context"]["last_key"]
    assert since["response_ids"] == ["new-1", "new-2"]
    assert {*whole["response_ids"], *since["response_ids"]} == answered
    assert suggestion in {one["suggestion_id"] for one in last["suggestions"]}
