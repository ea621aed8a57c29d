"""How gaps go over versions of the model: the audits that were kept, each with the cells it was allowed to publish."""

from __future__ import annotations

from collections.abc import Sequence

from polku.fairness.audit import Audit
from polku.fairness.cell import Cell
from polku.fairness.supplement import Supplement, Value

COLUMNS = (
    *("attribute", "group", "metric", "version", "made"),
    *("n", "estimate", "rest", "gap", "low", "high", "verdict"),
)
MOST = 6
"""Versions shown, the latest ones."""

Row = tuple[Value, ...]


def versions_supplement(audits: Sequence[tuple[str, str, Audit]], *, unread: int = 0) -> Supplement:
    """Set the audits of several model versions side by side.

    Parameters
    ----------
    audits : sequence of (str, str, Audit)
        Version, day it was made, and audit, oldest first.
    unread : int
        Kept audits that could not be read; they are counted in a note.

    Returns
    -------
    Supplement
        Topic "versions": the cells each audit was allowed to publish, of metrics that have a gap. Versions before the
        last six are left out.

    Examples
    --------
    >>> versions_supplement([]).notes
    ('no versions: no other audit was kept',)
    """
    kept = audits[-MOST:]
    left = (f"{unread} audits of an earlier form are left out",) if unread else ()
    if len(kept) < 2:
        return Supplement("versions", COLUMNS, (), notes=("no versions: no other audit was kept", *left))
    outside = [(version, made, audit.outside().cells) for version, made, audit in kept]
    keys = dict.fromkeys((cell.attribute, cell.group, cell.metric) for *_, cells in outside for cell in cells)
    lines = {key: list[Row]() for key in keys}
    hidden = 0
    for version, made, cells in outside:
        for cell in cells:
            hidden += cell.n is None
            if cell.n is not None and cell.gap is not None:
                lines[cell.attribute, cell.group, cell.metric].append(_line(cell, version, made))
    rows = tuple(line for key in keys for line in lines[key])
    note = "versions were audited on the answers of their time: a gap moves with the model, and with who answered"
    return Supplement("versions", COLUMNS, rows, hidden, (note, *left))


def _line(cell: Cell, version: str, made: str) -> Row:
    low, high = cell.interval or (None, None)
    figures = (cell.n, cell.estimate, cell.rest, cell.gap, low, high, cell.verdict)
    return (cell.attribute, cell.group, cell.metric, version, made, *figures)
