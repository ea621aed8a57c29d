"""One learner: what has been shown so far, and the steps suggested next."""

from __future__ import annotations

from typing import Any

from polku.records import Responses
from village import ALICE, DAY, NOW, SKILL, Village, assert_problem, row

PROFILE, PATH = f"/v1/learners/{ALICE}/profile", f"/v1/learners/{ALICE}/path"


def kept_and_refolded(village: Village, learner_id: str = ALICE) -> tuple[bytes | None, bytes]:
    """Return the profile as it is kept, and as it is when folded anew."""
    with village.store.read() as tx:
        lens = village.app.state.service.suggester.released(tx).lens
        anew = lens.empty()
        anew.fold(tx.responses.of([learner_id]))
        return tx.profiles.get(learner_id, *lens.hashes), anew.to_bytes()


def offers(village: Village) -> int:
    with village.store.read() as tx:
        return tx.suggestions.count()


def skills(said: dict[str, Any], part: str = "options") -> list[str]:
    return [step["skill_id"] for step in said[part]]


def test_a_profile_says_what_was_shown_in_the_curriculums_order(village: Village) -> None:
    said = village.get(PROFILE)
    with village.store.read() as tx:
        answered = tx.responses.of([ALICE])
    order = village.app.state.service.suggester._built_in.lens.curriculum.order
    shown = [one["skill_id"] for one in said["skills"]]
    assert (said["answers"], said["grade"], said["source"], said["bundle"]) == (
        len(answered),
        7,
        "built-in estimate",
        None,
    )
    assert shown == sorted(answered.skills, key=order.index)
    assert sum(one["answers"] for one in said["skills"]) == len(answered.skill)
    assert all(0 < one["mastery"] < 1 and one["title"]["fi"] and one["sd"] > 0 for one in said["skills"])


def test_a_posted_response_changes_the_profile_to_the_same_bits_as_a_refold(village: Village) -> None:
    before = village.get(PROFILE)
    village.post(*(row(f"new-{place}", correct=1) for place in range(6)))
    village.clock.now += DAY
    village.post(row("next-day", correct=0, skill_ids=[SKILL, "MA79.S2.02"]))
    after = village.get(PROFILE)
    assert after["answers"] == before["answers"] + 7
    kept, anew = kept_and_refolded(village)
    assert kept == anew


def test_a_posted_response_can_change_the_path(village: Village) -> None:
    before = village.get(PATH)
    first = skills(before)[0]
    village.post(*(row(f"shown-{place}", skill_ids=[first]) for place in range(12)))
    after = village.get(PATH)
    assert first not in skills(after)
    assert after["offered_at"] > before["offered_at"] > NOW
    assert offers(village) == len(before["options"]) + len(after["options"])


def test_a_late_answer_is_folded_where_it_belongs(village: Village) -> None:
    village.get(PROFILE)
    late = {name: [value] for name, value in row("late").items()}
    late |= {"answered_at": [NOW - 90 * DAY], "known_at": [NOW - 80 * DAY], "skill_ids": [SKILL]}
    with village.store.begin() as tx:
        tx.responses.add(Responses.from_columns(late))
    before, _ = kept_and_refolded(village)
    village.get(PROFILE)
    kept, anew = kept_and_refolded(village)
    assert kept == anew != before


def test_the_built_in_estimate_is_not_made_of_what_a_model_goes_by(village: Village) -> None:
    assert {skill["made_of"] for skill in village.get(f"{PROFILE}?explain=true")["skills"]} == {None}


def test_a_learner_known_from_responses_alone(village: Village) -> None:
    village.post(row("a", learner_id="school/7 & co", skill_ids=["unheard.of", SKILL]))
    said = village.get("/v1/learners/school%2F7%20%26%20co/profile")
    assert (said["grade"], said["answers"]) == (None, 1)
    known, unknown = said["skills"]
    assert (known["skill_id"], known["mastery"] is None) == (SKILL, False)
    assert (unknown["skill_id"], unknown["title"], unknown["mastery"], unknown["answers"]) == (
        "unheard.of",
        {},
        None,
        1,
    )
    path = village.get("/v1/learners/school%2F7%20%26%20co/path")
    assert {option["grade_level"] for option in path["options"]} == {None}


def test_a_path_without_a_released_model_stands_on_the_built_in_rule(village: Village) -> None:
    said = village.get(PATH)
    assert said["rung"] == "prerequisite_rule"
    assert 2 <= len(said["options"]) <= 3
    assert any(option["grade_level"] for option in said["options"])
    assert skills(said)[0] == skills(said, "path")[0]
    for step in said["options"] + said["path"]:
        assert step["kind"] in {"repair", "continue", "stretch", "review"}
        assert {reason["id"].split(".")[0] for reason in step["reasons"]} >= {"why", "evidence", "sureness", "change"}
        assert all(reason[language] for reason in step["reasons"] for language in ("fi", "sv", "en"))
    with village.store.begin() as tx:
        assert all(tx.suggestions.get(option["suggestion_id"]) for option in said["options"])


def test_where_answers_are_too_few_the_order_is_openly_the_curriculums(village: Village) -> None:
    village.post(row("a", learner_id="newcomer"))
    said = village.get("/v1/learners/newcomer/path")
    assert said["rung"] == "curriculum_order"
    assert "note.thin_evidence" in [note["id"] for note in said["notes"]]


def test_asked_again_with_nothing_new_it_is_the_same_offer(village: Village) -> None:
    first = village.get(PATH)
    logged = offers(village)
    village.clock.now += DAY // 24
    assert village.get(PATH) == first
    assert village.get("/v1/groups/7A/suggestions")["learners"][0] == first
    mine = len(first["options"])
    assert logged == mine
    assert village.get(PATH) == first


def test_a_goal_and_a_length_can_be_asked_for(village: Village) -> None:
    said = village.get(f"{PATH}?goal=MA79.S3.05&steps=2")
    assert len(said["path"]) <= 2
    near = assert_problem(village.client.get(f"{PATH}?goal=MA79.S3.5"), 404, "not-found")
    assert "MA79.S3" in near["detail"]


def test_steps_are_few_and_in_order_of_what_builds_on_what(village: Village) -> None:
    said = village.get(f"{PATH}?steps=12")
    graph = village.app.state.service.suggester._built_in.lens.curriculum
    path = skills(said, "path")
    for place, skill in enumerate(path):
        assert not set(path[place + 1 :]) & set(graph.skills[skill].prerequisites)
