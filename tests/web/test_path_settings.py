"""What teachers settle about paths, over the API: stored, logged, and followed by the next path."""

from __future__ import annotations

from typing import Any

import pytest

from polku.paths.suggester import Suggester
from polku.store.transaction import Transaction
from village import ALICE, DAY, SKILL, Village, assert_problem, row

OWN = f"/v1/learners/{ALICE}/path-settings"
WHO = {"by": "T07", "role": "teacher"}
NOTHING = dict.fromkeys(("goals", "pins", "locked", "load", "threshold", "explore", "syllabus", "drift", "decision"))


def put(village: Village, address: str, **settings: object) -> dict[str, Any]:
    answer = village.client.put(address, json=WHO | settings)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def steps(village: Village) -> dict[str, Any]:
    return village.get(f"/v1/learners/{ALICE}/path")


def test_nothing_is_settled_at_first(village: Village) -> None:
    assert village.get(OWN) == {"settled": NOTHING, "holds": NOTHING, "by": None, "at": None}


def test_what_is_settled_comes_back_with_who_and_when(village: Village) -> None:
    said = put(village, OWN, pins=[SKILL], explore=False, load=2, decision="dnro 12/2026")
    assert said == village.get(OWN)
    assert said["settled"] == NOTHING | {"pins": [SKILL], "explore": False, "load": 2, "decision": "dnro 12/2026"}
    assert said["by"] == "T07"
    assert said["at"] <= village.clock.now


def test_a_learners_settings_hold_before_the_groups(village: Village) -> None:
    with village.store.read() as tx:
        listed = tx.roster.learner(ALICE)
    assert listed is not None
    address = f"/v1/groups/{listed.group_id}/path-settings"
    put(village, address, load=2, explore=False)
    put(village, OWN, load=3)
    assert village.get(OWN)["holds"] == NOTHING | {"load": 3, "explore": False}
    assert village.get(address)["holds"] == NOTHING | {"load": 2, "explore": False}


def test_a_path_follows_what_is_settled_at_once(village: Village) -> None:
    before = steps(village)
    away = before["options"][0]["skill_id"]
    put(village, OWN, locked=[away], load=2)
    after = steps(village)
    assert away not in [step["skill_id"] for step in (*after["options"], *after["path"])]
    assert len(after["options"]) == 2
    put(village, OWN)
    assert len(steps(village)["options"]) == 3


def test_a_pin_leads_the_way_there(village: Village) -> None:
    curriculum = village.app.state.service.suggester.released
    with village.store.read() as tx:
        graph = curriculum(tx).lens.curriculum
    pin = steps(village)["path"][-1]["skill_id"]
    put(village, OWN, pins=[pin])
    assert steps(village)["path"][0]["skill_id"] in graph.ancestors(pin) | {pin}


def test_an_unknown_skill_is_refused_with_the_nearest(village: Village) -> None:
    answer = village.client.put(OWN, json=WHO | {"goals": [SKILL + "x"]})
    said = assert_problem(answer, 404, "not-found")
    assert SKILL in str(said)
    assert village.get(OWN)["settled"] == NOTHING


@pytest.mark.parametrize(
    ("more", "slug"),
    [
        ({"role": "learner"}, "invalid-input"),
        ({"load": 4}, "invalid-input"),
        ({"threshold": 0.2}, "invalid-input"),
        ({"syllabus": "both"}, "invalid-input"),
        ({"grade": 9}, "invalid-input"),
        ({"drift": -1}, "invalid-input"),
        ({"pins": [SKILL], "locked": [SKILL]}, "invalid-input"),
        ({"by": "131052-308T"}, "invalid-input"),
        ({"decision": "131052-308T"}, "invalid-input"),
    ],
)
def test_settings_that_do_not_hold(village: Village, more: dict[str, object], slug: str) -> None:
    assert_problem(village.client.put(OWN, json=WHO | more), 422, slug)


@pytest.mark.parametrize("address", ["/v1/learners/nobody/path-settings", "/v1/groups/9Z/path-settings"])
def test_of_somebody_nobody_has_heard_of(village: Village, address: str) -> None:
    assert_problem(village.client.get(address), 404, "not-found")
    assert_problem(village.client.put(address, json=WHO), 404, "not-found")


def put_aside(village: Village, tx: Transaction) -> frozenset[str]:
    suggester: Suggester = village.app.state.service.suggester
    return suggester._away(tx, suggester.standing(tx, ALICE), tx.decisions.of(ALICE))


def test_what_was_put_aside_comes_back_after_its_time(village: Village) -> None:
    away = steps(village)["options"][0]
    village.client.post(f"/v1/suggestions/{away['suggestion_id']}/decision", json=WHO | {"decision": "reject"})
    assert away["skill_id"] not in [step["skill_id"] for step in steps(village)["options"]]
    village.clock.now += 61 * DAY
    with village.store.begin() as tx:
        assert not put_aside(village, tx)


def test_new_evidence_brings_it_back_before(village: Village) -> None:
    away = steps(village)["options"][0]
    village.client.post(f"/v1/suggestions/{away['suggestion_id']}/decision", json=WHO | {"decision": "reject"})
    with village.store.begin() as tx:
        assert put_aside(village, tx) == {away["skill_id"]}
    later = {"skill_ids": [away["skill_id"]], "answered_at": "2026-06-05T19:00:00+03:00"}
    village.post(*(row(f"new-{place}", item_id=f"i{place}", **later) for place in range(3)))
    with village.store.begin() as tx:
        assert not put_aside(village, tx)


def test_switched_off_nothing_is_drawn_and_the_log_says_so(village: Village) -> None:
    put(village, OWN, explore=False)
    steps(village)
    with village.store.read() as tx:
        offer = tx.suggestions.latest(ALICE)
    assert offer is not None
    assert {one["first"] for one in offer.candidates} <= {0.0, 1.0}
    assert {one["propensity"] for one in offer.candidates} <= {0.0, 1.0}


def test_goals_beside_a_decision_are_all_that_is_suggested(village: Village) -> None:
    with village.store.read() as tx:
        graph = village.app.state.service.suggester.released(tx).lens.curriculum
    said = put(village, OWN, goals=["MA79.S1.02"], decision="dnro 12/2026")
    assert said["holds"] == NOTHING | {"goals": ["MA79.S1.02"], "decision": "dnro 12/2026"}
    own = {"MA79.S1.02", *graph.ancestors("MA79.S1.02")}
    path = steps(village)
    assert {step["skill_id"] for step in (*path["options"], *path["path"])} <= own
    put(village, OWN, goals=["MA79.S1.02"])
    assert not {step["skill_id"] for step in steps(village)["options"]} <= own


def test_a_decision_holds_beside_what_it_is_about_and_no_longer(village: Village) -> None:
    with village.store.read() as tx:
        listed = tx.roster.learner(ALICE)
    assert listed is not None
    put(village, f"/v1/groups/{listed.group_id}/path-settings", goals=["MA79.S1.02"], decision="dnro 12/2026")
    assert put(village, OWN, load=2)["holds"]["decision"] == "dnro 12/2026"
    own = put(village, OWN, goals=[SKILL])
    assert own["holds"] == NOTHING | {"goals": [SKILL]}, "the group's decision is not about these goals"
