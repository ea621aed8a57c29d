"""Tables that stand beside the cells: items, grades, generalisation, stability, gaps over terms and versions.

Columns are known by name, so that a table with further columns is printed too, under the names its maker gave them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from polku.fairness.report.charts import Line, Point, TimelineChart
from polku.fairness.report.figures import NOTHING
from polku.fairness.report.view import Figure, Material, Part, Section, Table
from polku.fairness.supplement import Supplement, Value
from polku.fairness.verdict import bounds

_PERIODS = ("term", "version")
_NEEDED = frozenset({"attribute", "group", "metric", "gap", "low", "high"})
_OF_METRIC = frozenset({"estimate", "rest"})
_OF_GAP = frozenset({"gap", "low", "high", "explained"})
_FOLD = re.compile(r"fold (?P<fold>\d+): (?P<schools>\d+) schools?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
IN_ENGLISH = "reason"
"""A column of the core's own sentences; they stand among the technical notes."""
_SPOKEN = frozenset({"verdict", "class", "direction", "kind", "scale"})
_Line = dict[str, Value]


def sections(material: Material) -> Iterable[Section]:
    """Return a section for each topic."""
    topics = dict.fromkeys(table.topic for table in material.audit.supplements)
    for topic in topics:
        tables = [table for table in material.audit.supplements if table.topic == topic]
        parts = [part for place, table in enumerate(tables) for part in _parts(table, place, material)]
        yield Section(
            f"topic-{topic}",
            material.wording.named("topic", topic),
            material.wording.named("about", topic),
            tuple(parts),
        )


def sentences(table: Supplement) -> Iterable[str]:
    """Return what a table says in English only: its notes, and the reasons of its lines."""
    yield from (f"{table.topic}: {note}" for note in table.notes)
    if IN_ENGLISH in table.columns:
        place = table.columns.index(IN_ENGLISH)
        yield from (f"{table.topic}, {row[0]}: {row[place]}" for row in table.rows if row[place])


def _parts(table: Supplement, place: int, material: Material) -> Iterable[Part]:
    say = material.wording.say
    lines = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    period = next((name for name in _PERIODS if name in table.columns), None)
    figures: tuple[Figure, ...] = ()
    if period is not None and _NEEDED.issubset(table.columns):
        figures = tuple(_timelines(table, lines, period, material))
    text = say("hidden.lines", count=table.suppressed) if table.suppressed else ""
    caption = material.wording.named("topic", table.topic) + (f" {place + 1}" if place else "")
    if not lines:
        text = f"{text} {say('page.no_lines')}".strip()
    tables = () if figures else tuple(_tables(table.columns, lines, caption, material))
    yield Part("", text=text, tables=tables, figures=figures)


def _tables(columns: Sequence[str], lines: Sequence[_Line], caption: str, material: Material) -> Iterable[Table]:
    """Return lines that count and lines that tell apart, each without the columns that say nothing there."""
    counts = [line for line in lines if line.get("kind") == "count"]
    for name, chosen in (("", [line for line in lines if line not in counts]), ("count", counts)):
        told = [column for column in columns if column != IN_ENGLISH]
        filled = [column for column in told if any(line[column] is not None for line in chosen)]
        if chosen:
            filled = [column for column in filled if not name or column != "kind"]
            title = f"{caption}: {material.wording.named('value', name)}" if name else caption
            yield _table(filled, chosen, title, material)


def _table(columns: Sequence[str], lines: Sequence[_Line], caption: str, material: Material) -> Table:
    """Return lines as they are, each value as its column and metric ask for."""
    rows = tuple(tuple(_value(name, line, material) for name in columns) for line in lines)
    numeric = frozenset(
        place
        for place, name in enumerate(columns)
        if any(isinstance(line[name], int | float) and not isinstance(line[name], bool) for line in lines)
    )
    return Table(caption, tuple(material.wording.named("column", name) for name in columns), rows, numeric)


def _value(name: str, line: _Line, material: Material) -> str:
    value, wording = line[name], material.wording
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return wording.say("value.yes" if value else "value.no")
    if isinstance(value, str):
        return _words(name, value, line, material)
    metric = line.get("metric")
    if isinstance(metric, str) and name in _OF_METRIC:
        return material.figures.value(metric, value)
    if isinstance(metric, str) and name in _OF_GAP:
        return material.figures.gap(metric, value)
    return wording.numbers.whole(value) if isinstance(value, int) else wording.numbers.decimal(value)


def _words(name: str, value: str, line: _Line, material: Material) -> str:
    """Return a text value in the reader's language, where it is one of ours."""
    wording = material.wording
    if name == "attribute":
        return wording.attribute(value)
    if name == "group":
        return wording.group(str(line.get("attribute", "")), value)
    if name in {"metric", "verdict"}:
        return wording.named(name, value)
    if name in {"term", "version", "made"}:
        return moment(value, material)
    return _place(value, material) if name == "place" else _spoken(name, value, material)


def _place(value: str, material: Material) -> str:
    """Return a place: everybody, a fold of schools, or a school by its own name."""
    if fold := _FOLD.fullmatch(value):
        return material.wording.say("value.fold", fold=fold["fold"], count=int(fold["schools"]))
    return material.wording.say("value.all") if value == "all" else value


def _spoken(name: str, value: str, material: Material) -> str:
    return material.wording.named("value", value) if name in _SPOKEN else value


def moment(value: str, material: Material) -> str:
    """Return the name of a term such as "2025-autumn", of a day or of a version, in the reader's language."""
    if _DAY.fullmatch(value):
        return material.wording.numbers.day(date.fromisoformat(value))
    year, _, season = value.partition("-")
    key = f"value.{season}"
    if season and material.wording.has(key):
        return material.wording.say("value.term", season=material.wording.say(key), year=year)
    return material.wording.named("value", value)


def _timelines(table: Supplement, lines: Sequence[_Line], period: str, material: Material) -> Iterable[Figure]:
    """Return one panel for each attribute and metric, its lines folded beneath."""
    chosen: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        chosen.setdefault((str(line["attribute"]), str(line["metric"])), []).append(line)
    for place, ((attribute, metric), found) in enumerate(chosen.items()):
        wording = material.wording
        title = f"{wording.attribute(attribute)}: {wording.named('metric', metric)}"
        sentence = _sentence(found, period, material)
        chart = _chart(found, period, metric, material)
        svg = chart.draw(title, sentence, f"{table.topic}-{place}") if any(one.points for one in chart.lines) else None
        columns = [name for name in table.columns if name not in {"attribute", "metric", IN_ENGLISH}]
        yield Figure(title, "", sentence, svg, _table(columns, found, title, material))


def _chart(found: Sequence[_Line], period: str, metric: str, material: Material) -> TimelineChart:
    moments = list(dict.fromkeys(str(line[period]) for line in found))
    gate = material.gates.metrics.get(metric)
    groups: dict[str, list[Point]] = {}
    for line in found:
        points = groups.setdefault(material.wording.group(str(line["attribute"]), str(line["group"])), [])
        if (gap := _number(line["gap"])) is not None:
            points.append(Point(moments.index(str(line[period])), gap, _interval(line)))
    return TimelineChart(
        tuple(moment(name, material)[:14] for name in moments),
        tuple(Line(label, tuple(points)) for label, points in groups.items()),
        None if gate is None else bounds(gate.limit, gate.scale),
        lambda gap: material.figures.tick(metric, gap),
    )


def _sentence(found: Sequence[_Line], period: str, material: Material) -> str:
    """Say how each group's gap was at the first and at the last moment that shows one."""
    said = []
    for group in dict.fromkeys(str(line["group"]) for line in found):
        met = [line for line in found if line["group"] == group and line["gap"] is not None]
        if met:
            first, last = met[0], met[-1]
            values: dict[str, Any] = {"first": _value(period, first, material), "last": _value(period, last, material)}
            values |= {"before": _value("gap", first, material), "now": _value("gap", last, material)}
            said.append(
                material.wording.say("chart.over_time", group=_words("group", group, first, material), **values)
            )
    return " ".join(said) or material.wording.say("chart.no_gap")


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _interval(line: _Line) -> tuple[float, float] | None:
    low, high = _number(line["low"]), _number(line["high"])
    return None if low is None or high is None else (low, high)
