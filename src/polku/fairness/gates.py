"""What an audit means under gates: which cells block a release, which warn, which are only reported.

A verdict says what the evidence allows; a gate says what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from polku.errors import DefinitionError, nearest
from polku.fairness.audit import Audit
from polku.fairness.cell import Cell
from polku.fairness.verdict import Verdict, apart, beyond
from polku.schemas.gates import INVARIANTS, Gate, Gates, Outcome

_RANK: dict[Outcome, int] = {"report": 0, "warn": 1, "block": 2}


class Finding(NamedTuple):
    """One cell that a gate has something to say about.

    Parameters
    ----------
    cell : Cell
        What was found.
    outcome : {"block", "warn", "report"}
        What follows.
    why : str
        The rule that it follows from.
    """

    cell: Cell
    outcome: Outcome
    why: str

    def __str__(self) -> str:
        """Return one line fit for an error, the terminal and the card."""
        cell = self.cell
        return f"{cell.metric} of {cell.attribute} = {cell.group}: {cell.reason} ({self.why})"

    @property
    def final(self) -> bool:
        """Return whether no approver may override it."""
        return self.outcome == "block" and self.cell.metric in INVARIANTS


def gate_of(gates: Gates, metric: str) -> Gate:
    """Return the gate of a metric.

    Raises
    ------
    DefinitionError
        If there is none.
    """
    if metric not in gates.metrics:
        raise DefinitionError(f"the gates say nothing of {metric}", got=metric, hint=nearest(metric, gates.metrics))
    return gates.metrics[metric]


def findings(audit: Audit, gates: Gates) -> list[Finding]:
    """Return what follows from an audit, gravest first.

    Parameters
    ----------
    audit : Audit
        What was found.
    gates : Gates
        The gates of the bundle that is to be released.

    Returns
    -------
    list of Finding
        Concerns, cells without enough evidence, and passes whose gap reaches the limit but is explained. Other passes
        lead to nothing.

    Raises
    ------
    DefinitionError
        If a cell's metric has no gate.
    """
    found = [finding for cell in audit.cells if (finding := _finding(cell, gate_of(gates, cell.metric)))]
    return sorted(found, key=lambda finding: -_RANK[finding.outcome])


def blocking(audit: Audit, gates: Gates) -> list[Finding]:
    """Return what blocks a release."""
    return [finding for finding in findings(audit, gates) if finding.outcome == "block"]


def worst_that_blocks(cells: Iterable[Cell], gates: Gates) -> Verdict:
    """Return the verdict on a whole audit.

    "concern" when a concern blocks; "not_enough_evidence" when missing evidence blocks, or when of the cells that could
    block none has passed; else "pass".
    """
    gated = [(cell, gate) for cell in cells if _can_block(gate := gate_of(gates, cell.metric))]
    blocks = {
        finding.cell.verdict for cell, gate in gated if (finding := _finding(cell, gate)) and finding.outcome == "block"
    }
    if "concern" in blocks:
        return "concern"
    judged = [cell for cell, _ in gated if cell.metric not in INVARIANTS] or [cell for cell, _ in gated]
    passed = any(cell.verdict == "pass" for cell in judged)
    return "pass" if passed and not blocks else "not_enough_evidence"


def stricter(base: Gates, own: Gates) -> Gates:
    """Return a provider's own gates, or refuse those that are looser anywhere.

    Parameters
    ----------
    base : Gates
        The gates in ``models/``.
    own : Gates
        The provider's.

    Raises
    ------
    DefinitionError
        If a gate is absent, has a larger limit, a milder outcome, no longer requires evidence, or is on another scale,
        if a limit on items is larger, or if the threshold differs; lists all of them.
    """
    looser = [f"{name}: {what}" for name, gate in base.metrics.items() for what in _looser(gate, own.metrics.get(name))]
    if own.threshold != base.threshold:
        looser.append(f"threshold: {own.threshold:g} instead of {base.threshold:g}")
    looser += [
        f"items: {name} {own_limit:g} above {limit:g}"
        for (name, limit), (_, own_limit) in zip(base.items, own.items, strict=True)
        if own_limit > limit
    ]
    if looser:
        raise DefinitionError(
            "a provider's own gates may only be stricter", got="; ".join(looser), hint="lower limits, add requirements"
        )
    return own


def _finding(cell: Cell, gate: Gate) -> Finding | None:
    if cell.verdict == "concern":
        return _of_concern(cell, gate)
    if cell.verdict == "not_enough_evidence":
        if gate.required:
            return Finding(cell, "block", "evidence is required")
        return Finding(cell, "report", "to be acknowledged by the approver")
    if cell.gap is not None and cell.metric not in INVARIANTS and beyond(cell.gap, gate.limit, gate.scale):
        return Finding(
            cell, "report", "the gap reaches the limit, but not what is left of it when its explained part is taken off"
        )
    return None


def _of_concern(cell: Cell, gate: Gate) -> Finding:
    if gate.block_at is not None and cell.gap is not None and cell.interval is not None:
        off = cell.explained or 0.0
        ends = cell.interval[0] - off, cell.interval[1] - off
        if all(beyond(gap, gate.block_at, gate.scale) for gap in (cell.gap, cell.gap - off)):
            return Finding(cell, "block", f"a gap of {gate.block_at:g} blocks")
        if all(apart(interval, gate.limit, gate.scale) for interval in (cell.interval, ends)):
            return Finding(cell, "block", f"the whole interval lies beyond {gate.limit:g}")
    return Finding(cell, gate.outcome, f"a concern here leads to: {gate.outcome}")


def _can_block(gate: Gate) -> bool:
    return gate.outcome == "block" or gate.block_at is not None or gate.required


def _looser(base: Gate, own: Gate | None) -> list[str]:
    """Return in what a gate is looser than the base."""
    if own is None:
        return ["no gate"]
    rules = {
        f"limit {own.limit:g} above {base.limit:g}": own.limit > base.limit,
        f"blocks at {own.block_at} instead of {base.block_at}": (own.block_at or 1) > (base.block_at or 1),
        f"{own.outcome} instead of {base.outcome}": _RANK[own.outcome] < _RANK[base.outcome],
        "evidence no longer required": base.required and not own.required,
        f"scale {own.scale} instead of {base.scale}": own.scale != base.scale,
        f"at most {own.most} instead of {base.most} over everybody": (own.most or 1) > (base.most or 1),
        f"demanded {own.when} instead of {base.when}": base.when != own.when != "always",
    }
    return [what for what, broken in rules.items() if broken]
