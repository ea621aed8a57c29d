"""The audit: a frozen list of judged cells, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from polku.errors import InputError, nearest
from polku.fairness.cell import Cell
from polku.fairness.curve import Curve
from polku.fairness.disclosure import Key, without
from polku.fairness.supplement import Supplement
from polku.fairness.verdict import Verdict
from polku.schemas.gates import PATH_METRICS


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

    Examples
    --------
    >>> import numpy as np
    >>> from polku.fairness import audit_predictions, load_gates, load_slices
    >>> from polku.home import Home
    >>> rng = np.random.default_rng(2)
    >>> chance = rng.uniform(size=4000)
    >>> predictions = pd.DataFrame({"learner_id": np.arange(4000) % 400, "y_prob": chance})
    >>> predictions["y_true"] = (rng.uniform(size=4000) < chance).astype(int)
    >>> background = pd.DataFrame({"learner_id": np.arange(400), "gender": ["girl", "boy"] * 200})
    >>> home = Home.find()
    >>> slices = load_slices(home)
    >>> slices = slices.model_copy(update={"attributes": {"gender": slices.attributes["gender"]}})
    >>> audit = audit_predictions(predictions, background, slices, load_gates(home, "mastery"))
    >>> audit.overall["auc"] > 0.8
    True
    >>> audit.by_group("auc")["n"].to_dict()
    {('gender', 'girl'): 200, ('gender', 'boy'): 200}
    >>> audit.gaps().columns[:3].tolist(), audit.verdicts()["auc"].tolist()
    (['auc', 'abroca', 'held_back'], ['pass', 'pass'])
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

    def by_group(self, metric: str) -> pd.DataFrame:
        """Return one metric of every group: how large, how far from the others, and what that allows one to say.

        Parameters
        ----------
        metric : str
            Such as "held_back".

        Returns
        -------
        DataFrame
            Indexed by attribute and group, with `n, estimate, rest, gap, explained, low, high, p_adjusted, verdict`.

        Raises
        ------
        InputError
            If the audit does not hold the metric; names the nearest.
        """
        known = {cell.metric: None for cell in self.cells}
        if metric not in known:
            raise InputError("the audit does not hold this metric", got=metric, hint=nearest(metric, known))
        frame = self.to_frame().query("metric == @metric").set_index(["attribute", "group"])
        ends = [(np.nan, np.nan) if end is None else end for end in frame["interval"]]
        frame = frame.assign(low=[low for low, _ in ends], high=[high for _, high in ends])
        return frame[["n", "estimate", "rest", "gap", "explained", "low", "high", "p_adjusted", "verdict"]]

    def gaps(self, *, explained: bool = True) -> pd.DataFrame:
        """Return the gaps of every group, a column a metric.

        Parameters
        ----------
        explained : bool
            Whether the part of each gap that needs no unlike treatment is left in it.

        Returns
        -------
        DataFrame
            Indexed by attribute and group; missing where there is no gap to speak of.
        """
        frame = self.to_frame()
        if not explained:
            frame = frame.assign(gap=frame["gap"].astype("float64") - frame["explained"].astype("float64"))
        return _wide(frame, "gap")

    def verdicts(self) -> pd.DataFrame:
        """Return the verdicts on every group, a column a metric."""
        return _wide(self.to_frame(), "verdict")

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
        hidden = {(attribute, group) for attribute, group, metric in self.withheld if metric not in PATH_METRICS}
        curves = tuple(curve for curve in self.curves if (curve.attribute, curve.group) not in hidden)
        return replace(self, cells=cells, suppressed=suppressed, curves=curves)


def _wide(frame: pd.DataFrame, figure: str) -> pd.DataFrame:
    """Return one figure of all cells, a line a group and a column a metric, both in the audit's order."""
    wide = frame.set_index(["attribute", "group", "metric"])[figure].unstack("metric")  # noqa: PD010 - one value each
    rows = frame.set_index(["attribute", "group"]).index.unique()
    return wide.reindex(rows)[list(dict.fromkeys(frame["metric"]))].rename_axis(columns=None)


def _cell(raw: dict[str, Any]) -> Cell:
    """Read one cell; JSON has no tuples."""
    interval = raw.pop("interval")
    return Cell(**raw, interval=None if interval is None else (interval[0], interval[1]))


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    """Return fields as JSON cannot hold them: lists as tuples, and lists of lists as tuples of tuples."""
    return {name: _tuple(value) for name, value in raw.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
