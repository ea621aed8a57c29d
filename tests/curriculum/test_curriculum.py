"""What can be asked of a curriculum."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import FrozenInstanceError, replace

import pytest

from polku.curriculum import Code, Content, Curriculum, Module, Skill
from polku.curriculum.values import same_title
from polku.errors import NotFoundError


def skill(name: str, *before: str, grade: int | None = None, after: tuple[str, ...] = ()) -> Skill:
    return replace(Skill.bare(name), grade=grade, prerequisites=before, recommended_after=after)


def of(*skills: Skill) -> Curriculum:
    return Curriculum(Content(skills=skills))


@pytest.fixture
def diamond() -> Curriculum:
    """Return a: then b and c, then d, which needs both."""
    return of(skill("d", "b", "c"), skill("c", "a"), skill("b", "a"), skill("a"))


def test_order_follows_prerequisites_and_then_names(diamond: Curriculum) -> None:
    assert diamond.order == ("a", "b", "c", "d")
    assert tuple(diamond.skills) == diamond.order
    assert [diamond.index(name) for name in diamond.order] == [0, 1, 2, 3]


def test_free_choices_go_by_grade_before_name() -> None:
    assert of(skill("a", grade=5), skill("b", grade=3), skill("c", grade=4)).order == ("b", "c", "a")


def test_skills_without_grade_come_after_those_with_one() -> None:
    assert of(skill("a"), skill("b", grade=12)).order == ("b", "a")


def test_what_is_common_comes_before_what_is_chosen() -> None:
    chosen = [
        replace(skill(name, grade=10), syllabus=syllabus) for name, syllabus in [("MAA3", "long"), ("MAB3", "short")]
    ]
    assert of(*chosen, replace(skill("MAY1", grade=10), syllabus="common")).order == ("MAY1", "MAA3", "MAB3")


def test_numbers_in_names_count_as_numbers() -> None:
    assert of(skill("MAA10.01"), skill("MAA2.01"), skill("7"), skill("12")).order == ("7", "12", "MAA2.01", "MAA10.01")


def test_soft_order_holds_against_the_name() -> None:
    assert of(skill("a", after=("b",)), skill("b")).order == ("b", "a")


def test_a_soft_circle_falls_back_to_hard_edges_and_keeps_other_soft_edges() -> None:
    curriculum = of(skill("a", after=("b", "z")), skill("b", after=("a",)), skill("z"))
    assert curriculum.order == ("b", "z", "a")


def test_a_soft_edge_against_a_hard_one_gives_way() -> None:
    assert of(skill("a", after=("b",)), skill("b", "a")).order == ("a", "b")


def test_soft_order_never_shows_in_the_frontier() -> None:
    assert of(skill("a", after=("b",)), skill("b")).frontier([]) == ("b", "a")


def test_frontier_opens_with_what_is_mastered(diamond: Curriculum) -> None:
    assert diamond.frontier([]) == ("a",)
    assert diamond.frontier(["a"]) == ("b", "c")
    assert diamond.frontier({"a", "b"}) == ("c",)
    assert diamond.frontier(["a", "b", "c", "d"]) == ()


def test_frontier_takes_mastery_as_it_is_without_asking_for_what_lies_before(diamond: Curriculum) -> None:
    assert diamond.frontier(["b", "c"]) == ("a", "d")


def test_frontier_ignores_skills_from_elsewhere(diamond: Curriculum) -> None:
    assert diamond.frontier(["a", "quantum"]) == ("b", "c")


def test_near_and_far(diamond: Curriculum) -> None:
    assert diamond.prerequisites("d") == ("b", "c")
    assert diamond.ancestors("d") == {"a", "b", "c"}
    assert diamond.ancestors("a") == frozenset()
    assert diamond.descendants("a") == {"b", "c", "d"}
    assert diamond.descendants("d") == frozenset()


def test_prerequisite_arrays_are_rows_of_positions(diamond: Curriculum) -> None:
    indptr, indices = diamond.prerequisite_arrays()
    assert indptr.tolist() == [0, 0, 1, 2, 4]
    assert indices.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize("question", ["index", "area_of", "module_of", "prerequisites", "ancestors", "descendants"])
def test_every_question_about_an_unknown_skill_names_the_nearest(question: str) -> None:
    curriculum = of(skill("fractions"), skill("decimals"))
    with pytest.raises(NotFoundError, match=r"no such skill in the curriculum\n  got: fraction\n.*'fractions'"):
        getattr(curriculum, question)("fraction")


def test_membership_length_and_name(diamond: Curriculum) -> None:
    assert "a" in diamond
    assert "z" not in diamond
    assert len(diamond) == 4
    assert repr(diamond) == "<Curriculum local : 4 skills>"


def test_bare_curriculum_of_ids() -> None:
    curriculum = Curriculum.of_skills(["10", "9", "9"])
    assert curriculum.order == ("9", "10")
    assert curriculum.frontier([]) == ("9", "10")
    assert curriculum.skills["9"].title == {"fi": "9", "sv": "9", "en": "9"}
    assert (curriculum.skills["9"].grade, curriculum.skills["9"].band, curriculum.area_of("9")) == (None, "", "")
    assert curriculum.skills["9"].code == Code("local", "", "9")


def test_bare_curriculum_survives_the_bundle() -> None:
    curriculum = Curriculum.of_skills(str(number) for number in range(30))
    assert Curriculum.from_json(curriculum.to_json()).hash == curriculum.hash


def test_no_skills_at_all() -> None:
    empty = Curriculum.of_skills([])
    assert (empty.order, empty.frontier(["a"]), len(empty)) == ((), (), 0)
    assert [part.tolist() for part in empty.prerequisite_arrays()] == [[0], []]


def test_modules_are_areas_and_split_the_syllabuses() -> None:
    modules = tuple(
        Module(name, Code("local", "", name), syllabus, 2, compulsory=True, title=same_title(name))
        for name, syllabus in [("MAY1", "common"), ("MAA2", "long"), ("MAB2", "short")]
    )
    skills = [
        replace(skill(f"{module.id}.1"), area=module.id, band="lukio", syllabus=module.syllabus) for module in modules
    ]
    curriculum = Curriculum(Content(skills=(*skills, skill("basic", grade=9)), modules=modules))
    assert curriculum.in_syllabus("long") == ("basic", "MAY1.1", "MAA2.1")
    assert curriculum.in_syllabus("short") == ("basic", "MAY1.1", "MAB2.1")
    assert curriculum.module_of("MAB2.1") is curriculum.modules["MAB2"]
    assert curriculum.module_of("basic") is None
    assert curriculum.areas["MAB2"].band == "lukio"


def test_canonical_text_has_sorted_keys_no_spaces_and_readable_letters() -> None:
    text = Curriculum.from_json(
        '{"skills": [{"id": "a", "title": {"fi": "yö", "sv": "natt", "en": "night"}}]}'
    ).to_json()
    assert "yö" in text
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_hash_is_that_of_the_text(diamond: Curriculum) -> None:
    assert diamond.hash == hashlib.sha256(diamond.to_json().encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [skill("a", grade=1), skill("a", after=("b",)), replace(skill("a"), title=same_title("A")), skill("a", "b")],
    ids=["grade", "soft", "title", "hard"],
)
def test_hash_changes_with_the_content(changed: Skill) -> None:
    assert of(changed, skill("b")).hash != of(skill("a"), skill("b")).hash


def test_values_are_frozen_and_fit_for_sets() -> None:
    bare = Skill.bare("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'grade'"):
        bare.grade = 3  # type: ignore[misc] # the assignment that must fail
    assert {bare, Skill.bare("a")} == {bare}


def test_five_thousand_skills_in_a_row() -> None:
    """A chain is the deepest graph there is: nothing here may recurse, or grow with the square."""
    skills = [skill("S0"), *(skill(f"S{place}", f"S{place - 1}") for place in range(1, 5000))]
    start = time.perf_counter()
    curriculum = of(*reversed(skills))
    assert curriculum.order[-1] == "S4999"
    assert len(curriculum.ancestors("S4999")) == 4999
    assert len(curriculum.descendants("S0")) == 4999
    assert curriculum.frontier([f"S{place}" for place in range(2500)]) == ("S2500",)
    assert time.perf_counter() - start < 30  # half a second where nothing recurses
