"""How fast the service is on one core, sign-in and the record of reads included, beside a bare FastAPI endpoint.

Run: ``python benchmarks/service.py [--short | --full | --ratios] [--postgres]``. A municipality of 240 learners with a
fitted and released model is served by ``polku serve``; callers hold tokens signed by RS256. Server and load generator
have a core each. The peer is an ``async`` FastAPI endpoint without a response model that encodes the same JSON, under
the same server, in the same run. Exits 1 when a limit is missed. It takes some minutes; the full form asks 100,000
times. The short one leaves out what only a quiet machine can show, percentiles and rates, and holds processor time to
its limit. ``--ratios`` holds what neither a slow nor a busy machine spoils, shares, memory and its growth, and prints
the rest.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from service_load import Told, closed, paced
from service_town import CLASS, CLASSES, PROVIDER, Asking, Town, build
from store import postgresql

CHECKOUT = Path(__file__).resolve().parents[1]
CORES = sorted(os.sched_getaffinity(0))
SERVER, GENERATOR = CORES[0], CORES[-1]
CALLERS = 32
"""Connections of a closed load."""
RUNS = 3
PATIENCE = 120
SHARE, NEW_RATE, P99, CLASS_SECONDS, MEGABYTES, GROWTH, READY, TWO = 0.5, 100.0, 0.030, 0.150, 400.0, 1.1, 5.0, 1.1


@dataclass
class Table:
    """Figures beside their limits.

    Parameters
    ----------
    missed : list of str
        What is over or under its limit.
    ratios : bool
        Whether limits in seconds are left out.
    """

    missed: list[str] = field(default_factory=list)
    ratios: bool = False

    def line(
        self, name: str, value: float, unit: str, *, least: float | None = None, most: float | None = None
    ) -> None:
        """Print one figure; remember it if it misses its limit."""
        if self.ratios and unit not in {"", "MB"}:
            least = most = None
        limit = least if least is not None else most
        good = limit is None or (value >= limit if least is not None else value <= limit)
        bound = "" if limit is None else f"{'>=' if least is not None else '<='} {limit:,.4g}"
        print(f"{name:<62}{value:>10,.4g} {unit:<7}{bound:>9}  {'' if good else 'MISSED'}", flush=True)
        self.missed += [] if good else [name]


@dataclass(frozen=True)
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int
    ready: float

    @property
    def cpu(self) -> float:
        """Return seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def own_megabytes(self) -> float:
        """Return memory that another worker on the machine would take as well: no pages of libraries that all share."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024 / 1e6

    @property
    def megabytes(self) -> float:
        """Return memory in use, libraries that workers share included."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def served(
    command: list[str], port: int, address: str, folder: Path, core: int = SERVER, **env: str
) -> Iterator[Served]:
    """Start a server on its core; wait until an address answers."""
    start = time.perf_counter()
    with (folder / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | env, stdout=log, stderr=log)
    os.sched_setaffinity(process.pid, {core})
    try:
        while not _answers(f"http://127.0.0.1:{port}{address}"):
            if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                raise RuntimeError((folder / f"server-{port}.log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.02)
        yield Served(process, port, time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def polku(town: Town, folder: Path, core: int = SERVER) -> AbstractContextManager[Served]:
    """Serve the municipality as ``polku serve`` does, on one core."""
    port = free_port()
    command = [sys.executable, "-m", "polku.cli", "serve", "--port", str(port)]
    env = {"POLKU_HOME": str(town.home.root), "POLKU_STORE": town.store, "POLKU_PROVIDER": PROVIDER}
    return served(command, port, "/readyz", folder, core, **env)


def bare(content: bytes, folder: Path) -> AbstractContextManager[Served]:
    """Serve the same JSON by a bare endpoint."""
    (folder / "content.json").write_bytes(content)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(Path(__file__).parent), "service_bare:app"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning", "--http", "h11", "--loop", "asyncio"]
    return served(command, port, "/path", folder, POLKU_BENCH_JSON=str(folder / "content.json"))


def unchanged(asking: Asking, asked: int) -> Iterator[bytes]:
    """Ask for paths of which nothing is new, learners in turn."""
    return map(asking.path, range(asked))


def new_each_time(port: int, asking: Asking, asked: int, rate: float | None = None, *, each: bool = False) -> Told:
    """Give each learner of a class a new answer, then ask for all their paths; return how the asking went.

    Answers come in one request for the class, or `each` in one of its own. The time in which they are taken in counts,
    their number does not.
    """
    told, start = Told(), time.perf_counter()
    for first in range(0, asked, CLASS):
        parts = [range(place, place + 1) for place in range(first, first + CLASS)]
        sent = [asking.answers(part) for part in (parts if each else [range(first, first + CLASS)])]
        closed(port, iter(sent), len(sent)).refuse_failures()
        paths = map(asking.path, range(first, first + CLASS))
        part = (closed(port, paths, CLASS) if rate is None else paced(port, paths, CALLERS, rate)).refuse_failures()
        told.seconds += part.seconds
    told.took = time.perf_counter() - start
    return told


def against_bare(table: Table, server: Served, asking: Asking, peer: Served, asked: int, *, short: bool) -> None:
    """Measure an unchanged path and the bare endpoint in turns."""
    request = f"GET /path HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\n\r\n".encode()
    ours: list[Told] = []
    theirs: list[Told] = []
    for _ in range(RUNS):
        theirs.append(closed(peer.port, repeat(request, asked), CALLERS).refuse_failures())
        ours.append(closed(server.port, unchanged(asking, asked), CALLERS).refuse_failures())
    # Each pair of one moment: a busy machine slows both.
    share = statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
    rate = max(one.rate for one in ours)
    table.line("bare endpoint, same JSON", max(one.rate for one in theirs), "req/s")
    table.line("unchanged path", rate, "req/s")
    table.line("unchanged path, share of the bare endpoint", share, "", least=SHARE)
    if not short:
        half = paced(server.port, unchanged(asking, asked), CALLERS, rate / 2).refuse_failures()
        table.line("unchanged path at half of its maximum, p99", 1000 * half.p99, "ms", most=1000 * P99)


def with_new_answers(table: Table, server: Served, asking: Asking, asked: int, *, short: bool) -> None:
    """Measure paths of learners who answered since."""
    runs, spent = [], []
    for _ in range(RUNS):
        before = server.cpu
        runs.append(new_each_time(server.port, asking, asked))
        spent.append((server.cpu - before) / asked)
    best = max(runs, key=lambda told: told.rate)
    # A core that is the server's alone answers as many a second as their processor time fits into one.
    table.line("path after a new answer, processor time", 1000 * min(spent), "ms", most=1000 / NEW_RATE)
    table.line("path after a new answer", best.rate, "req/s", least=None if short else NEW_RATE)
    pairs = new_each_time(server.port, asking, asked, each=True)
    table.line("answer in a request of its own, then the path; both counted", 2 * pairs.rate, "req/s")
    if not short:
        half = new_each_time(server.port, asking, asked, best.rate / 2)
        table.line("path after a new answer at half of its maximum, p99", 1000 * half.p99, "ms", most=1000 * P99)


def classes(table: Table, server: Served, asking: Asking) -> None:
    """Measure the view of a class: with a new answer of each learner, and again."""
    for name in ("after a new answer of each", "again"):
        seconds = []
        for place in range(CLASSES):
            if name != "again":
                closed(server.port, iter([asking.answers(range(place * CLASS, (place + 1) * CLASS))]), 1)
            seconds += closed(server.port, iter([asking.group(place)]), 1).refuse_failures().seconds
        table.line(
            f"class of {CLASS}, {name}, median", 1000 * statistics.median(seconds), "ms", most=1000 * CLASS_SECONDS
        )


def flat(table: Table, server: Served, asking: Asking, asked: int) -> None:
    """Ask many times; see that memory stays where it was."""
    closed(server.port, unchanged(asking, asked // 10), CALLERS)
    before = server.megabytes
    closed(server.port, unchanged(asking, asked), CALLERS).refuse_failures()
    table.line(f"memory after {asked:,} more requests, to before", server.megabytes / before, "", most=GROWTH)
    table.line("memory of the worker", server.megabytes, "MB", most=MEGABYTES)
    table.line("of it not shared with other workers", server.own_megabytes, "MB")


def ask_for_paths(load: tuple[int, Asking], asked: int, callers: int) -> Told:
    """Ask one worker for paths."""
    port, asking = load
    return closed(port, unchanged(asking, asked), callers).refuse_failures()


def two_workers(table: Table, town: Town, folder: Path, asked: int) -> None:
    """Compare the processor time of a request with one worker and with two on the same store, each on a core."""
    spent = []
    for workers in (1, 2):
        with ExitStack() as stack:
            servers = [
                stack.enter_context(polku(town, folder, core))
                for core in itertools.islice(itertools.cycle(CORES), workers)
            ]
            loads = [(one.port, Asking(town, one.port)) for one in servers]
            with ThreadPoolExecutor(workers) as pool:
                callers = [CALLERS // workers] * workers
                list(pool.map(ask_for_paths, loads, [len(town.learners)] * workers, callers))
                runs = []
                for _ in range(RUNS):
                    before = sum(one.cpu for one in servers)
                    list(pool.map(ask_for_paths, loads, [asked // workers] * workers, callers))
                    runs.append((sum(one.cpu for one in servers) - before) / asked)
            spent.append(min(runs))
    table.line("processor time of a request, one worker", 1000 * spent[0], "ms")
    table.line(
        "processor time of a request, two workers to one", spent[1] / spent[0], "", most=None if table.ratios else TWO
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--short", action="store_true", help="hold to limits what a busy machine does not spoil")
    size.add_argument("--ratios", action="store_true", help="hold to limits what a slow machine does not spoil")
    size.add_argument("--full", action="store_true", help="ask 100,000 times")
    parser.add_argument("--postgres", action="store_true", help="keep the data in PostgreSQL, from its wheel")
    return parser.parse_args()


def main() -> int:
    """Print the figures; return the exit status."""
    given = arguments()
    table, short = Table(ratios=given.ratios), given.short or given.ratios
    asked, many = (4_000, 100_000) if given.full else (1_200, 3_000)
    os.sched_setaffinity(0, {GENERATOR})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="polku-bench")))
        town = build(CHECKOUT, folder, stack.enter_context(postgresql(folder)) if given.postgres else None)
        engine = "PostgreSQL" if given.postgres else "SQLite"
        print(
            f"{len(town.learners)} learners, {town.skills} skills scored for each path, {engine}, one worker, one core"
        )
        with polku(town, folder) as first:  # what is compiled once on a machine is compiled now
            asking = Asking(town, first.port)
            content = closed(first.port, unchanged(asking, len(town.learners)), 8).refuse_failures().body
        with polku(town, folder) as server, bare(content, folder) as peer:
            table.line("ready after", server.ready, "s", most=READY)
            asking = Asking(town, server.port)
            closed(server.port, unchanged(asking, len(town.learners)), CALLERS).refuse_failures()
            against_bare(table, server, asking, peer, asked, short=short)
            with_new_answers(table, server, asking, len(town.learners), short=short)
            classes(table, server, asking)
            flat(table, server, asking, many)
        two_workers(table, town, folder, asked)
    print("missed: " + "; ".join(table.missed) if table.missed else "every limit is held")
    return len(table.missed) > 0


if __name__ == "__main__":
    sys.exit(main())
