"""The few pieces that charts are drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps figures to places on the canvas.

    Parameters
    ----------
    low, high : float
        Figures at both ends.
    start, end : float
        Their places.

    Examples
    --------
    >>> Scale(0, 1, 10, 110)(0.25)
    35.0
    >>> Scale(0, 1, 10, 110)(7)
    110.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a figure; beyond an end, that end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def cuts(self, value: float) -> bool:
        """Return whether a figure lies outside of what is shown."""
        return not self.low <= value <= self.high


def tag(name: str, *children: Markup | str, **attributes: float | str) -> Markup:
    """Return one element; a trailing or inner underscore of an attribute's name becomes a hyphen, text is escaped.

    Examples
    --------
    >>> tag("text", "a < b", x=1.25, class_="tick")
    Markup('<text x="1.2" class="tick">a &lt; b</text>')
    """
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{_written(value)}"' for key, value in attributes.items())
    inner = "".join(str(escape(child)) for child in children)
    return Markup(f"<{name}{pairs}>{inner}</{name}>" if inner else f"<{name}{pairs}/>")  # noqa: S704 - every part is escaped


def canvas(size: tuple[int, int], texts: tuple[str, str], id_: str, parts: Iterable[Markup]) -> Markup:
    """Return a whole chart with its title and description, read as one image.

    Parameters
    ----------
    size : tuple of int
        Width and height of the drawing; it scales with the page.
    texts : tuple of str
        Title and description.
    id_ : str
        Unique on the page.
    parts : iterable of Markup
        The drawing.
    """
    title, description = texts
    return tag(
        "svg",
        tag("title", title, id=f"{id_}-t"),
        tag("desc", description, id=f"{id_}-d"),
        *parts,
        viewBox=f"0 0 {size[0]} {size[1]}",
        role="img",
        aria_labelledby=f"{id_}-t {id_}-d",
    )


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> Markup:
    """Return a straight line."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def polyline(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """Return a line through points."""
    return tag("polyline", points=_points(points), class_=class_)


def area(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """Return a filled shape."""
    return tag("polygon", points=_points(points), class_=class_)


def text(place: tuple[float, float], words: str, class_: str, anchor: str = "start") -> Markup:
    """Return words; `anchor` is "start", "middle" or "end"."""
    return tag("text", words, x=place[0], y=place[1], class_=class_, text_anchor=anchor)


def shortened(words: str, longest: int) -> str:
    """Return words that fit; the whole name stands in the table below the chart.

    Examples
    --------
    >>> shortened("pupil-specific support", 10)
    'pupil-spe…'
    """
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def marker(place: tuple[float, float], shape: int, class_: str, radius: float = 4.5) -> Markup:
    """Return a marker: circle, diamond, square, triangle, or triangle on its head, by number."""
    x, y = place
    if shape % 5 == 0:
        return tag("circle", cx=x, cy=y, r=radius, class_=class_)
    wide = radius * 1.25
    corners = (
        ((x, y - wide), (x + wide, y), (x, y + wide), (x - wide, y)),
        ((x - radius, y - radius), (x + radius, y - radius), (x + radius, y + radius), (x - radius, y + radius)),
        ((x, y - wide), (x + wide, y + radius), (x - wide, y + radius)),
        ((x, y + wide), (x + wide, y - radius), (x - wide, y - radius)),
    )
    return area(corners[shape % 5 - 1], class_)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round figures within a range, at most about `most`.

    Examples
    --------
    >>> ticks(-0.12, 0.12)
    [-0.1, -0.05, 0.0, 0.05, 0.1]
    """
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in _STEPS if size * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 10) + 0.0 for place in range(first, last + 1)]


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_written(x)},{_written(y)}" for x, y in points)


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return str(escape(value))
    return f"{value:.1f}".removesuffix(".0")
