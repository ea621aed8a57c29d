"""Draws accuracy against gap, one point an experiment."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from polku.errors import InputError
from polku.fairness.arrays import Floats
from polku.fairness.mitigation.result import Comparison, Tried

ON: Final = "#1f5fa8"
OFF: Final = "#9a9a9a"
INK: Final = "#333333"
RULE: Final = "#d9d9d9"
LINE: Final = 0.055
"""Height of a line of text, in heights of the axes."""


def front_figure(comparison: Comparison) -> Figure:
    """Draw log loss against the largest gap, the front as a line, and the interval of each change in log loss.

    Parameters
    ----------
    comparison : Comparison
        At least one group must have been judged.

    Returns
    -------
    matplotlib.figure.Figure
        Drawn without pyplot, so that no display and no global state is touched.

    Raises
    ------
    InputError
        If no group was large enough to be judged: there is no gap to draw.
    """
    points = [(one, one.largest.size) for one in comparison.tried if one.largest is not None]
    if not points:
        raise InputError("there is no gap to draw", got="no group large enough to be judged", hint="more learners")
    figure = Figure(figsize=(10.0, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    front = sorted((gap, _loss(one)) for one, gap in points if one.front)
    axes.plot(*zip(*front, strict=True), color=ON, linewidth=1.2, alpha=0.5, zorder=1)
    for one, gap in points:
        _point(axes, one, gap)
    axes.set_xlim(0.0, max(gap for _, gap in points) * 1.05)
    axes.margins(y=0.12)
    _labels(axes, points)
    axes.set_xlabel(f"largest gap between a group and the others, at {comparison.threshold:g}  (smaller to the left)")
    axes.set_ylabel("log loss per answer  (better below)")
    axes.set_title(_title(comparison), loc="left", fontsize="medium", color=INK)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _loss(one: Tried) -> float:
    return one.accuracy["log_loss"].value


def _point(axes: Axes, one: Tried, gap: float) -> None:
    """Draw one experiment; the bar is the interval of its change from the model as it is."""
    figure = one.accuracy["log_loss"]
    colour = ON if one.front else OFF
    low, high = figure.interval
    spread = [[figure.change - low], [high - figure.change]]
    axes.errorbar([gap], [figure.value], yerr=spread, color=colour, linewidth=1, capsize=2, zorder=2)
    inside = colour if one.method == "none" else "white"
    axes.plot(gap, figure.value, "o", color=colour, markerfacecolor=inside, markersize=7, zorder=3)


def _labels(axes: Axes, points: list[tuple[Tried, float]]) -> None:
    """Write the names in a column beside the points, each with a line to its own: points may lie on each other."""
    low, high = axes.get_ylim()
    ordered = sorted(points, key=lambda point: (_loss(point[0]), point[1]))
    heights = _apart(np.array([_loss(one) for one, _ in ordered]), (high - low) * LINE, low)
    right = max(gap for _, gap in points)
    for (one, gap), height in zip(ordered, heights, strict=True):
        axes.annotate(
            f"{one.name}  {_about(one)}",
            (gap, _loss(one)),
            xytext=(right * 1.08, height),
            textcoords="data",
            va="center",
            fontsize="small",
            color=ON if one.front else INK,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": RULE, "shrinkA": 2, "shrinkB": 5, "relpos": (0, 0.5)},
        )


def _about(one: Tried) -> str:
    """Return whose gap it is, and in what."""
    where = one.largest
    return f"({where.metric.replace('_', ' ')}, {where.attribute} {where.group})" if where else ""


def _apart(heights: Floats, least: float, low: float) -> Floats:
    """Return heights in the same order, each at least so much above the one before.

    Examples
    --------
    >>> _apart(np.array([0.0, 0.1, 3.0]), 1.0, 0.0).tolist()
    [0.0, 1.0, 3.0]
    """
    placed = heights.copy()
    placed[0] = max(placed[0] - least * (np.diff(heights) < least).sum() / 2, low)
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + least)
    return placed


def _title(comparison: Comparison) -> str:
    return (
        f"What was tried beside {comparison.model}: {comparison.learners:,} learners, {comparison.answers:,} answers\n"
        "blue: no other has both a lower loss and a smaller gap; bars: 95 % of the change from the filled point"
    )
