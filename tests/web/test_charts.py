"""Charts: the same figures, the same drawing; each has title, description and table; nothing is cut off."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.web.pages.charts import Bar, Bars, HeatCell, HeatMap, HeatRow, Numbers, Trend, TrendChart
from polku.web.pages.charts.heat import HIDDEN
from polku.web.pages.pattern_charts import STATES, drawn
from polku.web.wording import sayer

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def words(home: Home) -> Texts:
    return Texts.load(home.serve / "text")


def parsed(svg: Markup) -> ET.Element:
    """Return a drawing as a tree: it is well-formed, whatever it was told to write."""
    named = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(named)  # noqa: S314 - our own drawing


def texts(svg: Markup) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter(f"{SVG}text")]


def percent(share: float) -> str:
    return f"{share:.0%}"


def heat(*rows: HeatRow, columns: tuple[str, ...] = ("7", "8", "9")) -> Markup:
    return HeatMap(columns, rows, percent).draw("Shown", "Grade 7: 45%.", "shown")


def test_a_cell_holds_its_figure_and_a_hidden_one_says_that_it_is() -> None:
    svg = heat(HeatRow("Fractions", (HeatCell(0.45), HeatCell(hidden=True), HeatCell())))
    assert texts(svg) == ["7", "8", "9", "Fractions", "45%", HIDDEN]
    shades = [one.get("class") for one in parsed(svg).iter(f"{SVG}rect")]
    assert shades == ["heat h2", "heat hidden"]


@pytest.mark.parametrize(("share", "shade"), [(0.0, "h0"), (0.2, "h1"), (0.6, "h3"), (0.95, "h4"), (1.0, "h4")])
def test_the_darker_the_larger(share: float, shade: str) -> None:
    svg = heat(HeatRow("x", (HeatCell(share),)))
    assert f'class="heat {shade}"' in svg


def test_rows_and_columns_stay_in_the_order_given() -> None:
    rows = [HeatRow(name, (HeatCell(share),)) for name, share in (("c", 0.1), ("a", 0.9), ("b", 0.5))]
    assert [one for one in texts(heat(*rows, columns=("8",))) if one in "abc"] == ["c", "a", "b"]


@pytest.mark.parametrize("columns", [1, 2, 3, 9, 12])
def test_however_many_columns_stay_on_the_canvas(columns: int) -> None:
    svg = heat(HeatRow("x", (HeatCell(1.0),) * columns), columns=tuple(map(str, range(columns))))
    width = float(parsed(svg).get("viewBox", "").split()[2])
    ends = [float(one.get("x", 0)) + float(one.get("width", 0)) for one in parsed(svg).iter(f"{SVG}rect")]
    assert len(ends) == columns
    assert max(ends) <= width


def test_a_row_without_cells_is_a_line() -> None:
    assert len(list(parsed(heat(HeatRow("none", ()))).iter(f"{SVG}line"))) == 1


def test_a_bar_is_as_long_as_its_share() -> None:
    svg = Bars((Bar("half", "50%", 0.5), Bar("none", "0%", 0.0)), 1.0).draw("Bars", "Half.", "bars")
    filled = [one for one in parsed(svg).iter(f"{SVG}rect") if one.get("class") == "filled"]
    assert [one.get("width") for one in filled] == ["170"]
    assert texts(svg) == ["half", "50%", "none", "0%"]


def test_a_moment_that_is_not_told_breaks_the_line() -> None:
    lines = (Trend("Grade 7", (0.1, 0.2, None, 0.4)), Trend("Grade 8", (None, None, None, None)))
    svg = TrendChart(("8", "9", "10", "11"), lines, percent).draw("Use", "…", "use")
    runs = [one.get("points", "").split() for one in parsed(svg).iter(f"{SVG}polyline")]
    assert [len(run) for run in runs] == [2, 1]
    assert {"Grade 7", "Grade 8", "0%", "50%", "100%", "8", "11"} <= set(texts(svg))


def test_lines_differ_by_dash_and_marker_not_by_colour_alone() -> None:
    lines = tuple(Trend(str(place), (0.5,)) for place in range(4))
    svg = TrendChart(("8",), lines, percent).draw("Use", "…", "use")
    marks = [one.tag.removeprefix(SVG) for one in parsed(svg) if "point" in one.get("class", "")]
    assert set(marks) == {"circle", "polygon"}
    assert {one.get("class") for one in parsed(svg).iter(f"{SVG}polyline")} == {f"line s{place}" for place in range(4)}


def test_a_higher_share_stands_higher() -> None:
    svg = TrendChart(("8", "9"), (Trend("x", (0.2, 0.9)),), percent).draw("Use", "…", "use")
    (run,) = [one.get("points", "").split() for one in parsed(svg).iter(f"{SVG}polyline")]
    (x0, y0), (x1, y1) = ([float(part) for part in point.split(",")] for point in run)
    assert x0 < x1
    assert y0 > y1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_kind_has_title_description_sentence_and_table(words: Texts, state: str, language: str) -> None:
    say = sayer(words, language)
    made = list(drawn(state, say, Numbers(language)))
    assert len(made) == 7
    for one in made:
        assert one.sentence.strip(".")
        assert all(len(row) == len(one.table.header) for row in one.table.rows)
        assert (one.svg is None) == (state == "empty")
        if one.svg is not None:
            tree = parsed(one.svg)
            title, desc = (tree.find(f"{SVG}{name}") for name in ("title", "desc"))
            assert title is not None
            assert desc is not None
            assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
            assert tree.get("role") == "img"


def test_the_same_figures_give_the_same_bytes(words: Texts) -> None:
    say = sayer(words, "fi")
    once, again = ([one.svg for one in drawn("many", say, Numbers("fi"))] for _ in range(2))
    assert once == again


def test_names_are_escaped_and_nothing_is_styled_in_place() -> None:
    svg = heat(HeatRow('<script>"&', (HeatCell(0.1),)))
    assert texts(svg)[3] == '<script>"&'
    assert "style=" not in svg
    assert not re.search(r'fill="|stroke="#', svg)
