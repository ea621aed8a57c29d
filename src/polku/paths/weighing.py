"""The terms of a score as a reader sees them: whole points that add up, each drawn from where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SCALE = 100
"""Points of a score of 1."""


class Part(NamedTuple):
    """One term.

    Parameters
    ----------
    rule : str
        Name of the rule.
    points : int
        What it adds.
    start : int
        Where its bar begins, in points.
    """

    rule: str
    points: int
    start: int


class Weighing(NamedTuple):
    """All terms of one suggestion.

    Parameters
    ----------
    parts : list of Part
        Largest first; terms that add nothing are left out.
    total : int
        Their sum.
    width : int
        Of the drawing, in points.
    """

    parts: list[Part]
    total: int
    width: int


def weighed(terms: Mapping[str, float]) -> Weighing:
    """Return the terms of a score as whole points that add up.

    Each term is rounded down and the points still lacking go to the largest remainders, so no reader finds a sum that
    does not hold.

    Parameters
    ----------
    terms : mapping of str to float
        Points by rule.

    Examples
    --------
    >>> weighed({"readiness": 0.35, "difficulty": 0.166, "continuity": 0.104, "review": 0.0}).parts
    [Part(rule='readiness', points=35, start=0), Part(rule='difficulty', points=17, start=35), \
Part(rule='continuity', points=10, start=52)]
    """
    exact = {rule: round(SCALE * points, 6) for rule, points in terms.items()}
    whole = {rule: int(points // 1) for rule, points in exact.items()}
    lacking = round(sum(exact.values())) - sum(whole.values())
    for rule in sorted(exact, key=lambda rule: whole[rule] - exact[rule])[:lacking]:
        whole[rule] += 1
    parts, total, width = [], 0, SCALE
    for rule, points in sorted(whole.items(), key=lambda pair: -pair[1]):
        if points:
            parts.append(Part(rule, points, min(total, total + points)))
            total += points
            width = max(width, total)
    return Weighing(parts, total, width)
