"""Removes figures that would tell of single learners; a cell may be shown and yet be too small to judge.

A group below the limit loses all its figures. If the others' figures and the total would give it back, the
next smallest loses them too, until at least two are removed that together reach the limit. For crossings this
holds within every line of the table: all groups that share one part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from polku.fairness.attributes import CROSS
from polku.fairness.cell import Cell

Key = tuple[str, str, str]
_KEPT = {"attribute", "group", "metric", "verdict", "reason"}


def suppressed_groups(sizes: Mapping[str, int], k: int) -> frozenset[str]:
    """Return the groups of one attribute whose figures are removed.

    Parameters
    ----------
    sizes : mapping of str to int
        Learners by group; crossed groups are named "girl & fi".
    k : int
        Least number of learners shown.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> sorted(suppressed_groups({"fi": 80, "sv": 12, "other": 3}, 5))
    ['other', 'sv']
    """
    hidden = {group for group, n in sizes.items() if n < k}
    lines = _lines(sizes)
    while more := [group for line in lines if (group := _complement(line, hidden, sizes, k))]:
        hidden.update(more)
    return frozenset(hidden)


def too_small(cells: Iterable[Cell], k: int) -> tuple[Key, ...]:
    """Return the cells whose figures are removed at a limit, in the order given.

    Every metric is looked at by itself, since not every metric applies to every learner.
    """
    listed = list(cells)
    sizes: dict[tuple[str, str], dict[str, int]] = {}
    for cell in listed:
        sizes.setdefault((cell.attribute, cell.metric), {})[cell.group] = cell.n or 0
    hidden = {table: suppressed_groups(groups, k) for table, groups in sizes.items()}
    return tuple(key_of(cell) for cell in listed if cell.group in hidden[cell.attribute, cell.metric])


def without(cells: Iterable[Cell], hidden: Collection[Key], k: int) -> tuple[tuple[Cell, ...], dict[str, int]]:
    """Remove the figures of some cells.

    Returns
    -------
    cells : tuple of Cell
        In the order given; removed figures are None and the verdict "not_enough_evidence".
    suppressed : dict of str to int
        "cells" and "groups" removed, and the limit "k".
    """
    places = set(hidden)
    shown = tuple(_emptied(cell, k) if key_of(cell) in places else cell for cell in cells)
    groups = {(attribute, group) for attribute, group, _ in places}
    return shown, {"cells": len(places), "groups": len(groups), "k": k}


def key_of(cell: Cell) -> Key:
    """Return what names a cell: attribute, group, metric."""
    return cell.attribute, cell.group, cell.metric


def _lines(sizes: Mapping[str, int]) -> list[list[str]]:
    """Return the sets of groups whose total is known from elsewhere."""
    parts = {group: group.split(CROSS) for group in sizes}
    depth = max(map(len, parts.values()), default=1)
    if depth == 1:
        return [list(sizes)]
    found: dict[tuple[str, ...], list[str]] = {}
    for group, names in parts.items():
        for left_out in range(depth):
            key = (str(left_out), *names[:left_out], *names[left_out + 1 :])
            found.setdefault(key, []).append(group)
    return list(found.values())


def _complement(line: list[str], hidden: set[str], sizes: Mapping[str, int], k: int) -> str | None:
    """Return the next group of a line to remove, or None when what is removed cannot be given back."""
    removed = [group for group in line if group in hidden]
    left = sorted((sizes[group], group) for group in line if group not in hidden)
    if not removed or not left or (len(removed) > 1 and sum(sizes[group] for group in removed) >= k):
        return None
    return left[0][1]


def _emptied(cell: Cell, k: int) -> Cell:
    figures: dict[str, Any] = {field.name: None for field in fields(Cell) if field.name not in _KEPT}
    reason = f"not shown: fewer than {k} learners here, or in a group that this one would give away"
    return replace(cell, **figures, verdict="not_enough_evidence", reason=reason)
