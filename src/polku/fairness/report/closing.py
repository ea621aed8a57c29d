"""What a reader must know to trust or doubt the rest: what is hidden, what comes first, method, origin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polku.fairness.cell import Cell
from polku.fairness.report import beside
from polku.fairness.report.figures import NOTHING
from polku.fairness.report.notes import refusal, translated
from polku.fairness.report.opening import hidden, resampled
from polku.fairness.report.view import Material, Part, Section, Table

_NUMBERS = ("alpha", "permutations", "resamples", "learners", "positives", "negatives", "schools", "depth", "version")
_SENTENCES = ("gap", "tested", "explained", "interval", "multiple", "verdict", "pooled", "limits")


def sections(material: Material) -> Iterable[Section]:
    """Return the sections after the figures, in order."""
    yield _hidden(material)
    yield _priority(material)
    yield _method(material)
    yield _origin(material)
    if technical := _technical(material):
        yield technical


def _hidden(material: Material) -> Section:
    audit, wording, say = material.audit, material.wording, material.wording.say
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in audit.cells:
        groups.setdefault((cell.attribute, cell.group), []).append(cell)
    rows = tuple(
        (wording.attribute(attribute), wording.group(attribute, group), _metrics(cells, material))
        for (attribute, group), cells in groups.items()
        if any(cell.n is None for cell in cells)
    )
    header = (say("column.attribute"), say("column.group"), say("column.metrics"))
    said, _ = translated(audit.notes, wording)
    refused = tuple(
        say("refused.rows", count=count, reason=refusal(reason, wording))
        for reason, count in sorted(audit.refused.items())
    )
    tables = (Table(say("hidden.table"), header, rows),) if rows else ()
    parts = (Part("", points=(*said, *refused), tables=tables),)
    return Section("hidden", say("page.hidden"), hidden(material), parts)


def _metrics(cells: Sequence[Cell], material: Material) -> str:
    """Return which metrics of a group have no figures."""
    if all(cell.n is None for cell in cells):
        return material.wording.say("value.all_metrics")
    return ", ".join(material.wording.named("metric", cell.metric) for cell in cells if cell.n is None)


def _priority(material: Material) -> Section:
    say, priority = material.wording.say, material.gates.priority
    why = material.wording.declared("priority.why", priority.why)
    parts = (Part("", text=say("priority.conflict"), points=(say(f"priority.{priority.first}"), why)),)
    return Section("priority", say("page.priority"), say("priority.lead"), parts)


def _method(material: Material) -> Section:
    method, wording, say = material.audit.method, material.wording, material.wording.say
    points = tuple(say(f"method.{name}") for name in _SENTENCES)
    rows = [(say(f"method.number_{name}"), wording.numbers.short(method[name])) for name in _NUMBERS if name in method]
    for name, unit in resampled(material):
        count = wording.numbers.whole(unit["units"])
        rows.append((say(f"method.resampled_{name}"), say(f"method.unit_{unit['unit']}", units=count)))
    table = Table(say("method.numbers"), (say("column.what"), say("column.value")), tuple(rows), frozenset({1}))
    gates = _gates(material)
    return Section("method", say("page.method"), say("method.lead"), (Part("", points=points, tables=(table, gates)),))


def _gates(material: Material) -> Table:
    """Return what each metric is held to."""
    wording, figures, say = material.wording, material.figures, material.wording.say
    header = tuple(say(f"column.{name}") for name in ("metric", "question", "limit", "block_at", "outcome", "required"))
    rows = tuple(
        (
            wording.named("metric", name),
            wording.declared(f"asks.{name}", gate.question),
            figures.size(name, gate.limit),
            NOTHING if gate.block_at is None else figures.size(name, gate.block_at),
            say(f"outcome.{gate.outcome}"),
            say("value.yes" if gate.required else "value.no"),
        )
        for name, gate in material.gates.metrics.items()
    )
    return Table(say("method.gates"), header, rows, frozenset({2, 3}))


def _origin(material: Material) -> Section:
    audit, wording, say = material.audit, material.wording, material.wording.say
    rows = tuple((wording.named("value", name), value) for name, value in sorted(audit.hashes.items()))
    table = Table(say("origin.hashes"), (say("column.what"), "SHA-256"), rows)
    points = (say("origin.seed", seed=str(audit.seed)), say("origin.again"))
    return Section("origin", say("page.origin"), say("origin.lead"), (Part("", points=points, tables=(table,)),))


def _technical(material: Material) -> Section | None:
    """Return what is said in English only: notes of unknown kinds, notes of tables, and the method in its words."""
    audit, say = material.audit, material.wording.say
    _, left = translated(audit.notes, material.wording)
    notes = [*left, *(said for table in audit.supplements for said in beside.sentences(table))]
    words = [f"{name}: {text}" for name, text in sorted(audit.method.items()) if isinstance(text, str)]
    points = tuple(dict.fromkeys([*notes, *words]))
    if not points:
        return None
    return Section("technical", say("page.technical"), "", (Part("", points=points),), language="en")
