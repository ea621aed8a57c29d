"""What xAPI asks of every request and answer under ``/xapi``, whatever the endpoint (Communication 1.3, 3.1, 3.3).

Each answer says which version was spoken, and those about statements up to when all is there. A request that a browser
of old could not make comes as a form (the alternate request syntax): it is turned into the request that it stands for
before anything else looks at it, whoever signs in by it included.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polku.errors import InputError
from polku.web.problems import problem, too_large

PREFIX: Final = "/xapi/"
HEADER: Final = "X-Experience-API-Version"
THROUGH: Final = "X-Experience-API-Consistent-Through"
VERSIONS: Final = ("1.0.3", "1.0.2", "1.0.1", "1.0.0", "2.0.0")
FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100
KEPT_NOWHERE: Final = frozenset({"/xapi/activities/state", "/xapi/activities/profile", "/xapi/agents/profile"})
"""Where other stores keep documents of activities and learners: whatever a task leaves there, it can keep itself."""
_METHODS: Final = frozenset({"GET", "PUT", "POST", "DELETE"})
_HEADERS: Final = (
    *("authorization", "content-type", "content-length", "accept", "accept-language", "if-match", "if-none-match"),
    HEADER.lower(),
)
"""Headers that a form may hold in their place."""


def version_of(header: str) -> int | None:
    """Return the major version that a header asks for, None where it is not spoken.

    Examples
    --------
    >>> version_of("1.0.3"), version_of("2.0.0"), version_of("1.1.0")
    (1, 2, None)
    """
    found = re.fullmatch(r"(1|2)\.0(?:\.[0-9]+)?", header.strip())
    return int(found[1]) if found else None


def instant(at: int) -> str:
    """Return microseconds UTC as xAPI writes a time; to the microsecond, so that `since` the last misses none.

    Examples
    --------
    >>> instant(1_500_000)
    '1970-01-01T00:00:01.500000Z'
    """
    moment = dt.datetime.fromtimestamp(at / 1_000_000, dt.UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class XapiRequests:
    """Middleware around the endpoints of xAPI.

    Parameters
    ----------
    app : ASGI application
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        through = instant(scope["app"].state.tenants.default.now())

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                second = version_of(Headers(scope=scope).get(HEADER, "")) == 2
                headers = MutableHeaders(scope=message)
                headers.setdefault(HEADER, VERSIONS[-1] if second else VERSIONS[0])
                if scope["path"].endswith("/statements"):
                    headers.setdefault(THROUGH, through)
            await send(message)

        if scope["method"] == "POST" and b"method=" in scope["query_string"]:
            try:
                scope, receive = await _unfolded(scope, receive)
            except (InputError, HTTPException) as error:
                await _fault(error)(scope, receive, told)
                return
        await (_no_document(scope["method"]) if scope["path"] in KEPT_NOWHERE else self.app)(scope, receive, told)


def _no_document(method: str) -> ASGIApp:
    """Return the answer to who asks for a document, or sends one."""
    if method in {"GET", "HEAD"}:
        return problem(404, "not-found", "no documents are kept here")
    return problem(501, "not-offered", "no documents are kept here", detail="statements are taken; see /xapi/about")


async def _unfolded(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """Return the request that a form stands for.

    Raises
    ------
    InputError
        If it stands for none.
    HTTPException
        If its body is too large, or does not arrive.
    """
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    [(_, method), *others] = query if query[0][0] == "method" else [("", "")]
    if others or method not in _METHODS:
        raise InputError("a request as a form names its method in the address, and nothing else", hint="?method=PUT")
    given = Headers(scope=scope)
    if given.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise InputError("a request that names its method in the address is a form", hint=FORM)
    fields = await _fields(scope, receive)
    content = fields.pop("content", None)
    if (content is None) != (method in {"GET", "DELETE"}):
        raise InputError("the field content holds what would be the body", got=method)
    named = {name.lower(): fields.pop(name) for name in [*fields] if name.lower() in _HEADERS}
    body = (content or "").encode()
    named |= {"content-length": str(len(body)), "content-type": named.get("content-type", "application/json")}
    kept = [(name, value) for name, value in given.raw if name.decode("latin-1") not in named]
    headers = [*kept, *((name.encode(), value.encode("latin-1", "replace")) for name, value in named.items())]
    sent = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return sent.pop() if sent else await receive()

    return {**scope, "method": method, "query_string": urlencode(fields).encode(), "headers": headers}, again


async def _fields(scope: Scope, receive: Receive) -> dict[str, str]:
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect as error:
        raise HTTPException(408) from error
    try:
        text = body.decode()
        return dict(
            parse_qsl(
                text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=MOST_FIELDS, errors="strict"
            )
        )
    except ValueError as error:
        raise InputError("the form cannot be read", hint=f"{FORM} in UTF-8") from error


def _fault(error: InputError | HTTPException) -> ASGIApp:
    if isinstance(error, InputError):
        return problem(400, "invalid-request", error.what, detail=error.hint)
    return too_large() if error.status_code == 413 else problem(408, "too-slow", "the request did not arrive in time")
