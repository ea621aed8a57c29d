"""Requests that may be sent twice: the header ``Idempotency-Key`` gives the same answer without a second effect.

The answer is kept in the transaction of the request itself. Whoever is killed in between leaves neither effect nor
answer, so that sending again does the work once. Two of the same at once wait for each other in the store.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute

from polku.errors import InputError
from polku.store.repeats import Kept
from polku.store.transaction import Transaction

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


class AnsweredBefore(Exception):  # noqa: N818 - no error: it carries the answer out of a dependency
    """The request was answered before; nothing of it runs again.

    Parameters
    ----------
    kept : Kept
        The answer.
    """

    def __init__(self, kept: Kept) -> None:
        super().__init__("answered before")
        self.kept = kept


class Repeat:
    """One request with an idempotency key.

    Parameters
    ----------
    request : Request
        Whose caller is known once its access was checked.
    key : str
        As given.
    fingerprint : str
        Hash of method, address and body.
    """

    def __init__(self, request: Request, key: str, fingerprint: str) -> None:
        self._request, self._key, self._fingerprint = request, key, fingerprint
        self._tx: Transaction | None = None

    @property
    def caller(self) -> str:
        """Return who asks: another caller's key is another key."""
        viewer = self._request.state.viewer
        return f"{viewer.role}:{viewer.subject}"

    def begin(self, tx: Transaction) -> None:
        """Look in the request's own transaction whether it was answered before.

        Raises
        ------
        AnsweredBefore
            If it was.
        InputError
            If the key is none, or was used for another request.
        """
        if not KEY.fullmatch(self._key):
            raise InputError("an idempotency key has 1 to 200 visible ASCII characters", hint="send a UUID")
        kept = tx.repeats.find(self.caller, self._key, self._fingerprint)
        if kept is not None:
            raise AnsweredBefore(kept)
        self._tx = tx

    def keep(self, response: Response) -> None:
        """Keep the answer, in the same transaction, which is still open."""
        if self._tx is not None:
            answer = Kept(response.status_code, bytes(response.body), response.headers.get("content-type", ""))
            self._tx.repeats.keep(self.caller, self._key, self._fingerprint, answer)


class Repeatable(APIRoute):
    """A route whose POST requests may carry an idempotency key; ``route_class`` of a router."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the look before it and the keeping after it, both before the commit."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            repeat = Repeat(request, key, await fingerprint(request))
            request.state.repeat = repeat
            try:
                response = await handler(request)
            except AnsweredBefore as before:
                kept = before.kept
                headers = {"content-type": kept.media_type, REPLAYED: "true"}
                return Response(kept.body, kept.status, headers)
            await run_in_threadpool(repeat.keep, response)
            return response

        return answered


async def fingerprint(request: Request) -> str:
    """Return the hash of what a request asks for."""
    framed = hashlib.sha256()
    for part in (request.method.encode(), request.url.path.encode(), request.url.query.encode(), await request.body()):
        framed.update(len(part).to_bytes(8, "big") + part)
    return framed.hexdigest()


def begin_repeat(request: Request, tx: Transaction) -> None:
    """Look in a transaction that has just been opened whether its request was answered before."""
    repeat: Repeat | None = getattr(request.state, "repeat", None)
    if repeat is not None:
        repeat.begin(tx)
