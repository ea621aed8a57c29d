"""A group, by the skill suggested next."""

from __future__ import annotations

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
