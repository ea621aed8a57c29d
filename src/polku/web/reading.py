"""Reads of children's data, written down before any answer goes out.

One thread writes: what many requests read at the same moment is committed together, and each waits for that commit
alone. A read that cannot be written down is not answered.

A request that already holds a writing transaction must not wait here, since SQLite has one writer: an endpoint's access
parameter, which records, comes before its transaction in the signature.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import groupby
from queue import Empty
from typing import NamedTuple

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from polku.errors import NotReadyError, PolkuError
from polku.store import Read, Store
from polku.web.line import Line

log = logging.getLogger("polku.web")
MOST_TOGETHER = 500
"""Requests whose reads are committed together."""
MOST_WAITING = 10_000
"""Requests that may wait to be written down; beyond that the service says that it is not ready."""


class _Waiting(NamedTuple):
    store: Store
    reads: Sequence[Read]
    done: Future[None]


class ReadRecorder:
    """Writes reads down, many at a time.

    Parameters
    ----------
    most_waiting : int
        Requests that may wait.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> recorder = ReadRecorder()
    >>> with Store.open(f"{folder.name}/polku.db", "demo") as store:
    ...     recorder.record(store, [Read("L1", "T07", "teacher", "path", 0)]).result()
    ...     recorder.close()
    ...     with store.read() as tx:
    ...         [one.viewer for one in tx.reads.of("L1")]
    ['T07']
    >>> folder.cleanup()
    """

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._line = Line[_Waiting](
            self._work, "polku-reads", most_waiting, "reads cannot be written down as fast as they come"
        )
        self.commits = 0

    def record(self, store: Store, reads: Sequence[Read]) -> Future[None]:
        """Hand over the reads of one request; the future is done when they are committed.

        Raises
        ------
        NotReadyError
            If too many wait already.
        """
        done: Future[None] = Future()
        if not reads:
            done.set_result(None)
            return done
        self._line.join(_Waiting(store, reads, done))
        return done

    async def recorded(self, store: Store, reads: Sequence[Read]) -> None:
        """Hand over the reads of one request and wait for their commit, without holding a thread.

        Raises
        ------
        NotReadyError
            If they could not be written down.
        """
        await asyncio.wrap_future(self.record(store, reads))

    def close(self) -> None:
        """Write down what waits, then stop; recording again starts anew."""
        self._line.close()

    def _work(self) -> None:
        while (first := self._line.queue.get()) is not None:
            batch, stop = self._drained(first)
            for _, part in groupby(sorted(batch, key=_whose), key=_whose):
                self._commit(list(part))
            if stop:
                return

    def _drained(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """Return what waits by now, and whether to stop after it."""
        batch = [first]
        while len(batch) < MOST_TOGETHER:
            try:
                more = self._line.queue.get_nowait()
            except Empty:
                break
            if more is None:
                return batch, True
            batch.append(more)
        return batch, False

    def _commit(self, batch: list[_Waiting]) -> None:
        """Commit the reads of requests to one provider; each request that still waits learns how it went."""
        batch = [one for one in batch if one.done.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            with batch[0].store.begin() as tx:
                tx.reads.add(read for one in batch for read in one.reads)
        except (PolkuError, SQLAlchemyError, OSError) as error:
            log.error("reads could not be written down: %s", type(error).__name__)  # noqa: TRY400 - a traceback quotes values
            for one in batch:
                one.done.set_exception(NotReadyError("this read could not be written down", hint="try again"))
            return
        self.commits += 1
        for one in batch:
            one.done.set_result(None)


def _whose(one: _Waiting) -> tuple[int, str]:
    return id(one.store.engine), one.store.provider_id


def recorder_of(request: Request) -> ReadRecorder:
    """Return the application's recorder."""
    found: ReadRecorder = request.app.state.reads
    return found
