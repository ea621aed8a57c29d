"""A line of an audit's figures: how reliable predictions are in one group, or how well they order its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["reliability", "roc"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One group's line, with a band that says how far chance may move it.

    Parameters
    ----------
    attribute, group : str
        Whose; "all" and "all" for everybody.
    shape : {"reliability", "roc"}
        "reliability": mean prediction against the share of correct answers. "roc": the share of wrong answers
        expected to be correct against the share of correct ones expected so, over all thresholds.
    x, y : tuple of float
        Points in order of `x`.
    low, high : tuple of float
        95 % band of `y`, pointwise, over learners or schools.
    n : tuple of int
        Learners behind each point; a point is never shown with fewer than the limit of disclosure.

    Examples
    --------
    >>> Curve("gender", "girl", "reliability", (0.2, 0.8), (0.25, 0.75), (0.2, 0.7), (0.3, 0.8), (40, 41)).y
    (0.25, 0.75)
    """

    attribute: str
    group: str
    shape: Shape
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: tuple[int, ...]
