"""The whole bench on one page: a line for each course, law and length, as a table of Markdown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from planner_judge import ORACLE, ORDER, POLKU, SEEING, TOLD

HEAD = (
    "course",
    "law",
    "steps",
    "Polku",
    "of the oracle",
    "of Polku told true mastery",
    "ahead of the curriculum's order",
    "nearest other line, and ahead of it",
)


def summary(found: pd.DataFrame) -> str:
    """Return the table.

    Parameters
    ----------
    found : DataFrame
        ``course, law, steps, line, E_p, ahead, low, high``.
    """
    rows = [HEAD, ("---",) * len(HEAD)]
    for (course, law, steps), part in found.groupby(["course", "law", "steps"], sort=False):
        lines = {str(one["line"]): one for one in part.to_dict("records")}
        ours = lines[POLKU]["E_p"]
        shares = [f"{ours / lines[name]['E_p']:.0%}" if name in lines else "not run" for name in (ORACLE, TOLD)]
        nearest = min(lines.keys() - {POLKU, *SEEING}, key=lambda name: (lines[name]["low"], name))
        ahead = (_ahead(lines[ORDER]), f"{nearest}: {_ahead(lines[nearest])}")
        rows.append((str(course), str(law), str(steps), f"{ours:.3f}", *shares, *ahead))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def undecided(found: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons with lines that see no more than Polku whose interval does not lie above zero."""
    others = found[~found["line"].isin([POLKU, *SEEING])]
    return others[others["low"] <= 0]


def _ahead(line: Mapping[Hashable, Any]) -> str:
    return f"{line['ahead']:+.3f} ({line['low']:+.3f} to {line['high']:+.3f})"
