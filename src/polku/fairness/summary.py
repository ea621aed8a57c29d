"""An audit as plain text, for the terminal."""

from __future__ import annotations

from polku.fairness.audit import Audit
from polku.fairness.cell import Cell
from polku.fairness.gates import findings
from polku.schemas.gates import Gates

_UNKNOWN = "not_enough_evidence"
COLUMNS = 5
"""Metrics in one table."""
_MARKS = {"pass": " ", "concern": "!", _UNKNOWN: "?"}


def summary(audit: Audit, gates: Gates) -> str:
    """Return an audit as a table of groups by metrics, and what follows from it.

    Parameters
    ----------
    audit : Audit
        What was found.
    gates : Gates
        What follows from it.

    Returns
    -------
    str
        Several lines. Estimates carry "!" for a concern, "?" where the evidence is not enough, "-" where nothing is
        shown; what blocks or warns is spelt out below.
    """
    counts = {verdict: sum(cell.verdict == verdict for cell in audit.cells) for verdict in _MARKS}
    suppressed = audit.suppressed
    lines = [
        f"Audit: {audit.verdict.replace('_', ' ')}",
        f"{counts['concern']} cells of concern, {counts['pass']} passed, {counts[_UNKNOWN]} without enough evidence",
        f"{suppressed['cells']} cells not shown: groups under {suppressed['k']} learners, or that give such away",
        "",
        *_tables(audit.cells),
        *(f"{finding.outcome}: {finding}" for finding in findings(audit, gates) if finding.outcome != "report"),
        *(f"{count} rows left out: {reason}" for reason, count in audit.refused.items()),
        *audit.notes,
    ]
    return "\n".join(lines).rstrip()


def _tables(cells: tuple[Cell, ...]) -> list[str]:
    """Return one table for every five metrics, so that each fits a terminal."""
    metrics = list(dict.fromkeys(cell.metric for cell in cells))
    parts = [metrics[start : start + COLUMNS] for start in range(0, len(metrics), COLUMNS)]
    return [line for part in parts for line in [*_table(cells, part), ""]]


def _table(cells: tuple[Cell, ...], metrics: list[str]) -> list[str]:
    """Return header and rows, columns aligned."""
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for cell in (cell for cell in cells if cell.metric in metrics):
        rows.setdefault((cell.attribute, cell.group), {})[cell.metric] = cell
    body = [
        [attribute, group, _count(found), *(_figure(found.get(metric)) for metric in metrics)]
        for (attribute, group), found in rows.items()
    ]
    table = [["attribute", "group", "learners", *(f"{metric} " for metric in metrics)], *body]
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    return ["  ".join(_padded(row, widths)).rstrip() for row in table]


def _padded(row: list[str], widths: list[int]) -> list[str]:
    """Align names to the left, figures to the right."""
    return [
        text.ljust(width) if place < 2 else text.rjust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def _count(found: dict[str, Cell]) -> str:
    counts = [cell.n for cell in found.values() if cell.n is not None]
    return str(max(counts)) if counts else "-"


def _figure(cell: Cell | None) -> str:
    if cell is None:
        return " "
    return ("-" if cell.estimate is None else f"{cell.estimate:.3f}") + _MARKS[cell.verdict]
