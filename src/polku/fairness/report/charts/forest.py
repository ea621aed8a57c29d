"""Gaps of one metric, group by group, with intervals, the zone below the limit, and the gap that blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.report.charts.svg import Scale, area, canvas, line, marker, polyline, shortened, text, ticks
from polku.fairness.verdict import Verdict

_WIDTH, _ROW, _TOP, _AXIS, _SIDE = 340, 40, 6, 40, 12
_MOST_EDGES = 4
_LONGEST = 26
_SHAPES: dict[Verdict, tuple[int, str]] = {
    "pass": (0, "mark pass"),
    "concern": (1, "mark concern"),
    "not_enough_evidence": (0, "mark unknown"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One group's gap.

    Parameters
    ----------
    label, figure : str
        The group, and its gap in words.
    gap : float
        Where the marker stands.
    interval : tuple of float
        Ends of the line.
    verdict : {"pass", "concern", "not_enough_evidence"}
        Chooses the shape of the marker.
    """

    label: str
    figure: str
    gap: float
    interval: tuple[float, float]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ForestChart:
    """A forest plot of one metric.

    Parameters
    ----------
    rows : tuple of Row
        At least one.
    zone : tuple of float
        Gaps below the limit: drawn as a shaded band.
    blocks : tuple of float or None
        Gaps that block, on both sides: drawn as dashed lines.
    axis : str
        What the axis counts.
    tick : callable
        Writes a gap at the axis.
    """

    rows: tuple[Row, ...]
    zone: tuple[float, float]
    blocks: tuple[float, float] | None
    axis: str
    tick: Callable[[float], str]

    def draw(self, title: str, description: str, id_: str) -> Markup:
        """Return the chart as SVG."""
        reach = self._reach()
        x = Scale(-reach, reach, _SIDE, _WIDTH - _SIDE)
        bottom = _TOP + _ROW * len(self.rows)
        parts = [*self._ground(x, bottom), *(part for at, row in enumerate(self.rows) for part in _row(row, at, x))]
        return canvas((_WIDTH, bottom + _AXIS), (title, description), id_, parts)

    def _reach(self) -> float:
        """Return how far the axis goes: to every gap, and to intervals of up to four times the zone or what blocks."""
        edge = max(*map(abs, self.zone), *map(abs, self.blocks or (0.0,)), 1e-3)
        widest = max(abs(row.gap) for row in self.rows)
        longest = max(abs(end) for row in self.rows for end in row.interval)
        return max(1.25 * edge, 1.15 * widest, min(1.08 * longest, _MOST_EDGES * edge))

    def _ground(self, x: Scale, bottom: float) -> Iterator[Markup]:
        left, right = map(x, self.zone)
        yield area(((left, _TOP), (right, _TOP), (right, bottom), (left, bottom)), "zone")
        for gap in ticks(x.low, x.high):
            yield line((x(gap), bottom), (x(gap), bottom + 4), "axis")
            yield text((x(gap), bottom + 17), self.tick(gap), "tick", "middle")
        for gap in self.blocks or ():
            yield line((x(gap), _TOP), (x(gap), bottom), "block")
        yield line((x(0), _TOP), (x(0), bottom), "zero")
        yield line((x.start, bottom), (x.end, bottom), "axis")
        yield text((_WIDTH / 2, bottom + 34), self.axis, "tick", "middle")


def _row(row: Row, at: int, x: Scale) -> Iterator[Markup]:
    """Yield one group: its name and figure above, its interval and marker below."""
    top = _TOP + _ROW * at
    middle = top + 27
    shape, class_ = _SHAPES[row.verdict]
    yield text((_SIDE, top + 14), shortened(row.label, _LONGEST), "label")
    yield text((_WIDTH - _SIDE, top + 14), row.figure, "figure", "end")
    yield line((x(row.interval[0]), middle), (x(row.interval[1]), middle), "whisker")
    for end, way in zip(row.interval, (-1, 1), strict=True):
        yield _end(x(end), middle, way if x.cuts(end) else 0)
    yield marker((x(row.gap), middle), shape, class_, 5.5 if row.verdict == "concern" else 4.5)


def _end(x: float, y: float, way: int) -> Markup:
    """Return the end of an interval: a bar, or an arrow where it goes on beyond the axis."""
    if not way:
        return line((x, y - 4), (x, y + 4), "whisker")
    back = x - 6 * way
    return polyline(((back, y - 5), (x, y), (back, y + 5)), "arrow")
