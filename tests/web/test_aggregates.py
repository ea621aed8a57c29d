"""Aggregates: many learners together, small cells suppressed, no order of merit, and nothing to subtract."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from polku.records import Response, Responses
from polku.store.values import Decision
from polku.web.aggregates import Aggregates, Row, aggregate, cells, growth, use
from village import DAY, NOW, Village

K = 10


def people(sizes: dict[tuple[str, int], int]) -> pd.DataFrame:
    """Return learners by school and grade, as many as asked for."""
    rows = [
        {"learner_id": f"{school}{grade}-{number}", "grade": grade, "school_id": school}
        for (school, grade), size in sizes.items()
        for number in range(size)
    ]
    return pd.DataFrame(rows).set_index("learner_id")


def figures(listed: pd.DataFrame, value: float = 0.5) -> pd.DataFrame:
    return pd.DataFrame({"learner_id": listed.index, "about": "T1", "coverage": value})


def shown(rows: Iterator[Row]) -> dict[tuple[str, int], int | None]:
    return {(row.school_id, row.grade): row.learners for row in rows}


def test_a_small_cell_is_suppressed_with_those_that_would_give_it_away() -> None:
    """Row and column totals are known from elsewhere: one suppressed cell of a line would be their difference."""
    sizes = {(school, grade): 30 for school in "ABC" for grade in (7, 8, 9)} | {("A", 7): 4}
    listed = people(sizes)
    found = shown(cells(figures(listed), listed, K))
    hidden = {place for place, learners in found.items() if learners is None}
    assert ("A", 7) in hidden
    for school in "ABC":
        assert len([place for place in hidden if place[0] == school]) != 1
    for grade in (7, 8, 9):
        assert len([place for place in hidden if place[1] == grade]) != 1
    assert len(hidden) == 4


@pytest.mark.parametrize("size", range(1, 25))
def test_no_cell_under_the_limit_is_told_and_numbers_are_coarse(size: int) -> None:
    listed = people({("A", 7): size, ("A", 8): 40, ("B", 7): 40, ("B", 8): 40})
    rows = {(row.school_id, row.grade): row for row in cells(figures(listed, 0.333), listed, K)}
    row = rows["A", 7]
    if size < K:
        assert (row.learners, row.figures) == (None, {})
    else:
        assert row.learners == size // 5 * 5
        assert row.figures == {"coverage": 0.35}


def test_what_a_learner_has_of_nobody_counted_is_left_out() -> None:
    listed = people({("A", 7): 12})
    stranger = pd.DataFrame({"learner_id": ["x"], "about": ["T1"], "coverage": [1.0]})
    (row,) = cells(pd.concat([figures(listed, 0.0), stranger]), listed, K)
    assert (row.learners, row.figures) == (10, {"coverage": 0.0})


def answers(learner: str, *months: tuple[int, list[float]]) -> list[Response]:
    """Return a learner's answers, scores by months ago."""
    return [
        Response(f"{learner}-{ago}-{place}", learner, "i", ("s",), NOW - 30 * ago * DAY - place, NOW, score, True)
        for ago, scores in months
        for place, score in enumerate(scores)
    ]


def test_growth_is_a_learners_own() -> None:
    made = Responses.from_responses([*answers("a", (1, [0, 1]), (0, [1, 1])), *answers("b", (0, [0, 0]))])
    found = {(one["learner_id"], one["about"]): one for one in growth(made).to_dict("records")}
    assert found["a", "2026-05"]["success"] == 0.5
    assert found["a", "2026-06"]["growth"] == 0.5
    assert math.isnan(found["b", "2026-06"]["growth"])


def test_growth_needs_a_clock_and_covers_a_year() -> None:
    assert growth(Responses.from_responses([])).empty
    long = Responses.from_responses(answers("a", *((ago, [1.0]) for ago in range(20))))
    assert max(growth(long)["about"]) == "2026-06"
    assert growth(long)["about"].nunique() == 12


def test_of_one_suggestion_the_last_decision_counts() -> None:
    def decided(suggestion: str, what: str) -> Decision:
        given = {"decision_id": "d", "suggestion_id": suggestion, "learner_id": "a", "skill_id": "s", "decision": what}
        rest = dict.fromkeys(set(Decision._fields) - set(given))
        return Decision(**given, **rest)  # type: ignore[arg-type]  # what does not matter here is None

    table = use({"a": 4, "b": 2}, [decided("1", "reject"), decided("1", "accept"), decided("2", "skip")])
    one, other = table.to_dict("records")
    assert [one[name] for name in ("offered", "accept", "reject", "skip")] == [4, 0.25, 0, 0.25]
    assert [other[name] for name in ("offered", "accept")] == [2, 0]


@pytest.fixture
def made(village: Village) -> Aggregates:
    held = village.app.state.service
    with village.store.begin() as tx:
        for one in tx.roster.learners()["learner_id"][:20]:
            held.suggester.offer(tx, one)
    with village.store.read() as tx:
        return aggregate(tx, held.suggester.released(tx), held.now(), 3)


def test_the_three_tables_of_a_municipality(made: Aggregates) -> None:
    assert made.coverage
    assert made.growth
    assert made.suggestions
    for table in made[2:]:
        assert [row[:3] for row in table] == sorted(row[:3] for row in table), "in order of id, never of a figure"
        for row in table:
            assert all(-1 <= value <= 10 for value in row.figures.values())
            assert (row.learners is None) == (not row.figures)
    assert {row.about for row in made.suggestions} == {""}


def test_a_school_reads_the_same_cells_as_stand_beside_the_others(made: Aggregates) -> None:
    own = made.of_school("Koivurannan koulu")
    assert {row.school_id for table in own[2:] for row in table} == {"Koivurannan koulu"}
    assert all(row in made.coverage for row in own.coverage)
    assert (own.day, own.least) == (made.day, made.least)


def test_who_objects_is_in_no_table(village: Village) -> None:
    held = village.app.state.service

    def taken() -> Aggregates:
        with village.store.read() as tx:
            return aggregate(tx, held.suggester.released(tx), held.now(), 1)

    before = taken()
    with village.store.begin() as tx:
        sevens = [one.learner_id for one in tx.roster.group("7A")]
        for one in sevens:
            tx.holds.put("objection", "learner", one, by=one, role="learner", reason=None)
    after = taken()
    assert [row for row in before.growth if row.grade == 7]
    assert not [row for row in after.growth if row.grade == 7]


def test_the_tables_stand_for_a_day(village: Village) -> None:
    """Two looks cannot be subtracted to find the one learner who came in between."""
    first = village.get("/v1/aggregates")
    with village.store.begin() as tx:
        tx.relations.protect(tx.roster.learners()["learner_id"][:30])
    assert village.get("/v1/aggregates") == first
    village.clock.now += DAY
    assert village.get("/v1/aggregates") != first


def test_no_answer_has_a_row_of_a_learner_a_class_or_a_teacher(village: Village) -> None:
    said = village.get("/v1/aggregates")
    text = json.dumps(said)
    assert "L0001" not in text
    assert '"7A"' not in text
    assert said["least"] == K
    rows: list[dict[str, Any]] = [row for name in ("coverage", "growth", "suggestions") for row in said[name]]
    assert rows
    assert not {"group_id", "learner_id", "teacher_id", "rank"} & {name for row in rows for name in row}


def test_a_school_has_its_own_address(village: Village) -> None:
    own = village.get("/v1/schools/Koivurannan koulu/aggregates")
    assert {row["school_id"] for row in own["coverage"]} == {"Koivurannan koulu"}
    assert village.get("/v1/schools/nowhere/aggregates")["coverage"] == []
