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


def test_a_step_says_to_the_learner_what_comes_of_it_in_the_band_of_the_grade(village: Village) -> None:
    said = village.get(PATH)
    assert said["band"] == "13-15"
    for step in said["options"] + said["path"]:
        assert [one["id"].split(".")[0] for one in (step["next_step"], *step["what_if"])][:2] == [
            "next_step",
            "what_if",
        ]
        assert step["next_step"]["values"]["skill"] == step["title"]
        assert all(one[language] for one in step["what_if"] for language in ("fi", "sv", "en"))
        assert abs(sum(step["terms"].values()) - step["score"]) < 0.001
        assert step["terms"].keys() <= said["rules"].keys()
        assert {"evidence", "link"} <= {reason["id"].split(".")[0] for reason in step["reasons"]}
    assert said["stands_on"]["id"] == f"rung.{said['rung']}"


def test_another_band_is_the_same_offer_in_other_words(village: Village) -> None:
    first = village.get(PATH)
    logged = offers(village)
    asked = {band: village.get(f"{PATH}?band={band}") for band in ("7-9", "10-12", "13-15", "16plus")}
    assert offers(village) == logged
    assert asked["13-15"] == first
    for band, said in asked.items():
        assert said["band"] == band
        assert [one["suggestion_id"] for one in said["options"]] == [one["suggestion_id"] for one in first["options"]]
        assert said["options"][0]["reasons"] == first["options"][0]["reasons"]
    texts = {said["options"][0]["next_step"]["fi"] for said in asked.values()}
    assert len(texts) == 4
    assert_problem(village.client.get(f"{PATH}?band=99"), 422, "invalid-input")


def test_an_offer_made_before_there_were_bands_gives_way_to_one_with_them(village: Village) -> None:
    said = village.get(PATH)
    new = {"what_if", "next_step"}
    parts = {
        part: [{name: value for name, value in step.items() if name not in new} for step in said[part]]
        for part in ("options", "path")
    }
    old = {"rung": said["rung"], "notes": said["notes"], **parts}
    with village.store.begin() as tx:
        tx.suggestions.offer(
            ALICE, path=old, candidates=[], scores={}, propensity={}, policy_hash="of before", bundle_id=None
        )
    village.clock.now += DAY // 24
    now = village.get(PATH)
    assert skills(now) == skills(said)
    assert all(step["what_if"] for step in now["options"])
    assert village.client.get(f"/?group=7A&learner={ALICE}").status_code == 200


def test_the_youngest_are_told_in_their_words_unasked(village: Village) -> None:
    with village.store.read() as tx:
        bands = {
            learner.grade: village.get(f"/v1/learners/{learner.learner_id}/path")["band"]
            for group in tx.roster.groups()
            for learner in tx.roster.group(group)[:1]
        }
    assert {bands[grade] for grade in (1, 2, 3)} == {"7-9"}
    assert {bands[grade] for grade in (10, 11, 12)} == {"16plus"}


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


def test_a_newcomer_is_asked_until_enough_is_known(village: Village) -> None:
    village.post(row("first", learner_id="newcomer"))
    address, asked = "/v1/learners/newcomer/diagnostic", []
    said = village.get(address)
    assert (said["asked"], said["at_most"], said["done"]) == (1, 12, False)
    while not said["done"]:
        asked.append(said["skill_id"])
        assert said["title"]["sv"]
        village.post(
            row(f"d{len(asked)}", learner_id="newcomer", item_id=said["item_id"] or "i", skill_ids=[said["skill_id"]])
        )
        said = village.get(address)
    assert 4 <= len(asked) <= 11
    assert said == {
        "learner_id": "newcomer",
        "done": True,
        "asked": len(asked) + 1,
        "at_most": 12,
        "skill_id": None,
        "title": {},
        "item_id": None,
    }
    assert village.get("/v1/learners/newcomer/path")["rung"] == "prerequisite_rule"


def test_a_question_comes_with_a_task_of_the_bank_and_changes_nothing(village: Village) -> None:
    with village.store.read() as tx:
        (few, *_) = (one.learner_id for one in tx.roster.group("7A") if tx.responses.count(one.learner_id) < 12)
    said = village.get(f"/v1/learners/{few}/diagnostic?goal={SKILL}")
    assert village.get(f"/v1/learners/{few}/diagnostic?goal={SKILL}") == said
    with village.store.read() as tx:
        assert said["item_id"] in tx.items.on(said["skill_id"])
    assert offers(village) == 0


def test_of_whom_much_is_known_nothing_is_asked(village: Village) -> None:
    assert village.get(f"/v1/learners/{ALICE}/diagnostic")["done"]
    assert_problem(village.client.get("/v1/learners/nobody/diagnostic"), 404, "not-found")
    assert_problem(village.client.get(f"/v1/learners/{ALICE}/diagnostic?goal=MA79.S3.5"), 404, "not-found")
