"""Prerequisites from elsewhere: CSV and CASE, named by id, by number or by module; what is not there costs its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.curriculum import Content, Curriculum
from polku.errors import DefinitionError, InputError
from polku.exchange.case_write import package_of
from polku.exchange.curriculum_reading import of_subjects
from polku.exchange.eperusteet import read_eperusteet
from polku.exchange.prerequisites import with_prerequisites

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def chemistry(standards_dir: Path) -> Content:
    return of_subjects(read_eperusteet(standards_dir / "eperusteet" / "lops2019-peruste-6828810.json").content, "KE")


def test_a_module_stands_for_all_of_its_skills(chemistry: Content, write: Write) -> None:
    found, taken, refused = with_prerequisites(chemistry, write("ke.csv", "before,after", "KE1,KE2"))
    first = {one.id for one in chemistry.skills if one.area == "KE1"}
    second = [one for one in found.skills if one.area == "KE2"]
    assert (taken, refused) == (1, ())
    assert second
    assert all(set(one.prerequisites) == first for one in second)
    assert not [one for one in found.skills if one.area != "KE2" and one.prerequisites]


def test_names_may_be_ids_numbers_and_identifiers(chemistry: Content, write: Write) -> None:
    ids = {one.id: one for one in chemistry.objectives}
    lasting = ids["KE2.6833439"].also[0].code
    file = write("ke.csv", "before,after,strength", f"6833421,{lasting},hard", "KE2.6833439,KE2.6833440,soft", ",,")
    found, taken, refused = with_prerequisites(chemistry, file)
    skills = Curriculum(found).skills
    assert skills["KE2.6833439"].prerequisites == ("KE1.6833421",)
    assert skills["KE2.6833440"].recommended_after == ("KE2.6833439",)
    assert (taken, [one.id for one in refused]) == (2, ["line 4"])


def test_a_case_package_gives_its_precedes(write: Write) -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}')
    drawn = '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "x", "prerequisites": ["b"]}]}'
    package = package_of(Curriculum.from_json(drawn))
    found, taken, refused = with_prerequisites(plain.content, write("g.json", json.dumps(package)))
    assert Curriculum(found).prerequisites("b") == ("a",)
    assert (taken, len(refused)) == (1, 1)
    assert "no skill 'x'" in refused[0].reason


def test_an_edge_twice_is_one_edge(write: Write) -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}')
    found, _, _ = with_prerequisites(plain.content, write("g.csv", "before,after", "a,b", "a,b"))
    assert Curriculum(found).hash == plain.hash


def test_a_circle_is_refused_by_name(write: Write) -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}]}')
    found, _, _ = with_prerequisites(plain.content, write("g.csv", "before,after", "a,b", "b,a"))
    with pytest.raises(DefinitionError, match="a → b → a"):
        Curriculum(found)


@pytest.mark.parametrize(
    ("name", "lines", "what"),
    [
        ("g.csv", ["from,to", "a,b"], "no columns before and after"),
        ("g.csv", ["before,after", "x,y"], "no edge could be used"),
        ("g.csv", ["before,after,strength", "a,b,maybe"], "no edge could be used"),
        ("g.csv", ["before,after"], "no edge could be used"),
        ("g.json", ["{}"], "holds no prerequisites"),
        ("g.json", ["{"], "not valid JSON"),
    ],
)
def test_what_cannot_be_used_is_refused(write: Write, name: str, lines: list[str], what: str) -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}, {"id": "b"}]}')
    with pytest.raises(InputError, match=what):
        with_prerequisites(plain.content, write(name, *lines))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    plain = Curriculum.from_json('{"skills": [{"id": "a"}]}')
    with pytest.raises(InputError, match="is not there"):
        with_prerequisites(plain.content, tmp_path / "g.csv")
