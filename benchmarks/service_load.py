"""A load generator that costs little: prepared bytes over kept connections, answers counted and timed, not parsed.

A closed load asks again as soon as it is answered: it finds the most that a service can do. An open load asks at times
set beforehand, and counts a wait from then on: a service that stalls is not asked less for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, cast

import numpy as np

Requests = Iterator[bytes]
PERCENTILE = 99


@dataclass
class Told:
    """What a load came back with.

    Parameters
    ----------
    seconds : list of float
        Of each request, in order of the answers.
    statuses : dict of int to int
        How many answers had which status.
    took : float
        Seconds from the first request to the last answer.
    body : bytes
        The last answer's.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    took: float = 0.0
    body: bytes = b""

    @property
    def rate(self) -> float:
        """Return answers per second."""
        return len(self.seconds) / self.took

    @property
    def p99(self) -> float:
        """Return the 99th percentile in seconds."""
        return float(np.percentile(self.seconds, PERCENTILE))

    def refuse_failures(self) -> Told:
        """Raise where an answer was none of 200; else return itself."""
        if set(self.statuses) - {200}:
            message = f"not every answer was good: {self.statuses}; the last said {self.body[:300]!r}"
            raise RuntimeError(message)
        return self


class _Connection(asyncio.Protocol):
    """One kept connection with at most one request under way."""

    def __init__(self, told: Told) -> None:
        self._told, self._buffer, self._ends, self._since = told, b"", -1, 0.0
        self._answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes, since: float | None = None) -> asyncio.Future[None]:
        """Send a request; the future is done with its answer."""
        self._answered = asyncio.get_running_loop().create_future()
        self._since = perf_counter() if since is None else since
        self._transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._ends < 0:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            self._ends = head + 4 + _length(self._buffer[:head])
        if len(self._buffer) >= self._ends:
            self._done()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the service closed a connection"))

    def _done(self) -> None:
        status, body = int(self._buffer[9:12]), self._buffer
        self._told.seconds.append(perf_counter() - self._since)
        self._told.statuses[status] = self._told.statuses.get(status, 0) + 1
        self._told.body = body[body.find(b"\r\n\r\n") + 4 :]
        self._buffer, self._ends = b"", -1
        if self._answered is not None:
            self._answered.set_result(None)


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length: ")
    return 0 if place < 0 else int(head[place + 16 :].split(b"\r", 1)[0])


Act = Callable[[list[_Connection]], Coroutine[Any, Any, None]]


def closed(port: int, requests: Requests, connections: int) -> Told:
    """Ask everything, each connection as fast as it is answered."""

    async def one(connection: _Connection) -> None:
        for request in requests:
            await connection.ask(request)

    async def all_of(open_: list[_Connection]) -> None:
        await asyncio.gather(*map(one, open_))

    return asyncio.run(_over(port, connections, all_of))


def paced(port: int, requests: Requests, connections: int, rate: float) -> Told:
    """Ask everything at `rate` requests per second, over as many connections as are free."""

    async def all_of(open_: list[_Connection]) -> None:
        free, waiting, start = deque(open_), asyncio.Condition(), perf_counter()
        under_way: set[asyncio.Task[None]] = set()

        async def one(request: bytes, due: float) -> None:
            async with waiting:
                await waiting.wait_for(lambda: bool(free))
                connection = free.popleft()
            await connection.ask(request, due)
            async with waiting:
                free.append(connection)
                waiting.notify()

        for place, request in enumerate(requests):
            due = start + place / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            task = asyncio.create_task(one(request, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    return asyncio.run(_over(port, connections, all_of))


async def _over(port: int, connections: int, act: Act) -> Told:
    told, loop = Told(), asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(told), "127.0.0.1", port) for _ in range(connections)]
    start = perf_counter()
    await act([protocol for _, protocol in made])
    told.took = perf_counter() - start
    for transport, _ in made:
        transport.close()
    return told
