"""The figure of the README: AUC with its interval, and what a fold costs, by data set."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

OURS, THEIRS = "#1f6f8b", "#99a8b2"
TITLES = {"assistments2009": "ASSISTments 2009", "assistments2015": "ASSISTments 2015", "fsaif": "fsaif, grades 7 to 9"}
NAMES = {"response": "Polku response", "mastery": "Polku mastery", "baseline": "Polku baseline"}


def draw(path: Path, table: pd.DataFrame) -> None:
    """Draw the table to an SVG file that is the same for the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "polku", "svg.fonttype": "none", "font.size": 9})
    sets = table["data"].unique().tolist()
    figure, axes = plt.subplots(
        1, len(sets) + 1, figsize=(2.3 * len(sets) + 2.6, 3.2), layout="constrained", sharey=True, squeeze=False
    )
    order = table[table["data"] == sets[0]].sort_values("auc")["model"].tolist()
    for panel, data in zip(axes[0], sets, strict=False):
        lines = table[table["data"] == data].set_index("model").loc[order]
        _accuracy(panel, lines, order)
        panel.set(title=TITLES.get(data, data), xlabel="AUC, 95 % by learner")
    costs = table[table["data"] == sets[0]].set_index("model").loc[order]
    _cost(axes[0][-1], costs["whole_s"], order)
    axes[0][-1].set(title=TITLES.get(sets[0], sets[0]), xlabel="seconds, whole run of a fold")
    for panel in axes[0]:
        panel.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_yticks(range(len(order)), [NAMES.get(name, name) for name in order])
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _colours(order: list[str]) -> list[str]:
    return [OURS if name in NAMES else THEIRS for name in order]


def _accuracy(panel, lines: pd.DataFrame, order: list[str]) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - axes
    """Draw a point with its interval for each model."""
    for place, colour in enumerate(_colours(order)):
        line = lines.iloc[place]
        panel.plot([line["auc_low"], line["auc_high"]], [place, place], color=colour, linewidth=2)
        panel.plot(line["auc"], place, "o", color=colour)
    panel.grid(axis="x", linewidth=0.4)


def _cost(panel, seconds: pd.Series, order: list[str]) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - axes
    """Draw the seconds as bars on a logarithmic scale, with their number."""
    bars = panel.barh(range(len(order)), seconds, color=_colours(order))
    panel.bar_label(bars, [f" {value:.1f}" for value in seconds])
    panel.set(xscale="log", xlim=(0.1, 20.0 * seconds.max()))
