"""What a number or a title of a curriculum stands for, and how closely it stands to a skill."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polku.curriculum import Curriculum
from polku.curriculum.alignment import MODULE, OBJECTIVE, SUBJECT, alignment, names_of
from polku.curriculum.resources import Resource

LASTING = "43ef4c26-28dc-41ae-b038-a890294b151d"


def titled(text: str) -> dict[str, str]:
    return {"fi": text, "sv": f"{text} sv", "en": f"{text} en"}


def registered(number: str) -> list[str]:
    return ["eperusteet", "1", number]


WHOLE: dict[str, Any] = {
    "subjects": [
        {"id": "MA", "code": registered("10"), "title": titled("Matematiikka")},
        {"id": "MAA", "code": registered("11"), "title": titled("Pitkä"), "within": "MA"},
    ],
    "modules": [
        {
            "id": "MAA2",
            "code": registered("20"),
            "syllabus": "long",
            "credits": 2,
            "compulsory": True,
            "title": titled("Funktiot"),
            "subject": "MAA",
        }
    ],
    "areas": [
        {
            "id": "MAA2.S1",
            "code": registered("30"),
            "label": titled("S1"),
            "title": titled("Potenssifunktio"),
            "within": "MAA2",
            "subject": "MAA",
        }
    ],
    "objectives": [
        {
            "id": "MAA2.40",
            "code": registered("40"),
            "label": titled("1"),
            "band": "lukio",
            "target_area": "C",
            "graded": False,
            "title": titled("Osaa ratkaista yhtälöitä"),
            "also": [["tunniste", "", LASTING]],
            "subject": "MAA",
        }
    ],
    "skills": [
        {"id": "a", "objectives": ["MAA2.40", "MAA2"], "area": "MAA2"},
        {"id": "b", "objectives": ["MAA2"], "area": "MAA2"},
        {"id": "c"},
    ],
}


@pytest.fixture(scope="module")
def names() -> dict[str, dict[str, int]]:
    return names_of(Curriculum.from_json(json.dumps(WHOLE)))


@pytest.mark.parametrize(
    ("name", "skills"),
    [
        ("40", {"a": OBJECTIVE}),
        (LASTING, {"a": OBJECTIVE}),
        ("20", {"a": MODULE, "b": MODULE}),
        ("30", {"a": MODULE, "b": MODULE}),
        ("11", {"a": SUBJECT, "b": SUBJECT}),
        ("10", {"a": SUBJECT, "b": SUBJECT}),
        ("99", {}),
        ("", {}),
        ("4", {}),
        ("400", {}),
    ],
)
def test_a_number_stands_for_its_skills(names: dict[str, dict[str, int]], name: str, skills: dict[str, int]) -> None:
    assert alignment(Resource("r", "u", {}, aligned=(name,)), names) == skills


@pytest.mark.parametrize(
    ("title", "skills"),
    [
        ("Osaa ratkaista yhtälöitä", {"a": OBJECTIVE}),
        ("osaa  ratkaista YHTÄLÖITÄ.", {"a": OBJECTIVE}),
        ("Osaa ratkaista yhta\u0308lo\u0308ita\u0308", {"a": OBJECTIVE}),
        ("Funktiot en", {"a": MODULE, "b": MODULE}),
        ("Potenssifunktio sv", {"a": MODULE, "b": MODULE}),
        ("Matematiikka", {"a": SUBJECT, "b": SUBJECT}),
        ("Matematiikkaa", {}),
        ("yhtälöitä", {}),
        ("asd", {}),
        (" ", {}),
    ],
)
def test_a_title_stands_for_its_skills(names: dict[str, dict[str, int]], title: str, skills: dict[str, int]) -> None:
    assert alignment(Resource("r", "u", {}, named=(title,)), names) == skills


def test_the_closest_of_several_counts(names: dict[str, dict[str, int]]) -> None:
    one = Resource("r", "u", {}, aligned=("10", "20", "40"), named=("Matematiikka",))
    assert alignment(one, names) == {"a": OBJECTIVE, "b": MODULE}


def test_a_skill_that_serves_nothing_has_nothing(names: dict[str, dict[str, int]]) -> None:
    assert all("c" not in skills for skills in names.values())


def test_a_circle_of_subjects_ends() -> None:
    bare = {
        "subjects": [{**WHOLE["subjects"][0], "within": "MA"}],
        "objectives": [{**WHOLE["objectives"][0], "subject": "MA"}],
    }
    whole = {**bare, "skills": [{"id": "a", "objectives": ["MAA2.40"]}]}
    assert names_of(Curriculum.from_json(json.dumps(whole)))["10"] == {"a": SUBJECT}
