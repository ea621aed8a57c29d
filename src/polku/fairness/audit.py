"""The audit: a frozen list of judged cells, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pandas as pd

from polku.errors import InputError
from polku.fairness.cell import Cell
from polku.fairness.curve import Curve
from polku.fairness.disclosure import Key, without
from polku.fairness.supplement import Supplement
from polku.fairness.verdict import Verdict


@dataclass(frozen=True)
class Audit:
    """What was found, cell by cell, with everything needed to make it again.

    Parameters
    ----------
    verdict : {"pass", "concern", "not_enough_evidence"}
        The worst that blocks: "concern" when a concern blocks, "not_enough_evidence" when missing evidence blocks
        or no cell that could block has passed, else "pass".
    cells : tuple of Cell
        Ordered by attribute, group, metric.
    overall : mapping of str to float or None
        The metrics over all learners.
    threshold : float or None
        Where error rates were taken; None without predictions.
    suppressed : mapping of str to int
        "cells" and "groups" whose figures were removed, and "k", the limit.
    refused : mapping of str to int
        Rows that could not be used, by reason.
    notes : tuple of str
        What was left out of the audit, and why.
    withheld : tuple of (str, str, str)
        Attribute, group and metric of the cells that :meth:`outside` removes.
    outside_k : int
        Least number of learners in a cell that leaves the enclave.
    method : mapping
        How gaps, intervals and p-values were made, in words and numbers.
    hashes : mapping of str to str
        SHA-256 of predictions, background, slices and gates, and of what was audited ("bundle").
    seed : int
        Seed of every draw.
    curves : tuple of Curve
        Reliability and ROC of each group, and of everybody.
    supplements : tuple of Supplement
        Tables that are reported beside the cells.
    """

    verdict: Verdict
    cells: tuple[Cell, ...]
    overall: Mapping[str, float | None]
    threshold: float | None
    suppressed: Mapping[str, int]
    refused: Mapping[str, int]
    withheld: tuple[Key, ...]
    outside_k: int
    notes: tuple[str, ...]
    method: Mapping[str, Any]
    hashes: Mapping[str, str]
    seed: int
    curves: tuple[Curve, ...] = ()
    supplements: tuple[Supplement, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as JSON can hold it; the keys are documented in docs/reference/audit.md."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the audit as JSON text: the same bytes for the same data, definitions and seed."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Audit:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        InputError
            If the text is no audit.
        """
        try:
            raw = json.loads(text)
            cells = tuple(_cell(cell) for cell in raw.pop("cells"))
            withheld = tuple((attribute, group, metric) for attribute, group, metric in raw.pop("withheld"))
            curves = tuple(Curve(**_tuples(curve)) for curve in raw.pop("curves"))
            tables = tuple(Supplement(**_tuples(table)) for table in raw.pop("supplements"))
            notes = tuple(raw.pop("notes"))
            return cls(cells=cells, withheld=withheld, notes=notes, curves=curves, supplements=tables, **raw)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                "this is not the JSON of an audit", got=error, hint="see docs/reference/audit.md"
            ) from error

    def to_frame(self) -> pd.DataFrame:
        """Return the cells, one a row."""
        return pd.DataFrame([asdict(cell) for cell in self.cells], columns=[field.name for field in fields(Cell)])

    def about(self, **subject: str) -> Audit:
        """Return the audit with the hashes of what it is of, such as ``bundle=bundle.id``."""
        return replace(self, hashes={**self.hashes, **subject})

    def beside(self, *tables: Supplement) -> Audit:
        """Return the audit with tables beside its cells, in place of earlier ones on the same topics."""
        topics = {table.topic for table in tables}
        return replace(self, supplements=(*(one for one in self.supplements if one.topic not in topics), *tables))

    def outside(self) -> Audit:
        """Return the audit as it may leave the enclave: small cells removed by the stricter limit."""
        cells, suppressed = without(self.cells, self.withheld, self.outside_k)
        hidden = {(attribute, group) for attribute, group, _ in self.withheld}
        curves = tuple(curve for curve in self.curves if (curve.attribute, curve.group) not in hidden)
        return replace(self, cells=cells, suppressed=suppressed, curves=curves)


def _cell(raw: dict[str, Any]) -> Cell:
    """Read one cell; JSON has no tuples."""
    interval = raw.pop("interval")
    return Cell(**raw, interval=None if interval is None else (interval[0], interval[1]))


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    """Return fields as JSON cannot hold them: lists as tuples, and lists of lists as tuples of tuples."""
    return {name: _tuple(value) for name, value in raw.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
