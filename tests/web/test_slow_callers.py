"""Slow, oversized and endless requests, against a real server: each ends in an answer, and in time."""

from __future__ import annotations

import select
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from serving import PATIENCE, door_of, serving_here
from tried import tried
from village import Village

SLOW = 0.3
CROWD = 40
"""Callers at once who drip."""
HEAD = b"POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"


@pytest.fixture
def port(village: Village) -> Iterator[int]:
    """Return the port of a server that waits only a little."""
    door_of(village.app)["running"] = village.app.state.operation.running.model_copy(update={"body_seconds": SLOW})
    with serving_here(village.app, body_seconds=SLOW, header_bytes=4096) as found:
        yield found


def said(port: int, *parts: bytes) -> bytes:
    """Send parts of a request and then nothing; return everything that is answered until the server hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) as caller:
        for part in parts:
            caller.sendall(part)
        answer = b""
        while block := caller.recv(65536):
            answer += block
    return answer


@pytest.mark.parametrize("parts", [[], [b"GET /hea"], [HEAD]], ids=["nothing", "half a line", "headers without end"])
def test_a_request_that_does_not_come_is_not_waited_for(port: int, parts: list[bytes]) -> None:
    assert said(port, *parts).startswith(b"HTTP/1.1 408")
    tried("slow")


def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    answer = said(port, HEAD + b"\r\n", b'{"responses": [')
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"urn:polku:problem:request-timeout" in answer
    tried("slow")


def dripped(port: int, head: bytes) -> bytes:
    """Send a request that never ends a byte at a time, for as long as the server listens; return what it says."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) as caller:
        caller.sendall(head)
        while not select.select([caller], [], [], SLOW / 20)[0]:
            caller.sendall(b"x")
        return caller.recv(65536)


def test_many_who_drip_are_each_cut_off_and_others_are_answered_meanwhile(port: int) -> None:
    """Each byte comes in time; the whole does not (slowloris)."""
    heads = [b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", HEAD.replace(b"100", b"3000") + b"\r\n"]
    with ThreadPoolExecutor(CROWD) as crowd:
        slow = [crowd.submit(dripped, port, head) for head in heads * (CROWD // 2)]
        quick = [
            said(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") for _ in range(10)
        ]
        ends = [one.result(PATIENCE) for one in slow]
    assert all(one.startswith(b"HTTP/1.1 200") for one in quick)
    assert all(one.startswith(b"HTTP/1.1 408") for one in ends)
    tried("slow", len(ends))


def test_the_second_request_of_a_connection_must_come_whole_too(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) as caller:
        caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        first = b""
        while not first.endswith(b'{"status":"ok"}'):
            first += caller.recv(65536)
        caller.sendall(b"GET /heal")
        assert caller.recv(65536).startswith(b"HTTP/1.1 408")
    tried("slow")


def test_headers_without_measure_are_refused(port: int) -> None:
    answer = said(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 70_000)
    assert answer.startswith(b"HTTP/1.1 400")
    tried("oversized")


def test_a_body_without_measure_is_cut_off(port: int) -> None:
    answer = said(port, HEAD.replace(b"100", b"900000000") + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()
    tried("oversized")


def test_who_waits_too_long_is_told_to_come_back(village: Village) -> None:
    """Another process writes for longer than a request may take; what was asked for is undone or done as it ends."""
    quick = village.app.state.operation.running.model_copy(update={"request_seconds": SLOW})
    door_of(village.app)["running"] = quick
    path = str(village.store.engine.url.database)
    with serving_here(village.app) as port, closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answer = said(port, b"GET /v1/learners/L0001/path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        writer.execute("ROLLBACK")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"urn:polku:problem:too-slow" in answer
    assert b"retry-after: 3" in answer.lower()
    tried("slow")
