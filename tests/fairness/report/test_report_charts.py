"""Charts: the places of figures, marks that need no colour, and the same bytes every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from markupsafe import Markup

from polku.fairness import Curve
from polku.fairness.report.charts import CurveChart, CurveWords, ForestChart, Line, Point, Row, TimelineChart
from polku.fairness.report.charts.svg import Scale, marker, shortened, tag, ticks

ROWS = (
    Row("girls", "\N{MINUS SIGN}2.0 pp", -0.02, (-0.06, 0.02), "pass"),
    Row("boys <x>", "+12.0 pp", 0.12, (0.08, 0.16), "concern"),
    Row("a group with a very long name indeed", "+1.0 pp", 0.01, (-0.9, 0.9), "not_enough_evidence"),
)
FOREST = ForestChart(ROWS, (-0.05, 0.05), (-0.1, 0.1), "percentage points", lambda gap: f"{100 * gap:g}")
RELIABILITY = Curve(
    *("gender", "girl", "reliability"), (0.1, 0.5, 0.9), (0.2, 0.5, 0.8), (0.1, 0.4, 0.7), (0.3, 0.6, 0.9), (30, 40, 50)
)
WORDS = CurveWords("predicted", "observed", "girls", "everyone", lambda share: f"{share:g}")
TIMES = TimelineChart(
    ("autumn", "spring"),
    (Line("girls", (Point(0, 0.02, (0.0, 0.04)), Point(1, -0.03, None))), Line("boys", (Point(1, 0.1, (0.05, 0.15)),))),
    (-0.05, 0.05),
    lambda gap: f"{gap:g}",
)
DRAWN = {
    "forest": lambda: FOREST.draw("Title", "Description", "f"),
    "curve": lambda: CurveChart(RELIABILITY, RELIABILITY).draw(WORDS, "Title", "Description", "c"),
    "timeline": lambda: TIMES.draw("Title", "Description", "t"),
}


def parsed(svg: Markup) -> ET.Element:
    return ET.fromstring(str(svg))  # noqa: S314 - our own drawing


def of_class(svg: Markup, name: str) -> list[ET.Element]:
    return [element for element in parsed(svg).iter() if name in element.get("class", "").split()]


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_drawing_is_one_image_with_title_and_description(name: str) -> None:
    svg = DRAWN[name]()
    root = parsed(svg)
    assert root.get("role") == "img"
    assert [element.text for element in root[:2]] == ["Title", "Description"]
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
    assert svg == DRAWN[name]()
    assert not re.search(r"(fill|stroke)=\"#", svg), "colours stand in the style sheet"


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_nothing_is_drawn_outside_of_the_canvas(name: str) -> None:
    root = parsed(DRAWN[name]())
    width, height = map(float, root.get("viewBox", "").split()[2:])
    for element in root.iter():
        for key, end in (("x", width), ("x1", width), ("x2", width), ("y", height), ("y1", height), ("y2", height)):
            assert 0 <= float(element.get(key, "0")) <= end, ET.tostring(element)


def test_verdicts_differ_in_shape() -> None:
    svg = FOREST.draw("T", "D", "f")
    shapes = {name: of_class(svg, name)[0].tag for name in ("pass", "concern", "unknown")}
    assert shapes == {"pass": "circle", "concern": "polygon", "unknown": "circle"}
    assert len(of_class(svg, "block")) == 2
    assert len(of_class(svg, "zone")) == 1


def test_zone_and_blocks_lie_at_their_gaps() -> None:
    svg = FOREST.draw("T", "D", "f")
    middle = float(of_class(svg, "zero")[0].get("x1", ""))
    left, right = (float(one.get("x1", "")) for one in of_class(svg, "block"))
    corners = [float(pair.split(",")[0]) for pair in of_class(svg, "zone")[0].get("points", "").split()]
    assert right - middle == pytest.approx(middle - left, abs=0.2)
    assert max(corners) - middle == pytest.approx((right - middle) / 2, abs=0.2)


def test_long_intervals_end_in_arrows_and_no_gap_is_cut() -> None:
    assert len(of_class(FOREST.draw("T", "D", "f"), "arrow")) == 2
    far = replace(FOREST, rows=(replace(ROWS[1], gap=0.7, interval=(0.6, 0.75)),))
    svg = far.draw("T", "D", "f")
    x = float(of_class(svg, "concern")[0].get("points", "").split()[0].split(",")[0])
    assert 0 < x < 330
    assert not of_class(svg, "arrow")


def test_an_invariant_without_a_zone_is_drawn_too() -> None:
    bare = ForestChart((Row("girls", "0", 0.0, (0.0, 0.0), "pass"),), (0.0, 0.0), None, "gap", str)
    assert of_class(bare.draw("T", "D", "f"), "pass")


def test_names_are_escaped_and_shortened() -> None:
    svg = FOREST.draw("T", "D", "f")
    assert "boys &lt;x&gt;" in svg
    assert "a group with a very long…" in svg
    assert shortened("short", 10) == "short"


def test_a_curve_has_its_band_the_diagonal_and_everybody() -> None:
    svg = CurveChart(RELIABILITY, RELIABILITY).draw(WORDS, "T", "D", "c")
    assert [len(of_class(svg, name)) for name in ("band", "diagonal", "everybody", "dot")] == [1, 1, 2, 3]
    alone = CurveChart(RELIABILITY).draw(WORDS, "T", "D", "c")
    assert not of_class(alone, "everybody")


def test_a_curve_of_many_points_is_a_plain_line() -> None:
    x = tuple(place / 50 for place in range(51))
    many = Curve("gender", "girl", "roc", x, x, x, x, (9,) * 51)
    assert not of_class(CurveChart(many).draw(WORDS, "T", "D", "c"), "dot")


def test_a_single_point_has_no_band() -> None:
    one = Curve("gender", "girl", "reliability", (0.5,), (0.5,), (0.4,), (0.6,), (30,))
    assert not of_class(CurveChart(one).draw(WORDS, "T", "D", "c"), "band")


def test_lines_over_time_have_markers_of_their_own_and_their_intervals() -> None:
    svg = TIMES.draw("T", "D", "t")
    assert len(of_class(svg, "whisker")) == 2
    kinds = [element.tag for element in of_class(svg, "point")]
    assert kinds.count("circle") == 3
    assert kinds.count("polygon") == 2


@pytest.mark.parametrize("shape", range(7))
def test_markers_have_a_place(shape: int) -> None:
    assert 'class="mark"' in marker((10, 10), shape, "mark")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-0.03, 0.03, [-0.02, 0, 0.02]), (-45, 45, [-40, -20, 0, 20, 40])],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_scales_keep_figures_on_the_canvas() -> None:
    scale = Scale(0, 1, 10, 110)
    assert [scale(value) for value in (-1, 0, 0.5, 2)] == [10, 10, 60, 110]
    assert scale.cuts(2)
    assert not scale.cuts(0.5)


def test_tags_escape_text_and_attributes() -> None:
    assert tag("text", '<&"', data_x='"', x=2.0) == '<text data-x="&#34;" x="2">&lt;&amp;&#34;</text>'
