"""What files are taken, and what is said of those that are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from polku.curriculum import Code, Curriculum
from polku.errors import DefinitionError, InputError

TITLE = {"fi": "f", "sv": "s", "en": "e"}
FULL: dict[str, Any] = {
    "format": "polku-curriculum/1",
    "id": "small",
    "version": "3",
    "title": TITLE,
    "subject": ["koskioppiaineetyleissivistava", "1", "MA"],
    "areas": [{"id": "MA79.S3", "code": ["areas", "1", "S3"], "label": TITLE, "band": "7-9", "title": TITLE}],
    "objectives": [
        {
            "id": f"MA79.{code}",
            "code": ["objectives", "1", code],
            "label": TITLE,
            "band": "7-9",
            "target_area": target,
            "graded": True,
            "areas": ["MA79.S3"],
            "title": TITLE,
            "also": [["eperusteet", "419550", "748724"]],
        }
        for code, target in [("T1", "A"), ("T5", "B"), ("T14", "C")]
    ],
    "modules": [
        {
            "id": "MAB2",
            "code": ["moduulikoodistolops2021", "1", "MAB2"],
            "syllabus": "short",
            "credits": 2,
            "compulsory": True,
            "title": TITLE,
        }
    ],
    "skills": [
        {
            "id": "MA79.S3.01",
            "code": ["polku-skills", "1", "MA79.S3.01"],
            "band": "7-9",
            "area": "MA79.S3",
            "grade": 7,
            "title": TITLE,
            "objectives": ["MA79.T5", "MA79.T14"],
        },
        {
            "id": "MAB2.01",
            "code": ["polku-skills", "1", "MAB2.01"],
            "band": "lukio",
            "area": "MAB2",
            "grade": 10,
            "syllabus": "short",
            "title": TITLE,
            "objectives": ["MAB2"],
            "prerequisites": ["MA79.S3.01"],
        },
    ],
}


@pytest.fixture
def save(tmp_path: Path) -> Callable[[object], Path]:
    """Return a function that writes a document, or bytes as they are, and gives the path."""

    def write(document: object) -> Path:
        path = tmp_path / "file.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return path

    return write


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the full document with one change."""
    document = deepcopy(FULL)
    change(document)
    return document


def short(*skills: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"skills": list(skills), **more}


def test_full_form_is_read_whole() -> None:
    curriculum = Curriculum.from_json(json.dumps(FULL))
    assert repr(curriculum) == "<Curriculum small 3: 2 skills>"
    assert curriculum.skills["MAB2.01"].code == Code("polku-skills", "1", "MAB2.01")
    assert curriculum.objectives["MA79.T14"].also == (Code("eperusteet", "419550", "748724"),)
    assert curriculum.areas["MA79.S3"].label == TITLE
    assert curriculum.modules["MAB2"].credits == 2
    assert curriculum.to_dict() == FULL


def test_short_form_fills_title_and_code_and_takes_areas_as_they_are(save: Callable[[object], Path]) -> None:
    path = save(short({"id": "a", "area": "numbers"}, {"id": "b", "prerequisites": ["a"], "title": TITLE}))
    curriculum = Curriculum.load(path)
    assert curriculum.order == ("a", "b")
    assert curriculum.skills["a"].title == {"fi": "a", "sv": "a", "en": "a"}
    assert curriculum.skills["b"].title == TITLE
    assert curriculum.skills["a"].code == Code("local", "", "a")
    assert curriculum.areas["numbers"].title["sv"] == "numbers"


def test_short_form_becomes_full_in_json() -> None:
    curriculum = Curriculum.from_json(json.dumps(short({"id": "a", "area": "numbers"})))
    assert curriculum.to_dict()["format"] == "polku-curriculum/1"
    assert Curriculum.from_json(curriculum.to_json()).hash == curriculum.hash


def test_short_form_with_declared_areas_is_held_to_them() -> None:
    area = FULL["areas"][0] | {"id": "numbers"}
    text = json.dumps(short({"id": "a", "area": "number"}, areas=[area]))
    with pytest.raises(DefinitionError, match=r"areas of skills are not there\n  got: 'number' in a\n.*'numbers'"):
        Curriculum.from_json(text)


def test_a_byte_order_mark_is_no_error(save: Callable[[object], Path]) -> None:
    assert Curriculum.load(save(b'\xef\xbb\xbf{"skills": [{"id": "a"}]}')).order == ("a",)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty\n  got: 0 bytes\n  try: the shortest is"),
        (b" \n", "is empty\n  got: 2 bytes"),
        (b'{"skills": [{"id": "\xe4"}]}', "is not UTF-8\n  got: byte 0xe4 at position 20\n  try: save"),
        (b'{"skills": [}', "is not valid JSON\n  got: Expecting value: line 1 column 13"),
        (b"[" * 100_000, "is not valid JSON\n  got: maximum recursion depth"),
        (b'{"skills": [{"id": "a", "grade": ' + b"9" * 5000 + b"}]}", "is not valid JSON\n  got: Exceeds the limit"),
        (b"[]", "holds no curriculum\n  got: a JSON list\n  try: the shortest is"),
        (b"null", "holds no curriculum"),
        (b'{"skills": [], "skills": []}', "a key repeats\n  got: skills"),
        (b'{"skills": [{"id": "a\\ud800"}]}', r"half of a character\n  got: \\ud800"),
    ],
    ids=["empty", "blank", "latin-1", "cut", "deep", "huge number", "list", "null", "key twice", "half"],
)
def test_unreadable_files_say_file_what_got_and_try(save: Callable[[object], Path], raw: bytes, said: str) -> None:
    path = save(raw)
    with pytest.raises(InputError, match=said) as caught:
        Curriculum.load(path)
    assert caught.value.what.startswith(str(path))
    assert caught.value.hint


def test_absent_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json is not there"):
        Curriculum.load(tmp_path / "nowhere.json")
    with pytest.raises(InputError, match="cannot be read\n  got: Is a directory"):
        Curriculum.load(tmp_path)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (short({"id": "a", "requires": 1}, {"id": "b", "requires": 1}), r"unknown keys\n  got: .*\[a\].*\[b\].req"),
        ({"skils": []}, "unknown keys\n  got: skils\n  try: for 'skils': did you mean 'skills'"),
        ({}, "missing keys\n  got: skills"),
        (short(), "this should not be empty\n  got: skills"),
        ({"skills": "a"}, "this should be a list\n  got: skills = 'a'"),
        ({"skills": ["a"]}, r"an object with keys\n  got: skills\[0\] = 'a'"),
        (short({"id": 7}), "text in quotes"),
        (short({"id": "a", "prerequisites": "b"}), r"a list\n  got: skills\[a\].prerequisites = 'b'"),
        (short({"id": "a", "grade": 13}), r"less than or equal to 12\n  got: skills\[a\].grade = 13"),
        (short({"id": "a", "band": "5"}), "should be '1-2'"),
        (short({"id": "a", "title": {"fi": "x", "en": "y"}}), r"got: skills\[a\].title.sv\n.*fi, sv and en"),
        (short({"id": "a;b"}), "hold a semicolon or a control character\n  got: 'a;b'"),
        (short({"id": "a\u0000"}), "hold a semicolon or a control character"),
        (short({"id": " "}), "ids are blank"),
        (short({"id": "a"}, {"id": "a"}), "skill ids repeat\n  got: a\n"),
        (short({"id": "a", "prerequisites": ["a"]}), "come before themselves\n  got: a → a"),
        (short({"id": "a", "recommended_after": ["a"]}), "come before themselves"),
        (short({"id": "a"}, {"id": "b", "prerequisites": ["a", "a"]}), "something twice\n  got: b: a twice"),
        (short({"id": "ratio"}, {"id": "b", "prerequisites": ["rato"]}), "not there\n  got: 'rato' in b\n.*'ratio'"),
        (short({"id": "a", "recommended_after": ["z"]}), "recommended order names skills that are not there"),
        (short({"id": "a", "objectives": ["T1"]}), "objectives of skills are not there\n  got: 'T1' in a"),
    ],
)  # fmt: skip # one case a line
def test_short_form_refusals(save: Callable[[object], Path], document: dict[str, Any], said: str) -> None:
    path = save(document)
    with pytest.raises(DefinitionError, match=said) as caught:
        Curriculum.load(path)
    assert caught.value.what.startswith(str(path))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["skills"][0].pop("title"), r"missing keys\n  got: skills\[MA79.S3.01\].title\n"),
        (lambda d: d["skills"][1].pop("code"), r"missing keys\n  got: skills\[MAB2.01\].code\n"),
        (lambda d: [s.update(title={"fi": "x"}) for s in d["skills"]], r"01\].title.sv.*01\].title.en; .*MAB2.01"),
        (lambda d: d["skills"][0].update(title=TITLE | {"sv": " "}), r"this is blank\n  got: .*title.sv = ' '"),
        (lambda d: d["modules"][0].update(title={"fi": "x", "sv": "y"}), r"modules\[MAB2\].title.en"),
        (lambda d: d["skills"][0].update(code=["x", "y"]), r"a code is \[code set, version, code\], three texts"),
        (lambda d: d["skills"][0].update(code={"code": "x"}), "a code is"),
        (lambda d: d["objectives"][0].update(also=["x"]), r"a code is .*\n  got: objectives\[MA79.T1\].also\[0\]"),
        (lambda d: d.update(format="polku-curriculum/9"), "should be 'polku-curriculum/1'"),
        (lambda d: d["areas"].append(d["areas"][0]), "area or module ids repeat\n  got: MA79.S3"),
        (lambda d: d["areas"][0].update(id="MAB2"), "area or module ids repeat\n  got: MAB2"),
        (lambda d: d["objectives"].append(d["objectives"][0]), "objective ids repeat\n  got: MA79.T1"),
        (lambda d: d["objectives"][0].update(areas=["S3"]), "of objectives are not there\n  got: 'S3' in MA79.T1"),
        (lambda d: d["skills"][0].update(objectives=["MA79.T5"]), r"can speak for\n  got: MA79.S3.01 \(MA79.T5\)"),
        (lambda d: d["skills"][0].update(objectives=["MA79.T1", "MA79.T5"]), "are never estimated"),
    ],
)  # fmt: skip # one case a line
def test_full_form_refusals(change: Callable[[dict[str, Any]], object], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        Curriculum.from_json(json.dumps(changed(change)))


def test_a_skill_may_stand_on_its_title_alone() -> None:
    document = changed(lambda d: d["skills"][0].pop("objectives"))
    assert Curriculum.from_json(json.dumps(document)).skills["MA79.S3.01"].objectives == ()


def test_a_circle_is_named_edge_by_edge() -> None:
    text = json.dumps(
        short(
            {"id": "a", "prerequisites": ["c"]},
            {"id": "b", "prerequisites": ["a"]},
            {"id": "c", "prerequisites": ["b"]},
            {"id": "d", "prerequisites": ["c"]},
        )
    )
    with pytest.raises(DefinitionError, match=r"got: a → b → c → a\n.*x is a prerequisite of y"):
        Curriculum.from_json(text)


def test_circles_apart_are_all_named() -> None:
    pairs = [("a", "b"), ("b", "a"), ("y", "z"), ("z", "y"), ("free", "a")]
    text = json.dumps(short(*({"id": name, "prerequisites": [other]} for name, other in pairs)))
    with pytest.raises(DefinitionError, match="got: a → b → a; y → z → y\n"):
        Curriculum.from_json(text)


def test_the_first_few_of_a_class_are_listed_and_the_rest_counted() -> None:
    text = json.dumps(short(*({"id": f"s{place}", "prerequisites": ["gone"]} for place in range(8))))
    with pytest.raises(DefinitionError, match=r"got: 'gone' in s0; .*'gone' in s4 \(and 3 more\)"):
        Curriculum.from_json(text)


def test_the_source_is_named_in_errors_of_text() -> None:
    with pytest.raises(InputError, match=r"^curriculum\.json of the bundle is not valid JSON"):
        Curriculum.from_json("{", where="curriculum.json of the bundle")


def test_a_long_value_is_cut() -> None:
    with pytest.raises(DefinitionError, match=r"got: skills\[0\] = 'x{50,60}…\n"):
        Curriculum.from_json(json.dumps({"skills": ["x" * 500]}))
