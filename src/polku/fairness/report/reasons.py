"""Why a cell has its verdict and what follows, in the reader's language, built from figures and gate.

The core says the same in English sentences (:mod:`polku.fairness.verdict`); nothing here parses or translates those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.fairness.cell import Cell
from polku.fairness.evidence import EVERYONE
from polku.fairness.gates import Finding
from polku.fairness.report.figures import Figures, zone
from polku.fairness.verdict import apart, beyond
from polku.schemas.gates import INVARIANTS, PREDICTION_METRICS, Gate


def reason(cell: Cell, figures: Figures, limits: Mapping[str, Any]) -> str:
    """Return one sentence on one cell.

    Parameters
    ----------
    cell : Cell
        As shown: without figures where they are removed.
    figures : Figures
        Language and gates.
    limits : mapping
        The audit's method: least ``learners``, ``positives`` and ``negatives`` for a verdict.
    """
    say, gate = figures.wording.say, figures.gates.metrics[cell.metric]
    if cell.n is None:
        return say("reason.hidden")
    if cell.estimate is None:
        return say("reason.unestimable")
    if cell.metric in INVARIANTS:
        return _invariant(cell, figures)
    if cell.attribute == EVERYONE and gate.most is not None:
        return _of_everyone(cell, figures, gate.most)
    return _judged(cell, figures, gate, limits)


def _judged(cell: Cell, figures: Figures, gate: Gate, limits: Mapping[str, Any]) -> str:
    if cell.verdict == "not_enough_evidence":
        return _unknown(cell, figures, gate, limits)
    if cell.verdict == "pass":
        return _passed(cell, figures, gate)
    limit = figures.size(cell.metric, gate.limit)
    concern = figures.wording.say("reason.concern", gap=figures.gap(cell.metric, cell.gap), limit=limit)
    return concern + explained(cell, figures)


def explained(cell: Cell, figures: Figures) -> str:
    """Return a sentence on the part of a gap that needs no unlike treatment, or nothing."""
    if not cell.explained:
        return ""
    kind = "chance" if cell.metric == "ece" else "scores" if cell.metric in {"auc", "abroca"} else "rates"
    return " " + figures.wording.say(f"reason.explained_{kind}", part=figures.gap(cell.metric, cell.explained))


def rule(finding: Finding, figures: Figures) -> str:
    """Return the rule that a finding follows from: the same cases as in :func:`polku.fairness.findings`."""
    cell, say = finding.cell, figures.wording.say
    gate = figures.gates.metrics[cell.metric]
    if cell.verdict == "not_enough_evidence":
        return say("why.required" if finding.outcome == "block" else "why.acknowledged")
    if cell.verdict == "pass":
        return say("why.explained")
    if finding.outcome == "block" and cell.metric in INVARIANTS:
        return say("why.invariant")
    if finding.outcome == "block" and gate.block_at is not None and cell.gap is not None:
        left = cell.gap - (cell.explained or 0.0)
        if all(beyond(gap, gate.block_at, gate.scale) for gap in (cell.gap, left)):
            return say("why.block_at", limit=figures.size(cell.metric, gate.block_at))
        if cell.interval is not None and apart(cell.interval, gate.limit, gate.scale):
            return say("why.interval", limit=figures.size(cell.metric, gate.limit))
    return say(f"why.{finding.outcome}")


def _invariant(cell: Cell, figures: Figures) -> str:
    if cell.verdict == "pass":
        return figures.wording.say("reason.holds")
    share = figures.wording.numbers.percent(1 - (cell.estimate or 0.0))
    return figures.wording.say("reason.does_not_hold", share=share)


def _of_everyone(cell: Cell, figures: Figures, most: float) -> str:
    """Say on which side of its upper limit a figure over all learners lies."""
    side = {"concern": "above_most", "pass": "below_most", "not_enough_evidence": "near_most"}[cell.verdict]
    values = {"value": figures.value(cell.metric, cell.estimate), "most": figures.value(cell.metric, most)}
    return figures.wording.say(f"reason.{side}", **values)


def _passed(cell: Cell, figures: Figures, gate: Gate) -> str:
    """Say whether the gap itself, or only what is left of it, is ruled out to reach the zone's edge."""
    low, high = zone(gate)
    inside = cell.interval is not None and low < cell.interval[0] and cell.interval[1] < high
    values = {"gap": figures.gap(cell.metric, cell.gap), "zone": figures.size(cell.metric, high)}
    if inside:
        return figures.wording.say("reason.ruled_out", **values)
    return figures.wording.say("reason.left_ruled_out", **values) + explained(cell, figures)


def _unknown(cell: Cell, figures: Figures, gate: Gate, limits: Mapping[str, Any]) -> str:
    say = figures.wording.say
    if cell.gap is None:
        return say("reason.no_ratio")
    unnoticed = (
        say("reason.nothing_noticed")
        if cell.mde is None
        else say("reason.unnoticed", mde=figures.size(cell.metric, cell.mde))
    )
    if few := _few(cell, figures, limits):
        return f"{few} {unnoticed}"
    edge = figures.size(cell.metric, zone(gate)[1])
    return say("reason.not_ruled_out", gap=figures.gap(cell.metric, cell.gap), zone=edge) + f" {unnoticed}"


def _few(cell: Cell, figures: Figures, limits: Mapping[str, Any]) -> str:
    """Say which count is below its limit: in the group, or, where nothing was tested, among the others."""
    counts = {"learners": cell.n}
    if cell.metric in PREDICTION_METRICS and cell.responses is not None and cell.positives is not None:
        counts |= {"positives": cell.positives, "negatives": cell.responses - cell.positives}
    for name, count in counts.items():
        least = limits.get(name)
        if count is not None and least is not None and count < least:
            return figures.wording.say(f"reason.few_{name}", count=count, least=int(least))
    return figures.wording.say("reason.few_others") if cell.p is None else ""
