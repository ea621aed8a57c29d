"""Promises of the curriculum that a planner leans on: every question answered alike, nothing changed by asking."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from polku.curriculum import BANDS, LANGUAGES, Area, Code, Content, Curriculum, Module, Objective, Skill
from polku.curriculum.checks import SHOWN, first_few
from polku.curriculum.values import natural_key, same_title
from polku.errors import DefinitionError, InputError, NotFoundError

TITLE = same_title("t")


def skill(name: str, *before: str, **fields: object) -> Skill:
    return replace(Skill.bare(name), prerequisites=before, **fields)  # type: ignore[arg-type]  # fields by name


def objective(name: str, target: str = "C", areas: tuple[str, ...] = ()) -> Objective:
    return Objective(name, Code("local", "", name), TITLE, "7-9", target, True, areas, TITLE)


def area(name: str) -> Area:
    return Area(name, Code("local", "", name), TITLE, "7-9", TITLE)


def module(name: str, syllabus: str = "long") -> Module:
    return Module(name, Code("local", "", name), syllabus, 2, True, TITLE)


def of(*skills: Skill, **parts: object) -> Curriculum:
    return Curriculum(Content(skills=skills, **parts))  # type: ignore[arg-type]  # parts by name


def test_asking_changes_nothing_and_asking_again_gives_the_same() -> None:
    curriculum = of(skill("c", "a", "b"), skill("b", "a"), skill("a"))
    text = curriculum.to_json()
    for _ in range(2):
        assert curriculum.frontier(["a"]) == ("b",)
        assert curriculum.ancestors("c") == {"a", "b"}
        assert curriculum.descendants("a") == {"b", "c"}
        assert [part.tolist() for part in curriculum.prerequisite_arrays()] == [[0, 0, 1, 3], [0, 0, 1]]
    assert curriculum.to_json() == text
    curriculum.to_dict()["skills"].clear()
    curriculum.prerequisite_arrays()[1][:] = 7
    assert curriculum.to_json() == text
    assert curriculum.prerequisite_arrays()[1].tolist() == [0, 0, 1]


def test_arrays_are_of_the_width_that_kernels_take_even_without_edges() -> None:
    for curriculum in (of(), of(skill("a")), of(skill("b", "a"), skill("a"))):
        indptr, indices = curriculum.prerequisite_arrays()
        assert indptr.dtype == indices.dtype == np.int32
        assert len(indptr) == len(curriculum) + 1
        assert indptr[-1] == len(indices)


def test_all_mastered_opens_nothing_and_order_or_kind_of_collection_do_not_matter() -> None:
    curriculum = of(skill("b", "a"), skill("a"), skill("z"))
    assert curriculum.frontier(curriculum.order) == ()
    assert curriculum.frontier({"z", "a"}) == curriculum.frontier(("a", "z")) == curriculum.frontier({"a": 1, "z": 2})
    assert curriculum.frontier(["nonesuch"]) == curriculum.frontier([]) == ("a", "z")


def test_a_skills_area_and_module() -> None:
    curriculum = of(
        skill("p", area="S3"), skill("q", area="MAA2", syllabus="long"), skill("r"),
        areas=(area("S3"),), modules=(module("MAA2"),),
    )  # fmt: skip
    assert [curriculum.area_of(name) for name in "pqr"] == ["S3", "MAA2", ""]
    assert [curriculum.module_of(name) for name in "pr"] == [None, None]
    found = curriculum.module_of("q")
    assert found is not None
    assert (found.id, found.credits) == ("MAA2", 2)
    assert set(curriculum.areas) == {"S3", "MAA2"}
    with pytest.raises(NotFoundError, match="no such skill in the curriculum\n  got: s"):
        curriculum.module_of("s")


def test_a_syllabus_takes_what_is_common_and_never_the_other_one() -> None:
    curriculum = of(
        *(
            skill(name, syllabus=syllabus)
            for name, syllabus in zip("abcd", ("long", "short", "common", None), strict=True)
        )
    )
    assert set(curriculum.in_syllabus("long")) == {"a", "c", "d"}
    assert set(curriculum.in_syllabus("short")) == {"b", "c", "d"}


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize(("target", "estimable"), [("A", False), ("B", False), ("C", True)])
def test_only_concepts_and_subject_skills_can_be_estimated_in_every_band(
    band: str, target: str, estimable: bool
) -> None:
    assert replace(objective("T1", target), band=band).estimable == estimable


@pytest.mark.parametrize(
    ("targets", "good"),
    [(("C",), True), (("A", "C"), True), (("A",), False), (("B",), False), (("A", "B"), False), ((), True)],
)
def test_a_skill_never_stands_on_attitudes_alone(targets: tuple[str, ...], good: bool) -> None:
    objectives = tuple(objective(f"T{place}", target) for place, target in enumerate(targets))
    parts = {"objectives": objectives}
    one = skill("a", objectives=tuple(entry.id for entry in objectives))
    if good:
        assert len(of(one, **parts)) == 1
        return
    with pytest.raises(DefinitionError, match=r"no objective that answers can speak for\n  got: a \(T0"):
        of(one, **parts)


BROKEN: list[tuple[Content, str]] = [
    (Content((skill("a"), skill("a"))), r"skill ids repeat\n  got: a\n"),
    (Content((skill("a"),), areas=(area("S"), area("S"))), "area or module ids repeat\n  got: S"),
    (Content((skill("a"),), areas=(area("M"),), modules=(module("M"),)), "area or module ids repeat\n  got: M"),
    (Content((skill("a"),), objectives=(objective("T"), objective("T"))), "objective ids repeat\n  got: T"),
    (Content((skill("a", "a"),)), "skills come before themselves\n  got: a → a"),
    (Content((skill("a", recommended_after=("a",)),)), "skills come before themselves\n  got: a → a"),
    (Content((skill("a"), skill("b", "a", "a"))), "skills list something twice\n  got: b: a twice"),
    (Content((skill("a", "ab"), skill("abc"))), r"skills that are not there\n  got: 'ab' in a\n  try: .*'abc'"),
    (Content((skill("a", recommended_after=("x",)),)), "recommended order names skills that are not there"),
    (Content((skill("a", area="S"),)), "areas of skills are not there\n  got: 'S' in a"),
    (Content((skill("a", objectives=("T",)),)), "objectives of skills are not there\n  got: 'T' in a"),
    (Content((skill("a"),), objectives=(objective("T", areas=("S",)),)), "areas of objectives are not there"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "says"), BROKEN)
def test_content_that_does_not_hold_together_is_refused_and_its_source_named(content: Content, says: str) -> None:
    with pytest.raises(DefinitionError, match=rf"^own\.json: .*{says}"):
        Curriculum(content, where="own.json")


@pytest.mark.parametrize("name", ["", " ", " a", "a ", "a;b", "a\tb", "a\nb", "a\x7f"])
def test_an_id_that_a_file_of_responses_could_not_carry_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="ids are blank, or hold a semicolon or a control character"):
        of(skill(name))


@pytest.mark.parametrize("name", ["a", "a b", "ä€", "x" * 200, "7", "a,b", '"'])
def test_any_other_id_is_taken_and_survives_json(name: str) -> None:
    assert Curriculum.from_json(of(skill(name)).to_json()).order == (name,)


@pytest.mark.parametrize("count", [1, SHOWN, SHOWN + 1, SHOWN + 7])
def test_the_rest_is_counted_only_when_there_is_a_rest(count: int) -> None:
    said = first_few([str(number) for number in range(count)])
    assert said.count(";") == min(count, SHOWN) - 1
    assert said.endswith(f"(and {count - SHOWN} more)") == (count > SHOWN)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", InputError, "is not valid JSON"),
        ("[]", InputError, r"holds no curriculum\n  got: a JSON list"),
        ("null", InputError, "got: a JSON NoneType"),
        ('{"skills": [], "skills": []}', InputError, r"a key repeats\n  got: skills"),
        ('{"skills": [{"id": "\\ud800"}]}', InputError, r"half of a character\n  got: \\ud800"),
        ("[" * 100_000, InputError, "is not valid JSON"),
        ('{"skills": []}', DefinitionError, r"this should not be empty\n  got: skills = \[\]"),
        ('{"skills": "a"}', DefinitionError, "this should be a list"),
        ('{"skills": [3]}', DefinitionError, "this should be an object with keys"),
        ('{"skills": [{"id": 3}]}', DefinitionError, "this should be text in quotes"),
        ('{"skills": [{"id": "a", "grade": 13}]}', DefinitionError, r"or equal to 12\n  got: skills\[a\]\.grade = 13"),
        ('{"skills": [{"id": "a", "grade": 0}]}', DefinitionError, "greater than or equal to 1"),
        ('{"skills": [{"id": "a", "code": ["x", "1"]}]}', DefinitionError, r"a code is \[code set, version, code\]"),
        ('{"skills": [{"id": "a", "title": {"fi": "x", "sv": "y"}}]}', DefinitionError, "titles are needed in fi, sv"),
        ('{"skills": [{"id": "a", "title": {"fi": "x", "sv": "y", "en": " "}}]}', DefinitionError, "this is blank"),
        ('{"format": "polku-curriculum/2", "skills": []}', DefinitionError, "this should be 'polku-curriculum/1'"),
    ],
)  # fmt: skip
def test_text_that_is_no_curriculum(text: str, error: type[InputError | DefinitionError], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        Curriculum.from_json(text, where="own.json")
    assert caught.value.what.startswith("own.json")
    assert caught.value.hint


def test_numbers_in_names_of_any_length_are_compared_as_numbers() -> None:
    names = ["MAA10.2", "MAA2.10", "MAA2.9", "7", "07", "a", ""]
    assert sorted(names, key=natural_key) == ["", "07", "7", "MAA2.9", "MAA2.10", "MAA10.2", "a"]
    assert sorted(["x10", "x9", "x09"], key=natural_key) == ["x09", "x9", "x10"]


def test_titles_stand_in_every_language() -> None:
    curriculum = Curriculum.from_json('{"skills": [{"id": "a"}]}')
    assert dict(curriculum.skills["a"].title) == dict.fromkeys(LANGUAGES, "a")
    assert repr(curriculum) == "<Curriculum local : 1 skills>"
    assert "a" in curriculum
    assert 3 not in curriculum


def test_a_file_and_its_text_give_the_same_curriculum(tmp_path: Path) -> None:
    text = of(skill("b", "a"), skill("a", grade=3)).to_json()
    path = tmp_path / "own.json"
    path.write_text(json.dumps(json.loads(text), indent=4), encoding="utf-8")
    assert Curriculum.load(path).hash == Curriculum.load(str(path)).hash == Curriculum.from_json(text).hash


def test_a_very_long_chain_needs_no_deep_recursion() -> None:
    length = sys.getrecursionlimit() * 2
    names = [f"s{number}" for number in range(length)]
    chain = of(skill(names[0]), *(skill(new, old) for old, new in pairwise(names)))
    assert chain.order == tuple(names)
    assert len(chain.ancestors(names[-1])) == len(chain.descendants(names[0])) == length - 1
    circle = [skill(new, old) for old, new in zip([names[-1], *names], names, strict=False)]
    with pytest.raises(DefinitionError, match="prerequisites run in a circle"):
        of(*circle)
