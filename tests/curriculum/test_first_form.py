"""The form of the first hypothesis, given as it is."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from polku.curriculum import Code, Curriculum
from polku.errors import DefinitionError

TITLE = {"fi": "f", "sv": "s", "en": "e"}


def node(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "code": name, "subject": "MA", "grade_band": "7-9", "area": "S3", "title": TITLE, **more}


def objective(code: str, target: str) -> dict[str, Any]:
    return {
        "code": code,
        "code_sv": "M" + code.rpartition("T")[2],
        "grade_band": "7-9",
        "eperusteet_id": 748724,
        "target_area": target,
        "graded": True,
        "content_areas": ["S3"],
        "transversal": ["L1"],
        "title": TITLE,
    }


SMALL: dict[str, Any] = {
    "meta": {"version": "1.0"},
    "transversal_competences": [{"code": "L1"}],
    "content_areas": [
        {"grade_band": band, "code": "S3", "code_sv": "I3", "eperusteet_id": number, "title": TITLE}
        for band, number in [("7-9", 471920), ("3-6", None)]
    ],
    "objectives": [objective("MA79.T14", "C"), objective("MA79.T5", "B"), objective("MA79.T10", "C")],
    "modules": [
        {"code": "MAY1", "credits": 2, "compulsory": True, "syllabus": "common", "title_fi": "Luvut"},
        {"code": "MAA2", "credits": 3, "compulsory": False, "syllabus": "MAA", "title_fi": "Funktiot"},
        {"code": "MAB2", "credits": 2, "compulsory": True, "syllabus": "MAB", "title_fi": "Lausekkeet"},
    ],
    "nodes": [
        node("MA79.S3.02", typical_grade=7, recommended_before=["MA79.S3.01"], objectives=["MA79.T14"]),
        node("MA79.S3.01", typical_grade=7, objectives=["MA79.T14"]),
        *(
            node(f"{module}.01", typical_year=year, module=module, area=module, grade_band="lukio", objectives=[module])
            for module, year in [("MAY1", 1), ("MAA2", 2), ("MAB2", 3)]
        ),
    ],
    "final_assessment_criteria_digest": [{"objective": "MA79.T14"}],
}


def loaded(document: dict[str, Any]) -> Curriculum:
    return Curriculum.from_json(json.dumps(document))


def test_recommended_before_lists_what_comes_before() -> None:
    curriculum = loaded(SMALL)
    assert curriculum.skills["MA79.S3.02"].recommended_after == ("MA79.S3.01",)
    assert curriculum.order[:2] == ("MA79.S3.01", "MA79.S3.02")


def test_years_of_upper_secondary_become_grades_ten_to_twelve() -> None:
    skills = loaded(SMALL).skills
    assert [skills[name].grade for name in ("MAY1.01", "MAA2.01", "MAB2.01")] == [10, 11, 12]


def test_modules_give_area_and_syllabus() -> None:
    skills = loaded(SMALL).skills
    assert [skills[name].syllabus for name in ("MAY1.01", "MAA2.01", "MAB2.01")] == ["common", "long", "short"]
    assert skills["MAB2.01"].area == "MAB2"
    assert skills["MA79.S3.01"].syllabus is None


def test_areas_that_share_a_code_are_kept_apart_by_band() -> None:
    curriculum = loaded(SMALL)
    assert curriculum.area_of("MA79.S3.01") == "MA79.S3"
    assert {"MA79.S3", "MA36.S3"} <= set(curriculum.areas)
    assert curriculum.areas["MA79.S3"].label == {"fi": "S3", "sv": "I3", "en": "S3"}
    assert curriculum.areas["MA79.S3"].also == (Code("eperusteet", "419550", "471920"),)
    assert curriculum.areas["MA36.S3"].also == ()


def test_objectives_keep_their_names_by_language() -> None:
    found = loaded(SMALL).objectives["MA79.T14"]
    assert found.label == {"fi": "T14", "sv": "M14", "en": "T14"}
    assert found.areas == ("MA79.S3",)
    assert found.code == Code("polku-objectives", "1", "MA79.T14")


def test_a_short_excerpt_is_enough() -> None:
    curriculum = loaded({"nodes": [{"id": "b", "prerequisites": ["a"]}, {"id": "a", "area": "S2"}]})
    assert curriculum.order == ("a", "b")
    assert curriculum.area_of("a") == "S2"


def test_the_two_known_skills_gain_the_subject_objective_they_serve() -> None:
    document = deepcopy(SMALL)
    document["nodes"].append(node("MA79.S1.02", objectives=["MA79.T5"]))
    assert loaded(document).skills["MA79.S1.02"].objectives == ("MA79.T5", "MA79.T10")


def test_any_other_skill_of_working_skills_alone_is_refused() -> None:
    document = deepcopy(SMALL)
    document["nodes"].append(node("MA79.S1.99", objectives=["MA79.T5"]))
    with pytest.raises(DefinitionError, match=r"answers can speak for\n  got: MA79.S1.99 \(MA79.T5\)"):
        loaded(document)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prerequisites": ["MA79.S3.02"]}, "come before themselves"),
        ({"prerequisites": ["MA79.S3.9"]}, "'MA79.S3.9' in MA79.S3.02"),
        ({"typical_grade": 12}, r"nodes\[MA79.S3.02\].typical_grade = 12"),
        ({"recomended_before": []}, "did you mean 'recommended_before'"),
        ({"title": {"fi": "x", "en": "y"}}, r"nodes\[MA79.S3.02\].title.sv"),
    ],
)
def test_refusals_name_the_node(change: dict[str, Any], said: str) -> None:
    document = deepcopy(SMALL)
    document["nodes"][0] |= change
    with pytest.raises(DefinitionError, match=said):
        loaded(document)


def test_the_published_hypothesis_reads_as_it_is(data_dir: Path) -> None:
    curriculum = Curriculum.load(data_dir / "curriculum" / "fi_mathematics.json")
    hard = sum(len(skill.prerequisites) for skill in curriculum.skills.values())
    soft = sum(len(skill.recommended_after) for skill in curriculum.skills.values())
    assert (len(curriculum), hard, soft) == (152, 249, 47)
    assert Curriculum.from_json(curriculum.to_json()).hash == curriculum.hash


def test_in_the_published_hypothesis_no_soft_edge_comes_from_a_later_grade(data_dir: Path) -> None:
    """What fixes the direction of ``recommended_before``: read the other way, 23 of 47 edges would."""
    skills = Curriculum.load(data_dir / "curriculum" / "fi_mathematics.json").skills
    pairs = [
        (skill.grade or 0, skills[other].grade or 0) for skill in skills.values() for other in skill.recommended_after
    ]
    assert all(before <= after for after, before in pairs)
    assert any(before < after for after, before in pairs)
