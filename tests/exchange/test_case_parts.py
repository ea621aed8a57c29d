"""CASE piece by piece: what each kind of ours becomes, how it is named, and how links of any shape are understood."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from polku.curriculum import LANGUAGES, Content, Curriculum
from polku.exchange.case_package import unpacked
from polku.exchange.case_read import of_json
from polku.exchange.case_terms import Naming, identifier, moment
from polku.exchange.case_write import package_of

Json = dict[str, Any]
SAME = dict.fromkeys(LANGUAGES, "x")
CODE = ["s", "1", "x"]
LASTING = "43ef4c26-28dc-41ae-b038-a890294b151d"
WHOLE: Json = {
    "id": "small",
    "subjects": [
        {"id": "KE", "code": CODE, "title": {"fi": "Kemia", "sv": "Kemi", "en": "Chemistry"}},
        {"id": "KE-2", "code": CODE, "title": SAME, "within": "KE"},
    ],
    "transversals": [{"id": "L4", "code": CODE, "label": SAME, "title": SAME, "also": [["tunniste", "", LASTING]]}],
    "modules": [
        {
            "id": "KE1",
            "code": CODE,
            "syllabus": "common",
            "credits": 2,
            "compulsory": True,
            "title": SAME,
            "subject": "KE",
        }
    ],
    "areas": [
        {"id": "KE1.S1", "code": CODE, "label": SAME, "title": SAME, "within": "KE1", "subject": "KE"},
        {"id": "S9", "code": CODE, "label": SAME, "title": SAME},
    ],
    "objectives": [
        {
            "id": "T1",
            "code": CODE,
            "label": SAME,
            "band": "7-9",
            "target_area": "C",
            "graded": True,
            "title": SAME,
            "subject": "KE-2",
            "areas": ["S9"],
            "transversal": ["L4"],
        }
    ],
    "criteria": [
        {"id": "T1.5", "objective": "T1", "mark": 5, "text": {"fi": "Osaa.", "sv": "Kan."}},
        {"id": "T1.x", "objective": "T1", "text": {"sv": "Kan bra."}, "target": {"fi": "Kohde"}},
    ],
    "skills": [
        {"id": "a", "objectives": ["T1", "KE1"], "area": "KE1", "grade": 7},
        {"id": "b", "objectives": ["T1"], "area": "S9", "prerequisites": ["a"]},
        {"id": "c", "recommended_after": ["a"]},
    ],
    "replacedBy": {"old": ["a", "b"]},
}
CHILDREN = {
    "KE": "small",
    "KE-2": "KE",
    "L4": "small",
    "KE1": "KE",
    "KE1.S1": "KE1",
    "S9": "small",
    "T1": "KE-2",
    "a": "KE1",
    "b": "S9",
    "c": "small",
}
OTHERS = {
    ("isPartOf", "a", "T1"),
    ("isPartOf", "a", "KE1"),
    ("isPartOf", "b", "T1"),
    ("isRelatedTo", "T1", "S9"),
    ("isRelatedTo", "T1", "L4"),
    ("precedes", "a", "b"),
    ("ext:isRecommendedBefore", "a", "c"),
    ("replacedBy", "old", "a"),
    ("replacedBy", "old", "b"),
}


@pytest.fixture(scope="module")
def whole() -> Curriculum:
    return Curriculum.from_json(json.dumps(WHOLE))


@pytest.fixture(scope="module")
def sent(whole: Curriculum) -> Json:
    return package_of(whole, base="https://x.example/ims/case/v1p1/")


def edges(sent: Json) -> set[tuple[str, str, str]]:
    return {
        (one["associationType"], one["originNodeURI"]["title"], one["destinationNodeURI"]["title"])
        for one in sent["CFAssociations"]
    }


def test_the_tree_is_the_one_people_know(sent: Json) -> None:
    tree = {origin: above for type_, origin, above in edges(sent) if type_ == "isChildOf"}
    assert tree == CHILDREN


def test_everything_else_is_said_by_its_own_type(sent: Json) -> None:
    assert {edge for edge in edges(sent) if edge[0] != "isChildOf"} == OTHERS


def test_items_say_what_they_are(sent: Json) -> None:
    kinds = {one["humanCodingScheme"]: one["CFItemType"] for one in sent["CFItems"]}
    assert kinds == {
        "KE": "Subject",
        "KE-2": "Subject",
        "L4": "Transversal competence",
        "KE1": "Module",
        "KE1.S1": "Content area",
        "S9": "Content area",
        "T1": "Objective",
        "a": "Skill",
        "b": "Skill",
        "c": "Skill",
    }
    types = {one["title"]: one["identifier"] for one in sent["CFDefinitions"]["CFItemTypes"]}
    assert all(one["CFItemTypeURI"]["identifier"] == types[one["CFItemType"]] for one in sent["CFItems"])
    levels = {one["humanCodingScheme"]: one.get("educationLevel") for one in sent["CFItems"]}
    assert (levels["a"], levels["b"]) == (["07"], None)


def test_addresses_are_whole_and_identifiers_are_uuids(sent: Json) -> None:
    for kind in ("CFItems", "CFAssociations"):
        for one in sent[kind]:
            assert one["uri"] == f"https://x.example/ims/case/v1p1/{kind}/{uuid.UUID(one['identifier'])}"
    named = {one["humanCodingScheme"]: one["identifier"] for one in sent["CFItems"]}
    assert named["L4"] == LASTING


def test_a_lasting_identifier_that_two_carry_names_neither() -> None:
    twice = json.loads(json.dumps(WHOLE))
    twice["areas"][1]["also"] = [["tunniste", "", LASTING]]
    named = {one["identifier"] for one in package_of(Curriculum.from_json(json.dumps(twice)))["CFItems"]}
    assert LASTING not in named
    assert len(named) == len(CHILDREN)


def test_criteria_become_one_rubric_with_levels(sent: Json) -> None:
    (rubric,) = sent["CFRubrics"]
    (row,) = rubric["CFRubricCriteria"]
    assert (rubric["title"], row["CFItemURI"]["title"]) == ("T1", "T1")
    assert [(one.get("quality"), one["description"], one["position"]) for one in row["CFRubricCriterionLevels"]] == [
        ("5", "Osaa.", 1),
        (None, "Kan bra.", 2),
    ]
    assert all(one["rubricCriterionId"] == row["identifier"] for one in row["CFRubricCriterionLevels"])


def test_the_whole_comes_back(whole: Curriculum, sent: Json) -> None:
    assert of_json(json.loads(json.dumps(sent)), "x").curriculum.to_json() == whole.to_json()


def test_the_subject_of_a_curriculum_of_one_is_told() -> None:
    one = Curriculum.from_json('{"skills": [{"id": "a"}], "subject": ["koski", "1", "MA"]}')
    assert [found["hierarchyCode"] for found in package_of(one)["CFDefinitions"]["CFSubjects"]] == ["MA"]


@pytest.mark.parametrize(
    ("content", "changed", "said"),
    [
        (Content(version="2024-05-27"), None, "2024-05-27T00:00:00Z"),
        (Content(version="1.1", valid_from="2016-08-01"), None, "2016-08-01T00:00:00Z"),
        (Content(), None, "2000-01-01T00:00:00Z"),
        (Content(version="2024-05-27"), datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (Content(), datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T00:00:00Z"),
    ],
)
def test_a_moment_is_told_in_utc(content: Content, changed: datetime | None, said: str) -> None:
    assert moment(content, changed) == said


def test_names_differ_by_kind_and_by_curriculum() -> None:
    found = {identifier(*parts) for parts in (("m", "skills", "a"), ("m", "objectives", "a"), ("n", "skills", "a"))}
    assert len(found) == 3
    assert Naming("", "x").uri("CFItems", "1") == "urn:uuid:1"


@pytest.mark.parametrize(
    "ends",
    [
        {"originNodeURI": {"identifier": "a"}, "destinationNodeURI": {"identifier": "b"}},
        {"originNodeURI": {"uri": "https://x/CFItems/a"}, "destinationNodeURI": {"uri": "urn:uuid:b"}},
        {"originNodeURI": "https://x/CFItems/a", "destinationNodeURI": "b"},
        {"originNodeIdentifier": "a", "destinationNodeIdentifier": "b"},
        {"originNodeURI": {"identifier": None, "uri": "x/a"}, "destinationNodeURI": {"identifier": "b", "title": None}},
    ],
)
def test_a_link_of_any_shape_has_two_ends(ends: Json) -> None:
    items = [{"identifier": name, "fullStatement": name} for name in "ab"]
    raw = {
        "CFDocument": {"identifier": "d"},
        "CFItems": items,
        "CFAssociations": [{"associationType": "precedes", **ends}],
    }
    package = unpacked(raw, "x")
    assert [(one.origin, one.destination) for one in package.links] == [("a", "b")]
    assert of_json(raw, "x").curriculum.prerequisites("b") == ("a",)


@pytest.mark.parametrize(
    ("levels", "grade"),
    [
        (["07"], 7),
        (["09", "10"], 9),
        (["KG", "01"], 1),
        (["HS"], None),
        ([], None),
        (None, None),
        (["13"], None),
        ("07", None),
    ],
)
def test_a_grade_is_the_lowest_level_that_is_one(levels: object, grade: int | None) -> None:
    items = [{"identifier": "a", "fullStatement": "a", "educationLevel": levels}]
    assert of_json({"CFDocument": {}, "CFItems": items}, "x").curriculum.skills["a"].grade == grade


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ({"fullStatement": "<p>Solve <b>equations</b></p>"}, "Solve equations"),
        ({"fullStatement": " ", "abbreviatedStatement": "Equations"}, "Equations"),
        ({"fullStatement": None, "humanCodingScheme": "EQ.1"}, "EQ.1"),
        ({"fullStatement": "\U0001d465\u00b2 = 2"}, "\U0001d465\u00b2 = 2"),
    ],
)
def test_a_title_is_what_the_item_states(item: Json, title: str) -> None:
    raw = {
        "CFDocument": {"language": "en-US"},
        "CFItems": [{"identifier": "ok", "fullStatement": "x"}, {"identifier": "a", **item}],
    }
    reading = of_json(raw, "x")
    found = reading.curriculum.skills.get("a")
    assert found is not None or reading.refused
    if found is not None:
        assert found.title["en"] == title
        assert found.written == ("en",)
