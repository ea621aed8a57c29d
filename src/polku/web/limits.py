"""How many requests one client gets: a token bucket each, in memory that does not grow.

A client is whoever a token speaks for. A token that was not checked yet counts for the address that it comes from, so
that who sends made-up ones is held by one bucket.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polku.errors import UnauthorizedError
from polku.schemas.interface import LimitSettings
from polku.web.access.sign_in import SignIn
from polku.web.imsx import worded
from polku.web.problems import problem

FREE: Final = ("/healthz", "/readyz", "/metrics", "/static/")
"""What is not counted: probes and what pages are made of."""


class Counted(NamedTuple):
    """What one request leaves in its client's bucket.

    Parameters
    ----------
    allowed : bool
        Whether the request is answered.
    left : int
        Requests that may follow at once.
    again_s : int
        Seconds until the next may come; 0 while some are left.
    """

    allowed: bool
    left: int
    again_s: int


@dataclass(eq=False)
class Buckets:
    """A token bucket for each client.

    Parameters
    ----------
    limits : LimitSettings
        Rate, burst, and how many clients are remembered.
    clock : callable
        Returns seconds that only grow.

    Examples
    --------
    >>> buckets = Buckets(LimitSettings(per_second=1, burst=2), clock=lambda: 0.0)
    >>> [buckets.take("anna").allowed for _ in range(3)]
    [True, True, False]
    """

    limits: LimitSettings
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        """Return how many clients are remembered."""
        return len(self._held)

    def take(self, client: str) -> Counted:
        """Take one token of a client, if there is one."""
        now, (rate, burst) = self.clock(), (self.limits.per_second, self.limits.burst)
        tokens, since = self._held.pop(client, (float(burst), now))
        tokens = min(float(burst), tokens + (now - since) * rate)
        allowed = tokens >= 1
        tokens -= allowed
        self._held[client] = (tokens, now)
        while len(self._held) > self.limits.clients:
            self._held.popitem(last=False)
        again_s = 0 if tokens >= 1 else max(1, math.ceil((1 - tokens) / rate))
        return Counted(allowed, int(tokens), again_s)


class Limits:
    """Middleware that answers 429 to a client who asks too often; where nobody signs in there is no other to protect.

    Parameters
    ----------
    app : ASGI application
        What answers.
    limits : LimitSettings
        How often.
    """

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self.app = app
        self.buckets = Buckets(limits)
        rate = limits.per_second
        self._policy = f'"client";q={limits.burst};w={math.ceil(limits.burst / rate) if rate else 0}'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = self._client(scope)
        if client is None:
            await self.app(scope, receive, send)
            return
        counted = self.buckets.take(client)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = self._policy
                headers["RateLimit"] = f'"client";r={counted.left};t={counted.again_s}'
            await send(message)

        if counted.allowed:
            await self.app(scope, receive, told)
            return
        refused = problem(429, "too-many-requests", "you ask too often", detail=f"again in {counted.again_s} s")
        refused.headers["Retry-After"] = str(counted.again_s)
        await worded(scope["path"], refused)(scope, receive, told)

    def _client(self, scope: Scope) -> str | None:
        """Return whose bucket a request is taken from; None where it is not counted."""
        if scope["type"] != "http" or not self.buckets.limits.per_second or scope["path"].startswith(FREE):
            return None
        sign_in: SignIn = scope["app"].state.sign_in
        if sign_in.verifier is None:
            return None
        try:
            viewer = sign_in.known(Request(scope))
        except UnauthorizedError:
            viewer = None
        if viewer is not None:
            return f"viewer {viewer.provider_id} {viewer.role} {viewer.subject}"
        return f"address {(scope.get('client') or ('nowhere', 0))[0]}"
