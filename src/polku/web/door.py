"""The door that every request passes, whatever it asks for: name, size, headers, a line in the log.

No line holds a person's data: no id, no query, no message of an unexpected error, which may quote a value.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
from pathlib import PurePath

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polku.web.problems import ProblemResponse, problem, too_large

log = logging.getLogger("polku.web")
OUR_NAMES = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
"""Names under which this machine may be called: another name that resolves here is refused (DNS rebinding)."""
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # not "no-referrer": browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Headers of every answer; a page says its own where it needs more."""


class Door:
    """Middleware around everything else.

    Parameters
    ----------
    app : ASGI application
        What is behind the door.
    largest_body : int
        Most bytes of a request.
    """

    def __init__(self, app: ASGIApp, largest_body: int) -> None:
        self.app = app
        self.largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        passage = Passage(scope, receive, send, self.largest_body)
        try:
            await (passage.refusal() or self.app)(passage.scope, passage.receive, passage.send)
        except ClientDisconnect:
            log.info("the caller left before the request was whole")
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the caller gets an answer
            log.error("unexpected %s at %s: %s", type(error).__name__, passage.name, _frames(error))  # noqa: TRY400 - a traceback quotes values
            await passage.apologise()
        log.info("%s %s", passage.name, passage.outcome)


class Passage:
    """One request on its way in and its answer on the way out.

    Parameters
    ----------
    scope, receive, send
        The request as the server hands it over.
    largest_body : int
        Most bytes of its body.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, largest_body: int) -> None:
        self._head = scope["method"] == "HEAD"
        self.scope: Scope = {**scope, "method": "GET"} if self._head else scope
        self._receive, self._send = receive, send
        self._left = largest_body
        self._started = time.perf_counter()
        self._status: int | None = None

    @property
    def name(self) -> str:
        """Return method and route, without the ids in it."""
        return f"{self.scope['method']} {getattr(self.scope.get('route'), 'path', '(no route)')}"

    @property
    def outcome(self) -> str:
        """Return status and duration."""
        return f"{self._status} {1000 * (time.perf_counter() - self._started):.0f} ms"

    def refusal(self) -> ProblemResponse | None:
        """Return the answer to a request that is not let in, or None."""
        headers = Headers(scope=self.scope)
        if not OUR_NAMES.fullmatch(headers.get("host", "")):
            return problem(400, "unknown-host", "this service is not called by that name", detail="call 127.0.0.1")
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._left:
            return too_large()
        return None

    async def receive(self) -> Message:
        """Pass on a part of the body.

        Raises
        ------
        HTTPException
            If a body that did not say its length turns out too large.
        """
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer, with the headers that every answer has; to HEAD without a body."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)

    async def apologise(self) -> None:
        """Answer a fault of ours, unless an answer has begun."""
        if self._status is None:
            document = problem(500, "internal", "something went wrong here; it is not your request")
            await document(self.scope, self.receive, self.send)


def _frames(error: Exception) -> str:
    """Return where an error came from: files, lines and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
