"""ETags: who has an answer already is told that it still holds (RFC 9110, sections 8.8.3 and 13.1.2).

The tag is computed from what the answer is, after it was made: access was checked and the look written down as for any
other. What is saved is the way to the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PRIVATE: Final = "private, no-cache"
"""Kept by the caller alone, and asked for again before each use."""


class Etags:
    """Middleware that tags good JSON answers to GET under ``/v1/``.

    Parameters
    ----------
    app : ASGI application
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith("/v1/"):
            send = _Tagged(Headers(scope=scope).getlist("if-none-match"), send)
        await self.app(scope, receive, send)


class _Tagged:
    """Holds the head of an answer back until its body is there."""

    def __init__(self, known: Iterable[str], send: Send) -> None:
        self._known, self._send = ",".join(known), send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _tagable(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = self._tag(start, message)
            await self._send(start)
        await self._send(message)

    def _tag(self, start: Message, message: Message) -> Message:
        """Put the tag on; return the body that goes out."""
        if message.get("more_body", False):
            return message
        headers, tag = MutableHeaders(raw=start["headers"]), etag(message.get("body", b""))
        headers["ETag"] = tag
        headers["Cache-Control"] = PRIVATE
        if not matches(self._known, tag):
            return message
        start["status"] = 304
        del headers["content-length"], headers["content-type"]
        return {**message, "body": b""}


def _tagable(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == 200 and kind.startswith("application/json"))


def etag(body: bytes) -> str:
    """Return the tag of an answer.

    Examples
    --------
    >>> etag(b"{}")
    '"44136fa355b3678a1146ad16f7e8649e"'
    """
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(known: str, tag: str) -> bool:
    """Return whether an ``If-None-Match`` names a tag, weakly compared, as the standard has it.

    Examples
    --------
    >>> matches('"a", W/"b"', '"b"'), matches('"a"', '"b"'), matches("*", '"b"')
    (True, False, True)
    """
    listed = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in listed or listed == ["*"]
