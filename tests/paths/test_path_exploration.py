"""The declared share: what is logged is the chance with which it is drawn, and the rules hold whatever is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import Path, SkillState, Texts, load_policy, plan
from polku.paths.exploration import MOST, Draw, draw_first, explored
from polku.paths.route import Route
from polku.schemas.policy import PathPolicy

POLICY = load_policy(Home.find().models)
MATHEMATICS = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
TEXTS = Texts.load(Home.find().serve / "text")
LETTERS = Curriculum.of_skills("abcdefgh")
GAP = SkillState(0.3, answers=6)
SEEDS = 4_000


def sharing(share: float, regret: float = POLICY.offer.regret) -> PathPolicy:
    offer = POLICY.offer.model_copy(update={"exploration_share": share, "regret": regret})
    return POLICY.model_copy(update={"offer": offer})


def answered(grade: int, p: float = 0.55) -> dict[str, SkillState]:
    """Return a learner with a little to say about the skills of a grade."""
    skills = [skill for skill in MATHEMATICS.order if MATHEMATICS.skills[skill].grade == grade]
    return {skill: SkillState(p + 0.01 * place, 4) for place, skill in enumerate(skills)}


def firsts(path: Path) -> dict[str, float]:
    return {one.skill_id: one.first for one in path.candidates if one.first}


# --- the draw


@given(st.integers(1, 6), st.floats(0, 1), st.integers(0, 2**63))
def test_chances_add_up_and_what_is_drawn_had_one(size: int, share: float, seed: int) -> None:
    draw = draw_first(range(size), best=0, share=share, seed=seed)
    assert sum(draw.chances.values()) == pytest.approx(1.0)
    assert draw.chances[draw.place] > 0.0
    assert draw == draw_first(range(size), best=0, share=share, seed=seed)


@pytest.mark.parametrize(("size", "share"), [(2, 0.1), (3, 0.5), (5, 1.0)])
def test_each_is_drawn_as_often_as_its_chance_says(size: int, share: float) -> None:
    draws = [draw_first(range(size), best=1, share=share, seed=seed) for seed in range(SEEDS)]
    drawn = Counter(draw.place for draw in draws)
    for place, chance in draws[0].chances.items():
        assert drawn[place] / SEEDS == pytest.approx(chance, abs=0.035)  # over four standard errors


def test_nothing_is_drawn_without_a_share_or_a_choice() -> None:
    assert draw_first([4, 5], best=4, share=0.0, seed=1) == draw_first([4], best=4, share=1.0, seed=1)


def test_the_chance_of_an_option_is_enumerated_over_every_draw() -> None:
    """Options differ with the step that is suggested; an option's chance adds up over all that it goes with."""
    fills = {1: [1, 2, 3], 2: [2, 1, 4], 5: [5, 2, 3]}
    best, chances = Route(1, [1, 9]), {1: 0.7, 2: 0.2, 5: 0.1}
    found = explored(Draw(2, chances), best, lambda one: Route(one, [one, 9]), lambda way: fills[way.path[0]])
    assert (found.path, found.options, found.by_chance) == ([2, 9], [2, 1, 4], True)
    assert found.first == pytest.approx({1: 0.7, 2: 0.2, 5: 0.1})
    assert found.offered == pytest.approx({1: 0.9, 2: 1.0, 3: 0.8, 4: 0.2, 5: 0.1})


def test_where_there_is_no_path_the_options_are_certain() -> None:
    found = explored(None, Route(None, []), lambda one: Route(one, [one]), lambda way: [*way.path, 7, 8])
    assert (found.path, found.options, found.first, found.offered) == ([], [7, 8], {7: 1.0}, {7: 1.0, 8: 1.0})


# --- the plan


def planned(share: float, seed: int, grade: int = 7, regret: float = 1.0, **more: object) -> Path:
    return plan(MATHEMATICS, answered(grade), sharing(share, regret), grade=grade, seed=seed, **more)  # type: ignore[arg-type] # passed on as they are


def test_nothing_is_drawn_unless_the_policy_says_so() -> None:
    assert planned(0.0, seed=1) == planned(0.0, seed=2)
    for one in planned(0.0, seed=1).candidates:
        assert one.propensity == one.offered
    assert set(firsts(planned(0.0, seed=1)).values()) == {1.0}


def test_what_is_logged_is_how_often_it_happens() -> None:
    """Over many seeds every skill is suggested, and offered, as often as each plan's log says."""
    plans = [planned(0.6, seed) for seed in range(400)]
    logs = {tuple((one.skill_id, one.first, one.propensity) for one in made.candidates) for made in plans}
    assert len(logs) == 1, "chances are of the situation, not of the draw"
    suggested = Counter(made.options[0].skill_id for made in plans)
    among = Counter(step.skill_id for made in plans for step in made.options)
    assert len(suggested) > 1
    for skill, first, propensity in logs.pop():
        assert suggested[skill] / 400 == pytest.approx(first, abs=0.1)
        assert among[skill] / 400 == pytest.approx(propensity, abs=0.1)


def test_the_path_begins_on_the_way_to_the_suggested_step() -> None:
    for seed in range(30):
        made = planned(1.0, seed)
        suggested = made.options[0].skill_id
        assert made.path[0].skill_id in MATHEMATICS.ancestors(suggested) | {suggested}
        assert made == planned(1.0, seed)


def test_only_ties_and_near_ties_are_drawn_and_few_of_them() -> None:
    made = planned(0.5, 0, regret=0.2, grade=9)
    best = next(one for one in made.candidates if one.skill_id == planned(0.0, 0, grade=9).options[0].skill_id)
    chances = firsts(made)
    assert 1 < len(firsts(planned(1.0, 0))) <= MOST
    for one in made.candidates:
        if one.skill_id in chances:
            assert one.score >= best.score - 0.2 - 1e-9
    assert firsts(planned(0.5, 0, regret=0.0, grade=9)).keys() <= chances.keys()


def test_the_declared_share_is_what_is_suggested_otherwise_wherever_there_is_a_choice() -> None:
    """Learners differ in grade, answers and seed; with the shipped policy one in ten with a choice is drawn."""
    drawn, chosen = 0, 0
    for number in range(600):
        grade = 3 + number % 7
        made = plan(MATHEMATICS, answered(grade, 0.4 + number % 5 / 20), POLICY, grade=grade, seed=number)
        chances = firsts(made)
        assert sum(chances.values()) == pytest.approx(1.0)
        if len(chances) > 1:
            assert max(chances.values()) == pytest.approx(1.0 - POLICY.offer.exploration_share)
            chosen += 1
            drawn += "note.drawn" in [note.id for note in made.notes]
    assert chosen > 300
    assert drawn / chosen == pytest.approx(POLICY.offer.exploration_share, abs=0.05)  # over four standard errors


def test_what_was_drawn_is_said_for_as_long_as_it_stands() -> None:
    made = planned(1.0, 0)
    stored = Path.from_dict(made.to_dict(TEXTS))
    assert "note.drawn" in [note.id for note in made.notes]
    assert "note.drawn" in [note.id for note in planned(1.0, 1, previous=stored).notes]
    assert "note.drawn" not in [note.id for note in planned(0.0, 0).notes]
    pinned = planned(0.0, 0, previous=stored, pins=(made.path[-1].skill_id,))
    assert pinned.options[0].skill_id != made.options[0].skill_id
    assert "note.drawn" not in [note.id for note in pinned.notes]


def test_a_suggestion_that_stands_is_not_drawn_again() -> None:
    for seed in range(20):
        before = planned(1.0, seed)
        again = planned(1.0, seed + 1000, previous=before)
        assert [step.skill_id for step in again.options] == [step.skill_id for step in before.options]
        assert firsts(again) == {before.options[0].skill_id: 1.0}


def test_a_teacher_may_switch_it_off_and_the_log_says_so() -> None:
    off = planned(1.0, 3, explore=False)
    assert off == planned(0.0, 3)
    assert set(firsts(off).values()) == {1.0}


def test_a_teachers_pin_is_not_drawn_over() -> None:
    pin = planned(0.0, 0).path[2].skill_id
    for seed in range(10):
        chances = firsts(planned(1.0, seed, pins=(pin,)))
        assert chances.keys() <= MATHEMATICS.ancestors(pin) | {pin}


def test_while_the_curriculum_sets_the_order_nothing_is_drawn() -> None:
    made = plan(MATHEMATICS, {}, sharing(1.0), grade=7, seed=3)
    assert made.rung == "curriculum_order"
    assert set(firsts(made).values()) == {1.0}


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.builds(SkillState, st.floats(0, 1), st.integers(1, 8)), min_size=3),
    st.integers(0, 10_000),
    st.sets(st.sampled_from("abcdefgh"), max_size=3),
)
@settings(max_examples=60)
def test_whatever_is_drawn_the_rules_hold(known: dict[str, SkillState], seed: int, away: set[str]) -> None:
    made = plan(LETTERS, known, sharing(1.0, 0.3), seed=seed, rejected=away)
    assert not away & {step.skill_id for step in (*made.options, *made.path)}
    assert not away & firsts(made).keys()
    assert sum(firsts(made).values()) == pytest.approx(1.0 if made.options else 0.0)
    assert sum(step.kind == "repair" for step in made.options) <= POLICY.offer.repair_options
    assert len({step.skill_id for step in made.options}) == len(made.options)


@pytest.mark.parametrize(("grade", "seed"), list(product([3, 7, 9], range(6))))
def test_a_way_up_is_offered_whatever_is_drawn(grade: int, seed: int) -> None:
    made = planned(1.0, seed, grade=grade, regret=0.5)
    assert any(step.grade_level for step in made.options)
    steps = [step.skill_id for step in made.path]
    shown = {name for name, state in answered(grade).items() if state.p >= POLICY.evidence.shown_at}
    assert not _out_of_order(steps, shown)


def _out_of_order(steps: Sequence[str], shown: set[str]) -> list[str]:
    """Return the steps that stand before one that they build on and that comes later on the same path."""
    return [
        step
        for place, step in enumerate(steps)
        if step not in shown and set(MATHEMATICS.prerequisites(step)) & set(steps[place + 1 :])
    ]


def test_the_chances_of_a_goal_lead_to_the_goal() -> None:
    goal = replace(planned(0.0, 0)).path[-1].skill_id
    for seed in range(5):
        chances = firsts(planned(1.0, seed, regret=0.5, goal=goal))
        assert chances.keys() <= MATHEMATICS.ancestors(goal) | {goal}
