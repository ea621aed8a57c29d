"""One request and its answer, and the way between them."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """What is asked.

    Parameters
    ----------
    method, url : str
        How and where.
    headers : mapping
        Names as the standard spells them.
    body : bytes or None
        JSON.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What came back.

    Parameters
    ----------
    status : int
        HTTP status.
    headers : mapping
        Names in lower case.
    body : bytes
        As received.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Transport = Callable[[Request], Answer]
"""Sends a request; raises OSError where no answer came."""


class Problem(Exception):  # noqa: N818 - named as the standard names it
    """An answer of 400 and above: a problem document (RFC 9457).

    Parameters
    ----------
    status : int
        HTTP status.
    kind : str
        What kind of problem, stable for programs, such as "not-found".
    title : str
        What went wrong, for people.
    members : mapping, optional
        Everything that the document says.

    Examples
    --------
    >>> problem = Problem.of(Answer(404, {}, b'{"type": "urn:polku:problem:not-found", "title": "no such learner"}'))
    >>> problem.kind, str(problem)
    ('not-found', '404 not-found: no such learner')
    """

    def __init__(self, status: int, kind: str, title: str, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{status} {kind}: {title}")
        self.status, self.kind, self.title = status, kind, title
        self.members = dict(members or {})

    @classmethod
    def of(cls, answer: Answer) -> Problem:
        """Return the problem that an answer holds; whatever stands in between may answer without a document."""
        try:
            said = json.loads(answer.body)
        except ValueError:
            said = {}
        members = said if isinstance(said, dict) else {}
        kind = str(members.get("type", "unknown")).rsplit(":", 1)[-1]
        return cls(answer.status, kind, str(members.get("title", "no problem document")), members)


def over_http(timeout_s: float = 30) -> Transport:
    """Return the transport of the standard library; it follows no redirect, so that no token goes elsewhere.

    Parameters
    ----------
    timeout_s : float
        Seconds to wait for the network.
    """
    opener = urllib.request.build_opener(_NoRedirects)

    def send(asked: Request) -> Answer:
        if urlsplit(asked.url).scheme not in {"http", "https"}:
            message = f"not an address of the web: {asked.url}"
            raise ValueError(message)
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            asked.url, data=asked.body, headers=dict(asked.headers), method=asked.method
        )
        try:
            with opener.open(request, timeout=timeout_s) as answer:
                return _answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error

    return send


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Return nothing to follow."""
