"""Files of prerequisites from schools and experts: columns, strengths and names as people write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polku.curriculum import Content, Curriculum
from polku.curriculum.versions import KINDS, compare
from polku.errors import DefinitionError, InputError
from polku.exchange.prerequisites import with_prerequisites

Write = Callable[..., Path]
Json = dict[str, Any]


def curriculum(*names: str, **entries: Json) -> Curriculum:
    skills = [{"id": name, **entries.get(name, {})} for name in (names or "abc")]
    return Curriculum.from_json(json.dumps({"id": "small", "skills": skills}))


@pytest.fixture(scope="module")
def content() -> Content:
    return curriculum().content


def edges(content: Content) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        one.id: (one.prerequisites, one.recommended_after)
        for one in content.skills
        if one.prerequisites or one.recommended_after
    }


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["before,after", "a,b"], {"b": (("a",), ())}),
        (["after,before", "b,a"], {"b": (("a",), ())}),
        (["before,after,strength", "a,b,hard"], {"b": (("a",), ())}),
        (["before,after,strength", "a,b,soft"], {"b": ((), ("a",))}),
        (["before,after,strength", "a,b,SOFT "], {"b": ((), ("a",))}),
        (["before,after,strength", "a,b,"], {"b": (("a",), ())}),
        (["before,after,strength", "a,b"], {"b": (("a",), ())}),
        (["before,after,note", "a,b,why not"], {"b": (("a",), ())}),
        (["before,after", " a , b "], {"b": (("a",), ())}),
        (['"before","after"', '"a","b"'], {"b": (("a",), ())}),
        (["\ufeffbefore,after", "a,b"], {"b": (("a",), ())}),
        (["before,after", "a,b", "a,b"], {"b": (("a",), ())}),
        (["before,after", "a,c", "b,c"], {"c": (("a", "b"), ())}),
    ],
)
def test_a_table_is_read_as_people_write_it(
    content: Content, write: Write, lines: list[str], found: dict[str, object]
) -> None:
    added, taken, refused = with_prerequisites(content, write("edges.csv", *lines))
    assert (edges(added), taken, refused) == (found, len(lines) - 1, ())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,z", "no skill 'z'"),
        ("z,a", "no skill 'z'"),
        (",a", "no skill ''"),
        ("a,", "no skill ''"),
        ("A,b", "no skill 'A'"),
        ("a,b,strong", "strength 'strong'"),
        ("a,b,1", "strength '1'"),
    ],
)
def test_an_edge_that_cannot_be_used_costs_itself_alone(content: Content, write: Write, line: str, reason: str) -> None:
    added, taken, (refused,) = with_prerequisites(content, write("edges.csv", "before,after,strength", "a,c", line))
    assert (edges(added), taken) == ({"c": (("a",), ())}, 1)
    assert (refused.kind, refused.id) == ("edges", "line 3")
    assert refused.reason.startswith(reason)


@pytest.mark.parametrize("header", ["from,to", "before", "Before,After", "before;after", ""])
def test_columns_have_their_names(content: Content, write: Write, header: str) -> None:
    with pytest.raises(InputError, match="has no columns before and after"):
        with_prerequisites(content, write("edges.csv", header, "a,b"))


@pytest.mark.parametrize("ring", [["a,b", "b,a"], ["a,b", "b,c", "c,a"]])
def test_a_circle_of_edges_is_named(content: Content, write: Write, ring: list[str]) -> None:
    added, _, _ = with_prerequisites(content, write("edges.csv", "before,after", *ring))
    with pytest.raises(DefinitionError, match="prerequisites run in a circle"):
        Curriculum(added)


def test_edges_that_are_there_stay(write: Write) -> None:
    known = curriculum(b={"prerequisites": ["a"]}, c={"recommended_after": ["a"]}).content
    added, taken, _ = with_prerequisites(known, write("edges.csv", "before,after", "a,b", "b,c"))
    assert (edges(added), taken) == ({"b": (("a",), ()), "c": (("b",), ("a",))}, 2)


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        ("abc", "abc", (), ()),
        ("ab", "abc", ("c",), ()),
        ("abc", "bc", (), ("a",)),
        ("ab", "cd", ("c", "d"), ("a", "b")),
        (["a2", "a10"], ["a2", "a10", "a1", "a11"], ("a1", "a11"), ()),
    ],
)
def test_versions_name_what_came_and_went(
    old: str | list[str], new: str | list[str], added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    found = compare(curriculum(*old), curriculum(*new))
    assert found.of("skills") == (added, removed, ())
    assert bool(found) is bool(added or removed)
    assert all(found.of(kind) == ((), (), ()) for kind in KINDS if kind != "skills")


@pytest.mark.parametrize(
    ("before", "after", "came", "went"),
    [
        ({}, {"prerequisites": ["a"]}, (("a", "b"),), ()),
        ({"prerequisites": ["a"]}, {}, (), (("a", "b"),)),
        ({"prerequisites": ["a"]}, {"prerequisites": ["c"]}, (("c", "b"),), (("a", "b"),)),
        ({"prerequisites": ["a", "c"]}, {"prerequisites": ["c", "a"]}, (), ()),
    ],
)
def test_versions_tell_edges_apart(
    before: Json, after: Json, came: tuple[tuple[str, str], ...], went: tuple[tuple[str, str], ...]
) -> None:
    old, new = curriculum(b=before), curriculum(b=after)
    there, back = compare(old, new), compare(new, old)
    assert (there.edges_added, there.edges_removed) == (came, went)
    assert (back.edges_added, back.edges_removed) == (went, came)
    assert there.changed == ()
