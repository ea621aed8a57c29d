"""CASE: ours out and back without loss and valid against the official schema; anybody's in, whatever it looks like."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.exchange.case_index import Index
from polku.exchange.case_read import fits_case, of_json, read_case
from polku.exchange.case_write import package_of
from polku.exchange.curriculum_reading import of_subjects
from polku.exchange.eperusteet import read_eperusteet
from polku.home import Home

BASE = "https://polku.example.fi/ims/case/v1p1"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def valid(standards_dir: Path) -> Callable[[Json], list[str]]:
    """Return what says where a package is not as the official schema has it."""
    schema = json.loads((standards_dir / "case" / "official-case-v1p1-cfpackage.json").read_text())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return lambda package: [error.message for error in validator.iter_errors(package)]


@pytest.fixture(scope="module")
def mathematics(home: Home) -> Curriculum:
    return Curriculum.load(home.curriculum_path("fi-mathematics"))


def item(name: str, **more: Any) -> Json:
    return {"identifier": name, "uri": f"x/{name}", "fullStatement": name.upper(), **more}


def link(type_: str, origin: str, destination: str, **more: Any) -> Json:
    ends = {"originNodeURI": {"identifier": origin}, "destinationNodeURI": {"identifier": destination}}
    return {"identifier": f"{type_}-{origin}-{destination}", "associationType": type_, **ends, **more}


def package(items: str, *links: Json, **more: Any) -> Json:
    document = {"identifier": "doc", "uri": "x/doc", "creator": "x", "title": "Frame"}
    return {"CFDocument": document, "CFItems": [item(one) for one in items], "CFAssociations": list(links), **more}


def test_mathematics_comes_back_as_it_was(mathematics: Curriculum, valid: Callable[[Json], list[str]]) -> None:
    sent = package_of(mathematics, base=BASE)
    assert valid(sent) == []
    reading = of_json(json.loads(json.dumps(sent)), "round trip")
    assert reading.curriculum.to_json() == mathematics.to_json()
    assert (reading.counts["precedes"], reading.counts["skills"]) == (308, 194)
    assert not reading.refused


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("pops-shape-arvioinninkohteet.json", ""),
        ("lops2019-peruste-6828810.json", "KE"),
        pytest.param("lops2019-peruste-6828810.json", "", marks=pytest.mark.long),
    ],
)
def test_national_curricula_come_back_as_they_were(
    standards_dir: Path, valid: Callable[[Json], list[str]], name: str, subject: str
) -> None:
    content = read_eperusteet(standards_dir / "eperusteet" / name).content
    curriculum = Curriculum(of_subjects(content, subject) if subject else content)
    sent = package_of(curriculum)
    assert valid(sent) == []
    assert of_json(json.loads(json.dumps(sent)), "round trip").curriculum.hash == curriculum.hash


names = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=";"), min_size=1, max_size=5),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(max_examples=40)
@given(names, st.data())
def test_any_curriculum_comes_back_as_it_was(skills: list[str], data: st.DataObject) -> None:
    def earlier(place: int) -> st.SearchStrategy[list[str]]:
        return st.lists(st.sampled_from(skills[:place]), unique=True, max_size=3) if place else st.just([])

    rows: list[Json] = [{"id": skill, "grade": data.draw(st.none() | st.integers(1, 12))} for skill in skills]
    for place, row in enumerate(rows):
        row |= {"prerequisites": data.draw(earlier(place)), "recommended_after": data.draw(earlier(place))}
    old = {"gone": [skills[0]]} if data.draw(st.booleans()) and "gone" not in skills else {}
    curriculum = Curriculum.from_json(json.dumps({"skills": rows, "replacedBy": old}))
    back = of_json(json.loads(json.dumps(package_of(curriculum))), "round trip").curriculum
    assert back.to_json() == curriculum.to_json()


def test_a_prerequisite_is_the_origin_and_a_soft_edge_is_none(mathematics: Curriculum) -> None:
    sent = package_of(mathematics)
    called = {one["identifier"]: one["humanCodingScheme"] for one in sent["CFItems"]}
    hard = {
        (called[one["originNodeURI"]["identifier"]], called[one["destinationNodeURI"]["identifier"]])
        for one in sent["CFAssociations"]
        if one["associationType"] == "precedes"
    }
    assert hard == {(before, one.id) for one in mathematics.skills.values() for before in one.prerequisites}
    soft = [one for one in sent["CFAssociations"] if one["associationType"].startswith("ext:")]
    assert len(soft) == sum(len(one.recommended_after) for one in mathematics.skills.values())


def test_every_item_hangs_on_something_and_identifiers_last(mathematics: Curriculum) -> None:
    first, second = package_of(mathematics), package_of(mathematics, base=BASE)
    assert [one["identifier"] for one in first["CFItems"]] == [one["identifier"] for one in second["CFItems"]]
    children = {one["originNodeURI"]["identifier"] for one in first["CFAssociations"] if "sequenceNumber" in one}
    assert children == {one["identifier"] for one in first["CFItems"]}
    everything = [*first["CFItems"], *first["CFAssociations"], first["CFDocument"]]
    assert len({one["identifier"] for one in everything}) == len(everything)


def test_the_registers_own_identifier_is_kept(standards_dir: Path) -> None:
    curriculum = read_eperusteet(standards_dir / "eperusteet" / "pops-shape-arvioinninkohteet.json").curriculum
    named = {one["humanCodingScheme"]: one["identifier"] for one in package_of(curriculum)["CFItems"][:5]}
    assert named["MA"] == "fd33256d-15b6-4108-a3ce-78292695d6ee"


def test_criteria_are_levels_in_words_without_scores(standards_dir: Path) -> None:
    curriculum = read_eperusteet(standards_dir / "eperusteet" / "pops-shape-arvioinninkohteet.json").curriculum
    levels = [
        level
        for rubric in package_of(curriculum)["CFRubrics"]
        for row in rubric["CFRubricCriteria"]
        for level in row["CFRubricCriterionLevels"]
    ]
    assert len(levels) == 9
    assert all("score" not in level and level["description"] for level in levels)


def test_when_it_changed_is_told_or_is_its_version() -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}], "version": "2024-05-27"}')
    assert package_of(plain)["CFDocument"]["lastChangeDateTime"] == "2024-05-27T00:00:00Z"
    told = package_of(plain, changed=datetime(2026, 1, 2, 3, tzinfo=UTC))
    assert told["CFItems"][0]["lastChangeDateTime"] == "2026-01-02T03:00:00Z"
    bare = package_of(Curriculum.from_json('{"skills": [{"id": "a"}]}'))
    assert bare["CFDocument"]["lastChangeDateTime"].endswith("Z")


def test_an_edge_that_somebody_added_to_ours_is_ours() -> None:
    sent = package_of(Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}]}'))
    first, second = (one["identifier"] for one in sent["CFItems"])
    sent["CFAssociations"].append(link("precedes", first, second))
    sent["CFItems"][0]["fullStatement"] = "changed"
    sent["CFItems"].append(item("stranger"))
    reading = of_json(sent, "ours")
    assert reading.curriculum.prerequisites("b") == ("a",)
    assert reading.curriculum.skills["a"].title == {"fi": "changed", "sv": "a", "en": "a"}
    assert [one.id for one in reading.refused] == ["stranger"]


@pytest.mark.parametrize(("name", "items", "skills"), [("Ordering.json", 28, 24), ("SmartLevelFramework.json", 14, 12)])
def test_frameworks_of_other_servers_are_read(standards_dir: Path, name: str, items: int, skills: int) -> None:
    path = standards_dir / "case" / name
    reading = read_case(path)
    assert (reading.counts["items"], reading.counts["skills"], reading.refused) == (items, skills, ())
    assert len(reading.curriculum) == skills
    wrapped = of_json({"CFPackage": json.loads(path.read_text())}, "wrapped")
    assert wrapped.content == reading.content
    assert fits_case({"CFPackage": {}})


def test_the_order_of_siblings_is_their_sequence_number() -> None:
    sent = package("abc", *(link("isChildOf", one, "doc", sequenceNumber=9 - place) for place, one in enumerate("abc")))
    assert of_json(sent, "x").curriculum.order == ("c", "b", "a")
    for one in sent["CFAssociations"]:
        del one["sequenceNumber"]
    assert of_json(sent, "x").curriculum.order == ("a", "b", "c")


def test_inner_items_are_areas_and_skills_where_something_builds_on_them() -> None:
    tree = [link("isChildOf", "b", "a"), link("isChildOf", "c", "a"), link("isChildOf", "a", "doc")]
    reading = of_json(package("abcd", *tree, link("precedes", "a", "d")), "x")
    curriculum = reading.curriculum
    assert set(curriculum.order) == {"a", "b", "c", "d"}
    assert (curriculum.area_of("b"), curriculum.prerequisites("d")) == ("a", ("a",))


def test_many_parents_many_times_and_ways_out_are_taken_as_they_are() -> None:
    links = [
        link("isChildOf", "b", "a"),
        link("isChildOf", "b", "c"),
        link("precedes", "b", "d"),
        link("precedes", "b", "d", identifier="again"),
        link("precedes", "d", "elsewhere"),
        link("exactMatchOf", "d", "https-elsewhere"),
        link("assessedBy", "d", "b"),
        link("ext:likes", "d", "b"),
    ]
    reading = of_json(package("abcd", *links), "x")
    assert reading.curriculum.area_of("b") == "a"
    assert reading.curriculum.prerequisites("d") == ("b",)
    assert reading.notes == (
        "1 associations are stated twice",
        "2 associations lead out of the package",
        "1 associations of the type 'assessedBy' are kept and not used",
    )


def test_nulls_addresses_alone_and_extras_do_no_harm() -> None:
    sent = package("ab")
    sent["CFItems"][0] |= {"CFDocumentURI": {"title": "x"}, "notes": None, "educationLevel": ["KG", "07", "08"]}
    sent["CFAssociations"] = [
        {
            "associationType": "precedes",
            "originNodeURI": "https://x/CFItems/a",
            "destinationNodeURI": {"uri": "urn:uuid:b"},
        },
        {"associationType": None, "originNodeURI": {"identifier": "a"}, "destinationNodeURI": {"identifier": "b"}},
        "no association",
    ]
    reading = of_json(sent, "x")
    assert reading.curriculum.prerequisites("b") == ("a",)
    assert reading.curriculum.skills["a"].grade == 7
    assert [one.reason for one in reading.refused] == ["it has no type, no origin or no destination"]


def test_items_that_cannot_be_used_are_counted() -> None:
    sent = package("ab")
    sent["CFItems"] += [item("a"), {"fullStatement": "x"}, {"identifier": "c", "fullStatement": None}]
    reading = of_json(sent, "x")
    assert [one.reason for one in reading.refused] == [
        "its identifier repeats",
        "it has no identifier",
        "it has no statement",
    ]


def test_a_translation_is_another_title_and_no_other_skill() -> None:
    sent = package("ab", link("isTranslationOf", "b", "a"))
    sent["CFItems"][0] |= {"fullStatement": "Luvut", "language": "fi"}
    sent["CFItems"][1] |= {"fullStatement": "Tal \U0001f9ee", "language": "sv-FI"}
    curriculum = of_json(sent, "x").curriculum
    assert curriculum.order == ("a",)
    assert curriculum.skills["a"].title == {"fi": "Luvut", "sv": "Tal \U0001f9ee", "en": "Luvut"}
    assert curriculum.skills["a"].written == ("fi", "sv")


@pytest.mark.parametrize(
    ("edges", "named"),
    [
        ("ab bc ca", "A → B → C → A"),
        ("aa", "A → A"),
        ("ab ba cd dc", "A → B → A; C → D → C"),
        ("ax xa", "A → x → A"),
    ],
)
def test_prerequisites_in_a_circle_are_refused_by_name(edges: str, named: str) -> None:
    sent = package("abcd", *(link("precedes", one[0], one[1]) for one in edges.split()))
    with pytest.raises(InputError, match=rf"(?s)precedes runs in a circle.*{named}"):
        of_json(sent, "x")


def test_a_circle_in_ours_is_refused_too() -> None:
    sent = package_of(Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}'))
    first, second = (one["identifier"] for one in sent["CFItems"])
    sent["CFAssociations"].append(link("precedes", second, first))
    with pytest.raises(InputError, match="a → b → a"):
        of_json(sent, "ours")


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ([], "holds no CASE package"),
        ({"CFDocument": []}, "holds no CASE package"),
        ({"CFDocument": {"title": "x"}}, "no items"),
        ({"CFDocument": {}, "CFItems": [None, 1]}, "no items"),
    ],
)
def test_what_is_no_package_is_refused(raw: object, what: str) -> None:
    with pytest.raises(InputError, match=what):
        of_json(raw, "x")


@settings(max_examples=40)
@given(st.recursive(st.none() | st.text(max_size=3) | st.integers(), lambda i: st.dictionaries(st.text(max_size=3), i)))
def test_whatever_stands_in_an_item_costs_no_more_than_itself(value: object) -> None:
    sent = copy.deepcopy(package("a"))
    odd = dict.fromkeys(("fullStatement", "humanCodingScheme", "educationLevel", "language", "CFItemType"), value)
    sent["CFItems"].append({"identifier": "odd", **odd})
    sent["CFAssociations"].append(dict.fromkeys(("associationType", "originNodeURI", "destinationNodeURI"), value))
    assert "a" in of_json(sent, "x").curriculum


def test_objects_by_themselves_name_their_document(mathematics: Curriculum) -> None:
    index = Index.of(mathematics, BASE)
    document = index.document["identifier"]
    assert index.document["CFPackageURI"]["uri"] == f"{BASE}/CFPackages/{document}"
    one = next(iter(index.items.values()))
    assert one["CFDocumentURI"]["uri"] == f"{BASE}/CFDocuments/{document}"
    assert "CFDocumentURI" not in index.package["CFItems"][0]
    ends = {end for found in index.associations_of(one["identifier"]) for end in _ends(found)}
    assert one["identifier"] in ends
    assert index.associations_of("nobody") == []


def _ends(one: Json) -> set[str]:
    return {one["originNodeURI"]["identifier"], one["destinationNodeURI"]["identifier"]}
