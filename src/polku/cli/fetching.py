"""Fetching one address of somebody else's: bounded in size and time, never into anybody's own network."""

from __future__ import annotations

from typing import Final

import httpx

from polku.errors import InputError
from polku.web.webhooks.address import Target, resolved, target_of

LARGEST: Final = 64 << 20
"""Bytes that are taken."""
SECONDS: Final = 30.0
"""For each step of a request."""


def fetch(url: str, *, loopback: bool, token: str | None = None) -> bytes:
    """Return what an address answers.

    Parameters
    ----------
    url : str
        An https address of the open internet; with `loopback`, of this machine by http too.
    loopback : bool
        Whether this machine may be asked.
    token : str, optional
        Goes into ``Authorization: Bearer``.

    Raises
    ------
    InputError
        If nothing may be fetched there, or nothing usable comes: another status than 200, too much, no answer.
    """
    try:
        target = target_of(url, loopback=loopback)
        address = resolved(target, loopback=loopback)
    except OSError as error:
        raise InputError("the name has no address", got=url, hint="check the address") from error
    headers = {"Host": target.authority, "User-Agent": "Polku", "Accept-Encoding": "identity"}
    headers |= {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        # The address that was checked is the one that is asked: the name might mean another a moment later.
        with (
            httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("GET", _pinned(target, address), headers=headers, extensions=_named(target)) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                hint = "the address must answer 200 itself; redirects are not followed"
                raise InputError("the feed was not given", got=f"status {answer.status_code}", hint=hint)
            return _bounded(answer)
    except (httpx.HTTPError, OSError) as error:
        raise InputError("the feed did not come", got=type(error).__name__, hint="is somebody listening?") from error


def _pinned(target: Target, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{target.scheme}://{host}:{target.port}{target.path}"


def _named(target: Target) -> dict[str, str]:
    """Return whose certificate it must be."""
    return {"sni_hostname": target.host} if target.scheme == "https" else {}


def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > LARGEST:
            raise InputError("the feed is too large", got=f"more than {LARGEST >> 20} MB", hint="send a page of it")
    return bytes(content)
