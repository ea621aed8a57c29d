"""One section an attribute: what stands out, all figures, gaps as forest plots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polku.fairness.cell import Cell
from polku.fairness.evidence import EVERYONE
from polku.fairness.gates import findings
from polku.fairness.report.charts import ForestChart, Row
from polku.fairness.report.figures import NOTHING
from polku.fairness.report.lines import curve_parts
from polku.fairness.report.opening import counted, statements
from polku.fairness.report.reasons import reason
from polku.fairness.report.view import Figure, Material, Part, Section, Table
from polku.fairness.verdict import bounds
from polku.schemas.gates import INVARIANTS, PATH_METRICS

_MARKS = {"pass": "●", "concern": "◆", "not_enough_evidence": "○"}
_COLUMNS = ("n", "estimate", "pooled", "rest", "gap", "explained", "interval", "p_adjusted")


def everyone(material: Material) -> Section:
    """Return the section on all learners together."""
    audit, wording, say = material.audit, material.wording, material.wording.say
    rows = tuple(
        (wording.named("metric", name), material.figures.value(name, audit.overall[name]))
        for name in material.gates.metrics
        if name in audit.overall
    )
    header = (say("column.metric"), say("column.estimate"))
    overall = Table(say("chart.overall"), header, rows, frozenset({1}))
    points = tuple(
        f"{wording.named('metric', cell.metric)}: {reason(cell, material.figures, audit.method)}"
        for cell in audit.cells
        if cell.attribute == EVERYONE
    )
    parts = (Part("", points=points, tables=(overall,) if rows else ()), *curve_parts(EVERYONE, material))
    return Section("everyone", say("page.everyone"), say("page.everyone_lead"), parts)


def sections(material: Material) -> Iterable[Section]:
    """Return one section for each attribute that was compared, in the audit's order."""
    wording = material.wording
    names = dict.fromkeys(cell.attribute for cell in material.audit.cells if cell.attribute != EVERYONE)
    for place, name in enumerate(names, start=1):
        cells = [cell for cell in material.audit.cells if cell.attribute == name]
        parts = (_standing_out(name, cells, material), *_gaps(place, cells, material), *curve_parts(name, material))
        yield Section(f"attribute-{place}", wording.attribute(name), _question(name, material), parts)


def _question(name: str, material: Material) -> str:
    declared = material.slices.attributes.get(name)
    if declared is None:
        return material.wording.say("page.compares", attribute=material.wording.attribute(name))
    return material.wording.declared(f"compares.{name}", declared.question)


def _asks(metric: str, material: Material) -> str:
    gate = material.gates.metrics.get(metric)
    return material.wording.declared(f"asks.{metric}", gate.question) if gate else ""


def _standing_out(name: str, cells: Sequence[Cell], material: Material) -> Part:
    """Return the counts, the concerns in sentences, and the table of all figures."""
    say = material.wording.say
    found = [one for one in findings(material.audit, material.gates) if one.cell.attribute == name]
    known = [one for one in found if one.cell.verdict != "not_enough_evidence"]
    points = statements(known, material) or (say("page.nothing_stands_out"),)
    text = " ".join(say(f"page.count_{kind}", count=count) for kind, count in counted(cells).items())
    return Part("", text=text, points=points, tables=tuple(_overviews(name, cells, material)))


def _overviews(name: str, cells: Sequence[Cell], material: Material) -> Iterable[Table]:
    """Return metrics by groups, predictions and paths apart: a group's figures stand below each other."""
    wording = material.wording
    groups = list(dict.fromkeys(cell.group for cell in cells))
    header = (wording.say("column.metric"), *(wording.group(name, group) for group in groups))
    for family, chosen in _families(cells).items():
        found = {(cell.metric, cell.group): cell for cell in chosen}
        learners = (_learners([cell for cell in chosen if cell.group == group], material) for group in groups)
        rows = [(wording.say("column.n"), *learners)]
        for metric in dict.fromkeys(cell.metric for cell in chosen):
            figures = (_marked(found.get((metric, group)), material) for group in groups)
            rows.append((wording.named("metric", metric), *figures))
        caption = wording.say(f"chart.overview_{family}", attribute=wording.attribute(name))
        yield Table(caption, header, tuple(rows), frozenset(range(1, len(header))))


def _gaps(place: int, cells: Sequence[Cell], material: Material) -> Iterable[Part]:
    say = material.wording.say
    for family, chosen in _families(cells).items():
        metrics = [name for name in dict.fromkeys(cell.metric for cell in chosen) if name not in INVARIANTS]
        figures = tuple(
            _figure(f"gap-{place}-{metric}", [cell for cell in chosen if cell.metric == metric], material)
            for metric in metrics
        )
        if figures:
            yield Part(say(f"page.gaps_{family}"), say("chart.how_forest"), figures=figures)


def _figure(id_: str, cells: Sequence[Cell], material: Material) -> Figure:
    """Return the forest plot of one metric, with its sentence and table."""
    first, wording = cells[0], material.wording
    title = wording.named("metric", first.metric)
    sentence = _sentence(cells, material)
    chart = _forest(cells, material)
    svg = chart.draw(f"{title}, {wording.attribute(first.attribute)}", sentence, id_) if chart.rows else None
    return Figure(title, _asks(first.metric, material), sentence, svg, _data(cells, material))


def _forest(cells: Sequence[Cell], material: Material) -> ForestChart:
    figures, metric = material.figures, cells[0].metric
    gate = material.gates.metrics[metric]
    rows = tuple(
        Row(
            label=material.wording.group(cell.attribute, cell.group),
            figure=figures.gap(metric, cell.gap),
            gap=cell.gap,
            interval=cell.interval,
            verdict=cell.verdict,
        )
        for cell in cells
        if cell.gap is not None and cell.interval is not None
    )
    blocks = None if gate.block_at is None else bounds(gate.block_at, gate.scale)
    zone = bounds(gate.limit, gate.scale)
    return ForestChart(rows, zone, blocks, figures.axis(metric), lambda gap: figures.tick(metric, gap))


def _sentence(cells: Sequence[Cell], material: Material) -> str:
    """Say the widest gap with its interval, and where the lines of the chart lie."""
    say, figures = material.wording.say, material.figures
    metric = cells[0].metric
    gate = material.gates.metrics[metric]
    met = [cell for cell in cells if cell.gap is not None]
    if not met:
        return say("chart.no_gap")
    widest = max(met, key=lambda cell: abs(cell.gap or 0.0))
    said = say(
        "chart.widest",
        group=material.wording.group(widest.attribute, widest.group),
        gap=figures.gap(metric, widest.gap),
        interval=figures.interval(metric, widest.interval),
        verdict=say(f"verdict.{widest.verdict}"),
    )
    lines = say("chart.limit", limit=figures.size(metric, gate.limit))
    if gate.block_at is not None:
        lines += " " + say("chart.block_at", limit=figures.size(metric, gate.block_at))
    return f"{said} {lines}"


def _data(cells: Sequence[Cell], material: Material) -> Table:
    """Return all figures of one metric, a line a group, with the reason for each verdict."""
    wording, figures = material.wording, material.figures
    header = (
        *(wording.say(f"column.{name}") for name in ("group", *_COLUMNS)),
        *(wording.say("column.verdict"), wording.say("column.reason")),
    )
    rows = tuple(
        (
            wording.group(cell.attribute, cell.group),
            NOTHING if cell.n is None else wording.numbers.whole(cell.n),
            *(figures.value(cell.metric, value) for value in (cell.estimate, cell.pooled, cell.rest)),
            *(figures.gap(cell.metric, value) for value in (cell.gap, cell.explained)),
            figures.interval(cell.metric, cell.interval),
            figures.p(cell.p_adjusted),
            wording.say(f"verdict.{cell.verdict}"),
            reason(cell, figures, material.audit.method),
        )
        for cell in cells
    )
    caption = f"{wording.named('metric', cells[0].metric)}, {wording.attribute(cells[0].attribute)}"
    return Table(caption, header, rows, frozenset(range(1, len(_COLUMNS) + 1)))


def _families(cells: Sequence[Cell]) -> dict[str, list[Cell]]:
    """Return the cells of predictions and of paths apart; a family without cells is left out."""
    paths = [cell for cell in cells if cell.metric in PATH_METRICS]
    families = {"predictions": [cell for cell in cells if cell.metric not in PATH_METRICS], "paths": paths}
    return {name: chosen for name, chosen in families.items() if chosen}


def _learners(cells: Sequence[Cell], material: Material) -> str:
    counts = [cell.n for cell in cells if cell.n is not None]
    return material.wording.numbers.whole(max(counts)) if counts else NOTHING


def _marked(cell: Cell | None, material: Material) -> str:
    """Return a figure with its verdict's mark and short word: the table is read without colours."""
    if cell is None:
        return ""
    if cell.n is None:
        return material.wording.say("value.hidden")
    return f"{material.figures.value(cell.metric, cell.estimate)} {_MARKS[cell.verdict]}"
