"""The planner on learners one can picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pytest

from polku.curriculum import Content, Curriculum, Skill
from polku.errors import InputError, NotFoundError
from polku.home import Home
from polku.paths import Path, SkillState, load_policy, plan

POLICY = load_policy(Home.find().models)
MATHEMATICS = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
DAY = 86_400_000_000
SHOWN = SkillState(0.9, answers=6)
GAP = SkillState(0.2, answers=6)


def graph(
    before: Mapping[str, str],
    grade: Mapping[str, int] = MappingProxyType({}),
    band: Mapping[str, str] = MappingProxyType({}),
    syllabus: Mapping[str, str] = MappingProxyType({}),
) -> Curriculum:
    """Return skills with the prerequisites named in a string."""
    skills = [
        replace(
            Skill.bare(name),
            prerequisites=tuple(names.split()),
            grade=grade.get(name),
            band=band.get(name, ""),
            syllabus=syllabus.get(name),
        )
        for name, names in before.items()
    ]
    return Curriculum(Content(skills=tuple(skills)))


CHAIN = graph({"a": "", "b": "a", "c": "b", "d": "c"})
YEARS = graph(
    {f"y{year}": f"y{year - 1}" if year > 1 else "" for year in range(1, 10)}, grade={f"y{y}": y for y in range(1, 10)}
)


def options(answer: Path) -> list[str]:
    return [step.skill_id for step in answer.options]


def path(answer: Path) -> list[str]:
    return [step.skill_id for step in answer.path]


def notes(answer: Path) -> list[str]:
    return [note.id for note in answer.notes]


# --- the rungs of the ladder


def test_without_answers_the_order_is_the_curriculums_and_says_so() -> None:
    answer = plan(MATHEMATICS, {}, POLICY, grade=8)
    assert answer.rung == "curriculum_order"
    assert "note.no_evidence" in notes(answer)
    places = [MATHEMATICS.index(name) for name in path(answer)]
    assert places == sorted(places)
    assert {step.reasons[0].id for step in answer.options} == {"why.order"}
    assert not {"repair", "review"} & {step.kind for step in answer.options}


@pytest.mark.parametrize(("answers", "rung"), [(4, "curriculum_order"), (5, "prerequisite_rule")])
def test_the_policy_says_how_many_answers_are_enough(answers: int, rung: str) -> None:
    assert plan(CHAIN, {"a": SkillState(0.2, answers)}, POLICY).rung == rung


def test_the_caller_may_count_answers_better() -> None:
    answer = plan(CHAIN, {"a": GAP}, POLICY, answers_total=3)
    assert answer.rung == "curriculum_order"
    assert [note.values for note in answer.notes if note.id == "note.thin_evidence"] == [{"count": 3}]


def test_a_released_model_is_named() -> None:
    assert plan(CHAIN, {"a": SHOWN}, POLICY, rung="model").rung == "model"


def test_pins_without_answers_are_the_teachers_plan() -> None:
    answer = plan(CHAIN, {}, POLICY, pins=["c"])
    assert answer.rung == "teachers_plan"
    assert path(answer)[:3] == ["a", "b", "c"]


def test_pins_come_first_and_keep_their_prerequisites() -> None:
    wide = graph({"a": "", "b": "", "c": "b", "d": "c"})
    answer = plan(wide, {"a": GAP}, POLICY, pins=["d"], steps=3)
    assert (answer.rung, path(answer)) == ("prerequisite_rule", ["b", "c", "d"])


# --- a way up


def test_a_learner_with_an_early_gap_gets_it_and_a_grade_level_option() -> None:
    known = {
        name: SHOWN if (skill.grade or 99) <= 8 else SkillState(0.6, 4) for name, skill in MATHEMATICS.skills.items()
    }
    known["MA36.S2.05"] = GAP
    answer = plan(MATHEMATICS, known, POLICY, grade=9)
    assert [(step.skill_id, step.grade_level) for step in answer.options if step.kind == "repair"] == [
        ("MA36.S2.05", False)
    ]
    assert [step.grade_level for step in answer.options if step.kind in {"continue", "stretch"}] == [True, True]


def test_prerequisites_never_lock_an_option() -> None:
    answer = plan(YEARS, {"y1": GAP}, POLICY, grade=8)
    by_id = {step.skill_id: step for step in answer.options}
    assert by_id["y8"].grade_level
    assert by_id["y8"].supports == "y1"
    assert by_id["y9"].kind == "stretch"
    assert path(answer) == ["y1", "y2", "y3", "y4", "y5"]


def test_earlier_grades_are_taken_as_met_until_answers_speak_against_it() -> None:
    answer = plan(YEARS, {}, POLICY, grade=8)
    assert path(answer) == ["y7", "y8", "y9"]
    assert [note.values for note in answer.notes if note.id == "note.earlier_grades"] == [{"grade": 6}]
    assert answer.path[0].supports == "y6"


def test_a_policy_may_take_nothing_as_met() -> None:
    strict = POLICY.model_copy(update={"evidence": POLICY.evidence.model_copy(update={"earlier_grades_met": None})})
    assert path(plan(YEARS, {}, strict, grade=8)) == ["y1", "y2", "y3", "y4", "y5"]


def test_when_the_grade_is_shown_the_next_one_is_offered() -> None:
    answer = plan(YEARS, {"y8": SHOWN}, POLICY, grade=8)
    assert options(answer)[0] == "y9"
    assert answer.options[0].grade_level


def test_when_all_is_shown_it_may_be_revisited() -> None:
    answer = plan(YEARS, {"y9": SHOWN}, POLICY, grade=9)
    assert {step.kind for step in (*answer.options, *answer.path)} == {"review"}
    assert any(step.grade_level for step in answer.options)


@pytest.mark.parametrize("how", ["rejected", "locked"])
def test_only_people_remove_the_grade_level_option_and_it_is_said(how: str) -> None:
    answer = plan(YEARS, {"y7": SHOWN}, POLICY, grade=8, **{how: {"y8", "y9"}})  # type: ignore[arg-type] # either keyword
    assert not {"y8", "y9"} & {*options(answer), *path(answer)}
    assert "note.level_removed" in notes(answer)


def test_a_curriculum_without_the_grade_says_so() -> None:
    assert "note.level_absent" in notes(plan(graph({"a": ""}, grade={"a": 3}), {}, POLICY, grade=9))


def test_a_band_stands_in_for_an_unknown_grade() -> None:
    bands = graph({"a": "", "b": "a"}, band={"a": "3-6", "b": "7-9"})
    levels = {step.skill_id: step.grade_level for step in plan(bands, {}, POLICY, grade=8).options}
    assert levels["b"] is True
    assert levels.get("a") in {False, None}


# --- what has been put aside


def test_a_rejected_skill_stays_away_and_something_else_comes() -> None:
    wide = graph(dict.fromkeys("abcde", ""))
    before = options(plan(wide, {}, POLICY))
    after = options(plan(wide, {}, POLICY, rejected={before[0]}))
    assert before[0] not in after
    assert len(after) == 3


def test_what_builds_on_a_locked_skill_is_not_on_the_path_but_stays_an_option() -> None:
    answer = plan(CHAIN, {}, POLICY, locked={"a"})
    assert path(answer) == []
    assert options(answer) == ["b", "c", "d"]
    assert "note.no_path" in notes(answer)


# --- goals


def test_a_goal_leads_the_path_and_ends_it() -> None:
    answer = plan(MATHEMATICS, {}, POLICY, grade=7, goal="MA79.S3.06", steps=40)
    assert path(answer)[-1] == "MA79.S3.06"
    assert all(name in MATHEMATICS.ancestors("MA79.S3.06") for name in path(answer)[:-1])
    assert any(step.grade_level for step in answer.options)


def test_a_goal_that_is_reached_gives_way() -> None:
    answer = plan(CHAIN, {"b": SHOWN}, POLICY, goal="b")
    assert "note.goal_reached" in notes(answer)
    assert path(answer) == ["c", "d"]


def test_a_goal_that_is_cut_off_says_so() -> None:
    answer = plan(graph({"a": "", "b": "a", "c": ""}), {}, POLICY, goal="b", locked={"a"})
    assert "note.goal_blocked" in notes(answer)
    assert path(answer) == ["c"]


def test_an_unknown_goal_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r"did you mean 'MA79\.S3\.06'"):
        plan(MATHEMATICS, {}, POLICY, goal="MA79.S3.6")


# --- steadiness


FIVE = graph(dict.fromkeys("abcde", ""))


def test_a_small_difference_keeps_what_was_suggested() -> None:
    known = {name: SkillState(0.6, 2) for name in "abcde"}
    first = plan(FIVE, known, POLICY)
    known["e"] = SkillState(0.55, 2)
    known["a"] = SkillState(0.5, 2)
    assert options(plan(FIVE, known, POLICY, previous=first)) == options(first)
    assert options(plan(FIVE, known, POLICY)) != options(first)


def test_a_clear_difference_changes_it() -> None:
    first = plan(FIVE, {name: SkillState(0.6, 2) for name in "abcde"}, POLICY)
    second = plan(
        FIVE, {"a": SkillState(0.69, 9), **{name: SkillState(0.6, 2) for name in "bcde"}}, POLICY, previous=first
    )
    assert path(first)[0] == "a"
    assert path(second)[0] != "a"


def test_a_shown_step_leaves_the_path_and_the_rest_stays() -> None:
    first = plan(FIVE, {"a": GAP}, POLICY)
    head, *rest = path(first)
    again = plan(FIVE, {"a": GAP, head: SHOWN}, POLICY, previous=first)
    assert path(again) == rest


def test_a_new_goal_takes_over_at_once() -> None:
    first = plan(FIVE, {"a": GAP}, POLICY, steps=2)
    assert path(plan(FIVE, {"a": GAP}, POLICY, previous=first, goal="e")) == ["e"]


# --- what people settle


def test_several_goals_are_led_to_and_nothing_else() -> None:
    wide = graph({"a": "", "b": "a", "c": "", "d": "c", "e": ""})
    assert set(path(plan(wide, {"e": GAP}, POLICY, goals=["b", "d"], steps=9))) == set("abcd")


def test_with_steps_left_a_shown_goal_may_be_met_again() -> None:
    known = {"a": SkillState(0.75, 4, None, 0), "b": SkillState(0.95, 12, None, 30 * DAY)}
    wide = graph({"a": "", "b": ""})
    answer = plan(wide, known, POLICY, goals=["a", "b"], horizon=4, now=31 * DAY)
    assert (answer.path[0].skill_id, answer.path[0].kind) == ("a", "review")
    assert "note.no_path" not in notes(answer)


def test_after_three_repairs_in_a_row_the_path_goes_on_and_asks_the_teacher() -> None:
    known = {"y7": SkillState(0.2, answers=5), "y5": SHOWN}
    before = plan(YEARS, known, POLICY, grade=8, repairs=2)
    after = plan(YEARS, known, POLICY, grade=8, repairs=3)
    assert before.options[0].kind == "repair"
    assert "repair" not in {step.kind for step in after.options}
    assert (options(after)[0], after.options[0].grade_level, after.options[0].supports) == ("y8", True, "y6")
    assert path(after)[:3] == ["y6", "y7", "y8"], "the order of the path is another matter than what is offered"
    assert after.notes[0].id == "note.ask_teacher"
    assert "note.ask_teacher" not in notes(before)


def test_a_decided_syllabus_is_all_that_is_suggested_because_it_was_decided() -> None:
    known = {"y1": SHOWN}
    answer = plan(YEARS, known, POLICY, grade=8, decided=["y3"])
    assert {step.skill_id for step in (*answer.options, *answer.path)} <= {"y1", "y2", "y3"}
    assert "note.level_removed" in notes(answer)
    assert "note.level_removed" not in notes(plan(YEARS, known, POLICY, grade=8))


# --- syllabus

UPPER = graph(
    {"c1": "", "l1": "c1", "l2": "l1", "s1": "c1", "s2": "s1"},
    grade={"c1": 10, "l1": 11, "l2": 11, "s1": 11, "s2": 11},
    syllabus={"c1": "common", "l1": "long", "l2": "long", "s1": "short", "s2": "short"},
)


@pytest.mark.parametrize(
    ("said", "left_out"),
    [({"syllabus": "long"}, "s"), ({"syllabus": "short"}, "l"), ({"goal": "l2"}, "s"), ({"goal": "s1"}, "l")],
)
def test_the_syllabus_is_kept(said: dict[str, str], left_out: str) -> None:
    answer = plan(UPPER, {"c1": SHOWN}, POLICY, grade=11, **said)  # type: ignore[arg-type] # any keyword
    assert not [name for name in (*options(answer), *path(answer)) if name.startswith(left_out)]


def test_answers_tell_the_syllabus() -> None:
    answer = plan(UPPER, {"l1": SkillState(0.1, 6)}, POLICY, grade=11)
    assert not {"s1", "s2"} & {*options(answer), *path(answer)}


def test_nobody_is_sorted_into_a_syllabus() -> None:
    early = plan(UPPER, {}, POLICY, grade=10)
    assert {*options(early), *path(early)} == {"c1"}
    late = plan(UPPER, {"c1": SHOWN}, POLICY, grade=11)
    assert "note.syllabus_unknown" in notes(late)
    assert {name[0] for name in path(late)} == {"l", "s"}


# --- forms of input


def test_an_empty_curriculum_has_nothing_to_suggest() -> None:
    answer = plan(Curriculum(Content()), {"a": SHOWN}, POLICY, grade=3)
    assert (answer.options, answer.path) == ((), ())
    assert "note.empty_curriculum" in notes(answer)


def test_one_skill_is_one_option_and_that_is_said() -> None:
    answer = plan(Curriculum.of_skills(["a"]), {}, POLICY)
    assert options(answer) == path(answer) == ["a"]
    assert [note.values for note in answer.notes if note.id == "note.few_options"] == [{"count": 1}]


def test_states_from_elsewhere_change_nothing() -> None:
    assert plan(CHAIN, {"a": GAP, "x": SHOWN}, POLICY, answers_total=6) == plan(CHAIN, {"a": GAP}, POLICY)


def test_what_was_shown_long_ago_comes_up_for_review() -> None:
    wide = graph({"a": "", "b": "a", "c": "b", "d": "b", "e": "b"})
    known = {"b": SkillState(0.9, 6, None, 0)}
    assert {step.skill_id: step.kind for step in plan(wide, known, POLICY, now=60 * DAY).options}["b"] == "review"
    assert "b" not in options(plan(wide, known, POLICY, now=DAY))


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="at least one step"):
        plan(CHAIN, {}, POLICY, steps=0)
    with pytest.raises(InputError, match="unknown syllabus"):
        plan(CHAIN, {}, POLICY, syllabus="MAA")


# --- the log


def test_candidates_are_the_best_scored_and_the_offered_ones() -> None:
    answer = plan(MATHEMATICS, {"MA79.S3.06": GAP}, POLICY, grade=8)
    assert POLICY.offer.shortlist <= len(answer.candidates) <= POLICY.offer.shortlist + POLICY.offer.options
    assert all(one.score >= two.score for one, two in pairwise(answer.candidates))
    assert answer.candidates[0].to_dict().keys() == {
        "skill_id",
        "kind",
        "score",
        "terms",
        "propensity",
        "offered",
        "first",
    }


@pytest.mark.parametrize(("load", "offered"), [(2, ["b", "c"]), (3, ["b", "c", "a"])])
def test_a_review_takes_no_option_from_what_lies_higher(load: int, offered: list[str]) -> None:
    short = POLICY.model_copy(update={"offer": POLICY.offer.model_copy(update={"options": load})})
    years = graph({"a": "", "b": "", "c": ""}, {"a": 2, "b": 2, "c": 3})
    answer = plan(years, {"a": replace(SHOWN, last_answered_at=0)}, short, grade=2, now=60 * DAY)
    assert options(answer) == offered
