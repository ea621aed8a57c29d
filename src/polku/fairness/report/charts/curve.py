"""How reliable predictions are, or how well they order answers, in one group: a line with a band, one group a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from polku.fairness.curve import Curve
from polku.fairness.report.charts.svg import Scale, area, canvas, line, marker, polyline, shortened, tag, text

_SIZE, _LEFT, _RIGHT, _TOP, _BOTTOM = 310, 56, 12, 10, 48
_GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_MARKERS, _LONGEST = 20, 20


@dataclass(frozen=True, slots=True)
class CurveWords:
    """Words of a curve's panel.

    Parameters
    ----------
    x, y : str
        What the axes show.
    group, everybody : str
        Names of the two lines.
    tick : callable
        Writes a share at an axis.
    """

    x: str
    y: str
    group: str
    everybody: str
    tick: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class CurveChart:
    """One group's curve with its band, beside everybody's.

    Parameters
    ----------
    curve : Curve
        The group's.
    everybody : Curve or None
        Drawn dashed, without a band.
    """

    curve: Curve
    everybody: Curve | None = None

    def draw(self, words: CurveWords, title: str, description: str, id_: str) -> Markup:
        """Return the panel as SVG."""
        x = Scale(0, 1, _LEFT, _SIZE - _RIGHT)
        y = Scale(0, 1, _SIZE - _BOTTOM, _TOP)
        parts = [*_ground(x, y, words), *_band(self.curve, x, y)]
        parts.append(line((x(0), y(0)), (x(1), y(1)), "diagonal"))
        if self.everybody is not None:
            parts.append(polyline(_places(self.everybody, x, y), "everybody"))
        parts += _own(self.curve, x, y)
        parts += _legend(words, self.everybody is not None)
        height = _SIZE + (22 if self.everybody is not None else 2)
        return canvas((_SIZE, height), (title, description), id_, parts)


def _ground(x: Scale, y: Scale, words: CurveWords) -> Iterator[Markup]:
    for share in _GRID:
        yield line((x(share), y(0)), (x(share), y(1)), "grid")
        yield line((x(0), y(share)), (x(1), y(share)), "grid")
        if share * 2 == int(share * 2):
            yield text((x(share), y(0) + 16), words.tick(share), "tick", "end" if share == 1 else "middle")
            yield text((x(0) - 5, y(share) + 4), words.tick(share), "tick", "end")
    yield text((x(0.5), y(0) + 34), words.x, "tick", "middle")
    yield tag("text", words.y, class_="tick", text_anchor="middle", transform=f"translate(11 {y(0.5):.1f}) rotate(-90)")


def _band(curve: Curve, x: Scale, y: Scale) -> Iterator[Markup]:
    if len(curve.x) > 1:
        upper = [(x(at), y(end)) for at, end in zip(curve.x, curve.high, strict=True)]
        lower = [(x(at), y(end)) for at, end in zip(curve.x, curve.low, strict=True)]
        yield area([*upper, *reversed(lower)], "band")


def _own(curve: Curve, x: Scale, y: Scale) -> Iterator[Markup]:
    places = _places(curve, x, y)
    yield polyline(places, "own")
    if len(places) <= _MOST_MARKERS:
        yield from (marker(place, 0, "dot", 3) for place in places)


def _places(curve: Curve, x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x(at), y(value)) for at, value in zip(curve.x, curve.y, strict=True)]


def _legend(words: CurveWords, both: bool) -> Iterator[Markup]:
    if not both:
        return
    y, right = _SIZE + 6, _LEFT + 98
    yield line((_LEFT, y), (_LEFT + 22, y), "everybody")
    yield text((_LEFT + 28, y + 4), words.everybody, "tick")
    yield line((right, y), (right + 22, y), "own")
    yield text((right + 28, y + 4), shortened(words.group, _LONGEST), "tick")
