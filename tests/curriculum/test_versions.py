"""Two versions of a curriculum: what came, what went, what changed, and what may stand for what is gone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from polku.curriculum import Content, Curriculum
from polku.curriculum.versions import compare
from polku.exchange.eperusteet import read_eperusteet


@pytest.fixture(scope="module")
def national(standards_dir: Path) -> Content:
    return read_eperusteet(standards_dir / "eperusteet" / "pops-shape-arvioinninkohteet.json").content


def of(*skills: dict[str, Any]) -> Curriculum:
    return Curriculum.from_json(json.dumps({"skills": skills}))


def test_the_same_is_no_difference(national: Content) -> None:
    found = compare(Curriculum(national), Curriculum(national))
    assert not found
    assert found.replaced_by == {}


def test_what_came_and_went_is_named_in_natural_order() -> None:
    found = compare(of({"id": "b"}, {"id": "a"}), of({"id": "b"}, {"id": "s10"}, {"id": "s9"}))
    assert found
    assert found.of("skills") == (("s9", "s10"), ("a",), ())


def test_edges_are_told_apart_from_what_skills_say() -> None:
    old = of({"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c"})
    new = of({"id": "a"}, {"id": "b"}, {"id": "c", "prerequisites": ["a"]})
    found = compare(old, new)
    assert (found.edges_added, found.edges_removed) == ((("a", "c"),), (("a", "b"),))
    assert found.changed == ()


def test_edges_of_skills_that_went_are_no_news_of_their_own() -> None:
    found = compare(of({"id": "a"}, {"id": "b", "prerequisites": ["a"]}), of({"id": "a"}))
    assert found.edges_removed == ()


def test_an_objective_that_says_something_else_is_changed(national: Content) -> None:
    first, *rest = national.objectives
    new = replace(first, title={**first.title, "fi": "muu"}, transversal=())
    found = compare(Curriculum(national), Curriculum(replace(national, objectives=(new, *rest))))
    assert [(one.kind, one.id) for one in found.changed] == [("objectives", first.id)]
    assert found.changed[0].fields["title"][1]["fi"] == "muu"


def test_the_order_of_ids_in_a_list_is_no_change(national: Content) -> None:
    first, *rest = national.objectives
    both = replace(first, also=(*first.also, *first.also[:1])[::-1])
    assert not compare(Curriculum(national), Curriculum(replace(national, objectives=(both, *rest))))


def test_what_is_renumbered_is_proposed_by_its_lasting_identifier(national: Content) -> None:
    moved = {one.id: f"{one.id}b" for one in national.objectives}
    new = replace(
        national,
        objectives=tuple(replace(one, id=moved[one.id]) for one in national.objectives),
        criteria=(),
        skills=tuple(replace(one, id=moved[one.id], objectives=(moved[one.id],)) for one in national.skills),
    )
    found = compare(Curriculum(national), Curriculum(new))
    assert found.replaced_by == {old: (fresh,) for old, fresh in moved.items()}
    assert Curriculum(replace(new, replaced_by=found.replaced_by)).replaced_by == found.replaced_by


def test_it_is_ready_for_json(national: Content) -> None:
    found = compare(Curriculum(national), of({"id": "a"})).to_dict()
    assert json.loads(json.dumps(found))["added"]["skills"] == ["a"]
