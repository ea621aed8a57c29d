"""Nobody is sorted into a syllabus, and nobody is led out of one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.paths.standing import Standing
from polku.paths.syllabus import kept_syllabus, left_out
from polku.paths.terrain import Terrain

POLICY = load_policy(Home.find().models)
MATHEMATICS = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
SYLLABUS = {"c": "common", "d": "common", "k": "long", "l": "long", "s": "short", "t": "short"}
SOME, SHOWN = SkillState(0.5, 2), SkillState(0.9, 6)


def standing(*answered: str, grade: int | None = 11, state: SkillState = SOME) -> Standing:
    skills = (replace(Skill.bare(name), grade=11, syllabus=which) for name, which in SYLLABUS.items())
    terrain = Terrain.of(Curriculum(Content(tuple(skills))))
    return Standing.of(terrain, dict.fromkeys(answered, state), POLICY, grade, None)


@pytest.mark.parametrize(
    ("answered", "stated", "goal", "kept"),
    [
        ("", None, None, None),
        ("", None, "c", None),  # a common goal tells nothing
        ("", "short", None, "short"),
        ("", None, "s", "short"),
        ("", "long", "s", "long"),  # what is stated comes before the goal
        ("kl", None, "s", "short"),  # and the goal before the answers
        ("cs", None, None, "short"),
        ("kls", None, None, "long"),
        ("ks", None, None, "long"),  # a tie leaves nobody out of the long one
    ],
)
def test_what_tells_the_syllabus(answered: str, stated: str | None, goal: str | None, kept: str | None) -> None:
    assert kept_syllabus(standing(*answered), stated, goal) == kept


@pytest.mark.parametrize(
    ("answered", "syllabus", "out"),
    [("", "long", "st"), ("", "short", "kl"), ("", None, "klst"), ("c", None, "klst"), ("cd", None, "")],
)
def test_what_is_left_out(answered: str, syllabus: str | None, out: str) -> None:
    where = standing(*answered, state=SHOWN)
    mask = left_out(where, syllabus)
    assert "".join(skill.id for skill, gone in zip(where.terrain.skills, mask, strict=True) if gone) == out


@pytest.mark.parametrize("grade", [7, 9])
def test_basic_education_leads_to_common_skills_only(grade: int) -> None:
    known = {name: SHOWN for name, skill in MATHEMATICS.skills.items() if (skill.grade or 99) <= 9}
    answer = plan(MATHEMATICS, known, POLICY, grade=grade, steps=30)
    offered = {step.skill_id for step in (*answer.options, *answer.path)}
    assert {MATHEMATICS.skills[name].syllabus for name in offered} <= {"common", None}
    assert any(step.grade_level for step in answer.options)


@pytest.mark.parametrize("syllabus", ["long", "short"])
def test_a_path_through_upper_secondary_keeps_to_its_syllabus(syllabus: str) -> None:
    known: dict[str, SkillState] = {}
    met: set[str] = set()
    for _ in range(300):
        answer = plan(MATHEMATICS, known, POLICY, grade=10, syllabus=syllabus)
        met |= {step.skill_id for step in answer.options}
        if answer.path[0].kind == "review":
            break
        known[answer.path[0].skill_id] = SHOWN
    own = {name for name, skill in MATHEMATICS.skills.items() if skill.syllabus == syllabus}
    other = {name for name, skill in MATHEMATICS.skills.items() if skill.syllabus not in {syllabus, "common", None}}
    assert own <= set(known).union(*map(MATHEMATICS.ancestors, known))
    assert not met & other
