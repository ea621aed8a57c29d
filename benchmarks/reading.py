"""How long reading and checking a million responses takes, beside plain pandas that checks nothing.

Run: ``python benchmarks/reading.py [rows]``. Exits with 1 when the limit, scaled to the rows, is not kept.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from polku.exchange import read_responses

LIMIT_S = 5.0
ROWS = 1_000_000
RUNS = 3


def write_responses(file: Path, rows: int, seed: int) -> None:
    """Write canonical CSV as a learning platform would export it: rows by time of answer, ISO times with zone."""
    rng = np.random.default_rng(seed)
    learner, item = rng.integers(0, max(1, rows // 50), rows), rng.integers(0, 5000, rows)
    answered = np.datetime64("2025-08-11T08:00:00") + np.sort(rng.integers(0, 290 * 86_400, rows)).astype("m8[s]")
    skills = np.array(
        [f"MA79.S3.{n % 60:02d};MA79.S2.{n % 13:02d}" if n % 4 == 0 else f"MA79.S4.{n % 60:02d}" for n in item]
    )
    frame = pd.DataFrame(
        {
            "response_id": [f"r{place:09d}" for place in rng.permutation(rows)],
            "learner_id": np.char.add("L", learner.astype(str)),
            "item_id": np.char.add("item-", item.astype(str)),
            "skill_ids": skills,
            "answered_at": np.char.add(np.datetime_as_string(answered), "+03:00"),
            "correct": rng.integers(0, 2, rows),
        }
    )
    frame.to_csv(file, index=False)


def best(act: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds: the machine may be busy, never faster than it is."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> int:
    """Print the figures; return the exit status."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    limit = LIMIT_S * rows / ROWS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "responses.csv")
        write_responses(file, rows, seed=1)
        reading = read_responses(file)
        ours, theirs = best(lambda: read_responses(file)), best(lambda: pd.read_csv(file))
        print(
            f"{file.stat().st_size / 1e6:.0f} MB, {len(reading.responses):,} accepted, {len(reading.refused)} refused"
        )
    print(f"read and checked   {ours:6.2f} s   (limit {limit:g} s)")
    print(f"plain pandas       {theirs:6.2f} s   (unchecked; ratio {ours / theirs:.2f})")
    return int(ours > limit or len(reading.responses) != rows)


if __name__ == "__main__":
    sys.exit(main())
