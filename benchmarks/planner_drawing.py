"""The picture of the planner bench: E_p by steps, one panel for each course and law."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd

from planner_judge import ORACLE, ORDER, POLKU

mpl.use("svg")
from matplotlib import pyplot as plt

STRONG = {POLKU: "#0b6e4f", ORACLE: "#555555", ORDER: "#c05000"}


def draw(found: pd.DataFrame, to: Path) -> None:
    """Draw the figures of every line.

    Parameters
    ----------
    found : DataFrame
        ``course, law, steps, line, E_p``.
    to : Path
        SVG file.
    """
    mpl.rcParams["svg.hashsalt"] = "polku"
    panels = list(found.groupby(["course", "law"], sort=False))
    columns = 2
    figure, axes = plt.subplots(
        -(-len(panels) // columns), columns, figsize=(9, 3 * -(-len(panels) // columns)), squeeze=False
    )
    for axis, ((course, law), part) in zip(axes.flat, panels, strict=False):
        for line, values in part.groupby("line", sort=False):
            colour = STRONG.get(str(line))
            style = {"color": colour, "linewidth": 2} if colour else {"color": "#bbbbbb", "linewidth": 1}
            axis.plot(values["steps"], values["E_p"], marker="o", markersize=3, label=line if colour else None, **style)
        axis.set_title(f"{course}, law “{law}”", fontsize=9)
        axis.set_xlabel("steps")
        axis.set_ylabel("gain E_p")
    axes.flat[0].plot([], [], color="#bbbbbb", label="other lines")
    axes.flat[0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(to, metadata={"Date": None})
