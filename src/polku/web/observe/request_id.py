"""The id under which one request is found again in every log: the caller's where it says nothing, else a new one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

WELL_FORMED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""A hexadecimal number of 128 bits or a UUID. Anything freer could carry somebody's identity code into a log."""
_TRACE = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}", re.ASCII)


def request_id(headers: Mapping[str, str]) -> str:
    """Return the id of a request.

    Parameters
    ----------
    headers : mapping
        Of the request, names in small letters.

    Returns
    -------
    str
        ``X-Request-Id`` where it is well-formed, else the trace of ``traceparent`` (W3C Trace Context), else new.

    Examples
    --------
    >>> request_id({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    '0af7651916cd43dd8448eb211c80319c'
    >>> request_id({"x-request-id": "010190-123A"}) == "010190-123A"
    False
    """
    given = headers.get("x-request-id", "").lower()
    if WELL_FORMED.fullmatch(given):
        return given
    return trace_of(headers) or secrets.token_hex(16)


def trace_of(headers: Mapping[str, str]) -> str | None:
    """Return the trace that a request belongs to by its ``traceparent``, or None where that is absent or not sound."""
    found = _TRACE.fullmatch(headers.get("traceparent", ""))
    if found is None or not int(found["trace"], 16) or not int(found["parent"], 16):
        return None
    return found["trace"]
