"""The picture of the planner bench: E_p by steps, one panel for each course and law."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd

from planner_judge import ORACLE, ORDER, POLKU

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

STRONG = {POLKU: "#0b6e4f", ORACLE: "#444444", ORDER: "#c05000", "fitted Q": "#4466aa"}
OTHERS = "#c4c4c4"


def draw(found: pd.DataFrame, to: Path) -> None:
    """Draw the figures of every line.

    Parameters
    ----------
    found : DataFrame
        ``course, law, steps, line, E_p``.
    to : Path
        SVG file.
    """
    mpl.rcParams |= {"svg.hashsalt": "polku", "axes.spines.top": False, "axes.spines.right": False}
    panels = list(found.groupby(["course", "law"], sort=False))
    rows = -(-len(panels) // 2)
    figure, axes = plt.subplots(rows, 2, figsize=(9, 2.6 * rows + 0.6), squeeze=False, sharex=True)
    for axis, ((course, law), part) in zip(axes.flat, panels, strict=False):
        _panel(axis, part, sorted(found["steps"].unique()))
        axis.set_title(f"{course}, law “{law}”", fontsize=10, loc="left")
    for axis in axes[-1]:
        axis.set_xlabel("steps")
    for axis in axes[:, 0]:
        axis.set_ylabel("gain $E_p$ at a later check")
    handles, names = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncols=len(names), fontsize=9, frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    figure.savefig(to, metadata={"Date": None})


def _panel(axis: Axes, part: pd.DataFrame, lengths: list[int]) -> None:
    """Draw one course under one law; the lines that matter lie on top and are named."""
    named = False
    for line, values in sorted(part.groupby("line", sort=False), key=lambda one: one[0] in STRONG):
        strong = STRONG.get(str(line))
        label = str(line) if strong else None if named else "other lines"
        named |= strong is None
        axis.plot(
            values["steps"],
            values["E_p"],
            color=strong or OTHERS,
            linewidth=2 if strong else 1,
            linestyle="--" if line == ORACLE else "-",
            marker="o",
            markersize=4 if strong else 2,
            label=label,
        )
    axis.set_xticks(lengths)
    axis.axhline(0.0, color="#888888", linewidth=0.6)
