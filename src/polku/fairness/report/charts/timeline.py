"""Gaps over time, school terms or model versions, with intervals: one panel an attribute and metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.report.charts.svg import Scale, area, canvas, line, marker, polyline, text, ticks

_WIDTH, _PLOT, _LEFT, _RIGHT, _TOP, _LEGEND = 340, 190, 56, 12, 12, 20
STYLES = 6
"""Lines with a colour, dash and marker of their own; further ones begin again."""


@dataclass(frozen=True, slots=True)
class Point:
    """A gap at one moment.

    Parameters
    ----------
    at : int
        Place of the moment among the moments.
    gap : float
        The gap.
    interval : tuple of float or None
        Its interval.
    """

    at: int
    gap: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One group's gaps over time; a moment without a figure is left out."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """Gaps of several groups over the same moments.

    Parameters
    ----------
    moments : tuple of str
        Names along the axis.
    lines : tuple of Line
        One a group, at least one with a point.
    zone : tuple of float or None
        Gaps below the limit, shaded.
    tick : callable
        Writes a gap at the axis.
    """

    moments: tuple[str, ...]
    lines: tuple[Line, ...]
    zone: tuple[float, float] | None
    tick: Callable[[float], str]

    def draw(self, title: str, description: str, id_: str) -> Markup:
        """Return the panel as SVG."""
        reach = self._reach()
        x = Scale(-0.5, len(self.moments) - 0.5, _LEFT, _WIDTH - _RIGHT)
        y = Scale(-reach, reach, _TOP + _PLOT, _TOP)
        parts = list(self._ground(x, y))
        for place, one in enumerate(self.lines):
            parts += _drawn(one, place, self._shift(place), (x, y))
        parts += self._legend()
        height = _TOP + _PLOT + 28 + _LEGEND * len(self.lines)
        return canvas((_WIDTH, height), (title, description), id_, parts)

    def _reach(self) -> float:
        ends: list[float] = [
            abs(end) for one in self.lines for point in one.points for end in (point.gap, *(point.interval or ()))
        ]
        zone = [abs(edge) for edge in self.zone or ()]
        return 1.08 * max(*ends, *zone, 1e-3)

    def _shift(self, place: int) -> float:
        """Return how far a line stands beside the moment, so that intervals do not lie upon each other."""
        return (place - (len(self.lines) - 1) / 2) * min(0.12, 0.6 / max(len(self.lines), 1))

    def _ground(self, x: Scale, y: Scale) -> Iterator[Markup]:
        if self.zone is not None:
            low, high = map(y, self.zone)
            yield area(((x.start, low), (x.end, low), (x.end, high), (x.start, high)), "zone")
        for gap in ticks(y.low, y.high):
            yield line((x.start, y(gap)), (x.end, y(gap)), "zero" if gap == 0 else "grid")
            yield text((_LEFT - 5, y(gap) + 4), self.tick(gap), "tick", "end")
        for at, moment in enumerate(self.moments):
            yield text((x(at), _TOP + _PLOT + 17), moment, "tick", "middle")

    def _legend(self) -> Iterator[Markup]:
        for place, one in enumerate(self.lines):
            y = _TOP + _PLOT + 36 + _LEGEND * place
            style = place % STYLES
            yield line((_LEFT, y), (_LEFT + 26, y), f"line s{style}")
            yield marker((_LEFT + 13, y), style, f"point s{style}")
            yield text((_LEFT + 34, y + 4), one.label, "tick")


def _drawn(one: Line, place: int, shift: float, scales: tuple[Scale, Scale]) -> Iterator[Markup]:
    x, y = scales
    style = place % STYLES
    places = [(x(point.at + shift), y(point.gap)) for point in one.points]
    yield polyline(places, f"line s{style}")
    for point, at in zip(one.points, places, strict=True):
        if point.interval is not None:
            yield line((at[0], y(point.interval[0])), (at[0], y(point.interval[1])), f"whisker s{style}")
        yield marker(at, style, f"point s{style}")
