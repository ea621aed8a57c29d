"""An audit of items as plain text, for the terminal."""

from __future__ import annotations

from polku.fairness.items.audit import ItemAudit
from polku.fairness.items.cell import ItemCell

WATCHED = 20
"""Items of class B listed at most."""


def items_summary(audit: ItemAudit) -> str:
    """Return an audit of items in words: what gives cause for concern first, then counts.

    Parameters
    ----------
    audit : ItemAudit
        What was found.

    Returns
    -------
    str
        Several lines.
    """
    lines = [f"Items: {audit.verdict.replace('_', ' ')}", *_counts(audit), ""]
    concerns = [cell for cell in audit.cells if cell.verdict == "concern"]
    watched = [cell for cell in audit.cells if cell.verdict != "concern" and "B" in _classes(cell)]
    lines += [_line(cell) for cell in concerns]
    if watched:
        lines += ["", "to be watched:", *(_line(cell) for cell in watched[:WATCHED])]
        lines += [f"  and {len(watched) - WATCHED} more"] * (len(watched) > WATCHED)
    return "\n".join([*lines, *audit.notes]).rstrip()


def _counts(audit: ItemAudit) -> list[str]:
    """Return one line an attribute and group."""
    found: dict[tuple[str, str], list[ItemCell]] = {}
    for cell in audit.cells:
        found.setdefault((cell.attribute, cell.group), []).append(cell)
    return [
        f"{attribute} {group}: "
        + ", ".join(
            f"{sum(cell.verdict == verdict for cell in cells)} {words}"
            for verdict, words in (
                ("concern", "items of concern"),
                ("pass", "passed"),
                ("not_enough_evidence", "without enough evidence"),
            )
        )
        for (attribute, group), cells in found.items()
    ]


def _line(cell: ItemCell) -> str:
    return f"{cell.item_id}, {cell.attribute} {cell.group}: {cell.reason}"


def _classes(cell: ItemCell) -> set[str | None]:
    return {cell.uniform_class, cell.non_uniform_class}
