"""What an audit says of items beside its cells: the items that stand out, and how many were judged at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from polku.fairness.items.audit import ItemAudit
from polku.fairness.items.cell import ItemCell
from polku.fairness.supplement import Supplement, Value

COLUMNS = (
    *("attribute", "group", "kind", "item_id", "class", "direction", "d_dif", "curves", "n", "rest"),
    *("concern", "passed", "unjudged"),
)
_COUNTED = {"concern": "concern", "passed": "pass", "unjudged": "not_enough_evidence"}


def items_supplement(audit: ItemAudit) -> Supplement:
    """Return the table of items for the report of an audit.

    Parameters
    ----------
    audit : ItemAudit
        Every item, group by group; cells with too few learners have lost their figures already.

    Returns
    -------
    Supplement
        Of each attribute and group first a line of ``kind`` "count": items of concern, passed, and not judged for want
        of evidence. Then a line an item of concern (class C) or to be watched (B). `suppressed` counts items that stand
        out but may not be shown.

    Examples
    --------
    >>> from polku.fairness.items.cell import ItemCell
    >>> cell = ItemCell("gender", "girl", "i1", "uniform", "concern", "class C", n=300, rest=310, d_dif=-2.0,
    ...                 unsigned=0.15, uniform_class="C", non_uniform_class="A")
    >>> table = items_supplement(ItemAudit((cell,), {"cells": 0, "k": 10}, (), {}, {}))
    >>> [row[2:6] for row in table.rows]
    [('count', None, None, None), ('uniform', 'i1', 'C', 'harder')]
    """
    lines: list[_Line] = []
    for (attribute, group), cells in groupby(audit.cells, key=lambda cell: (cell.attribute, cell.group)):
        lines += _lines(attribute, group, tuple(cells))
    hidden = sum(cell.verdict == "concern" and cell.n is None for cell in audit.cells)
    rows = tuple(tuple(line.values.get(column) for column in COLUMNS) for line in lines)
    return Supplement("items", COLUMNS, rows, suppressed=hidden, notes=audit.notes)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line; columns that it lacks are empty."""

    values: Mapping[str, Value]


def _lines(attribute: str, group: str, cells: tuple[ItemCell, ...]) -> Iterator[_Line]:
    """Return the counts of one group, then its items: those of concern first, larger differences first."""
    where = {"attribute": attribute, "group": group}
    counts = {name: sum(cell.verdict == verdict for cell in cells) for name, verdict in _COUNTED.items()}
    yield _Line({**where, "kind": "count", **counts})
    shown = [cell for cell in cells if cell.n is not None and {"B", "C"} & {cell.uniform_class, cell.non_uniform_class}]
    for cell in sorted(shown, key=lambda cell: (cell.verdict != "concern", -abs(cell.d_dif or 0.0), cell.item_id)):
        yield _Line({**where, **_item(cell)})


def _item(cell: ItemCell) -> dict[str, Value]:
    """Return what stands in the line of one item."""
    classes = {"uniform": cell.uniform_class or "A", "non_uniform": cell.non_uniform_class or "A"}
    kind = max(classes, key=lambda one: classes[one])  # of equal classes uniform, which comes first
    side = "harder" if (cell.d_dif or 0.0) < 0 else "easier"
    return {
        "kind": kind,
        "item_id": cell.item_id,
        "class": classes[kind],
        "direction": side if kind == "uniform" else "crossing",
        "d_dif": cell.d_dif,
        "curves": cell.unsigned,
        "n": cell.n,
        "rest": cell.rest,
    }
