"""Small multiples: one panel per column or skill, readable on its own, in the units of its neighbours."""

from __future__ import annotations

import math
import textwrap
from typing import Final, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ACROSS: Final = 3
BLUE: Final = "#1f5fa8"
ORANGE: Final = "#c4641a"
GREY: Final = "0.6"


def panels(title: str, count: int, height: float = 2.6) -> tuple[Figure, list[Axes]]:
    """Return a figure with a heading and `count` panels that share their vertical axis.

    Parameters
    ----------
    title : str
        Heading.
    count : int
        Number of panels, at least 1; up to three stand side by side.
    height : float
        Inches per row of panels.

    Returns
    -------
    Figure, list of Axes
        Drawn without pyplot, so that no display and no global state is touched.
    """
    across = min(count, ACROSS)
    down = math.ceil(count / across)
    figure = Figure(figsize=(max(4.0 * across, 6.0), height * down + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    grid = cast("list[Axes]", np.ravel(figure.subplots(down, across, sharey=True, squeeze=False)).tolist())
    for spare in grid[count:]:
        figure.delaxes(spare)
    figure.suptitle(title)
    return figure, grid[:count]


def wrapped(text: str, width: int = 52) -> str:
    """Return a sentence broken into lines that fit under a panel."""
    return "\n".join(textwrap.wrap(text, width))
