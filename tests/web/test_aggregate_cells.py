"""Cells of a school's tables: nothing under the limit is told, not by subtracting either, nor by a figure few have."""

from __future__ import annotations

import itertools
import random

import pandas as pd
import pytest

from polku.web.aggregates import HEADS, STEP, Row, cells

Place = tuple[str, int]
K = 10


def people(sizes: dict[Place, int]) -> pd.DataFrame:
    """Return learners by school and grade."""
    rows = [
        {"learner_id": f"{school}{grade}-{number}", "grade": grade, "school_id": school}
        for (school, grade), size in sizes.items()
        for number in range(size)
    ]
    return pd.DataFrame(rows).set_index("learner_id")


def told(listed: pd.DataFrame, least: int = K, **figures: list[float]) -> dict[Place, Row]:
    """Return the cells of one objective by school and grade."""
    table = pd.DataFrame({"learner_id": listed.index, "about": "T1", **figures})
    return {(row.school_id, row.grade): row for row in cells(table, listed, least)}


def hidden(rows: dict[Place, Row]) -> set[Place]:
    return {place for place, row in rows.items() if row.learners is None}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param({("A", 7): 30}, set(), id="one large cell"),
        pytest.param({("A", 7): K}, set(), id="just enough"),
        pytest.param({("A", 7): K - 1}, {("A", 7)}, id="just too few"),
        pytest.param({("A", 7): 1}, {("A", 7)}, id="a single learner"),
        pytest.param({("A", 7): 3, ("A", 8): 30}, {("A", 7), ("A", 8)}, id="the school's total gives it away"),
        pytest.param({("A", 7): 3, ("B", 7): 30}, {("A", 7), ("B", 7)}, id="the grade's total gives it away"),
        pytest.param({("A", 7): 4, ("A", 8): 4, ("A", 9): 30}, None, id="two small ones of one school"),
        pytest.param({("A", 7): 3, ("B", 8): 30}, None, id="no line in common"),
    ],
)
def test_what_is_hidden(sizes: dict[Place, int], expected: set[Place] | None) -> None:
    listed = people(sizes)
    found = hidden(told(listed, share=[0.5] * len(listed)))
    assert {place for place, size in sizes.items() if size < K} <= found
    if expected is not None:
        assert found == expected


@pytest.mark.parametrize("seed", range(25))
def test_no_line_of_a_table_has_a_single_hidden_cell_of_few(seed: int) -> None:
    """A line's total is known from elsewhere, so what is hidden of it is at least two cells, together not few."""
    drawn = random.Random(seed)
    places = list(itertools.product("ABCD", (7, 8, 9)))
    sizes = {place: drawn.choice([1, 3, 9, 10, 14, 25, 40]) for place in places if drawn.random() < 0.9}
    listed = people(sizes)
    rows = told(listed, share=[0.5] * len(listed))
    found = hidden(rows)
    for place, size in sizes.items():
        assert place in found or size >= K
    for axis, name in ((0, "ABCD"), (1, (7, 8, 9))):
        for one in name:
            line = [place for place in found if place[axis] == one]
            whole = [place for place in sizes if place[axis] == one]
            assert len(line) != 1 or len(whole) == 1
            assert not line or len(whole) == len(line) or sum(sizes[place] for place in line) >= K


@pytest.mark.parametrize("seed", range(10))
def test_a_hidden_cell_has_no_figure_of_any_kind(seed: int) -> None:
    drawn = random.Random(seed)
    sizes = {place: drawn.choice([2, 12, 30]) for place in itertools.product("AB", (7, 8, 9))}
    listed = people(sizes)
    shares = [drawn.random() for _ in range(len(listed))]
    rows = told(listed, one=shares, other=shares[::-1])
    for row in rows.values():
        assert (row.learners is None) == (row.figures == {})
        assert row.learners is None or set(row.figures) == {"one", "other"}


@pytest.mark.parametrize(
    ("having", "expected"),
    [
        pytest.param(0, False, id="nobody"),
        pytest.param(1, False, id="one newcomer's own"),
        pytest.param(K - 1, False, id="too few"),
        pytest.param(K, True, id="enough"),
        pytest.param(20, True, id="everybody"),
    ],
)
def test_a_figure_that_few_of_a_cell_have_is_not_told(having: int, expected: bool) -> None:
    """Growth is missing in a learner's first month: a mean over the one who has it would be that learner's own."""
    listed = people({("A", 7): 20})
    growth = [0.25] * having + [float("nan")] * (20 - having)
    row = told(listed, success=[0.5] * 20, growth=growth)["A", 7]
    assert row.learners == 20
    assert row.figures["success"] == 0.5
    assert ("growth" in row.figures) is expected


def test_a_figure_of_few_cannot_be_subtracted_from_its_line() -> None:
    listed = people({("A", 7): 20, ("A", 8): 20, ("A", 9): 20})
    growth = [0.1] * 2 + [float("nan")] * 18 + [0.1] * 40
    rows = told(listed, success=[0.5] * 60, growth=growth)
    without = {place for place, row in rows.items() if "growth" not in row.figures}
    assert ("A", 7) in without
    assert len(without) == 2
    assert all("success" in row.figures for row in rows.values())


@pytest.mark.parametrize("least", [1, 2, 3, 5, 10, 20])
def test_the_limit_is_the_settings(least: int) -> None:
    sizes = {("A", size): size for size in range(1, 25)}
    listed = people(sizes)
    rows = told(listed, least, share=[0.5] * len(listed))
    assert {place for place, size in sizes.items() if size < least} <= hidden(rows)
    assert ("A", 24) not in hidden(rows)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, 0.0),
        (0.02, 0.0),
        (0.03, 0.05),
        (0.12, 0.1),
        (0.13, 0.15),
        (0.5, 0.5),
        (0.97, 0.95),
        (0.98, 1.0),
        (1.0, 1.0),
        (-0.02, 0.0),
        (-0.03, -0.05),
        (-1.0, -1.0),
    ],
)
def test_shares_are_told_in_steps(value: float, written: float) -> None:
    listed = people({("A", 7): 10})
    found = told(listed, share=[value] * 10)["A", 7].figures["share"]
    assert found == written
    assert str(found) != "-0.0"
    assert abs(found - value) <= STEP / 2 + 1e-9


@pytest.mark.parametrize(
    ("size", "written"),
    [(10, 10), (11, 10), (14, 10), (15, 15), (19, 15), (20, 20), (99, 95), (104, 100)],
)
def test_heads_are_told_in_steps_rounded_down(size: int, written: int) -> None:
    listed = people({("A", 7): size})
    assert told(listed, share=[0.5] * size)["A", 7].learners == written
    assert written % HEADS == 0


def test_one_learner_more_changes_nothing_that_is_told() -> None:
    """Two tables that differ by one learner of middling figures read the same."""
    before, after = (people({("A", 7): size, ("A", 8): 30}) for size in (21, 22))
    first, second = (told(one, share=[0.5] * len(one)) for one in (before, after))
    assert first == second


def test_a_learner_with_several_rows_counts_once() -> None:
    listed = people({("A", 7): 4})
    table = pd.DataFrame({"learner_id": [*listed.index] * 5, "about": "T1", "share": 0.5})
    (row,) = cells(table, listed, K)
    assert (row.learners, row.figures) == (None, {})


def test_each_objective_is_looked_at_by_itself_and_comes_in_order() -> None:
    listed = people({("A", 7): 12})
    ids = [*listed.index, *listed.index[:3]]
    table = pd.DataFrame({"learner_id": ids, "about": ["T2"] * 12 + ["T1"] * 3, "share": 0.5})
    assert [(row.about, row.learners) for row in cells(table, listed, K)] == [("T1", None), ("T2", 10)]


def test_of_nobody_there_are_no_cells() -> None:
    table = pd.DataFrame({"learner_id": [], "about": [], "share": []})
    assert list(cells(table, people({("A", 7): 12}), K)) == []


@pytest.mark.parametrize("listed", [people({("A", 7): 30}), pd.DataFrame(columns=["grade", "school_id"])])
def test_a_store_in_which_nothing_was_answered_has_no_cells(listed: pd.DataFrame) -> None:
    """Columns of nothing are numbers to pandas, which learners' ids cannot be joined to."""
    nothing = pd.DataFrame({"learner_id": [], "about": [], "coverage": []})
    assert list(cells(nothing, listed, K)) == []
