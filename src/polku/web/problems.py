"""Errors as RFC 9457 problem details: one shape for every endpoint.

People who open a page get the same status as a page they can read; programs always get the document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from polku.errors import NotReadyError, PolkuError
from polku.web.access.senders import challenge
from polku.web.imsx import worded
from polku.web.unavailable import kind_of
from polku.web.without_store import order_instead

MEDIA_TYPE = "application/problem+json"
BASE = "urn:polku:problem:"
AsPage = Callable[[Request, int], Response | None]


class Problem(BaseModel):
    """What went wrong (RFC 9457). Some kinds of problem have further members."""

    model_config = ConfigDict(use_attribute_docstrings=True, extra="allow")

    type: str
    """What kind of problem, stable for programs: `urn:polku:problem:` and a word."""
    title: str
    """What went wrong, for people."""
    status: int
    """The HTTP status."""
    got: str | None = None
    """What was found instead."""
    detail: str | None = None
    """What to try."""


class ProblemResponse(JSONResponse):
    """A problem document. Pure ASCII, so that even half a character in a request can be named in the answer."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return the document as bytes."""
        return json.dumps(content, ensure_ascii=True, allow_nan=False).encode()


def problem(status: int, slug: str, title: str, **more: Any) -> ProblemResponse:
    """Return a problem document.

    Parameters
    ----------
    status : int
        HTTP status.
    slug : str
        What kind of problem, stable for programs.
    title : str
        What went wrong, for people.
    **more
        Further members; those that are None are left out.
    """
    members = {name: value for name, value in more.items() if value is not None}
    return ProblemResponse({"type": BASE + slug, "title": title, "status": status, **members}, status_code=status)


def too_large() -> ProblemResponse:
    """Return the answer to a body that is too large to be read."""
    return problem(413, "too-large", "the request is too large", detail="send fewer responses at once")


def unavailable(kind: str, instead: Mapping[str, Any] | None = None) -> ProblemResponse:
    """Return the answer while the database cannot be used: nothing can be suggested, since nothing can be logged.

    Parameters
    ----------
    kind : str
        As :func:`polku.web.unavailable.kind_of` says it.
    instead : mapping, optional
        What can be said all the same, and on which rung it stands.
    """
    said = {"rung": "none", "cause": kind, "detail": "ask again in a few seconds"} | dict(instead or {})
    return problem(503, "not-ready", "the store cannot be used now", **said)


def install(app: FastAPI, as_page: AsPage) -> None:
    """Make every error of `app` a problem document.

    Parameters
    ----------
    app : FastAPI
        The application. What nobody expected is caught further out, by :class:`polku.web.door.Door`.
    as_page : callable
        Returns the page to show instead, where a person looks at one.
    """

    def answering(made: Callable[[Request, Exception], Response]) -> Callable[[Request, Exception], Response]:
        def answer(request: Request, error: Exception) -> Response:
            document = worded(request.url.path, made(request, error))
            shown = as_page(request, document.status_code) if document.status_code >= 400 else None
            return shown or document

        return answer

    for kind, made in _MADE:
        app.add_exception_handler(kind, answering(made))


def _deliberate(request: Request, error: Exception) -> Response:
    """Answer with the three beats of a deliberate error; where the store is away, with what can be said without it."""
    if not isinstance(error, PolkuError):
        raise error
    # What is not ready is ours: where the database stands, and what it said, is for the log.
    got = None if error.got is None or error.status == HTTPStatus.SERVICE_UNAVAILABLE else str(error.got)
    instead = order_instead(request) if isinstance(error, NotReadyError) else {}
    document = problem(error.status, error.slug, error.what, got=got, detail=error.hint, **instead)
    if error.status == HTTPStatus.UNAUTHORIZED:
        document.headers["WWW-Authenticate"] = challenge(request.url.path)
    return document


def _away(request: Request, error: Exception) -> Response:
    """Answer while the database is away or busy; anything else of it is a fault of ours."""
    kind = kind_of(error)
    if kind is None:
        raise error
    return unavailable(kind, order_instead(request))


def _invalid(request: Request, error: Exception) -> Response:
    """Answer a request that does not fit the interface; the offending values are not repeated."""
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [{"at": ".".join(map(str, found["loc"])), "what": found["msg"]} for found in error.errors()]
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return problem(400, "malformed", "the body is not JSON", errors=errors)
    given = request.headers.get("content-type", "none").split(";")[0].strip().lower()
    if given != "application/json" and isinstance(error.body, bytes):
        return problem(415, "unsupported-media-type", "the body is not declared as JSON", detail="application/json")
    return problem(
        422, "invalid-input", "the request does not fit the interface", errors=errors, detail="see /openapi.json"
    )


def _http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: no such address, no such method."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _no_such_method(request, error)
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large()
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(400, "malformed", "the body cannot be read", detail="send JSON in UTF-8, not deeply nested")
    phrase = HTTPStatus(error.status_code).phrase.lower()
    got = f"{request.method} {request.url.path}"
    return problem(error.status_code, phrase.replace(" ", "-"), phrase, got=got, detail="see /openapi.json")


def _no_such_method(request: Request, error: HTTPException) -> Response:
    """Answer with the methods that there are; asking for them is no error."""
    allowed = {name.strip() for name in (error.headers or {}).get("Allow", "").split(",") if name.strip()}
    allowed |= {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
    headers = {"Allow": ", ".join(sorted(allowed))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    got = f"{request.method} {request.url.path}"
    document = problem(405, "method-not-allowed", "method not allowed", got=got, detail="see the header Allow")
    document.headers.update(headers)
    return document


_MADE: Final = (
    (PolkuError, _deliberate),
    (RequestValidationError, _invalid),
    (HTTPException, _http),
    (SQLAlchemyError, _away),
)
"""Who words which kind of error."""
