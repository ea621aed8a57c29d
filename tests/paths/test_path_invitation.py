"""What a learner reads comes true: what is said to open opens, what is said to come nearer comes nearer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home
from polku.paths import LANGUAGES, Path, Reason, SkillState, Step, Texts, load_policy, plan

HOME = Home.find()
POLICY = load_policy(HOME.models)
TEXTS = Texts.load(HOME.serve / "text")
MATHEMATICS = Curriculum.load(HOME.serve / "curricula" / "fi-mathematics.json")
SHOWN, GAP = SkillState(0.9, 8, 0.05), SkillState(0.2, 6, 0.1)


def graph(before: Mapping[str, Iterable[str]], grades: Mapping[str, int]) -> Curriculum:
    skills = (
        replace(Skill.bare(name), prerequisites=tuple(earlier), grade=grades.get(name))
        for name, earlier in before.items()
    )
    return Curriculum(Content(tuple(skills)))


DIAMOND = graph({"a": "", "b": "a", "c": "a", "d": "bc", "e": "d"}, {"a": 4, "b": 4, "c": 4, "d": 5, "e": 7})


def invited(curriculum: Curriculum, skill: str, states: Mapping[str, SkillState], grade: int | None = None) -> Step:
    answer = plan(curriculum, states, POLICY, grade=grade, answers_total=9)
    return next(step for step in (*answer.options, *answer.path) if step.skill_id == skill)


def told(step: Step) -> dict[str, object]:
    """Return what is said would come of a step, by message, each with its skill or number."""
    values = {one.id.split(".")[1]: list(one.values.values()) for one in step.what_if}
    return {name: (found[0]["en"] if isinstance(found[0], Mapping) else found[0]) if found else None
            for name, found in values.items()}  # fmt: skip


def test_what_nothing_else_stands_before_opens() -> None:
    assert told(invited(DIAMOND, "a", {})) == {"opens": "b", "tasks": 3}


def test_what_something_else_stands_before_comes_nearer() -> None:
    assert told(invited(DIAMOND, "b", {"a": SHOWN})) == {"towards": "d", "tasks": 3}


def test_where_it_leads_is_near_and_not_what_comes_next_anyway() -> None:
    assert told(invited(DIAMOND, "a", {}, grade=4)) == {"opens": "b", "leads": "d", "tasks": 3}
    assert "leads" not in told(invited(DIAMOND, "b", {"a": SHOWN}, grade=4)), "d is what comes next, e too far"


def test_where_it_leads_is_the_goal_that_people_have_set() -> None:
    answer = plan(DIAMOND, {}, POLICY, goal="e", grade=4, answers_total=9)
    assert told(answer.path[0]) == {"opens": "b", "leads": "e", "tasks": 3}
    assert answer.path[0].what_if[1] == Reason("what_if.leads", {"later": DIAMOND.skills["e"].title})


def test_a_way_in_is_shown_where_the_ground_is_not() -> None:
    assert told(invited(DIAMOND, "d", {"a": SHOWN, "b": SHOWN}, grade=4))["first"] == "c"


def test_what_was_shown_is_kept_fresh() -> None:
    shown = dict.fromkeys("abcde", SHOWN)
    answer = plan(DIAMOND, shown, POLICY)
    assert {tuple(told(step)) for step in answer.options} == {("fresh", "tasks")}


@pytest.mark.parametrize(("states", "outcome"), [({}, "further"), ({"b": GAP}, "adds")])
def test_where_nothing_follows_it_is_said_what_it_is_good_for(states: dict[str, SkillState], outcome: str) -> None:
    pair = graph({"a": "", "b": ""}, {"a": 4, "b": 5})
    step = invited(pair, "b", states, grade=4 if outcome == "further" else 5)
    assert next(iter(told(step))) == outcome


def test_the_band_is_that_of_the_grade() -> None:
    assert invited(DIAMOND, "a", {}, grade=2).band == "7-9"
    assert invited(DIAMOND, "a", {}).band == "13-15"


# --- comes true


def every_step(answer: Path) -> list[Step]:
    return [*answer.options, *answer.path]


def opens(step: Step) -> list[str]:
    """Return the title of what a step is said to open."""
    return [str(one.values["next"]["en"]) for one in step.what_if if one.id == "what_if.opens"]  # type: ignore[index] # a title


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), grade=st.integers(1, 12))
def test_what_is_said_to_open_can_be_started_once_the_step_is_shown(seed: int, grade: int) -> None:
    draw = np.random.default_rng(seed)
    met = draw.choice(MATHEMATICS.order, size=20, replace=False).tolist()
    states = {name: SkillState(float(draw.uniform(0.1, 0.95)), int(draw.integers(1, 12)), 0.1) for name in met}
    answer = plan(MATHEMATICS, states, POLICY, grade=grade, answers_total=60)
    titles = {skill.title["en"]: name for name, skill in MATHEMATICS.skills.items()}
    for step in every_step(answer):
        for title in opens(step):
            after = plan(MATHEMATICS, {**states, step.skill_id: SHOWN}, POLICY, grade=grade, answers_total=60,
                         goal=titles[title], steps=1)  # fmt: skip
            reached = [note.id for note in after.notes if note.id == "note.goal_reached"]
            assert reached or after.path[0].skill_id == titles[title]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), grade=st.one_of(st.none(), st.integers(1, 12)))
def test_everything_said_can_be_said_in_every_language_and_fits_on_a_screen(seed: int, grade: int | None) -> None:
    draw = np.random.default_rng(seed)
    met = draw.choice(MATHEMATICS.order, size=15, replace=False).tolist()
    states = {name: SkillState(float(draw.uniform()), int(draw.integers(0, 9)), 0.1) for name in met}
    answer = plan(MATHEMATICS, states, POLICY, grade=grade)
    for step in every_step(answer):
        assert 2 <= len(step.what_if) <= 4
        said = step.to_dict(TEXTS)
        for language in LANGUAGES:
            whole = " ".join(one[language] for one in (said["next_step"], *said["what_if"]))
            assert "{" not in whole
            assert len(whole) < 700


def test_a_title_stays_as_the_curriculum_has_it() -> None:
    said = Reason(
        "what_if.opens", {"next": {"fi": "Lukujono: sääntö", "sv": "Talföljd: regel", "en": "Sequence: rule"}}
    )
    assert said.to_learner(TEXTS, "7-9")["fi"] == "Jos valitset tämän, saat tehdä seuraavaksi tätä: ”Lukujono: sääntö”."
