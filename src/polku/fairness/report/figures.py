"""How each metric's figures are written: shares in percent, ratios in percent of the others, the rest as numbers."""

from __future__ import annotations

from typing import Literal

from polku.fairness.report.wording import Wording
from polku.fairness.verdict import bounds
from polku.schemas.gates import Gate, Gates

Unit = Literal["points", "relative", "plain"]
SHARES = frozenset(
    {
        *("held_back", "missed_need", "calibration", "ece", "flip"),
        *("grade_level", "stretch", "repair", "silent", "fallback", "churn", "reached", "accepted", "overridden"),
    }
)
"""Metrics that are shares of learners or answers, or differences of such: read in percent and percentage points."""
DIFFERENCES = frozenset({"calibration"})
"""Metrics that are differences of shares themselves, and read with their sign."""
COUNTS = frozenset({"path_length"})
"""Metrics that are mean counts."""
NOTHING = "\N{EN DASH}"
"""Stands where there is no figure; the cell's reason says why."""


class Figures:
    """Writes the figures of an audit in one language.

    Parameters
    ----------
    wording : Wording
        Words and numbers of the language.
    gates : Gates
        Say which gaps are ratios.
    """

    def __init__(self, wording: Wording, gates: Gates) -> None:
        self.wording = wording
        self.gates = gates

    def unit(self, metric: str) -> Unit:
        """Return in what a gap of this metric is counted."""
        gate = self.gates.metrics.get(metric)
        if gate is not None and gate.scale == "ratio":
            return "relative"
        return "points" if metric in SHARES else "plain"

    def value(self, metric: str, value: float | None) -> str:
        """Return the metric itself."""
        if value is None:
            return NOTHING
        numbers = self.wording.numbers
        if metric in DIFFERENCES:
            return self.gap(metric, value)
        if metric in COUNTS:
            return numbers.decimal(value, 1)
        return numbers.percent(value) if metric in SHARES else numbers.decimal(value)

    def gap(self, metric: str, gap: float | None) -> str:
        """Return a gap with its sign and unit."""
        return NOTHING if gap is None else self._with_unit(metric, self._signed(metric, gap))

    def size(self, metric: str, gap: float) -> str:
        """Return a gap's size without a sign: a limit, or what could have been noticed."""
        plain, numbers = self.unit(metric) == "plain", self.wording.numbers
        return self._with_unit(metric, numbers.short(gap) if plain else numbers.short(100 * gap, 1))

    def interval(self, metric: str, interval: tuple[float, float] | None) -> str:
        """Return both ends of an interval of a gap, with the unit."""
        if interval is None:
            return NOTHING
        low, high = (self._signed(metric, end) for end in interval)
        return self._with_unit(metric, self.wording.say("unit.interval", low=low, high=high))

    def tick(self, metric: str, gap: float) -> str:
        """Return a gap as an axis writes it: with its sign, without a unit."""
        return self.wording.numbers.tick(gap if self.unit(metric) == "plain" else 100 * gap)

    def axis(self, metric: str) -> str:
        """Return what the axis of gaps counts."""
        return self.wording.say(f"unit.axis_{self.unit(metric)}")

    def p(self, value: float | None) -> str:
        """Return a p-value."""
        return NOTHING if value is None else self.wording.numbers.decimal(value, 4 if value < 0.01 else 3)

    def _signed(self, metric: str, gap: float) -> str:
        numbers = self.wording.numbers
        return numbers.signed(gap) if self.unit(metric) == "plain" else numbers.signed(100 * gap, 1)

    def _with_unit(self, metric: str, written: str) -> str:
        return self.wording.say(f"unit.{self.unit(metric)}", value=written)


def zone(gate: Gate) -> tuple[float, float]:
    """Return the gaps on both sides that a pass rules out: those that block, or reach the limit where none does.

    Examples
    --------
    >>> zone(Gate(question="Who is held back?", limit=0.05, block_at=0.1, outcome="warn"))
    (-0.1, 0.1)
    """
    return bounds(gate.limit if gate.block_at is None else gate.block_at, gate.scale)
