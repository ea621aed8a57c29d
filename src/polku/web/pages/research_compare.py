"""Two model versions side by side: what they are made of, every gap of one attribute, and which verdicts differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from polku.fairness import Cell
from polku.fairness.report.figures import NOTHING
from polku.fairness.report.view import Material
from polku.fairness.verdict import bounds
from polku.schemas.gates import INVARIANTS
from polku.web.pages.audit_shelf import Kept
from polku.web.pages.charts import Figure, ForestChart, Row, Table

MARKS = {"pass": "●", "concern": "◆", "not_enough_evidence": "○"}
NAMES = ("A", "B")
Pair = tuple[Cell | None, Cell | None]


@dataclass(frozen=True)
class Pairing:
    """Two versions' cells of one attribute, metric by metric.

    Parameters
    ----------
    one, other : Kept
        The versions, called A and B.
    attribute : str
        What groups are formed by.
    """

    one: Kept
    other: Kept
    attribute: str

    def metrics(self) -> Iterator[tuple[str, dict[str, Pair]]]:
        """Yield each metric with the cells of its groups, in the order of the versions."""
        cells = [{(cell.metric, cell.group): cell for cell in self._of(kept)} for kept in (self.one, self.other)]
        keys = dict.fromkeys(key for known in cells for key in known)
        for metric in dict.fromkeys(metric for metric, _ in keys):
            groups = [group for name, group in keys if name == metric]
            yield metric, {group: (cells[0].get((metric, group)), cells[1].get((metric, group))) for group in groups}

    def _of(self, kept: Kept) -> Iterable[Cell]:
        return (cell for cell in kept.audit.cells if cell.attribute == self.attribute)


def figures(pairing: Pairing, material: Material) -> Iterator[Figure]:
    """Yield one interval plot a metric: each group's gap in A above its gap in B, and both in a table."""
    for metric, groups in pairing.metrics():
        if metric in INVARIANTS:
            continue
        wording = material.wording
        title = wording.named("metric", metric)
        table = _table(f"{title}, {wording.attribute(pairing.attribute)}", metric, groups, material)
        sentence = _sentence(metric, groups, material)
        rows = tuple(_rows(groups, metric, material))
        gate = material.gates.metrics.get(metric)
        svg = None
        if rows and gate is not None:
            blocks = None if gate.block_at is None else bounds(gate.block_at, gate.scale)
            chart = ForestChart(
                *(rows, bounds(gate.limit, gate.scale), blocks, material.figures.axis(metric)),
                partial(material.figures.tick, metric),
            )
            svg = chart.draw(table.caption, sentence, f"pair-{metric}")
        yield Figure(title, "", sentence, svg, table)


def overall(one: Kept, other: Kept, material: Material) -> Table:
    """Return every metric over all learners in both versions."""
    say, wording = material.wording.say, material.wording
    names = [name for name in material.gates.metrics if name in one.audit.overall or name in other.audit.overall]
    rows = tuple(
        (
            wording.named("metric", name),
            *(material.figures.value(name, kept.audit.overall.get(name)) for kept in (one, other)),
        )
        for name in names
    )
    return Table(say("chart.overall"), (say("column.metric"), *NAMES), rows, frozenset({1, 2}))


def changed(pairing: Pairing, material: Material) -> tuple[str, ...]:
    """Return a sentence for each cell whose verdict is another in B."""
    return tuple(
        f"{material.wording.named('metric', metric)}, {material.wording.group(pairing.attribute, group)}: "
        f"{material.wording.say(f'verdict.{one.verdict}')} → {material.wording.say(f'verdict.{other.verdict}')}"
        for metric, groups in pairing.metrics()
        for group, (one, other) in groups.items()
        if one is not None and other is not None and one.verdict != other.verdict
    )


def _rows(groups: dict[str, Pair], metric: str, material: Material) -> Iterator[Row]:
    for pair in groups.values():
        for name, cell in zip(NAMES, pair, strict=True):
            if cell is not None and cell.gap is not None and cell.interval is not None:
                label = f"{name}: {material.wording.group(cell.attribute, cell.group)}"
                yield Row(label, material.figures.gap(metric, cell.gap), cell.gap, cell.interval, cell.verdict)


def _table(caption: str, metric: str, groups: dict[str, Pair], material: Material) -> Table:
    say = material.wording.say
    columns = ("column.n", "column.gap", "column.interval", "column.verdict")
    header = (say("column.group"), *(f"{name}: {say(column)}" for name in NAMES for column in columns))
    rows = tuple(
        (_group(pair, group, material), *(text for cell in pair for text in _figures(cell, metric, material)))
        for group, pair in groups.items()
    )
    return Table(caption, header, rows, frozenset({1, 2, 3, 5, 6, 7}))


def _figures(cell: Cell | None, metric: str, material: Material) -> tuple[str, str, str, str]:
    if cell is None:
        return (NOTHING, NOTHING, NOTHING, NOTHING)
    say, figures = material.wording.say, material.figures
    if cell.n is None:
        return (say("value.hidden"), NOTHING, NOTHING, NOTHING)
    learners = material.wording.numbers.whole(cell.n)
    verdict = f"{MARKS[cell.verdict]} {say(f'verdict.{cell.verdict}')}"
    return (learners, figures.gap(metric, cell.gap), figures.interval(metric, cell.interval), verdict)


def _sentence(metric: str, groups: dict[str, Pair], material: Material) -> str:
    """Say each group's gap in A and in B."""
    said = [
        f"{_group(pair, group, material)}: "
        + "; ".join(f"{name} {_gap(cell, metric, material)}" for name, cell in zip(NAMES, pair, strict=True))
        for group, pair in groups.items()
    ]
    return ". ".join(said) + "."


def _gap(cell: Cell | None, metric: str, material: Material) -> str:
    return NOTHING if cell is None else material.figures.gap(metric, cell.gap)


def _group(pair: Pair, group: str, material: Material) -> str:
    known = next(cell for cell in pair if cell is not None)
    return material.wording.group(known.attribute, group)
