"""Asking another service again: where it is busy or away, longer apart each time, as it says where it says so."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

TRIES: Final = 5
LONGEST_S: Final = 60.0
"""Seconds that are waited at most, whatever is asked for: somebody sits at the terminal."""
LATER: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be others in a while."""
UNTAKEN: Final = frozenset({429, 503})
"""Of these, those that say that nothing was done: a request that makes something may be sent again after them alone."""


class Patience:
    """Asks again, at most five times.

    Parameters
    ----------
    seed : str
        Of the time between two tries, so that several callers do not come back at once.
    wait : callable, optional
        Sleeps some seconds.

    Examples
    --------
    >>> answers, waited = [httpx.Response(503, headers={"Retry-After": "7"}), httpx.Response(200)], []
    >>> Patience("polku", waited.append).ask(lambda: answers.pop(0)).status_code, waited
    (200, [7.0])
    """

    def __init__(self, seed: str, wait: Callable[[float], None] = time.sleep) -> None:
        self._jitter, self._wait = random.Random(seed), wait

    def ask(self, send: Callable[[], httpx.Response], *, twice: bool = True) -> httpx.Response:
        """Return the answer, or the last one where it stays as it is.

        Parameters
        ----------
        send : callable
            Sends the request.
        twice : bool
            Whether the request may be carried out twice without harm. Otherwise it is sent again only where the other
            side said that it did nothing.

        Raises
        ------
        httpx.TransportError
            If nobody answers.
        """
        later = LATER if twice else UNTAKEN
        for tried in range(1, TRIES):
            try:
                answer = send()
            except httpx.TransportError:
                if not twice:
                    raise
                self._wait(self._pause(tried, ""))
                continue
            if answer.status_code not in later:
                return answer
            self._wait(self._pause(tried, answer.headers.get("Retry-After", "")))
        return send()

    def _pause(self, tried: int, said: str) -> float:
        asked = retry_after(said, dt.datetime.now(dt.UTC))
        return float(2 ** (tried - 1)) * (0.5 + self._jitter.random()) if asked is None else asked


def retry_after(said: str, now: dt.datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, in seconds or as a date; None where it says neither.

    Examples
    --------
    >>> noon = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
    >>> retry_after("Thu, 05 Mar 2026 12:00:20 GMT", noon), retry_after("9999", noon), retry_after("soon", noon)
    (20.0, 60.0, None)
    """
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_S)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() - now.timestamp()
    return min(max(seconds, 0.0), LONGEST_S)
