"""Shares over time: one line a group of learners; a moment that is not told breaks the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from polku.fairness.report.charts.svg import Scale, canvas, line, marker, polyline, text
from polku.fairness.report.charts.timeline import STYLES

_WIDTH, _PLOT, _LEFT, _RIGHT, _TOP, _LEGEND = 340, 170, 48, 12, 10, 22
_MOST_NAMES = 4
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Trend:
    """One line: its name, and a share or None for each moment."""

    label: str
    shares: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Shares between 0 and 1 over the same moments.

    Parameters
    ----------
    moments : tuple of str
        Names along the axis; of many, some are written.
    lines : tuple of Trend
        In the order of the legend.
    tick : callable
        Writes a share at the axis.

    Examples
    --------
    >>> trend = Trend("Grade 7", (0.2, None, 0.4, 0.5))
    >>> drawn = TrendChart(("8", "9", "10", "11"), (trend,), "{:.0%}".format).draw("Use", "Grade 7: 50%.", "use")
    >>> drawn.count("<polyline"), drawn.count("<circle")
    (2, 4)
    """

    moments: tuple[str, ...]
    lines: tuple[Trend, ...]
    tick: Callable[[float], str]

    def draw(self, title: str, description: str, id_: str) -> Markup:
        """Return the chart as SVG."""
        x = Scale(0, max(len(self.moments) - 1, 1), _LEFT + 8, _WIDTH - _RIGHT)
        y = Scale(0, 1, _TOP + _PLOT, _TOP)
        parts = [*self._ground(x, y)]
        for place, one in enumerate(self.lines):
            parts += _drawn(one, place % STYLES, x, y)
        parts += self._legend()
        height = _TOP + _PLOT + 30 + _LEGEND * len(self.lines)
        return canvas((_WIDTH, height), (title, description), id_, parts)

    def _ground(self, x: Scale, y: Scale) -> Iterator[Markup]:
        for share in _SHARES:
            yield line((_LEFT, y(share)), (_WIDTH - _RIGHT, y(share)), "grid" if share else "axis")
            if share * 2 == int(share * 2):
                yield text((_LEFT - 5, y(share) + 4), self.tick(share), "tick", "end")
        for place in _named(len(self.moments)):
            anchor = "end" if place and place == len(self.moments) - 1 else "middle"
            yield text((x(place), _TOP + _PLOT + 17), self.moments[place], "tick", anchor)

    def _legend(self) -> Iterator[Markup]:
        for place, one in enumerate(self.lines):
            top, style = _TOP + _PLOT + 40 + _LEGEND * place, place % STYLES
            yield line((_LEFT, top), (_LEFT + 26, top), f"line s{style}")
            yield marker((_LEFT + 13, top), style, f"point s{style}")
            yield text((_LEFT + 34, top + 4), one.label, "tick")


def _named(moments: int) -> list[int]:
    """Return the places of the moments that are written: the first, the last, and some between.

    Examples
    --------
    >>> _named(12), _named(3)
    ([0, 4, 7, 11], [0, 1, 2])
    """
    if moments <= _MOST_NAMES:
        return list(range(moments))
    return [round(place * (moments - 1) / (_MOST_NAMES - 1)) for place in range(_MOST_NAMES)]


def _drawn(one: Trend, style: int, x: Scale, y: Scale) -> Iterator[Markup]:
    for told, run in groupby(enumerate(one.shares), key=lambda pair: pair[1] is not None):
        if told:
            places = [(x(at), y(share)) for at, share in run if share is not None]
            yield polyline(places, f"line s{style}")
            yield from (marker(place, style, f"point s{style}", 3.6) for place in places)
