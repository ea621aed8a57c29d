"""Charts of nothing, of one, of very many, of extreme figures: well-formed, on the canvas, in the reader's numbers."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from polku.paths import LANGUAGES
from polku.web.pages.charts import (
    Bar,
    Bars,
    ForestChart,
    HeatCell,
    HeatMap,
    HeatRow,
    Line,
    Numbers,
    Point,
    Row,
    TimelineChart,
    Trend,
    TrendChart,
)
from polku.web.pages.charts.heat import HIDDEN, shade_of

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [
    "",
    " ",
    "<b>bold</b>",
    "a & b",
    "\"quoted\" 'twice'",
    "]]>",
    "&amp;",
    "Äänekosken yläkoulu",
    "Åbo svenska skola",
    "数学",
    "🙂" * 40,
    "x" * 500,
    "yhteiskuntatieteellismatemaattinen-" * 4,
    "two\nlines",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
]
"""Names as people may write them; none can break a drawing."""


def parsed(svg: Markup) -> ET.Element:
    named = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(named)  # noqa: S314 - our own drawing


def texts(svg: Markup) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter(f"{SVG}text")]


def percent(share: float) -> str:
    return f"{share:.0%}"


def plain(value: float) -> str:
    return f"{value:g}"


def on_canvas(svg: Markup) -> bool:
    """Return whether every piece with a place lies within the view box."""
    tree = parsed(svg)
    _, _, width, height = map(float, tree.get("viewBox", "").split())
    across = [float(one.get(name, 0)) for one in tree.iter() for name in ("x", "x1", "x2", "cx")]
    down = [float(one.get(name, 0)) for one in tree.iter() for name in ("y", "y1", "y2", "cy")]
    for one in tree.iter(f"{SVG}polyline"):
        points = [point.split(",") for point in one.get("points", "").split()]
        across += [float(x) for x, _ in points]
        down += [float(y) for _, y in points]
    ends = [float(one.get("x", 0)) + float(one.get("width", 0)) for one in tree.iter(f"{SVG}rect")]
    return min(across + down) >= 0 and max([*across, *ends]) <= width and max(down) <= height


@pytest.mark.parametrize("name", NAMES)
def test_any_name_in_any_chart_is_text(name: str) -> None:
    made = [
        HeatMap((name,), (HeatRow(name, (HeatCell(0.5),)),), percent).draw(name, name, "h"),
        Bars((Bar(name, name, 0.5),), 1.0).draw(name, name, "b"),
        TrendChart((name, name), (Trend(name, (0.1, 0.9)),), percent).draw(name, name, "t"),
        ForestChart((Row(name, name, 0.1, (0, 0.2), "pass"),), (-0.1, 0.1), None, name, plain).draw(name, name, "f"),
        TimelineChart((name,), (Line(name, (Point(0, 0.1, None),)),), None, plain).draw(name, name, "l"),
    ]
    for svg in made:
        tree = parsed(svg)
        title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert (title.text or "") == (desc.text or "") == name
        assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= {
            *("svg", "title", "desc", "text", "line", "rect", "circle", "polygon", "polyline"),
        }


@pytest.mark.parametrize(
    ("share", "shade"),
    [
        (0.0, 0),
        (0.1, 0),
        (0.1999, 0),
        (0.2, 1),
        (0.3, 1),
        (0.4, 2),
        (0.59, 2),
        (0.6, 3),
        (0.1 + 0.7, 4),
        (0.8, 4),
        (0.99, 4),
        (1.0, 4),
    ],
)
def test_shades_in_fifths(share: float, shade: int) -> None:
    assert shade_of(share) == shade


@pytest.mark.parametrize("columns", [0, 1, 2, 6, 12, 30])
@pytest.mark.parametrize("rows", [0, 1, 2, 40])
def test_a_heat_map_of_any_size(columns: int, rows: int) -> None:
    line = tuple(HeatCell(place / max(columns, 1)) for place in range(columns))
    names = tuple(map(str, range(columns)))
    svg = HeatMap(names, tuple(HeatRow(f"r{number}", line) for number in range(rows)), percent).draw("t", "d", "h")
    assert on_canvas(svg)
    assert len(list(parsed(svg).iter(f"{SVG}rect"))) == rows * columns
    assert texts(svg).count("0%") == (rows if columns else 0)


def test_a_hidden_cell_tells_nothing_and_an_empty_one_stays_away() -> None:
    line = (HeatCell(hidden=True), HeatCell(), HeatCell(0.0))
    svg = HeatMap(("7", "8", "9"), (HeatRow("r", line),), percent).draw("t", "d", "h")
    assert texts(svg) == ["7", "8", "9", "r", HIDDEN, "0%"]
    assert [one.get("class") for one in parsed(svg).iter(f"{SVG}rect")] == ["heat hidden", "heat h0"]


@pytest.mark.parametrize(
    ("value", "full", "width"),
    [
        (0.0, 1.0, None),
        (1.0, 1.0, 340.0),
        (0.25, 1.0, 85.0),
        (5.0, 10.0, 170.0),
        (2.0, 1.0, 340.0),
        (1e9, 1.0, 340.0),
        (1e-3, 1.0, 0.3),
    ],
)
def test_a_bar_never_leaves_its_trough(value: float, full: float, width: float | None) -> None:
    svg = Bars((Bar("x", "y", value),), full).draw("t", "d", "b")
    filled = [float(one.get("width", 0)) for one in parsed(svg).iter(f"{SVG}rect") if one.get("class") == "filled"]
    assert filled == ([] if width is None else [width])
    assert on_canvas(svg)


@pytest.mark.parametrize(
    ("shares", "runs"),
    [
        ((), []),
        ((None,), []),
        ((0.5,), [1]),
        ((None, None, None), []),
        ((0.0, 1.0), [2]),
        ((0.5, None, 0.5), [1, 1]),
        ((None, 0.5, 0.6, None), [2]),
        ((0.1, 0.2, None, 0.3, None, 0.4, 0.5, 0.6), [2, 1, 3]),
        ((0.0,) * 12, [12]),
    ],
)
def test_a_line_is_drawn_where_it_is_told(shares: tuple[float | None, ...], runs: list[int]) -> None:
    months = tuple(map(str, range(len(shares))))
    svg = TrendChart(months, (Trend("x", shares),), percent).draw("t", "d", "l")
    drawn = [len(one.get("points", "").split()) for one in parsed(svg).iter(f"{SVG}polyline")]
    assert drawn == runs
    assert len(list(parsed(svg).iter(f"{SVG}circle"))) == sum(runs) + 1, "and one in the legend"
    assert on_canvas(svg)


@pytest.mark.parametrize("lines", [0, 1, 6, 13])
def test_every_line_has_its_name_in_the_legend(lines: int) -> None:
    trends = tuple(Trend(f"line {number}", (0.2, 0.4)) for number in range(lines))
    svg = TrendChart(("8", "9"), trends, percent).draw("t", "d", "l")
    assert [one for one in texts(svg) if one.startswith("line")] == [one.label for one in trends]
    assert on_canvas(svg)


@pytest.mark.parametrize(
    ("gap", "interval"),
    [
        (0.0, (0.0, 0.0)),
        (0.01, (-0.01, 0.03)),
        (0.5, (0.4, 0.6)),
        (-1.0, (-1.0, -1.0)),
        (1.0, (-1.0, 1.0)),
        (0.05, (-40.0, 40.0)),
        (1e-9, (-1e-9, 1e-9)),
        (250.0, (200.0, 300.0)),
    ],
)
@pytest.mark.parametrize("verdict", ["pass", "concern", "not_enough_evidence"])
def test_gaps_of_any_size_stay_on_the_canvas(gap: float, interval: tuple[float, float], verdict: str) -> None:
    rows = (Row("x", "y", gap, interval, verdict),)  # type: ignore[arg-type] # one of the three
    for blocks in (None, (-0.1, 0.1)):
        assert on_canvas(ForestChart(rows, (-0.05, 0.05), blocks, "axis", plain).draw("t", "d", "f"))
    line = Line("x", (Point(0, gap, interval), Point(2, -gap, None)))
    assert on_canvas(TimelineChart(("a", "b", "c"), (line,), (-0.05, 0.05), plain).draw("t", "d", "l"))


def test_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    def arrows(end: float) -> int:
        row = Row("x", "y", 0.0, (-end, end), "pass")
        svg = ForestChart((row,), (-0.05, 0.05), None, "axis", plain).draw("t", "d", "f")
        return len([one for one in parsed(svg).iter(f"{SVG}polyline") if one.get("class") == "arrow"])

    assert arrows(0.05) == 0
    assert arrows(5.0) == 2


@pytest.mark.parametrize(
    ("written", "fi", "sv", "en"),
    [
        (("whole", 0), "0", "0", "0"),
        (("whole", 999), "999", "999", "999"),
        (("whole", 1234567), "1 234 567", "1 234 567", "1,234,567"),
        (("whole", -5), "-5", "-5", "-5"),
        (("decimal", 0.5), "0,500", "0,500", "0.500"),
        (("decimal", -0.0001), "0,000", "0,000", "0.000"),
        (("signed", -3.25, 1), "-3,2", "-3,2", "-3.2"),
        (("signed", 3.5, 1), "+3,5", "+3,5", "+3.5"),
        (("signed", 0.0004, 3), "0,000", "0,000", "0.000"),
        (("percent", 0.125), "12,5 %", "12,5 %", "12.5%"),
        (("percent", 1.0), "100,0 %", "100,0 %", "100.0%"),
        (("round_percent", 0.0), "0 %", "0 %", "0%"),
        (("round_percent", 0.5), "50 %", "50 %", "50%"),
        (("round_percent", 0.505), "50,5 %", "50,5 %", "50.5%"),
        (("round_percent", 0.0004), "0 %", "0 %", "0%"),
        (("round_percent", 1.0), "100 %", "100 %", "100%"),
        (("short", 2.5, 1), "2,5", "2,5", "2.5"),
        (("short", 3.0, 1), "3", "3", "3"),
        (("tick", -0.05), "-0,05", "-0,05", "-0.05"),
        (("tick", 0.05), "+0,05", "+0,05", "+0.05"),
        (("tick", 0.0), "0", "0", "0"),
    ],
)  # fmt: skip
def test_numbers_by_locale(written: tuple[str, float], fi: str, sv: str, en: str) -> None:
    """Finnish and Swedish: comma, thousands set off, a space before the sign; English: point, comma, none."""
    form, *values = written
    for language, expected in zip(LANGUAGES, (fi, sv, en), strict=True):
        found = getattr(Numbers(language), form)(*values)
        plainly = re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", found)
        assert plainly.replace("\N{MINUS SIGN}", "-") == expected
        assert "-" not in found, "a minus is not a hyphen"
        assert " " not in found, "a number is never broken over two lines"
