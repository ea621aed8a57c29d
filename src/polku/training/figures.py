"""Figures that are kept beside a run: means over many, never single learners or answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from polku.training.contributions import SPEAKS_OF
from polku.training.panels import ACROSS, BLUE, GREY, ORANGE, panels, wrapped
from polku.training.reliability import calibration_table, ece

Float = NDArray[np.float64]
SKILLS_SHOWN: Final = 12
_COLOURS: Final = dict(zip(SPEAKS_OF, (BLUE, ORANGE, "#3b8a4a", "#8a4fa0", "#a8862b", "#4a8d99"), strict=True))


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
    above.plot(predicted, [line["observed"] for line in table], marker="o", color=BLUE, label="observed")
    above.set(title=f"{title}\nECE {ece(y_true, y_prob):.4f}, n = {len(y_true):,}", ylabel="share right", xlim=(0, 1))
    above.legend(frameon=False)
    below.hist(y_prob, bins=40, range=(0, 1), color=BLUE)
    below.set(xlabel="predicted probability", ylabel="responses")
    return figure


def importance_figure(importance: pd.DataFrame, title: str) -> Figure:
    """Draw what each column is worth to the model: its share of the gain and its mean contribution.

    Parameters
    ----------
    importance : DataFrame
        From :func:`~polku.training.explained.importance_table`.
    title : str
        Heading.

    Returns
    -------
    matplotlib.figure.Figure
        One bar per column, coloured by family, the largest on top.
    """
    shown = importance.iloc[::-1]
    figure = Figure(figsize=(9.0, 1.4 + 0.26 * len(shown)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    axes = figure.subplots(1, 2, sharey=True)
    measures = {"gain_share": "share of the gain in training", "mean_contribution": "mean |contribution|, logits"}
    colours = [_COLOURS[family] for family in shown["family"]]
    for axis, (name, label) in zip(axes, measures.items(), strict=True):
        axis.barh(shown["column"], shown[name].fillna(0.0), color=colours)
        axis.set_xlabel(label)
    named = [Patch(color=_COLOURS[name], label=SPEAKS_OF[name]) for name in dict.fromkeys(importance["family"])]
    figure.legend(handles=named, frameon=False, fontsize="small", loc="outside lower center", ncols=2)
    return figure


def effects_figure(effects: pd.DataFrame, family: str, title: str) -> Figure:
    """Draw how the prediction follows the columns of one family, all else as it is.

    Parameters
    ----------
    effects : DataFrame
        From :func:`~polku.training.explained.effects_table`.
    family : str
        Which panels.
    title : str
        Heading.

    Returns
    -------
    matplotlib.figure.Figure
        One panel per column, in logits around the mean row. The ticks at the bottom are the ends of the bins: between
        two of them lie about as many rows as between any other two.
    """
    columns = list(effects[effects["family"] == family].groupby("column", sort=False))
    figure, axes = panels(f"{title}: {SPEAKS_OF[family]}", len(columns), height=3.0)
    for place, (axis, (name, lines)) in enumerate(zip(axes, columns, strict=True)):
        first = lines.iloc[0]
        axis.axhline(0.0, color="0.85", linewidth=1)
        axis.plot(lines["at"], lines["effect"], color=_COLOURS[family], marker="o", markersize=3)
        axis.plot(
            lines["at"], np.zeros(len(lines)), "|", color="0.3", markersize=9, transform=axis.get_xaxis_transform()
        )
        missing = f", missing in {first['missing']:.0%}" if first["missing"] else ""
        axis.set_title(f"{name}\n{int(lines['n'].sum()):,} rows{missing}", fontsize="medium")
        axis.set_xlabel(wrapped(first["meaning"]), fontsize="small")
        if place % ACROSS == 0:
            axis.set_ylabel("effect, logits")
    return figure


def learning_curves_figure(curves: pd.DataFrame, titles: Mapping[str, str], title: str) -> Figure | None:
    """Draw observed and predicted success by opportunity, for the most answered skills.

    Parameters
    ----------
    curves : DataFrame
        From :func:`~polku.training.learning_curves.learning_curves`.
    titles : mapping of str to str
        Title of each skill, where it has one.
    title : str
        Heading.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where no skill has a curve of two points.
    """
    points = curves.groupby("skill_id")["learners"].agg(["size", "sum"])
    most = points[points["size"] > 1].sort_values("sum", ascending=False, kind="stable").index[:SKILLS_SHOWN]
    if most.empty:
        return None
    figure, axes = panels(title, len(most), height=2.7)
    for place, (axis, skill) in enumerate(zip(axes, most, strict=True)):
        _curve(axis, curves[curves["skill_id"] == skill])
        axis.set_title(wrapped(f"{skill} {titles.get(skill, '')}".strip(), 42), fontsize="medium")
        axis.set(ylabel="share right" if place % ACROSS == 0 else "", ylim=(0.0, 1.04))
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure


def _curve(axis: Axes, curve: pd.DataFrame) -> None:
    """Draw one skill: everybody, those who stayed, and how many there are."""
    at, learners = curve["opportunity"], curve["learners"]
    shares = 0.25 * learners / learners.max()
    axis.fill_between(at, shares, step="mid", color="0.9", label="learners, the most a quarter high")
    axis.plot(at, curve["observed"], color=BLUE, marker="o", markersize=3, label="right")
    axis.plot(at, curve["predicted"], color=ORANGE, linestyle="--", label="predicted")
    stayed = curve["stayed_observed"].astype(np.float64)
    axis.plot(at, stayed, color=GREY, marker=".", label="right, of those alone who met the skill k times or more")
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.set_xlabel(f"opportunity ({learners.max():,} learners, k = {curve['k'].iloc[0]})", fontsize="small")
