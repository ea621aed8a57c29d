"""What holds for every path, over generated graphs, learners and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home
from polku.paths import Path, SkillState, Texts, load_policy, plan
from polku.schemas.policy import PathPolicy

POLICY = load_policy(Home.find().models)
TEXTS = Texts.load(Home.find().serve / "text")
DAY = 86_400_000_000
NOW = 400 * DAY
MASTERED = SkillState(0.95, answers=6, last_answered_at=NOW)

some = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(some, max_examples=100)
long = settings(some, max_examples=500)


@dataclass(frozen=True)
class Case:
    """One learner on one curriculum with one set of settings."""

    curriculum: Curriculum
    states: Mapping[str, SkillState]
    grade: int | None
    rejected: frozenset[str]
    locked: frozenset[str]
    goal: str | None
    steps: int
    policy: PathPolicy
    pins: tuple[str, ...] = ()
    horizon: int | None = None
    repairs: int = 0
    seed: int = 0

    def plan(self, states: Mapping[str, SkillState] | None = None, previous: Path | None = None) -> Path:
        return plan(
            self.curriculum,
            self.states if states is None else states,
            self.policy,
            grade=self.grade,
            goal=self.goal,
            steps=self.steps,
            rejected=self.rejected,
            locked=self.locked,
            pins=self.pins,
            horizon=self.horizon,
            repairs=self.repairs,
            seed=self.seed,
            previous=previous,
            now=NOW,
        )

    @property
    def put_aside(self) -> frozenset[str]:
        return self.rejected | self.locked


@st.composite
def curricula(draw: st.DrawFn, *, graded: bool | None = None) -> Curriculum:
    """Skills that build on earlier ones; grades, where given, never fall along the way."""
    size = draw(st.integers(1, 12))
    names = draw(st.permutations([f"s{place}" for place in range(size)]))
    graded = draw(st.booleans()) if graded is None else graded
    grades = sorted(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)))
    skills = []
    for place, name in enumerate(names):
        before = draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=3)) if place else []
        hard = draw(st.integers(0, len(before)))
        skills.append(
            replace(
                Skill.bare(name),
                prerequisites=tuple(before[:hard]),
                recommended_after=tuple(before[hard:]),
                grade=grades[place] if graded else None,
            )
        )
    return Curriculum(Content(skills=tuple(skills)))


skill_states = st.builds(
    SkillState,
    p=st.sampled_from([0.05, 0.3, 0.44, 0.5, 0.65, 0.7, 0.9, 0.99]),
    answers=st.integers(0, 7),
    sd=st.none() | st.sampled_from([0.05, 0.2]),
    last_answered_at=st.none() | st.integers(0, NOW),
)


@st.composite
def cases(draw: st.DrawFn, *, graded: bool | None = None, put_aside: bool = True, goals: bool = True) -> Case:
    """Any learner on any curriculum."""
    curriculum = draw(curricula(graded=graded))
    few = st.frozensets(st.sampled_from(curriculum.order), max_size=2)
    with_grade = draw(st.booleans()) if graded is None else graded
    evidence = POLICY.evidence.model_copy(update={"earlier_grades_met": draw(st.sampled_from([None, 1, 2]))})
    offer = POLICY.offer.model_copy(update={"options": draw(st.sampled_from([2, 3]))})
    return Case(
        curriculum,
        draw(st.dictionaries(st.sampled_from([*curriculum.order, "elsewhere"]), skill_states)),
        grade=draw(st.integers(1, 9)) if with_grade else None,
        rejected=draw(few) if put_aside else frozenset(),
        locked=draw(few) if put_aside else frozenset(),
        goal=draw(st.none() | st.sampled_from(curriculum.order)) if goals else None,
        steps=draw(st.integers(1, 8)),
        policy=POLICY.model_copy(update={"evidence": evidence, "offer": offer}),
    )


@st.composite
def settings_of_a_teacher(draw: st.DrawFn) -> Case:
    """Any learner, with whatever a teacher may settle besides: order, steps left, a row of repairs, a draw."""
    case = draw(cases())
    pins = draw(st.lists(st.sampled_from(case.curriculum.order), unique=True, max_size=3))
    offer = case.policy.offer.model_copy(update={"exploration_share": draw(st.sampled_from([0.0, 0.5, 1.0]))})
    return replace(
        case,
        pins=tuple(pins),
        horizon=draw(st.none() | st.integers(1, 9)),
        repairs=draw(st.integers(0, 4)),
        seed=draw(st.integers(0, 99)),
        policy=case.policy.model_copy(update={"offer": offer}),
    )


def settled(case: Case) -> set[str]:
    """Say in sets, as plainly as possible, which skills need no step: the planner's own words, written twice."""
    graph, says = case.curriculum, case.policy.evidence
    own = {name: state for name, state in case.states.items() if name in graph and state.answers >= says.skill_answers}
    shown = {name for name, state in own.items() if state.p >= says.shown_at}
    gaps = {name for name, state in own.items() if state.p < says.gap_below}
    implied = {before for name in shown for before in graph.ancestors(name)} - gaps
    doubted = (set(own) - shown) | {before for gap in gaps for before in graph.prerequisites(gap)}
    doubted |= {after for gap in gaps for after in graph.descendants(gap)}
    years = says.earlier_grades_met
    presumed = {
        name
        for name, skill in graph.skills.items()
        if case.grade and years and skill.grade and skill.grade <= case.grade - years and name not in doubted
    }
    return shown | implied | presumed


def ids(steps: Iterable[object]) -> list[str]:
    return [getattr(step, "skill_id") for step in steps]  # noqa: B009 - steps and candidates alike


@some
@given(settings_of_a_teacher())
def test_on_the_path_no_step_comes_before_its_prerequisites(case: Case) -> None:
    in_order(case, case.plan())


def in_order(case: Case, answer: Path) -> None:
    """Require of every step that all it builds on is settled or stands earlier on the same path."""
    met = settled(case)
    for name in ids(answer.path):
        assert case.curriculum.ancestors(name) <= met, name
        met.add(name)


@some
@given(cases())
def test_a_path_never_goes_back_beneath_a_step(case: Case) -> None:
    path = ids(case.plan().path)
    for place, name in enumerate(path):
        assert not case.curriculum.ancestors(name) & set(path[place + 1 :])


@some
@given(cases())
def test_what_was_put_aside_is_never_suggested(case: Case) -> None:
    answer = case.plan()
    suggested = {*ids(answer.options), *ids(answer.path), *ids(answer.candidates)}
    suggested |= {step.supports for step in (*answer.options, *answer.path) if step.supports}
    assert not suggested & case.put_aside


@some
@given(cases(graded=True))
def test_a_grade_level_option_is_always_there(case: Case) -> None:
    answer, graph = case.plan(), case.curriculum
    lifting = {name for name, skill in graph.skills.items() if (skill.grade or 0) >= (case.grade or 0)}
    notes = [note.id for note in answer.notes]
    if lifting - case.put_aside:
        assert any(step.grade_level for step in answer.options)
        assert "note.level_removed" not in notes
    else:
        assert ("note.level_removed" if lifting else "note.level_absent") in notes


@some
@given(settings_of_a_teacher())
def test_an_option_is_never_locked_and_names_what_supports_it(case: Case) -> None:
    graph, met = case.curriculum, settled(case)
    for step in case.plan().options:
        missing = graph.ancestors(step.skill_id) - met
        if step.skill_id in met or not missing:
            continue
        first = {name for name in missing if not graph.ancestors(name) & missing} - case.put_aside
        assert step.supports in first if first else step.supports not in missing


@some
@given(cases(graded=False))
def test_without_grades_no_step_claims_a_level(case: Case) -> None:
    answer = case.plan()
    assert all(step.grade_level is None for step in (*answer.options, *answer.path))
    assert "note.no_grade" in [note.id for note in answer.notes]


@some
@given(cases())
def test_options_are_two_or_three_different_ones(case: Case) -> None:
    answer = case.plan()
    offered, possible = ids(answer.options), set(case.curriculum.order) - case.put_aside
    assert len(set(offered)) == len(offered) <= case.policy.offer.options
    assert len(offered) >= min(2, len(possible))
    assert sum(step.kind == "repair" for step in answer.options) <= case.policy.offer.repair_options


@some
@given(cases())
def test_the_path_is_no_longer_than_asked_and_repeats_nothing(case: Case) -> None:
    answer = case.plan()
    path = ids(answer.path)
    assert len(set(path)) == len(path) <= case.steps
    assert path or not set(case.curriculum.order) - case.put_aside or case.put_aside
    assert bool(path) != ("note.no_path" in [note.id for note in answer.notes])


@some
@given(settings_of_a_teacher())
def test_the_path_begins_on_the_way_to_the_suggested_option(case: Case) -> None:
    answer, graph = case.plan(), case.curriculum
    if not answer.path or case.repairs >= case.policy.offer.repairs_in_a_row:
        return  # after a row of repairs the options carry on where the path may still begin with one
    suggested, begins = ids(answer.options)[0], ids(answer.path)[0]
    if case.horizon is not None and begins in settled(case):
        return  # every goal is reached and steps are left: the path meets them again, the options go on
    beneath = graph.ancestors(suggested)
    assert begins in beneath | {suggested} or beneath & case.put_aside - settled(case)


@some
@given(cases())
def test_the_same_input_gives_the_same_answer(case: Case) -> None:
    shuffled = dict(reversed(list(case.states.items())))
    assert case.plan() == case.plan(shuffled)


@some
@given(cases())
def test_planning_again_changes_nothing(case: Case) -> None:
    first = case.plan()
    stored = Path.from_dict(first.to_dict(TEXTS))
    again = case.plan(previous=stored)
    assert replace(again, candidates=()) == replace(first, candidates=())
    assert [one.first for one in again.candidates if one.first] == [1.0] * bool(again.options), (
        "what stands is not drawn"
    )


@some
@given(settings_of_a_teacher(), settings_of_a_teacher())
def test_a_path_of_another_time_breaks_no_promise(case: Case, other: Case) -> None:
    answer = case.plan(previous=other.plan())
    assert not {*ids(answer.options), *ids(answer.path)} & case.put_aside
    in_order(case, answer)


@some
@given(cases(put_aside=False, goals=False))
def test_every_skill_is_reached_by_going_on(case: Case) -> None:
    states, graph = dict(case.states), case.curriculum
    for _ in range(len(graph) + 1):
        waiting = set(graph.order) - settled(replace(case, states=states))
        if not waiting:
            return
        step = case.plan(states).path[0].skill_id
        assert step in waiting
        states[step] = MASTERED
    raise AssertionError(f"never reached: {waiting}")


@some
@given(cases(put_aside=False), st.data())
def test_the_path_leads_to_the_goal(case: Case, data: st.DataObject) -> None:
    goal = data.draw(st.sampled_from(case.curriculum.order))
    answer = replace(case, goal=goal, steps=len(case.curriculum)).plan()
    if goal in settled(case):
        assert "note.goal_reached" in [note.id for note in answer.notes]
    else:
        way, path = {goal, *case.curriculum.ancestors(goal)}, set(ids(answer.path))
        assert path == way - settled(case)


def hardest(case: Case, answer: Path) -> int:
    """Return the highest grade among the options that are still to be shown."""
    open_options = [step.skill_id for step in answer.options if step.kind != "review"]
    return max((case.curriculum.skills[name].grade or 0 for name in open_options), default=0)


def a_better_learner(case: Case, name: str) -> Case:
    before = case.states.get(name, SkillState(0.0, 0))
    better = replace(before, p=max(before.p, 0.95), answers=max(before.answers, 5))
    return replace(case, states={**case.states, name: better})


@many
@given(cases(graded=True, put_aside=False, goals=False), st.data())
def test_better_answers_never_shorten_what_is_offered_upward(case: Case, data: st.DataObject) -> None:
    after = a_better_learner(case, data.draw(st.sampled_from(case.curriculum.order)))
    grades = {name: skill.grade or 0 for name, skill in case.curriculum.skills.items()}
    level = min(case.grade or 0, max(grades.values()))
    upward = [grades[name] for name in set(grades) - settled(after) if grades[name] >= level]
    if upward:
        assert hardest(after, after.plan()) >= min(hardest(case, case.plan()), max(upward))


@some
@given(cases())
def test_terms_add_up_and_candidates_are_logged(case: Case) -> None:
    answer = case.plan()
    for step in answer.options:
        assert abs(sum(step.terms.values()) - step.score) < 1e-9
    assert {entry.skill_id for entry in answer.candidates if entry.offered} == set(ids(answer.options))
    assert all(0.0 < entry.propensity <= 1.0 for entry in answer.candidates if entry.offered)
    assert sum(entry.first for entry in answer.candidates) == pytest.approx(1.0 if answer.options else 0.0)
    assert all(one.score >= two.score for one, two in pairwise(answer.candidates))


@some
@given(cases())
@example(Case(Curriculum(Content()), {}, 8, frozenset(), frozenset(), None, 5, POLICY))
def test_every_answer_can_be_said_in_every_language(case: Case) -> None:
    said = case.plan().to_dict(TEXTS)
    for step in (*said["options"], *said["path"]):
        for reason in (*step["reasons"], step["next_step"]):
            assert all(reason[language] and "{" not in reason[language] for language in ("fi", "sv", "en"))


SETTLED = (settings_of_a_teacher(),)
ANY, UPWARD = (cases(),), (cases(graded=True, put_aside=False, goals=False), st.data())


@pytest.mark.long
@pytest.mark.parametrize(
    ("holds", "over"),
    [
        (test_on_the_path_no_step_comes_before_its_prerequisites, SETTLED),
        (test_a_path_of_another_time_breaks_no_promise, SETTLED * 2),
        (test_the_path_begins_on_the_way_to_the_suggested_option, SETTLED),
        (test_what_was_put_aside_is_never_suggested, ANY),
        (test_an_option_is_never_locked_and_names_what_supports_it, SETTLED),
        (test_options_are_two_or_three_different_ones, ANY),
        (test_planning_again_changes_nothing, ANY),
        (test_every_skill_is_reached_by_going_on, (cases(put_aside=False, goals=False),)),
        (test_better_answers_never_shorten_what_is_offered_upward, UPWARD),
    ],
)
def test_over_very_many_learners(holds: Any, over: tuple[st.SearchStrategy[Any], ...]) -> None:
    long(given(*over)(holds.hypothesis.inner_test))()
