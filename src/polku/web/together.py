"""Work of many requests in one transaction: each waits for the same commit, and no writer waits for another.

One thread writes. What waits when it is free goes into its next transaction, whoever came first before others, as long
as :data:`LONGEST` allows; a commit that costs milliseconds on the disk is then paid once for all of them. Where one of
several cannot be done, nothing of that transaction is kept, and each is done again in one of its own: nobody is at
another's mercy.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from queue import Empty
from time import perf_counter, sleep
from typing import Any, TypeVar

from polku.store import Store
from polku.store.transaction import Transaction
from polku.web.line import Line

Result = TypeVar("Result")
Work = Callable[[Transaction], Any]
AllWork = Callable[[Transaction, Sequence[Any]], Sequence[Any]]
LONGEST = 0.020
"""Seconds of work after which a transaction takes no more: whoever came first waits for all of it."""
LINGER, MOMENT = 0.005, 0.0005
"""Seconds for which more are waited for at most, and between two looks: while many ask, one commit serves them all."""
MOST_TOGETHER = 200
FIRST_TOGETHER = 8
"""Requests of the first transaction; after it twice as many as the last one took, or as many as fitted into it."""
MOST_AT_ONCE = 4
"""Alike requests that are worked on in one go: more would gain little and keep others waiting."""
MOST_WAITING = 10_000
"""Requests that may wait; beyond that the service says that it is not ready."""


@dataclass(eq=False)
class _Job:
    store: Store
    order: str
    work: AllWork
    asked: Any
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: Exception | None = field(default=None)
    number: int = field(default_factory=count().__next__)

    @property
    def turn(self) -> tuple[int, str]:
        return id(self.store.engine), self.store.provider_id


class Together:
    """Does the work of requests, as many as wait in one transaction.

    Parameters
    ----------
    most_waiting : int
        Requests that may wait.

    Attributes
    ----------
    commits : int
        Transactions committed so far.
    """

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._line = Line[_Job](
            self._serve, "polku-together", most_waiting, "requests come faster than they can be written down"
        )
        self._left: deque[_Job] = deque()
        self._fit, self._several = FIRST_TOGETHER, False
        self.commits = 0

    async def run(self, store: Store, work: Callable[[Transaction], Result], order: str = "") -> Result:
        """Do some work in a transaction that may write; returns what it returned, once that is committed.

        Parameters
        ----------
        store : Store
            Whose.
        work : callable
            Gets the transaction. It may be called twice, the first time undone.
        order : str
            What it locks, such as a learner's id: all processes then lock in the same order.

        Raises
        ------
        NotReadyError
            If too many wait already, or the store cannot be written to.
        Exception
            Whatever the work raises.
        """
        done: Result = await self.run_alike(store, lambda tx, _: [work(tx)], None, order)
        return done

    async def run_alike(self, store: Store, work: AllWork, asked: Any, order: str) -> Any:
        """Do work as :meth:`run`, in one go with others for whom the same is to be done.

        Parameters
        ----------
        store, order
            As for :meth:`run`; two of the same order are never done in one go.
        work : callable
            Gets the transaction and what is asked of it by one or more; returns what each of them gets.
        asked : object
            What is asked here.
        """
        loop = asyncio.get_running_loop()
        job = _Job(store, order, work, asked, loop.create_future(), loop)
        self._line.join(job)
        return await job.future

    def close(self) -> None:
        """Do what waits, then stop; running again starts anew."""
        self._line.close()

    def _serve(self) -> None:
        stop = False
        while not (stop and not self._left):
            stop = self._gather(stop) or stop
            if self._left:
                self._answer(self._do(self._same()))

    def _gather(self, stop: bool) -> bool:
        """Add what waits to what was left; wait where there is nothing. Returns whether to stop."""
        if not (self._left or stop):
            first = self._line.queue.get()
            if first is None:
                return True
            self._left.append(first)
        until = perf_counter() + LINGER
        while len(self._left) < MOST_TOGETHER:
            try:
                job = self._line.queue.get_nowait()
            except Empty:
                if self._more_come(until):
                    continue
                return False
            if job is None:
                return True
            self._left.append(job)
        return False

    def _more_come(self, until: float) -> bool:
        """Return whether another came within a moment; nobody waits for that where the last one was alone."""
        if not self._several or len(self._left) >= self._fit or perf_counter() > until:
            return False
        sleep(MOMENT)
        return not self._line.queue.empty()

    def _same(self) -> list[_Job]:
        """Return the jobs of whose turn it is that came first, as many as may fit, in the order of what they lock."""
        turn = self._left[0].turn
        same = sorted((job for job in self._left if job.turn == turn), key=lambda job: job.number)
        self._left = deque(job for job in self._left if job.turn != turn)
        self._back(same[self._fit :])
        return sorted(same[: self._fit], key=lambda job: job.order)

    def _do(self, jobs: list[_Job]) -> list[_Job]:
        """Do jobs in one transaction, for as long as it may last; return those that were done or failed."""
        done: list[_Job] = []
        try:
            with jobs[0].store.begin() as tx:
                _work(tx, jobs, done)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            if len(done) > 1:
                return [one for job in done for one in self._do([job])] + self._back(jobs[len(done) :])
            for job in done or jobs:
                job.error = error
            return (done or jobs) + self._back(jobs[len(done) :] if done else [])
        self.commits += 1
        self._several = len(done) > 1
        self._fit = min(2 * self._fit, MOST_TOGETHER) if done == jobs else len(done)
        return done + self._back(jobs[len(done) :])

    def _back(self, jobs: list[_Job]) -> list[_Job]:
        """Let jobs wait for their provider's next turn, after the others': who asks much keeps nobody else waiting."""
        self._left.extend(jobs)
        return []

    def _answer(self, jobs: list[_Job]) -> None:
        """Tell those who asked, each event loop once."""
        for loop in {job.loop for job in jobs}:
            loop.call_soon_threadsafe(_tell, [job for job in jobs if job.loop is loop])


def _work(tx: Transaction, jobs: Sequence[_Job], begun: list[_Job]) -> None:
    """Do jobs for as long as a transaction may last; add each to those that were begun."""
    until = perf_counter() + LONGEST
    for some in _alike(jobs):
        if begun and perf_counter() > until:
            return
        begun += some
        for job, result in zip(some, some[0].work(tx, [job.asked for job in some]), strict=True):
            job.result = result


def _alike(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Cut jobs into those that can be done in one go: of the same work, next to each other, each of its own order."""
    some = [jobs[0]]
    for job in jobs[1:]:
        if job.work is some[0].work and job.order != some[-1].order and len(some) < MOST_AT_ONCE:
            some.append(job)
        else:
            yield some
            some = [job]
    yield some


def _tell(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # whoever asked has left
            continue
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)
