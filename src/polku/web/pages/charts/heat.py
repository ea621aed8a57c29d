"""A heat map: shares in a grid, the darker the larger, each with its figure; what is too small to be told says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.report.charts.svg import canvas, line, shortened, tag, text

_WIDTH, _HEAD, _LABEL, _CELL, _GAP, _BETWEEN = 340, 24, 18, 26, 10, 3
_WIDEST, _LONGEST = 84, 50
LEVELS = 5
"""Shades; a cell's is its share, rounded down to a fifth."""
HIDDEN = "\N{EN DASH}"
"""Stands in a cell that is too small to be told."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell.

    Parameters
    ----------
    share : float or None
        Between 0 and 1; None where there is nothing to show.
    hidden : bool
        Whether there is something, of too few to be told.
    """

    share: float | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row: its name, and a cell for each column."""

    label: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Shares in rows and columns, in the order given: nothing is sorted by its figure.

    Parameters
    ----------
    columns : tuple of str
        Names above the columns.
    rows : tuple of HeatRow
        From top to bottom.
    write : callable
        Writes a share into its cell.

    Examples
    --------
    >>> row = HeatRow("Fractions", (HeatCell(0.5), HeatCell(hidden=True)))
    >>> drawn = HeatMap(("7", "8"), (row,), "{:.0%}".format).draw("Shown so far", "Grade 7: 50%.", "shown")
    >>> "50%" in drawn, 'class="heat h2"' in drawn, 'class="heat hidden"' in drawn
    (True, True, True)
    """

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    write: Callable[[float], str]

    def draw(self, title: str, description: str, id_: str) -> Markup:
        """Return the chart as SVG."""
        step = min(_WIDEST, _WIDTH / max(len(self.columns), 1))
        parts = [text((step * (place + 0.5), 14), name, "label", "middle") for place, name in enumerate(self.columns)]
        for place, row in enumerate(self.rows):
            parts += self._row(row, _HEAD + place * (_LABEL + _CELL + _GAP), step)
        return canvas((_WIDTH, _HEAD + len(self.rows) * (_LABEL + _CELL + _GAP)), (title, description), id_, parts)

    def _row(self, row: HeatRow, top: float, step: float) -> Iterator[Markup]:
        yield text((0, top + 13), shortened(row.label, _LONGEST), "tick")
        for place, cell in enumerate(row.cells):
            if cell.share is None and not cell.hidden:
                continue
            left = step * place
            shade = "hidden" if cell.share is None else f"h{shade_of(cell.share)}"
            size = {"width": step - _BETWEEN, "height": _CELL, "rx": 3}
            yield tag("rect", x=left + _BETWEEN / 2, y=top + _LABEL, class_=f"heat {shade}", **size)
            written = HIDDEN if cell.share is None else self.write(cell.share)
            yield text((left + step / 2, top + _LABEL + 18), written, "cell", "middle")
        if not row.cells:
            yield line((0, top + _LABEL + _CELL / 2), (_WIDTH, top + _LABEL + _CELL / 2), "grid")


def shade_of(share: float) -> int:
    """Return which shade a share has.

    Examples
    --------
    >>> [shade_of(share) for share in (0, 0.2, 0.59, 1)]
    [0, 1, 2, 4]
    """
    return min(LEVELS - 1, int(share * LEVELS + 1e-9))
