"""No figure of a small group, and none that gives one back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from polku.fairness import Audit
from polku.fairness.attributes import CROSS
from polku.fairness.cell import Cell
from polku.fairness.disclosure import suppressed_groups, too_small, without
from polku.schemas.gates import PREDICTION_METRICS

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40), min_size=1)


def cell(group: str, n: int, metric: str = "auc") -> Cell:
    figures = {"responses": n, "positives": n, "estimate": 0.7, "rest": 0.7, "gap": 0.0, "explained": 0.0}
    tests = {"interval": (-0.1, 0.1), "p": 0.5, "p_adjusted": 0.9, "mde": 0.1}
    return Cell("language", group, metric, n, **figures, **tests, verdict="pass", reason="told apart")  # type: ignore[arg-type] # figures of two kinds in one dict


@given(sizes=SIZES, k=st.sampled_from([5, 10]))
def test_what_is_hidden_cannot_be_given_back(sizes: dict[str, int], k: int) -> None:
    hidden = suppressed_groups(sizes, k)
    assert {group for group, n in sizes.items() if n < k} <= hidden
    if hidden and hidden != sizes.keys():
        assert len(hidden) >= 2
        assert sum(sizes[group] for group in hidden) >= k


@given(sizes=SIZES)
def test_nothing_is_hidden_without_need(sizes: dict[str, int]) -> None:
    assert bool(suppressed_groups(sizes, 5)) == any(n < 5 for n in sizes.values())


@given(counts=st.lists(st.integers(1, 30), min_size=9, max_size=9), k=st.just(5))
def test_no_line_of_a_crossing_gives_a_cell_back(counts: list[int], k: int) -> None:
    table = {(row, column): counts[3 * row + column] for row in range(3) for column in range(3)}
    sizes = {f"r{row}{CROSS}c{column}": n for (row, column), n in table.items()}
    hidden = suppressed_groups(sizes, k)
    for line in [[(row, i) for i in range(3)] for row in range(3)] + [
        [(i, column) for i in range(3)] for column in range(3)
    ]:
        removed = [table[place] for place in line if f"r{place[0]}{CROSS}c{place[1]}" in hidden]
        assert len(removed) in {0, 3} or (len(removed) == 2 and sum(removed) >= k)


def test_every_figure_goes_and_is_counted() -> None:
    cells = [cell("fi", 80), cell("sv", 12), cell("other", 3)]
    shown, counted = without(cells, too_small(cells, 5), 5)
    assert counted == {"cells": 2, "groups": 2, "k": 5}
    assert shown[0] == cell("fi", 80)
    kept = {name for name, value in asdict(shown[2]).items() if value is not None}
    assert kept == {"attribute", "group", "metric", "verdict", "reason"}
    assert shown[2].verdict == "not_enough_evidence"
    assert "fewer than 5" in shown[2].reason


def test_metrics_with_fewer_learners_are_looked_at_by_themselves() -> None:
    cells = [cell("fi", 80), cell("sv", 12), cell("fi", 80, "stretch"), cell("sv", 2, "stretch")]
    assert too_small(cells, 5) == (("language", "fi", "stretch"), ("language", "sv", "stretch"))


def test_the_limit_outside_is_taken_on_the_true_sizes(run: Callable[..., Audit]) -> None:
    audit = run(1, learners=240, share=0.03)  # group b has fewer than ten learners
    small = {one.group for one in audit.cells if one.n is not None and one.n < 10}
    assert small == {"b"}
    outside = audit.outside()
    assert {one.group for one in outside.cells if one.n is None} == {"a", "b"}
    assert outside.suppressed == {"cells": 2 * len(PREDICTION_METRICS), "groups": 2, "k": 10}
    assert Audit.from_json(audit.to_json()).outside() == outside
