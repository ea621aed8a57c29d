"""Reads are written down before an answer goes out, many in one commit, and none is lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from polku.errors import NotReadyError
from polku.store import Read, Store
from polku.web.reading import ReadRecorder
from village import ALICE, GROUP, Village


def look(place: int, learner: str = "L1") -> Read:
    return Read(learner, "T07", "teacher", f"path {place}", place)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return an empty store."""
    return Store.open(tmp_path / "polku.db", "demo")


def kept(store: Store, learner: str = "L1") -> list[Read]:
    with store.read() as tx:
        return tx.reads.of(learner)


def test_many_at_once_are_committed_together(store: Store) -> None:
    recorder, held = ReadRecorder(), Event()
    with store.begin():  # nobody else may write meanwhile, so that all of them wait
        waiting = [recorder.record(store, [look(place)]) for place in range(300)]
        assert not any(one.done() for one in waiting)
        held.set()
    for one in waiting:
        one.result(timeout=30)
    recorder.close()
    assert [one.at for one in kept(store)] == list(range(300))
    assert recorder.commits <= 3, "one for the first, one or two for all who waited"


def test_the_answer_waits_for_the_commit(store: Store) -> None:
    async def request(place: int) -> int:
        await recorder.recorded(store, [look(place)])
        with store.read() as tx:
            return tx.reads.count()

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(request(place) for place in range(20)))

    recorder = ReadRecorder()
    assert min(asyncio.run(all_of_them())) >= 1
    recorder.close()
    assert len(kept(store)) == 20


def test_threads_lose_nothing(store: Store) -> None:
    recorder = ReadRecorder()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: recorder.record(store, [look(place)]).result(timeout=30), range(200)))
    recorder.close()
    assert sorted(one.at for one in kept(store)) == list(range(200))


def test_providers_are_kept_apart(store: Store) -> None:
    recorder, other = ReadRecorder(), store.for_provider("town")
    for place in range(6):
        recorder.record(other if place % 2 else store, [look(place)])
    recorder.close()
    assert [[one.at for one in kept(one)] for one in (store, other)] == [[0, 2, 4], [1, 3, 5]]


def test_stopping_writes_down_what_waits_and_one_can_begin_again(store: Store) -> None:
    recorder = ReadRecorder()
    recorder.close()
    with store.begin():
        waiting = [recorder.record(store, [look(place)]) for place in range(50)]
    recorder.close()
    assert all(one.done() for one in waiting)
    recorder.record(store, [look(50)]).result(timeout=30)
    recorder.close()
    assert len(kept(store)) == 51


def test_nobody_s_read_is_no_write(store: Store) -> None:
    recorder = ReadRecorder()
    assert recorder.record(store, []).done()
    assert recorder.commits == 0


def test_when_too_many_wait_the_service_says_so(store: Store) -> None:
    recorder = ReadRecorder(most_waiting=2)

    def too_many() -> None:
        for place in range(10):
            recorder.record(store, [look(place)])

    with store.begin(), pytest.raises(NotReadyError, match="as fast as they come"):
        too_many()
    recorder.close()


def test_a_read_that_cannot_be_written_down_is_not_answered(store: Store) -> None:
    recorder = ReadRecorder()
    nothing: Any = None  # what the database refuses
    broken = [Read("L1", "T07", "teacher", nothing, 0)]
    with pytest.raises(NotReadyError, match="could not be written down"):
        recorder.record(store, broken).result(timeout=30)
    recorder.record(store, [look(1)]).result(timeout=30)
    recorder.close()
    assert len(kept(store)) == 1


def test_what_a_request_reads_is_written_down_by_the_time_of_its_answer(village: Village) -> None:
    village.get(f"/v1/learners/{ALICE}/path")
    before = len(kept(village.store, ALICE))
    assert before >= 1
    village.get(f"/v1/groups/{GROUP}/suggestions")
    assert len(kept(village.store, ALICE)) > before


def test_who_no_longer_waits_ends_nothing_for_the_others(store: Store) -> None:
    recorder = ReadRecorder()
    with store.begin():  # nobody else may write meanwhile
        for place in range(5):
            recorder.record(store, [look(place)]).cancel()
        after = recorder.record(store, [look(9)])
    after.result(timeout=30)
    recorder.record(store, [look(10)]).result(timeout=30)
    recorder.close()
    assert {9, 10} <= {one.at for one in kept(store)}
