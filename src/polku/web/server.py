"""The server around the application: slow callers are cut off, and a signal to stop loses nobody's request."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import time
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from polku.schemas.running import Running
from polku.web.operation import Operation

TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
KEEP_ALIVE: Final = 15
"""Seconds for which an idle connection is kept; a proxy in front closes its own earlier."""


def configuration(app: FastAPI, running: Running, host: str, port: int) -> uvicorn.Config:
    """Return how the server runs an application.

    Parameters
    ----------
    app : FastAPI
        From :func:`polku.web.create_app`.
    running : Running
        What the operator set.
    host, port : str, int
        Where to listen.
    """

    class Patient(_Patient):
        seconds = running.body_seconds

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Patient,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # polku.web.front believes those named in the settings
        limit_concurrency=running.connections,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=running.stop_seconds,
        h11_max_incomplete_event_size=running.header_bytes,
    )


GATHERED = 20_000
"""Objects between two looks of the collector: what a request makes is gone with it, and hardly any of it in rings."""


class Server(uvicorn.Server):
    """A server that says it is leaving before it leaves.

    After SIGTERM readiness answers 503 while requests are still answered, for ``drain_seconds``: time for whoever
    sends callers here to send them elsewhere. Then it listens no more, ends what is under way, does what is to be done
    last, and exits with 0. Ctrl-C does not wait.
    """

    def __init__(self, config: uvicorn.Config, operation: Operation) -> None:
        super().__init__(config)
        self.operation = operation
        self._until: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave; a second signal does not wait."""
        self.operation.leave()
        if sig == signal.SIGTERM and self._until is None:
            self._until = time.monotonic() + self.operation.running.drain_seconds
        else:
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; what was loaded by now is there to stay, so the collector need not look at it again."""
        await super().startup(sockets)
        gc.freeze()
        gc.set_threshold(GATHERED, 20, 20)

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop listening."""
        if self._until is not None and time.monotonic() >= self._until:
            self.should_exit = True
        return await super().on_tick(counter)


class _Patient(H11Protocol):
    """A connection whose request must come whole in time: the server itself waits for headers for ever."""

    seconds: float = 10
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the class above
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.seconds, self._cut_off)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _cut_off(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(TOO_SLOW)
            self.transport.close()
