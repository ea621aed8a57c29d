"""The rules, one by one, and what every rule must hold to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from polku.curriculum import Area, Code, Content, Curriculum, Skill
from polku.curriculum.values import same_title
from polku.errors import DefinitionError
from polku.home import Home
from polku.paths import SkillState, load_policy
from polku.paths.rules import RULES, Rule, chosen_rules
from polku.paths.rules.continuity import continuity
from polku.paths.rules.difficulty import difficulty
from polku.paths.rules.readiness import readiness
from polku.paths.rules.remediation import remediation
from polku.paths.rules.review import review
from polku.paths.standing import DAY, Standing
from polku.paths.terrain import Numbers, Terrain
from polku.schemas.policy import PathPolicy, RuleChoice
from polku.testing.rules import check_rule

POLICY = load_policy(Home.find().models)
NOW = 1_000 * DAY
SHOWN, GAP = SkillState(0.9, 6), SkillState(0.2, 6)


def skill(name: str, hard: str = "", soft: str = "", area: str = "") -> Skill:
    return replace(Skill.bare(name), prerequisites=tuple(hard), recommended_after=tuple(soft), area=area)


def standing(*skills: Skill, **states: SkillState) -> Standing:
    areas = {entry.area for entry in skills if entry.area}
    content = Content(skills, (), tuple(Area(a, Code("t", "", a), same_title(a), "", same_title(a)) for a in areas))
    return Standing.of(Terrain.of(Curriculum(content)), states, POLICY, None, NOW)


def by_skill(rule: Rule, where: Standing) -> dict[str, float]:
    return {entry.id: float(value) for entry, value in zip(where.terrain.skills, rule(where), strict=True)}


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_holds_to_the_check(name: str) -> None:
    check_rule(RULES[name], POLICY)


def test_readiness_is_the_share_of_what_a_skill_builds_on() -> None:
    where = standing(skill("a"), skill("b"), skill("c", "ab"), skill("d", "a", "b"), a=SHOWN)
    assert by_skill(readiness, where) == pytest.approx({"a": 1.0, "b": 1.0, "c": 0.5, "d": 1 / 1.5})


def test_remediation_points_where_answers_do_and_open_skills_lean() -> None:
    where = standing(skill("a"), skill("b", "a"), skill("c", "b"), skill("d"), b=GAP, d=GAP)
    assert by_skill(remediation, where) == pytest.approx({"a": 2 / 3, "b": 1 / 2, "c": 0.0, "d": 0.0})


def test_continuity_goes_on_from_the_last_answer() -> None:
    answered = {"a": SkillState(0.9, 6, None, 5), "d": SkillState(0.9, 6, None, 4)}
    where = standing(
        skill("a", area="x"), skill("b", "a"), skill("c", area="x"), skill("d"), skill("e", "d"), **answered
    )
    assert by_skill(continuity, where) == {"a": 0.5, "b": 1.0, "c": 0.5, "d": 0.0, "e": 0.0}


def test_continuity_stays_with_what_is_still_open() -> None:
    where = standing(skill("a"), skill("b"), a=SkillState(0.5, 2, None, 5))
    assert by_skill(continuity, where) == {"a": 1.0, "b": 0.0}


def test_difficulty_is_highest_at_the_aim() -> None:
    states = {"a": SkillState(0.6, 1), "b": SkillState(0.0, 1), "c": SkillState(1.0, 1)}
    where = standing(*(skill(name) for name in "abcd"), **states)
    assert by_skill(difficulty, where) == pytest.approx({"a": 1.0, "b": 0.0, "c": 1 / 3, "d": 0.5})


def test_review_grows_with_the_days_since() -> None:
    half_life = int(POLICY.review.half_life_days * DAY)
    before, long_before = NOW - half_life, NOW - 2 * half_life
    answered = {
        "a": SkillState(0.9, 6, None, before),
        "b": SkillState(0.9, 6, None, long_before),
        "c": SkillState(0.1, 6, None, before),
    }
    where = standing(*(skill(name) for name in "abcd"), **answered)
    assert by_skill(review, where) == pytest.approx({"a": 0.5, "b": 0.75, "c": 0.0, "d": 0.0})


# --- the check itself can fail


def too_short(where: Standing) -> Numbers:
    return np.ones(len(where.terrain) + 1)


def too_large(where: Standing) -> Numbers:
    return np.full(len(where.terrain), 1.5)


def not_a_number(where: Standing) -> Numbers:
    return where.p


def greedy(where: Standing) -> Numbers:
    where.answers[:] = 0
    return np.ones(len(where.terrain))


def by_name(where: Standing) -> Numbers:
    return np.array([float(entry.id.startswith("k1")) for entry in where.terrain.skills])


def moody() -> Rule:
    rng = np.random.default_rng(0)
    return lambda where: rng.random(len(where.terrain))


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (too_short, "not one number for each skill"),
        (too_large, "outside 0 to 1"),
        (not_a_number, "not finite"),
        (greedy, r"changes what it is shown: \['answers'\]"),
        (by_name, "what skills are called"),
        (moody(), "another number the second time"),
    ],
)
def test_the_check_refuses(rule: Callable[[Standing], Numbers], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_rule(rule, POLICY)


# --- the policy chooses


def choosing(weights: Mapping[str, float]) -> PathPolicy:
    return POLICY.model_copy(update={"rules": tuple(RuleChoice(name=n, weight=w) for n, w in weights.items())})


def test_the_policy_chooses_orders_and_weights() -> None:
    chosen = chosen_rules(choosing({"review": 0.4, "readiness": 0.2}))
    assert chosen == [("review", 0.4, review), ("readiness", 0.2, readiness)]


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(DefinitionError, match=r"(?s)unknown rule.*did you mean 'readiness'"):
        chosen_rules(choosing({"rediness": 1.0}))


def test_a_rule_is_chosen_once() -> None:
    twice = POLICY.model_copy(update={"rules": POLICY.rules[:1] * 2})
    with pytest.raises(DefinitionError, match="twice"):
        chosen_rules(twice)


def test_the_shipped_policy_uses_every_rule_and_its_weights_add_up_to_one() -> None:
    assert {choice.name for choice in POLICY.rules} == set(RULES)
    assert sum(choice.weight for choice in POLICY.rules) == pytest.approx(1.0)
