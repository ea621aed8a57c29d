"""The audit of items: a frozen list of judged cells, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from polku.fairness.items.cell import ItemCell
from polku.fairness.verdict import Verdict


@dataclass(frozen=True)
class ItemAudit:
    """What was found of items, group by group. It speaks of items, never of people.

    Parameters
    ----------
    cells : tuple of ItemCell
        Ordered by attribute, group, item.
    suppressed : mapping of str to int
        "cells" whose figures were removed, and "k", the limit.
    notes : tuple of str
        What else a reader must know.
    method : mapping
        How it was made, in words and numbers.
    hashes : mapping of str to str
        SHA-256 of answers, background and slices.
    """

    cells: tuple[ItemCell, ...]
    suppressed: Mapping[str, int]
    notes: tuple[str, ...]
    method: Mapping[str, Any]
    hashes: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        """Return "concern" where an item gives cause, "pass" where every cell passed, else "not_enough_evidence"."""
        found = {cell.verdict for cell in self.cells}
        if "concern" in found:
            return "concern"
        return "pass" if found == {"pass"} else "not_enough_evidence"

    @property
    def flagged(self) -> dict[str, str]:
        """Return why each item of concern should leave the evidence until a person has looked at it."""
        found: dict[str, list[str]] = {}
        for cell in self.cells:
            if cell.verdict == "concern":
                found.setdefault(cell.item_id, []).append(f"{cell.attribute} {cell.group}: {cell.reason}")
        return {item: "; ".join(reasons) for item, reasons in sorted(found.items())}

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as JSON can hold it; the keys are documented in docs/reference/items.md."""
        return {"verdict": self.verdict, "flagged": self.flagged, **asdict(self)}

    def to_json(self) -> str:
        """Return the audit as JSON text: the same bytes for the same answers and definitions."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"

    def to_frame(self) -> pd.DataFrame:
        """Return the cells, one a row."""
        return pd.DataFrame([asdict(cell) for cell in self.cells], columns=[field.name for field in fields(ItemCell)])
