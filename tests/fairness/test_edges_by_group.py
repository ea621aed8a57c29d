"""Prerequisite edges by group: asked for a purpose, and silent where a group is small."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from edge_world import answers, graph
from polku.errors import InputError
from polku.fairness import load_slices
from polku.fairness.attributes import long_form
from polku.fairness.background import Background
from polku.fairness.edges import GroupEdges, edges_by_group, of_table
from polku.home import Home
from polku.records import Responses
from polku.schemas.slices import Slices


@pytest.fixture(scope="module")
def slices(home: Home) -> Slices:
    return load_slices(home)


@pytest.fixture(scope="module")
def data() -> Responses:
    return answers(420, "states", seed=4)


def background(data: Responses, small: int = 15) -> pd.DataFrame:
    """Return home languages: many fi, as many sv, a few other, and one of whom nothing is known."""
    language = [
        "other" if place < small else "" if place == small else "fi" if place % 2 else "sv"
        for place in range(len(data.learners))
    ]
    return pd.DataFrame({"learner_id": data.learners, "home_language": language})


@pytest.fixture(scope="module")
def found(data: Responses, slices: Slices) -> GroupEdges:
    return of_table(long_form(background(data)), data, graph(wrong=False), slices, "home_language")


def test_every_edge_has_a_row_for_every_group(found: GroupEdges) -> None:
    assert {row.group for row in found.rows} == {"fi", "sv", "other"}
    assert len(found.rows) == 5 * 3


def test_a_small_group_gets_no_figure_nor_gives_another_away(found: GroupEdges) -> None:
    for row in found.rows:
        assert row.group != "other" or (row.beyond, row.says) == (None, "not_enough_evidence")
    by_edge: dict[tuple[str, str], list[bool]] = {}
    for row in found.rows:
        by_edge.setdefault((row.before, row.after), []).append(row.beyond is None)
    assert all(sum(hidden) >= 2 for hidden in by_edge.values()), "the total less the others would be the small group"


def test_with_two_groups_alone_both_are_told(data: Responses, slices: Slices) -> None:
    told = of_table(long_form(background(data, small=0)), data, graph(wrong=False), slices, "home_language")
    assert {row.group for row in told.rows if row.beyond is not None} == {"fi", "sv"}
    assert "for" in {row.says for row in told.rows}


def test_no_learner_and_no_count_leaves(found: GroupEdges) -> None:
    said = str(found.to_dict())
    assert "l000" not in said
    assert "learners'" not in said
    assert found.to_dict()["rows"][0].keys() == {"before", "after", "group", "says", "beyond"}
    assert "are not shown or not known" in found.notes[0]


def test_the_enclave_is_asked_for_a_purpose(data: Responses, slices: Slices, home: Home, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/background.db"
    settings = home.settings().model_copy(update={"background": address})
    with Background.open(address, settings.provider_id) as enclave:
        enclave.write(background(data), slices, source="test")
    arguments = (settings, data, graph(wrong=False), slices, "home_language")
    with pytest.raises(InputError, match="purpose"):
        edges_by_group(*arguments, purpose=" ")
    assert edges_by_group(*arguments, purpose="review of the graph").attribute == "home_language"
    with Background.open(address, settings.provider_id) as enclave:
        assert [read.purpose for read in enclave.reads()] == ["review of the graph"]


def test_an_undeclared_attribute_is_refused(data: Responses, slices: Slices, home: Home) -> None:
    with pytest.raises(InputError, match="no such attribute is declared"):
        edges_by_group(home.settings(), data, graph(wrong=False), slices, "shoe_size", purpose="none")
