"""A new curriculum says what replaces what; the file is checked, and one without it is the same bytes as ever."""

from __future__ import annotations

import json

import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.home import Home

NEW = {"skills": [{"id": "b"}, {"id": "c", "prerequisites": ["b"]}], "replacedBy": {"a": ["c", "b"], "old b": ["b"]}}


def test_it_is_read_and_written_again() -> None:
    made = Curriculum.from_json(json.dumps(NEW))
    assert made.replaced_by == {"a": ("c", "b"), "old b": ("b",)}
    again = Curriculum.from_json(made.to_json())
    assert (again.hash, again.to_dict()["replacedBy"]) == (made.hash, {"a": ["b", "c"], "old b": ["b"]})


def test_without_it_nothing_changes() -> None:
    plain = Curriculum.from_json(json.dumps({"skills": NEW["skills"]}))
    assert "replacedBy" not in plain.to_dict()
    assert (plain.replaced_by, plain.replaced_hash) == ({}, "")
    assert plain.hash != Curriculum.from_json(json.dumps(NEW)).hash


def test_the_graph_has_a_hash_of_its_own() -> None:
    shipped = Curriculum.load(Home.find().curriculum_path("fi-mathematics"))
    renamed = shipped.to_dict()
    renamed["title"]["en"] = "Another title"
    assert Curriculum.from_json(json.dumps(renamed)).graph_hash == shipped.graph_hash
    cut = shipped.to_dict()
    next(skill for skill in cut["skills"] if skill.get("prerequisites"))["prerequisites"].pop()
    assert Curriculum.from_json(json.dumps(cut)).graph_hash != shipped.graph_hash


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"a": ["d"]}, "skills are replaced by skills that are not there"),
        ({"b": ["c"]}, "skills are replaced and still there"),
        ({"a": []}, "replacedBy.a|at least"),
        ({"a": "b"}, "tuple|list"),
    ],
)
def test_what_does_not_hold(replaced: dict[str, object], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Curriculum.from_json(json.dumps(NEW | {"replacedBy": replaced}))
