"""CASE as other servers send it: OpenSALT's nulls, compeito's wrapped objects, numbers as text, every script."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange.case_read import of_json
from polku.exchange.case_write import package_of

Json = dict[str, Any]
WHEN = "2024-05-01T12:00:00+00:00"


def node(name: str, **more: Any) -> Json:
    return {"title": name, "identifier": name, "uri": f"https://salt.example/uri/{name}", **more}


def item(name: str, **more: Any) -> Json:
    return {
        "identifier": name,
        "uri": f"https://salt.example/ims/case/v1p0/CFItems/{name}",
        "CFDocumentURI": node("doc"),
        "fullStatement": f"Statement of {name}",
        "alternativeLabel": None,
        "CFItemType": None,
        "humanCodingScheme": None,
        "listEnumeration": None,
        "abbreviatedStatement": None,
        "conceptKeywords": None,
        "notes": None,
        "language": "en",
        "educationLevel": [],
        "licenseURI": None,
        "statusStartDate": None,
        "lastChangeDateTime": WHEN,
        **more,
    }


def link(kind: str, origin: str, destination: str, number: object = None, **more: Any) -> Json:
    name = f"{kind}-{origin}-{destination}"
    return {
        "identifier": name,
        "associationType": kind,
        "CFDocumentURI": node("doc"),
        "sequenceNumber": number,
        "uri": f"https://salt.example/uri/{name}",
        "originNodeURI": node(origin),
        "destinationNodeURI": node(destination, targetType="CASE"),
        "CFAssociationGroupingURI": None,
        "lastChangeDateTime": WHEN,
        **more,
    }


def package(items: list[Json], *links: Json, **document: Any) -> Json:
    own = {"identifier": "doc", "uri": "x", "title": "Framework", "creator": "x", "CFPackageURI": node("doc")}
    definitions: Json = {"CFConcepts": [], "CFSubjects": [], "CFItemTypes": [], "CFAssociationGroupings": []}
    return {
        "CFDocument": {**own, "lastChangeDateTime": WHEN, **document},
        "CFItems": items,
        "CFAssociations": list(links),
        "CFDefinitions": definitions,
        "CFRubrics": [],
    }


def siblings(numbers: list[object]) -> Json:
    names = "abcdefgh"[: len(numbers)]
    return package(
        [item(name) for name in names],
        *(link("isChildOf", name, "doc", number) for name, number in zip(names, numbers, strict=True)),
    )


@pytest.mark.parametrize(
    ("numbers", "order"),
    [
        ([1, 2, 3], "abc"),
        ([3, 2, 1], "cba"),
        ([2, 3, 1], "cab"),
        ([30, 10, 20], "bca"),
        (["3", "2", "1"], "cba"),
        (["10", "9", "8"], "cba"),
        ([" 2 ", "1", "3"], "bac"),
        ([2.0, 1.0, 3.0], "bac"),
        ([2, "1", 3.0], "bac"),
        ([0, -1, 5], "bac"),
        ([None, 2, 1], "cba"),
        (["first", 2, 1], "cba"),
        ([True, 2, 1], "cba"),
        ([1.5, 2, 1], "cba"),
        (["", 2, 1], "cba"),
        ([[1], 2, 1], "cba"),
        ([float("inf"), 2, 1], "cba"),
    ],
)
def test_siblings_stand_by_their_number_however_it_is_written(numbers: list[object], order: str) -> None:
    curriculum = of_json(siblings(numbers), "x").curriculum
    assert "".join(curriculum.order) == order
    assert [curriculum.skills[name].recommended_after for name in order] == [(), (order[0],), (order[1],)]


@pytest.mark.parametrize("order", list(itertools.permutations("abcd")))
def test_the_order_of_the_file_says_nothing(order: tuple[str, ...]) -> None:
    links = [link("isChildOf", name, "doc", "dbca".index(name) + 1) for name in order]
    assert of_json(package([item(name) for name in order], *links), "x").curriculum.order == tuple("dbca")


def test_a_prerequisite_is_stronger_than_the_order_of_siblings() -> None:
    sent = package(
        [item("a"), item("b")],
        link("isChildOf", "a", "doc", 1),
        link("isChildOf", "b", "doc", 2),
        link("precedes", "b", "a"),
    )
    skills = of_json(sent, "x").curriculum.skills
    assert (skills["a"].prerequisites, skills["b"].recommended_after) == (("b",), ())


@pytest.mark.parametrize(
    "text",
    [
        "\U0001d4b3 \u2208 \u211d",
        "😀 Emoji 🇫🇮",
        "𠮷野家で計算する",
        "Åland, ÄÖ, sámegiella čđŋšŧž",
        "العربية",
        "עברית",
        "ελληνικά",
        "क्षेत्रमिति",
        "e\u0301 is é",
        "½ ≤ ⅔ ≠ π²",
        "A & B < C",
        '"quoted" and \\ back',
        "naïve \u2013 em\u2014dash\u2026",
    ],
)
def test_every_script_comes_through_and_back_out(text: str) -> None:
    code = f"T.{text.split(maxsplit=1)[0]}"
    reading = of_json(package([item("a", fullStatement=text, humanCodingScheme=code)]), "x")
    skill = reading.curriculum.skills["a"]
    assert (skill.title["en"], skill.code.code) == (text, code)
    again = of_json(package_of(reading.curriculum), "again").curriculum
    assert again.skills["a"].title["en"] == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z", "Cf"], exclude_characters="<>&;"), min_size=1))
def test_any_printable_statement_is_kept(text: str) -> None:
    assert of_json(package([item("a", fullStatement=text)]), "x").content.skills[0].title["en"] == text


@pytest.mark.parametrize(
    ("kind", "used", "said"),
    [
        ("precedes", True, False),
        ("isPeerOf", False, False),
        ("exactMatchOf", False, False),
        ("isRelatedTo", False, False),
        ("replacedBy", False, False),
        ("exemplar", False, False),
        ("hasSkillLevel", False, False),
        ("ext:isRecommendedBefore", False, False),
        ("ext:leadsTo", False, False),
        ("buildsTowards", False, True),
        ("Precedes", False, True),
        ("isAliasOf", False, True),
    ],
)
def test_only_precedes_orders_and_unknown_types_are_kept(kind: str, used: bool, said: bool) -> None:
    reading = of_json(package([item("a"), item("b")], link(kind, "a", "b")), "x")
    assert reading.curriculum.skills["b"].prerequisites == (("a",) if used else ())
    assert any(repr(kind) in note for note in reading.notes) is said
    assert (reading.counts["associations"], reading.refused) == (1, ())


@pytest.mark.parametrize("origin", [None, "", {}, {"title": "x"}, 7, []])
def test_an_association_without_an_end_is_refused_alone(origin: object) -> None:
    broken = {**link("precedes", "a", "b"), "originNodeURI": origin}
    reading = of_json(package([item("a"), item("b")], broken, link("precedes", "b", "a")), "x")
    assert [(one.kind, one.reason) for one in reading.refused] == [
        ("associations", "it has no type, no origin or no destination")
    ]
    assert reading.curriculum.prerequisites("a") == ("b",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (None, "it has no identifier"),
        ("", "it has no identifier"),
        ("  ", "it has no identifier"),
        (7, "it has no identifier"),
        ("a;b", "its identifier holds what responses cannot carry"),
        ("a\nb", "its identifier holds what responses cannot carry"),
        (" padded", "its identifier holds what responses cannot carry"),
        ("tab\t", "its identifier holds what responses cannot carry"),
        ("kept", "its identifier repeats"),
    ],
)
def test_an_item_that_cannot_be_named_costs_itself_alone(name: object, reason: str) -> None:
    reading = of_json(package([item("kept"), item("x", identifier=name)]), "x")
    assert list(reading.curriculum.skills) == ["kept"]
    assert [one.reason for one in reading.refused] == [reason]
    assert reading.account()["items"] == {"accepted": 1, "refused": 1, "expected": 2}


@pytest.mark.parametrize(
    ("language", "written"),
    [("fi", ("fi",)), ("sv", ("sv",)), ("en", ("en",)), ("sv-FI", ("sv",)), ("EN", ("en",)), ("de", ("en",))],
)
def test_a_statement_says_in_which_language_it_is(language: str, written: tuple[str, ...]) -> None:
    skill = of_json(package([item("a", language=language)]), "x").content.skills[0]
    assert (skill.written, set(skill.title.values())) == (written, {"Statement of a"})


def test_an_item_and_its_translation_are_one_skill_with_two_titles() -> None:
    items = [item("a", language="fi", fullStatement="Luku"), item("b", language="sv", fullStatement="Tal")]
    reading = of_json(package(items, link("isTranslationOf", "b", "a"), language="fi"), "x")
    (skill,) = reading.content.skills
    assert (skill.id, skill.title["fi"], skill.title["sv"], skill.written) == ("a", "Luku", "Tal", ("fi", "sv"))


@pytest.mark.parametrize(
    ("edges", "circle"),
    [
        (["ab", "ba"], "a → b"),
        (["ab", "bc", "ca"], "a → b → c"),
        (["ab", "bc", "cd", "db"], "b → c → d"),
        (["aa"], "a → a"),
        (["ax", "xa"], "a → x"),
    ],
)
def test_a_circle_is_named_even_through_other_frameworks(edges: list[str], circle: str) -> None:
    sent = package(
        [item(name, humanCodingScheme=name) for name in "abcd"], *(link("precedes", *edge) for edge in edges)
    )
    with pytest.raises(InputError, match="precedes runs in a circle") as caught:
        of_json(sent, "x")
    assert circle.split(" → ", maxsplit=1)[0] in str(caught.value)


def test_a_diamond_is_no_circle() -> None:
    edges = ["ab", "ac", "bd", "cd", "ad"]
    sent = package([item(name) for name in "abcd"], *(link("precedes", *edge) for edge in edges))
    assert of_json(sent, "x").curriculum.prerequisites("d") == ("b", "c", "a")


@pytest.mark.parametrize(
    "raw",
    [None, [], "x", 7, {}, {"CFItems": []}, {"CFPackage": {}}, {"CFDocument": None}, {"CFDocument": []}],
)
def test_what_is_no_package_is_refused(raw: object) -> None:
    with pytest.raises(InputError, match="holds no CASE package"):
        of_json(raw, "x")


@pytest.mark.parametrize("items", [None, [], {}, "x", [None], [[]]])
def test_a_document_alone_is_refused(items: Any) -> None:
    with pytest.raises(InputError, match="no items"):
        of_json({**package([]), "CFItems": items}, "x")
