"""Made-up charts for ``/patterns``: each kind in each state that its figures can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from markupsafe import Markup

from polku.fairness import Curve
from polku.web.pages.charts import (
    Bar,
    Bars,
    CurveChart,
    CurveWords,
    Figure,
    ForestChart,
    HeatCell,
    HeatMap,
    HeatRow,
    Line,
    Numbers,
    Point,
    Row,
    Table,
    TimelineChart,
    Trend,
    TrendChart,
)
from polku.web.wording import Say

STATES: Final = ("empty", "one", "many", "long")
_NAMES: Final = {
    "empty": (),
    "one": ("A",),
    "many": tuple(f"Ryhmä {letter}" for letter in "ABCDEF"),
    "long": ("Erityisopetussuunnitelmanmukaisesti " * 2 + "etenevät", "Flerspråkighetsundervisningsgrupperna"),
}
_SHARES: Final = (0.05, 0.45, 0.8, 0.3, 1.0, 0.6, 0.15)
_VERDICTS: Final = ("pass", "concern", "not_enough_evidence")


def drawn(state: str, say: Say, numbers: Numbers) -> Iterator[Figure]:
    """Yield one figure of each kind in a state; of nothing, a sentence and an empty table.

    Parameters
    ----------
    state : str
        One of :data:`STATES`.
    say : callable
        Texts in the reader's language.
    numbers : Numbers
        Writes numbers in it.
    """
    names, words = _NAMES[state], say("research.patterns." + state)
    kinds: dict[str, Callable[[Sequence[str], Numbers, str, str], Markup]] = {
        "heat": _heat,
        "bars": _bars,
        "lines": _lines,
        "gaps": _gaps,
        "timeline": _timeline,
        "reliability": _curve,
        "roc": _curve,
    }
    for kind, draw in kinds.items():
        title = say("research.patterns." + kind)
        rows = tuple((name, numbers.round_percent(_share(place))) for place, name in enumerate(names))
        sentence = "; ".join(": ".join(row) for row in rows) or say("research.patterns.empty")
        table = Table(f"{title}: {words}", (title, "%"), rows, frozenset({1}))
        svg = draw(names, numbers, table.caption, f"{kind}-{state}") if names else None
        yield Figure(title, "", f"{sentence}.", svg, table)


def _share(place: int) -> float:
    return _SHARES[place % len(_SHARES)]


def _heat(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    rows = tuple(
        HeatRow(name, (HeatCell(_share(place)), HeatCell(hidden=True), HeatCell(), HeatCell(_share(place + 3))))
        for place, name in enumerate(names)
    )
    return HeatMap(("6", "7", "8", "9"), rows, numbers.round_percent).draw(title, title, id_)


def _bars(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    rows = tuple(Bar(name, numbers.round_percent(_share(place)), _share(place)) for place, name in enumerate(names))
    return Bars(rows, 1.0).draw(title, title, id_)


def _lines(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    months = tuple(f"{month}/2026" for month in range(1, 8))
    lines = tuple(
        Trend(name, tuple(None if at == 3 else _share(at + place) for at in range(len(months))))
        for place, name in enumerate(names)
    )
    return TrendChart(months, lines, numbers.round_percent).draw(title, title, id_)


def _gaps(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    gaps = [(_share(place) - 0.5) / 4 for place in range(len(names))]
    rows = tuple(
        Row(name, numbers.signed(gap, 2), gap, (gap - 0.06, gap + 0.3 * (place + 1)), _VERDICTS[place % 3])
        for place, (name, gap) in enumerate(zip(names, gaps, strict=True))
    )
    return ForestChart(rows, (-0.05, 0.05), (-0.1, 0.1), "", numbers.tick).draw(title, title, id_)


def _timeline(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    lines = tuple(
        Line(name, tuple(Point(at, (_share(place + at) - 0.5) / 5, (-0.1, 0.12)) for at in range(3)))
        for place, name in enumerate(names)
    )
    chart = TimelineChart(("a1", "b2", "c3"), lines, (-0.05, 0.05), numbers.tick)
    return chart.draw(title, title, id_)


def _curve(names: Sequence[str], numbers: Numbers, title: str, id_: str) -> Markup:
    x = (0.1, 0.3, 0.5, 0.7, 0.9)
    y = (0.3, 0.6, 0.8, 0.9, 0.97) if id_.startswith("roc") else (0.15, 0.28, 0.55, 0.66, 0.93)
    low, high = tuple(value - 0.08 for value in y), tuple(min(value + 0.08, 1.0) for value in y)
    own = Curve("attribute", names[0], "roc", x, y, low, high, (40,) * 5)
    everybody = Curve("all", "all", "roc", x, tuple(value - 0.03 for value in y), low, high, (80,) * 5)
    words = CurveWords("x", "y", names[0], "∑", numbers.round_percent)
    return CurveChart(own, everybody).draw(words, title, title, id_)
