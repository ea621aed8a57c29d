"""Figures that are kept beside a run."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from polku.training.reliability import calibration_table, ece

Float = NDArray[np.float64]


def calibration_figure(y_true: Float, y_prob: Float, title: str) -> Figure:
    """Draw predicted against observed success over 15 bins of equal mass, and how predictions spread.

    Parameters
    ----------
    y_true, y_prob : float64[n]
        Scores and predictions, n > 0; only bin means are drawn, never single responses.
    title : str
        Heading, usually the model's name and the data's.

    Returns
    -------
    matplotlib.figure.Figure
        Drawn without pyplot, so that no display and no global state is touched.
    """
    table = calibration_table(y_true, y_prob)
    predicted = [line["predicted"] for line in table]
    figure = Figure(figsize=(5.0, 5.6), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=[4, 1], sharex=True)
    above.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="as predicted")
    above.plot(predicted, [line["observed"] for line in table], marker="o", color="#1f5fa8", label="observed")
    above.set(title=f"{title}\nECE {ece(y_true, y_prob):.4f}, n = {len(y_true):,}", ylabel="share right", xlim=(0, 1))
    above.legend(frameon=False)
    below.hist(y_prob, bins=40, range=(0, 1), color="#1f5fa8")
    below.set(xlabel="predicted probability", ylabel="responses")
    return figure
