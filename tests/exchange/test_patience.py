"""Asking again: as the other side says, longer apart where it says nothing, and never where it would happen twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import httpx
import pytest

from polku.exchange.patience import TRIES, Patience, retry_after

NOON = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)


def asking(*statuses: int) -> tuple[Callable[[], httpx.Response], list[int]]:
    """Return what sends a request that is answered so, and the answers that are left; 0 is no answer."""
    left = list(statuses)

    def send() -> httpx.Response:
        status = left.pop(0)
        if status == 0:
            raise httpx.ConnectError("away")
        return httpx.Response(status)

    return send, left


@pytest.mark.parametrize(
    ("statuses", "status", "waits"),
    [
        ((200,), 200, 0),
        ((404,), 404, 0),
        ((0, 500, 429, 503, 201), 201, 4),
        ((502,) * TRIES, 502, 4),
    ],
)
def test_it_is_asked_at_most_five_times(statuses: tuple[int, ...], status: int, waits: int) -> None:
    waited: list[float] = []
    send, left = asking(*statuses)
    assert Patience("a", waited.append).ask(send).status_code == status
    assert left == []
    assert len(waited) == waits
    assert all(0.5 * 2**place <= one <= 1.5 * 2**place for place, one in enumerate(waited))


def test_callers_do_not_come_back_at_once() -> None:
    waits: list[list[float]] = [[], []]
    for seed, waited in zip("ab", waits, strict=True):
        Patience(seed, waited.append).ask(asking(503, 200)[0])
    assert waits[0] != waits[1]


@pytest.mark.parametrize("statuses", [(500, 200), (0, 200)])
def test_what_must_not_happen_twice_is_not_sent_again_unless_nothing_was_done(statuses: tuple[int, ...]) -> None:
    patience = Patience("a", lambda _: None)
    send, left = asking(*statuses)
    if statuses[0]:
        assert patience.ask(send, twice=False).status_code == statuses[0]
    else:
        with pytest.raises(httpx.ConnectError, match="away"):
            patience.ask(send, twice=False)
    assert left == [200]
    assert patience.ask(asking(429, 503, 201)[0], twice=False).status_code == 201


def test_who_is_away_for_good_is_said() -> None:
    with pytest.raises(httpx.ConnectError, match="away"):
        Patience("a", lambda _: None).ask(asking(*[0] * TRIES)[0])


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", None),
        ("soon", None),
        ("-3", None),
        ("٣", None),
        ("0", 0.0),
        ("12", 12.0),
        ("100000", 60.0),
        ("Thu, 05 Mar 2026 11:00:00 GMT", 0.0),
        ("Thu, 05 Mar 2026 12:00:30 GMT", 30.0),
        ("Thu, 05 Mar 2026 14:00:30 +0200", 30.0),
        ("Thu, 05 Mar 2026 12:00:30 -0000", 30.0),
        ("Fri, 06 Mar 2026 12:00:30 GMT", 60.0),
    ],
)
def test_how_long_to_wait(said: str, seconds: float | None) -> None:
    assert retry_after(said, NOON) == seconds
