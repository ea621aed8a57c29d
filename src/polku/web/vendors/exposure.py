"""Whether each vendor's tasks are offered as often as the draw between vendors asks for."""

from __future__ import annotations

import pandas as pd

from polku.store.transaction import Transaction


def exposure(tx: Transaction) -> pd.DataFrame:
    """Return how often each vendor's tasks were offered, beside how often they would be on average.

    Returns
    -------
    DataFrame
        One row per vendor: `vendor`, `tasks` (offered in its catalogue), `offered`, `expected` (the sum, over all
        draws, of its share of the lots: one for each vendor that had something fitting), `z` (how many standard
        deviations the two are apart, each draw being independent; missing where there was nothing to draw).
    """
    counts, made = tx.catalogue.counts(), tx.launches.all()
    rows = []
    for vendor in sorted(counts.keys() | {name for one in made for name in one.had}):
        shares = [one.had.get(vendor, 0) / sum(one.had.values()) for one in made]
        offered, expected = sum(one.vendor == vendor for one in made), sum(shares)
        spread = sum(share * (1.0 - share) for share in shares) ** 0.5
        z = (offered - expected) / spread if spread > 0.0 else float("nan")
        rows.append((vendor, counts.get(vendor, 0), offered, round(expected, 1), round(z, 2)))
    return pd.DataFrame(rows, columns=["vendor", "tasks", "offered", "expected", "z"])
