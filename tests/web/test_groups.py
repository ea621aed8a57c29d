"""A group, by the skill suggested next."""

from __future__ import annotations

from polku.paths.cohesion import depths
from village import GROUP, Village, row


def test_every_learner_of_the_group_stands_under_the_skill_suggested_first(village: Village) -> None:
    said = village.get(f"/v1/groups/{GROUP}/suggestions")
    with village.store.read() as tx:
        listed = [learner.learner_id for learner in tx.roster.group(GROUP)]
    first = {one["learner_id"]: one["options"][0]["skill_id"] for one in said["learners"]}
    assert list(first) == listed
    assert {learner: one["skill_id"] for one in said["by_skill"] for learner in one["learner_ids"]} == first
    order = village.app.state.service.suggester._built_in.lens.curriculum.order
    skills = [one["skill_id"] for one in said["by_skill"]]
    assert skills == sorted(skills, key=order.index)


def test_those_of_whom_little_is_known_are_named_in_neutral_words(village: Village) -> None:
    with village.store.read() as tx:
        roster = tx.roster.learners()
        few = {learner for learner in roster["learner_id"] if tx.responses.count(learner) < 5}
    groups = {group for learner, group in zip(roster["learner_id"], roster["group_id"], strict=True) if learner in few}
    assert few, "the simulated year has newcomers"
    named = {one for group in groups for one in village.get(f"/v1/groups/{group}/suggestions")["short_task_helps"]}
    assert named == few
    village.post(*(row(f"{who}-{place}", learner_id=who) for who in few for place in range(5)))
    assert not village.get(f"/v1/groups/{min(groups)}/suggestions")["short_task_helps"]


def test_a_group_as_the_group_page_and_its_learners_say_the_same(village: Village) -> None:
    for one in village.get(f"/v1/groups/{GROUP}/suggestions")["learners"]:
        assert village.get(f"/v1/learners/{one['learner_id']}/path") == one


def test_who_could_work_together_does_so_by_an_option_of_their_own(village: Village) -> None:
    said = village.get(f"/v1/groups/{GROUP}/suggestions")
    options = {one["learner_id"]: {step["skill_id"] for step in one["options"]} for one in said["learners"]}
    shared = {learner: one["skill_id"] for one in said["together"] for learner in one["learner_ids"]}
    assert shared.keys() == options.keys()
    assert all(skill in options[learner] for learner, skill in shared.items())
    assert sum(len(one["learner_ids"]) for one in said["together"]) == len(options), "each in one group"
    assert len(said["together"]) <= len(said["by_skill"])
    assert said["drift"] is None


def test_a_bound_on_drifting_apart_is_a_setting_of_the_group(village: Village) -> None:
    address = f"/v1/groups/{GROUP}"
    settings = {"by": "T07", "role": "teacher", "drift": 0}
    assert village.client.put(f"{address}/path-settings", json=settings).status_code == 200
    said = village.get(f"{address}/suggestions")
    graph = village.app.state.service.suggester._built_in.lens.curriculum
    depth = depths(graph)
    offered = {one["learner_id"]: [step["skill_id"] for step in one["options"]] for one in said["learners"]}
    middle = sorted(depth[skills[0]] for skills in offered.values())[len(offered) // 2]
    assert said["drift"] == 0
    for one in said["together"]:
        apart = abs(depth[one["skill_id"]] - middle)
        for learner in one["learner_ids"]:
            assert apart == min(abs(depth[skill] - middle) for skill in offered[learner])
