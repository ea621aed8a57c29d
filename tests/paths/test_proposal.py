"""From a profile to a path: the composition that service, command line and audit share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
import pytest
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import load_policy
from polku.paths.facts import churn, decided, facts_of, goals_of
from polku.paths.proposal import Wishes, propose, seed_of, states_of
from polku.paths.values import RUNGS, Path, Rung, SkillState, Step
from polku.profiles import Evidence, FeatureSet, ItemStatistics, Profile, estimate
from polku.records import Responses
from polku.schemas.policy import PathPolicy
from polku.training.spread import Intervals

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def curriculum(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


@pytest.fixture(scope="module")
def policy(home: Home) -> PathPolicy:
    return load_policy(home.models)


@pytest.fixture
def profile(home: Home, curriculum: Curriculum) -> Profile:
    """Return the profile of twelve answers on two skills of grade 7, and one on a skill nobody knows."""
    skills = ["MA79.S2.01"] * 6 + ["MA79.S2.02"] * 6 + ["unheard.of"]
    made = Profile.empty(FeatureSet.load(home.features), ItemStatistics({}, {}, {}, overall=0.0), curriculum)
    made.fold(
        Responses.from_columns(
            {
                "response_id": [f"r{place:02d}" for place in range(13)],
                "learner_id": ["anna"] * 13,
                "item_id": [f"i{place}" for place in range(13)],
                "skill_ids": skills,
                "answered_at": [place * DAY for place in range(13)],
                "correct": [1.0] * 6 + [0.0, 1.0] * 3 + [1.0],
            }
        )
    )
    return made


class Steady:
    """A model that says the same of every skill, and may say how far off it may be."""

    def __init__(self, sd: float | None = None) -> None:
        self.sd = sd

    @property
    def tells_spread(self) -> bool:
        return self.sd is not None

    def mastery_intervals(
        self, profiles: Sequence[Profile], skill_ids: tuple[str, ...], now: Sequence[int | None]
    ) -> Intervals:
        p = np.concatenate([self.mastery(*one) for one in zip(profiles, repeat(skill_ids), now)])
        assert self.sd is not None
        return Intervals(p, p * (1.0 - p) / self.sd**2 - 1.0, 0.8)

    def mastery(self, profile: Profile, skill_ids: tuple[str, ...], now: int | None) -> NDArray[np.float64]:
        del profile, now
        return np.full(len(skill_ids), 0.5)


def test_without_a_model_only_skills_with_answers_are_read(profile: Profile, curriculum: Curriculum) -> None:
    states = states_of(profile, curriculum, None, 20 * DAY)
    assert list(states) == ["MA79.S2.01", "MA79.S2.02"]
    evidence = profile.evidence()["MA79.S2.01"]
    p, sd = estimate(evidence)
    assert states["MA79.S2.01"] == SkillState(p, 6, sd, 5 * DAY, right=1.0)
    assert states["MA79.S2.01"].p > states["MA79.S2.02"].p


def test_a_model_reads_every_skill_beside_the_evidence(profile: Profile, curriculum: Curriculum) -> None:
    states = states_of(profile, curriculum, Steady(), 20 * DAY)
    assert tuple(states) == curriculum.order
    assert {state.p for state in states.values()} == {0.5}
    answered, other = states["MA79.S2.01"], states["MA79.S2.08"]
    assert (answered.answers, other.answers, other.last_answered_at) == (6, 0, None)
    assert answered.sd is not None
    assert other.sd is not None
    assert answered.sd < other.sd


def test_a_model_is_no_surer_than_the_answers_on_the_skill_allow(
    profile: Profile, curriculum: Curriculum, policy: PathPolicy
) -> None:
    states, evidence = states_of(profile, curriculum, Steady(0.07), 20 * DAY), profile.evidence()
    assert states["MA79.S2.01"].answers == 6
    for skill, state in states.items():
        assert state.sd == estimate(evidence.get(skill, Evidence()))[1]
        assert state.sd > policy.evidence.sure_sd, "six answers make nobody sure"


def test_a_model_that_is_less_sure_is_taken_at_its_word(profile: Profile, curriculum: Curriculum) -> None:
    states = states_of(profile, curriculum, Steady(0.3), 20 * DAY)
    assert {(state.p, state.sd) for state in states.values()} == {(0.5, 0.3)}


@pytest.mark.parametrize("modelled", [True, False])
def test_a_path_says_what_it_stands_on(
    profile: Profile, curriculum: Curriculum, policy: PathPolicy, modelled: bool
) -> None:
    states = states_of(profile, curriculum, None, 20 * DAY)
    made = propose(profile, states, curriculum, policy, Wishes(grade=7), learner_id="anna", modelled=modelled)
    assert made.rung == ("model" if modelled else "prerequisite_rule")
    assert any(step.grade_level for step in made.options)


def test_wishes_are_kept(profile: Profile, curriculum: Curriculum, policy: PathPolicy) -> None:
    states = states_of(profile, curriculum, None, 20 * DAY)
    free = propose(profile, states, curriculum, policy, Wishes(grade=7), learner_id="anna", modelled=False)
    away = {step.skill_id for step in free.options}
    wishes = Wishes(grade=7, steps=2, rejected=away)
    kept = propose(profile, states, curriculum, policy, wishes, learner_id="anna", modelled=False)
    assert not away & {step.skill_id for step in (*kept.options, *kept.path)}
    assert len(kept.path) <= 2


def test_the_seed_is_of_learner_last_event_and_policy(
    home: Home, profile: Profile, curriculum: Curriculum, policy: PathPolicy
) -> None:
    again = Profile.from_bytes(profile.to_bytes(), profile.feature_set, profile.item_statistics, curriculum)
    empty = Profile.empty(FeatureSet.load(home.features), profile.item_statistics, curriculum)
    other = policy.model_copy(update={"purpose": "something else"})
    seeds = {
        seed_of("anna", profile, policy),
        seed_of("anna", again, policy),
        seed_of("bo", profile, policy),
        seed_of("anna", empty, policy),
        seed_of("anna", profile, other),
    }
    assert len(seeds) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)


STEP = Step("a", "continue", grade_level=True)


BELOW = replace(STEP, grade_level=False, kind="repair")


@pytest.mark.parametrize(
    ("options", "grade", "rung", "facts"),
    [
        ((STEP,), 7, "model", (True, False, 0.0, False)),
        ((BELOW, STEP), 7, "model", (True, False, 0.5, False)),
        ((BELOW,), 7, "model", (False, False, 1.0, False)),
        ((replace(STEP, grade_level=None, kind="stretch"),), None, "curriculum_order", (True, True, 0.0, True)),
        ((), 7, "model", (False, False, 0.0, True)),
        ((), None, "model", (True, False, 0.0, True)),
    ],
)
def test_what_an_audit_compares(
    options: tuple[Step, ...], grade: int | None, rung: str, facts: tuple[bool, bool, float, bool]
) -> None:
    made = Path(rung, options)  # type: ignore[arg-type] # a plain str, checked by the parametrisation
    found = facts_of(made, {"a": SkillState(0.2, 3), "b": SkillState(0.6, 1)}, grade)
    assert (found["has_grade_level"], found["has_stretch"], found["repair_share"], found["silent"]) == facts
    assert found["mastery_level"] == pytest.approx(0.4)


@pytest.mark.parametrize(("skills", "length"), [("xyaz", 3), ("a", 1), ("axxb", 4), ("xy", 0), ("", 0)])
def test_the_length_of_a_path_is_counted_to_the_last_goal_of_the_grade(skills: str, length: int) -> None:
    steps = tuple(replace(STEP, skill_id=name) for name in skills)
    assert facts_of(Path("model", (), steps), {}, 7, goals={"a", "b"})["path_length"] == length


def test_without_goals_a_path_has_no_length_to_compare() -> None:
    assert np.isnan(facts_of(Path("model", (), (STEP,)), {}, 7)["path_length"])


def test_the_goals_of_a_grade_are_its_own_skills(curriculum: Curriculum) -> None:
    for grade in (1, 7):
        goals = goals_of(curriculum, grade)
        assert goals
        assert {curriculum.skills[name].grade for name in goals} == {grade}
    assert goals_of(curriculum, None) == frozenset()


@pytest.mark.parametrize("rung", RUNGS)
def test_a_fallback_is_a_rung_on_which_no_model_orders(rung: Rung) -> None:
    found = facts_of(Path(rung, (STEP,)), {}, 7)
    assert found["fallback"] == (rung in {"prerequisite_rule", "curriculum_order"})
    assert found["silent"] == (rung == "curriculum_order")


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [("ab", "ab", 0.0), ("ab", "cd", 1.0), ("abc", "acd", 1 / 3), ("", "", 0.0), ("a", "", 1.0)],
)
def test_churn_is_the_share_of_options_that_change(before: str, after: str, share: float) -> None:
    one, other = (Path("model", tuple(replace(STEP, skill_id=name) for name in names)) for names in (before, after))
    assert churn(one, other) == pytest.approx(share)
    assert churn(other, one) == pytest.approx(share)


def test_what_was_decided_is_shared_out() -> None:
    assert decided(["accept", "edit", "reject", "skip", "pause"]) == (0.2, 0.4)
    assert all(np.isnan(decided([])))


def test_facts_of_a_learner_without_estimates() -> None:
    assert facts_of(Path("model"), {}, 7)["mastery_level"] == 0.0
