"""The curriculum Polku ships: counts, completeness, and the rules its edges keep."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import product

import pytest

from polku.curriculum import BANDS, LANGUAGES, Area, Code, Curriculum, Module, Objective, Skill
from polku.home import Home


@pytest.fixture(scope="module")
def curriculum(home: Home) -> Curriculum:
    """Return the shipped curriculum."""
    return Curriculum.load(home.serve / "curricula" / "fi-mathematics.json")


def edges(curriculum: Curriculum) -> list[tuple[Skill, Skill]]:
    """Return (before, after) for every edge, hard and soft."""
    return [
        (curriculum.skills[other], skill)
        for skill in curriculum.skills.values()
        for other in (*skill.prerequisites, *skill.recommended_after)
    ]


def test_counts(curriculum: Curriculum) -> None:
    bands = Counter(skill.band for skill in curriculum.skills.values())
    assert bands == {"1-2": 10, "3-6": 25, "7-9": 69, "lukio": 90}
    assert sum(len(skill.prerequisites) for skill in curriculum.skills.values()) == 308
    assert sum(len(skill.recommended_after) for skill in curriculum.skills.values()) == 79
    assert (len(curriculum.objectives), len(curriculum.modules), len(curriculum.areas)) == (46, 20, 35)


def test_the_file_holds_nothing_but_what_is_read(home: Home, curriculum: Curriculum) -> None:
    raw = json.loads((home.serve / "curricula" / "fi-mathematics.json").read_text(encoding="utf-8"))
    again = curriculum.to_dict()
    assert sorted(raw) == sorted(again)
    for kind in ("skills", "objectives", "areas", "modules"):
        assert {entry["id"]: entry for entry in raw[kind]} == {entry["id"]: entry for entry in again[kind]}


def test_hash_survives_json(curriculum: Curriculum) -> None:
    assert Curriculum.from_json(curriculum.to_json()).hash == curriculum.hash


def test_hard_and_soft_edges_together_have_no_circle(curriculum: Curriculum) -> None:
    assert all(curriculum.index(before.id) < curriculum.index(after.id) for before, after in edges(curriculum))


def test_no_hard_edge_follows_from_others(curriculum: Curriculum) -> None:
    redundant = [
        (before, skill.id)
        for skill in curriculum.skills.values()
        for before, other in product(skill.prerequisites, repeat=2)
        if before in curriculum.ancestors(other)
    ]
    assert redundant == []


def test_no_soft_edge_repeats_what_hard_ones_say(curriculum: Curriculum) -> None:
    repeated = [
        (before, skill.id)
        for skill in curriculum.skills.values()
        for before in skill.recommended_after
        if before in curriculum.ancestors(skill.id)
    ]
    assert repeated == []


def test_nothing_earlier_builds_on_something_later(curriculum: Curriculum) -> None:
    for before, after in edges(curriculum):
        assert before.grade is not None
        assert after.grade is not None
        assert before.grade <= after.grade, (before.id, after.id)
        assert BANDS.index(before.band) <= BANDS.index(after.band)


def test_long_and_short_syllabus_never_lean_on_each_other(curriculum: Curriculum) -> None:
    crossing = [
        (before.id, after.id)
        for before, after in edges(curriculum)
        if {before.syllabus, after.syllabus} == {"long", "short"}
    ]
    assert crossing == []


@pytest.mark.parametrize(("syllabus", "prefix", "other"), [("long", "MAA", "MAB"), ("short", "MAB", "MAA")])
def test_a_syllabus_is_whole_without_the_other(curriculum: Curriculum, syllabus: str, prefix: str, other: str) -> None:
    own = set(curriculum.in_syllabus(syllabus))
    assert all(curriculum.ancestors(skill_id) <= own for skill_id in own)
    assert any(skill_id.startswith(prefix) for skill_id in own)
    assert not any(skill_id.startswith(other) for skill_id in own)
    assert sum(skill_id.startswith("MAY1") for skill_id in own) == 7


def test_syllabus_is_that_of_the_module_and_none_in_basic_education(curriculum: Curriculum) -> None:
    for skill_id, skill in curriculum.skills.items():
        module = curriculum.module_of(skill_id)
        assert skill.syllabus == (module.syllabus if module else None)
        assert (skill.band == "lukio") == (module is not None)


def test_every_module_has_skills(curriculum: Curriculum) -> None:
    count = Counter(skill.area for skill in curriculum.skills.values())
    assert all(count[module] >= 1 for module in curriculum.modules)
    assert {m: n for m, n in count.items() if m.startswith("MAB")} == {
        "MAB2": 5, "MAB3": 5, "MAB4": 4, "MAB5": 5, "MAB6": 5, "MAB7": 4, "MAB8": 4, "MAB9": 4,
    }  # fmt: skip # read as a row


def test_modules_have_the_credits_of_the_national_plan(curriculum: Curriculum) -> None:
    compulsory: dict[str, float] = defaultdict(float)
    for module in curriculum.modules.values():
        compulsory[module.syllabus] += module.credits * module.compulsory
    assert compulsory["common"] + compulsory["long"] == 20
    assert compulsory["common"] + compulsory["short"] == 12


def test_every_title_is_there_in_three_languages(curriculum: Curriculum) -> None:
    entries: list[Skill | Objective | Area | Module] = [
        *curriculum.skills.values(),
        *curriculum.objectives.values(),
        *curriculum.areas.values(),
        *curriculum.modules.values(),
    ]
    for entry in entries:
        assert tuple(sorted(entry.title)) == tuple(sorted(LANGUAGES)), entry.id
        assert all(text == text.strip() != "" for text in entry.title.values()), entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_tell_skills_of_an_area_apart(curriculum: Curriculum, language: str) -> None:
    count = Counter((skill.area, skill.title[language]) for skill in curriculum.skills.values())
    assert [key for key, times in count.items() if times > 1] == []


def test_every_objective_of_a_skill_is_there_and_one_can_be_estimated(curriculum: Curriculum) -> None:
    for skill in curriculum.skills.values():
        national = [curriculum.objectives[name] for name in skill.objectives if name in curriculum.objectives]
        modules = [curriculum.modules[name] for name in skill.objectives if name in curriculum.modules]
        assert len(national) + len(modules) == len(skill.objectives) > 0
        assert modules or any(objective.estimable for objective in national)
        assert all(objective.band == skill.band for objective in national)


def test_attitudes_and_working_skills_are_never_estimated(curriculum: Curriculum) -> None:
    silent = {name for name, objective in curriculum.objectives.items() if not objective.estimable}
    assert {f"MA79.T{number}" for number in range(1, 10)} <= silent
    assert {"MA12.T1", "MA36.T1"} <= silent
    assert {curriculum.objectives[name].target_area for name in silent} == {"A", "B"}


def test_every_objective_that_can_be_estimated_has_a_skill(curriculum: Curriculum) -> None:
    served = {name for skill in curriculum.skills.values() for name in skill.objectives}
    assert {name for name, objective in curriculum.objectives.items() if objective.estimable} <= served


def test_first_objective_is_never_graded(curriculum: Curriculum) -> None:
    assert not any(curriculum.objectives[f"{band}.T1"].graded for band in ("MA12", "MA36", "MA79"))


def test_every_grade_has_skills_and_every_area_too(curriculum: Curriculum) -> None:
    assert {skill.grade for skill in curriculum.skills.values()} == set(range(1, 13))
    assert {skill.area for skill in curriculum.skills.values()} == set(curriculum.areas)


def test_codes_say_code_set_and_version(curriculum: Curriculum) -> None:
    assert curriculum.skills["MAB2.01"].code == Code("polku-skills", "1", "MAB2.01")
    assert curriculum.modules["MAB2"].code == Code("moduulikoodistolops2021", "1", "MAB2")
    assert curriculum.objectives["MA79.T14"].also == (Code("eperusteet", "419550", "748724"),)
    assert curriculum.areas["MA79.S3"].also == (Code("eperusteet", "419550", "471920"),)
    assert curriculum.to_dict()["subject"] == ["koskioppiaineetyleissivistava", "1", "MA"]
    codes = [
        *(skill.code for skill in curriculum.skills.values()),
        *(objective.code for objective in curriculum.objectives.values()),
        *(area.code for area in curriculum.areas.values()),
    ]
    assert all(all(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_swedish_calls_areas_and_objectives_by_its_own_letters(curriculum: Curriculum) -> None:
    assert curriculum.objectives["MA79.T14"].label == {"fi": "T14", "sv": "M14", "en": "T14"}
    assert curriculum.areas["MA36.S3"].label["sv"] == "I3"
    assert curriculum.areas["MAB3"].label["sv"] == "MAB3"


def test_upper_secondary_opens_with_what_is_common(curriculum: Curriculum) -> None:
    assert [skill_id[:4] for skill_id in curriculum.order if curriculum.skills[skill_id].grade == 10][:7] == [
        "MAY1"
    ] * 7


def test_learning_starts_somewhere(curriculum: Curriculum) -> None:
    roots = curriculum.frontier([])
    assert "MA12.S2.01" in roots
    assert {curriculum.skills[root].band for root in roots} <= {"1-2", "3-6"}
