"""Graph questions on integers."""

from __future__ import annotations

import pytest

from polku.curriculum import graph


@pytest.mark.parametrize(
    ("before", "order"),
    [([], []), ([[]], [0]), ([[1], []], [1, 0]), ([[], [], [0, 1]], [0, 1, 2]), ([[2], [], [1]], [1, 2, 0])],
)
def test_topological_takes_the_smallest_free_node(before: list[list[int]], order: list[int]) -> None:
    assert graph.topological(before) == order


def test_topological_leaves_out_a_circle_and_what_follows_it() -> None:
    assert graph.topological([[1], [0], [0], []]) == [3]


def test_topological_counts_a_repeated_edge_as_often_as_it_stands() -> None:
    assert graph.topological([[1, 1], []]) == [1, 0]


def test_cycles_are_found_behind_what_leads_into_and_out_of_them() -> None:
    before = [[], [0, 3], [1], [2], [3]]
    assert list(graph.cycles(before)) == [[1, 2, 3, 1]]


def test_cycles_that_share_a_node_are_named_once() -> None:
    before = [[1, 2], [0], [0]]
    assert list(graph.cycles(before)) == [[0, 1, 0]]


def test_no_cycles() -> None:
    assert list(graph.cycles([[], [0], [0, 1]])) == []


def test_strong_components_group_what_reaches_each_other() -> None:
    part = graph.strong_components([[2], [0], [1], [2], []])
    assert part[0] == part[1] == part[2]
    assert len({part[0], part[3], part[4]}) == 3


def test_strong_components_without_edges() -> None:
    assert len(set(graph.strong_components([[], []]))) == 2


def test_curriculum_order_drops_only_soft_edges_within_a_circle() -> None:
    hard: list[list[int]] = [[], [0], [], []]
    soft = [[1], [], [3], []]
    assert graph.curriculum_order(hard, soft) == [0, 1, 3, 2]


def test_reach_collects_far_steps_once() -> None:
    assert graph.reach([0, 1, 2, 3], [[], [0], [0], [1, 2]]) == [0b0, 0b1, 0b1, 0b111]
