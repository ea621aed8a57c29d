"""Processes that are killed, and processes that write at the same time."""

from __future__ import annotations

import multiprocessing
import random
import runpy
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import text

from deeds import DEEDS, FILES, LEARNERS, LENS, PARTS
from polku.profiles import current, profiles_of
from polku.store import Store
from polku.store.engine import begin
from polku.testing.store import release, sample

WORKER = Path(__file__).with_name("worker.py")
PER_PART = 2 * LEARNERS * 4
Said = tuple[str, int, bool]


@pytest.fixture(scope="session")
def server() -> ForkServerContext:
    """Return a context whose processes start with store and kernels already loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["deeds"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(WORKER.parents[1]))  # the server sees no other path of ours
        forkserver.ensure_running()
    return context


def start(
    server: ForkServerContext, store: Store, deeds: Sequence[str] = ("ingest",)
) -> tuple[ForkServerProcess, Connection]:
    ours, theirs = server.Pipe(duplex=False)
    url = store.engine.url.render_as_string(hide_password=False)
    given = {"URL": url, "PROVIDER": store.provider_id, "DEEDS": list(deeds), "PIPE": theirs}
    process = server.Process(target=runpy.run_path, args=(str(WORKER), given, "__main__"))
    process.start()
    theirs.close()
    return process, ours


def counts(store: Store) -> Counter[str]:
    """Count the responses that were recorded of each part, voided ones too."""
    with begin(store.engine, write=False) as connection:
        statement = text("SELECT response_id FROM responses WHERE provider_id = :own")
        ids = connection.execute(statement, {"own": store.provider_id}).scalars().all()
    return Counter(response_id[: response_id.index("-") - 1] for response_id in ids)


def kill(server: ForkServerContext, store: Store, seed: int, deed: str) -> list[Said]:
    """Kill a process in the middle of a deed, with an odd seed a little later; return what it said before it died."""
    draw = random.Random(seed)
    process, pipe = start(server, store, tuple(DEEDS))
    middles, said = draw.randrange(1, 5), list[Said]()
    while middles:
        said.append(pipe.recv())
        middles -= said[-1][::2] == (deed, False)
    process.join(draw.random() * 0.02 * (seed % 2))
    process.kill()
    process.join()
    assert process.exitcode == -9
    while pipe.poll():
        try:
            said.append(pipe.recv())
        except EOFError:
            break
    return said


def check_responses(store: Store, committed: set[int]) -> None:
    """See that no part is there by half, and every part that was committed is there."""
    parts = counts(store)
    assert set(parts.values()) <= {PER_PART}
    assert set(map(str, committed)) <= set(parts)


def check_profiles(store: Store, committed: set[int]) -> None:
    """Keep no profile but what folding all that holds gives, bit for bit."""
    for learner in (f"l{number}" for part in committed for number in (part, part + PARTS)):
        with store.begin() as tx:
            answers = tx.responses.of([learner])
            folds = profiles_of(answers, LENS.feature_set, LENS.item_statistics, LENS.curriculum)
            ((_, whole),) = list(folds)
            kept = current(tx, learner, LENS)
        assert (kept.to_bytes(), kept.answers) == (whole.to_bytes(), len(answers))


def check_releases(store: Store, committed: set[int]) -> None:
    """See that each bundle is there with all its files and one release, or not at all; numbers have no gap."""
    with store.read() as tx:
        releases, bundles = tx.bundles.releases(), [tx.bundles.get(f"bundle {part}") for part in range(PARTS)]
        champion = tx.bundles.champion()
    whole = {one.bundle_id for one in bundles if one is not None and set(one.files) == set(FILES)}
    assert whole == {one.bundle_id for one in bundles if one is not None} == {one.bundle_id for one in releases}
    assert [one.number for one in releases] == list(range(1, len(whole) + 1))
    assert {f"bundle {part}" for part in committed} <= whole
    assert (champion and champion.bundle_id) == (releases[-1].bundle_id if releases else None)


def check_amendments(store: Store, committed: set[int]) -> None:
    """See that a correction holds with its void and both log entries, once each, or nothing of them is there."""
    with store.read() as tx:
        amended = {part: tx.responses.amendments(f"l{part}") for part in range(PARTS)}
        held = {one.response_id: one.correct for one in tx.responses.all()}
    found = {part for part, kinds in amended.items() if kinds}
    assert committed <= found
    for part in found:
        assert sorted(one.kind for one in amended[part]) == ["correct", "void"]
        assert held[f"{part}a-{part}-0"] == 0.25
        assert f"{part}a-{part}-1" not in held
    assert entries(store) == ({"corrected": len(found), "voided": len(found)} if found else {})


def entries(store: Store) -> dict[str, int]:
    statement = text(
        "SELECT kind, count(*) FROM log WHERE provider_id = :own AND kind IN ('corrected', 'voided') GROUP BY kind"
    )
    with begin(store.engine, write=False) as connection:
        return {row.kind: row[1] for row in connection.execute(statement, {"own": store.provider_id})}


CHECKS = {
    "ingest": check_responses,
    "profile": check_profiles,
    "promotion": check_releases,
    "correction": check_amendments,
}


def check(store: Store, said: list[Said]) -> None:
    for deed, holds in CHECKS.items():
        holds(store, {part for name, part, committed in said if committed and name == deed})
    assert store.verify_log(store.seal()).whole


def check_the_rest_can_be_done(server: ForkServerContext, store: Store) -> None:
    process, pipe = start(server, store, tuple(DEEDS))
    said: list[Said] = []
    while (one := pipe.recv()) is not None:
        said.append(one)
    process.join()
    assert sum(committed for _, _, committed in said) == PARTS * len(DEEDS)
    check(store, said)
    assert counts(store) == Counter({str(part): PER_PART for part in range(PARTS)})
    assert entries(store) == {"corrected": PARTS, "voided": PARTS}


def test_killed_in_the_middle_nothing_is_lost_half_or_twice(server: ForkServerContext, any_store: Store) -> None:
    """Two of the four deeds on either database; all of them, many times, in the long test."""
    chosen = ("ingest", "promotion") if any_store.engine.dialect.name == "sqlite" else ("profile", "correction")
    for seed, deed in enumerate(chosen):
        check(any_store, kill(server, any_store, seed, deed))
    check_the_rest_can_be_done(server, any_store)


@pytest.mark.long
def test_killed_many_times(server: ForkServerContext, open_store: Callable[[str], Store]) -> None:
    """Kill 8 times in each deed, 32 times on either database, 64 in all; on two stores, so that some find a new one."""
    kills = Counter[str]()
    for seed in range(8):
        for deed in DEEDS:
            store = open_store(f"city {seed // 4}")
            check(store, kill(server, store, seed, deed))
            kills[deed] += 1
    for city in range(2):
        check_the_rest_can_be_done(server, open_store(f"city {city}"))
    sys.stdout.write(f"killed in the middle of: {dict(kills)}\n")
    assert kills.total() == 32


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
