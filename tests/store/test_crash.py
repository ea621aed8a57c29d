"""Processes that are killed, and processes that write at the same time."""

from __future__ import annotations

import multiprocessing
import random
import runpy
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from polku.store import Store
from polku.testing.store import release, sample

WORKER = Path(__file__).with_name("worker.py")
PARTS, PER_PART = 16, 2 * 40 * 4


@pytest.fixture(scope="session")
def server() -> ForkServerContext:
    """Return a context whose processes start with the store already imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["polku.store", "polku.testing.store"])
    return context


def start(server: ForkServerContext, store: Store) -> tuple[ForkServerProcess, Connection]:
    ours, theirs = server.Pipe(duplex=False)
    url = store.engine.url.render_as_string(hide_password=False)
    given = {"URL": url, "PROVIDER": store.provider_id, "PIPE": theirs}
    process = server.Process(target=runpy.run_path, args=(str(WORKER), given, "__main__"))
    process.start()
    theirs.close()
    return process, ours


def counts(store: Store) -> Counter[str]:
    """Count the responses of each part."""
    with store.read() as tx:
        return Counter(response_id[: response_id.index("-") - 1] for response_id in tx.responses.all().response_id)


def kill_and_check(server: ForkServerContext, store: Store, seed: int) -> None:
    """Kill a writer at some moment: what it said is kept is there, and no part is there by half.

    With an even seed it dies right after the first half of a part was added, with an odd one a little later.
    """
    draw = random.Random(seed)
    process, pipe = start(server, store)
    said = [pipe.recv() for _ in range(1 + 2 * draw.randrange(PARTS // 2))]
    assert said[-1][1] is False
    process.join(draw.random() * 0.02 * (seed % 2))
    process.kill()
    process.join()
    assert process.exitcode == -9
    while pipe.poll():  # what it still said before it died
        try:
            said.append(pipe.recv())
        except EOFError:
            break
    parts = counts(store)
    assert set(parts.values()) <= {PER_PART}
    assert {str(part) for part, committed in said if committed} <= set(parts)
    assert store.verify_log(store.seal()).whole


def check_the_rest_can_be_added(server: ForkServerContext, store: Store) -> None:
    process, pipe = start(server, store)
    while pipe.recv() is not None:
        pass
    process.join()
    assert counts(store) == Counter({str(part): PER_PART for part in range(PARTS)})


def test_killed_in_the_middle_nothing_is_lost_half_or_twice(server: ForkServerContext, any_store: Store) -> None:
    for seed in range(3):
        kill_and_check(server, any_store, seed)
    check_the_rest_can_be_added(server, any_store)


@pytest.mark.long
def test_killed_many_times(server: ForkServerContext, open_store: Callable[[str], Store]) -> None:
    for seed in range(40):
        kill_and_check(server, open_store(f"city {seed // 10}"), seed)


def test_two_processes_add_the_same_responses_at_once(server: ForkServerContext, any_store: Store) -> None:
    running = [start(server, any_store) for _ in range(2)]
    for process, pipe in running:
        while pipe.recv() is not None:
            pass
        process.join()
        assert process.exitcode == 0
    assert counts(any_store) == Counter({str(part): PER_PART for part in range(PARTS)})
    report = any_store.verify_log(any_store.seal())
    assert report.whole
    assert (report.head.seq, report.unsealed) == (2 * PARTS, 0)


def test_threads_add_the_same_and_different_responses(any_store: Store) -> None:
    def add(number: int) -> tuple[int, int]:
        with any_store.begin() as tx:
            same, own = tx.responses.add(sample("same")), tx.responses.add(sample(f"own{number}"))
        return same.accepted, own.accepted

    with ThreadPoolExecutor(4) as pool:
        same, own = zip(*pool.map(add, range(12)), strict=True)
    assert sum(same) == len(sample())
    assert set(own) == {len(sample())}
    with any_store.read() as tx:
        assert tx.responses.count() == 13 * len(sample())


def test_threads_that_number_releases_leave_no_gap(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.bundles.add("bundle", {}, {})

    def number(_: int) -> int:
        with any_store.begin() as tx:
            return release(tx, "bundle").number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(number, range(12))) == list(range(1, 13))
