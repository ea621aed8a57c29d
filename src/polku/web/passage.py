"""One request on its way in and its answer on the way out: how large, how long, with which headers."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from polku.schemas.running import Running
from polku.web.front import Front
from polku.web.imsx import worded
from polku.web.observe.request_id import request_id, trace_of
from polku.web.problems import ProblemResponse, problem, too_large
from polku.web.unavailable import RETRY_AFTER

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # not "no-referrer": browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Headers of every answer; a page says its own where it needs more."""
_CUT_OFF: Final = (408, 413)
"""Statuses after which the rest of a body is not waited for."""


class Passage:
    """One request and its answer.

    Parameters
    ----------
    scope, receive, send
        The request as the server hands it over.
    running : Running
        How long it may take.
    largest_body : int
        Most bytes of its body.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, running: Running, largest_body: int) -> None:
        self._head = scope["method"] == "HEAD"
        self.scope: Scope = {**scope, "method": "GET"} if self._head else scope
        self.headers = Headers(scope=scope)
        self.id = request_id(self.headers)
        self.status: int | None = None
        self._receive, self._send = receive, send
        self._running, self._left = running, largest_body
        self._started = time.perf_counter()
        self._arrived = self._given_up = False
        self._apology: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._due = loop.time() + running.body_seconds
        self._timer = loop.call_later(running.request_seconds, self._give_up)

    @property
    def method(self) -> str:
        """Return the method that was asked with."""
        return "HEAD" if self._head else str(self.scope["method"])

    @property
    def route(self) -> str:
        """Return the route's template, without the ids that stand in the address."""
        mounted = self.scope.get("root_path")  # of a folder of files the framework names no route
        return str(getattr(self.scope.get("route"), "path", f"{mounted}/{{file}}" if mounted else "(no route)"))

    @property
    def name(self) -> str:
        """Return method and route."""
        return f"{self.scope['method']} {self.route}"

    @property
    def seconds(self) -> float:
        """Return how long it has taken."""
        return time.perf_counter() - self._started

    @property
    def said(self) -> dict[str, Any]:
        """Return what a log line says of it beside its message."""
        known = {"request": self.id, "method": self.method, "route": self.route, "status": self.status}
        return known | {"trace": trace_of(self.headers), "ms": round(1000 * self.seconds, 1)}

    def enter(self, front: Front) -> ProblemResponse | None:
        """Return the answer to a request that is not let in, or None."""
        if not front.knows(self.headers.get("host", "")):
            return problem(400, "unknown-host", "this service is not called by that name", detail="call 127.0.0.1")
        through = front.let_through(self.scope)
        if through is None:
            return problem(
                403, "forbidden", "no such proxy is known here", detail="see trusted_proxies in the settings"
            )
        self.scope = through
        length = self.headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._left:
            return too_large()
        return None

    async def receive(self) -> Message:
        """Pass on a part of the body.

        Raises
        ------
        HTTPException
            If a body that did not say its length turns out too large, or does not arrive in time.
        """
        try:
            async with asyncio.timeout_at(None if self._arrived else self._due):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408) from error
        self._arrived = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer, unless the caller has been told already that it took too long."""
        if not self._given_up:
            await self._pass_on(message)

    async def apologise(self, document: ProblemResponse) -> None:
        """Answer in place of what is behind the door, unless an answer has begun."""
        if self.status is None:
            await worded(self.scope["path"], document)(self.scope, self.receive, self.send)

    async def leave(self) -> None:
        """End it: the time-out no longer holds, and what was to be said has been."""
        self._timer.cancel()
        if self._apology is not None:
            await self._apology

    async def _pass_on(self, message: Message) -> None:
        """Add the headers that every answer has; to HEAD answer without a body."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.id
            if self.status == 503:
                headers.setdefault("Retry-After", str(RETRY_AFTER))
            if self.status in _CUT_OFF:
                headers["Connection"] = "close"
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)

    def _give_up(self) -> None:
        """Tell the caller to come back. A thread cannot be stopped: what it does is committed or undone as it ends."""
        if self.status is None:
            self._given_up = True
            self.status = 503
            document = problem(503, "too-slow", "it took too long", detail="ask again after a while")
            said = worded(self.scope["path"], document)
            self._apology = asyncio.get_running_loop().create_task(said(self.scope, self.receive, self._pass_on))
