"""Bars: one figure a row, its name and figure above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.report.charts.svg import Scale, canvas, shortened, tag, text

_WIDTH, _ROW, _TALL, _LONGEST = 340, 44, 14, 38


@dataclass(frozen=True, slots=True)
class Bar:
    """One row.

    Parameters
    ----------
    label, figure : str
        Its name, and its figure in words.
    value : float
        How long it is; not below zero.
    """

    label: str
    figure: str
    value: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from zero, in the order given.

    Parameters
    ----------
    rows : tuple of Bar
        From top to bottom.
    full : float
        What a bar across the whole chart stands for; above zero.

    Examples
    --------
    >>> 'width="170"' in Bars((Bar("Accepted", "50%", 0.5),), 1.0).draw("Decisions", "Accepted: 50%.", "bars")
    True
    """

    rows: tuple[Bar, ...]
    full: float

    def draw(self, title: str, description: str, id_: str) -> Markup:
        """Return the chart as SVG."""
        x = Scale(0, self.full, 0, _WIDTH)
        parts = [part for place, row in enumerate(self.rows) for part in _row(row, place * _ROW, x)]
        return canvas((_WIDTH, _ROW * len(self.rows)), (title, description), id_, parts)


def _row(row: Bar, top: int, x: Scale) -> Iterator[Markup]:
    yield text((0, top + 16), shortened(row.label, _LONGEST), "label")
    yield text((_WIDTH, top + 16), row.figure, "figure", "end")
    yield tag("rect", x=0, y=top + 23, width=_WIDTH, height=_TALL, class_="trough", rx=3)
    if row.value > 0:
        yield tag("rect", x=0, y=top + 23, width=x(row.value), height=_TALL, class_="filled", rx=3)
