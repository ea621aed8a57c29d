"""A register's gradebook for tests, on this machine: it is the other party, takes what is put, and is at times busy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from answering import Answering
from polku.exchange.oneroster_rest import Access


class Book(ThreadingHTTPServer):
    """A register's gradebook: what was put where, and a list of answers to give first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reset()

    def reset(self) -> None:
        self.held: dict[str, Any] = {}
        self.first: list[tuple[int, dict[str, str]]] = []
        self.scopes: list[str] = []
        self.refuses = ""

    def access(self, version: str) -> Access:
        url = f"http://127.0.0.1:{self.server_port}"
        return Access(url, f"{url}/token", "polku", "s3", version)


class _Handler(Answering, BaseHTTPRequestHandler):
    server: Book

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        assert self.headers["authorization"] == "Basic cG9sa3U6czM="
        self.server.scopes += form["scope"]
        self.reply(200, {}, {"access_token": "t1"})

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.server.first:
            self.reply(*self.server.first.pop(0), {})
        elif self.headers["authorization"] != "Bearer t1" or (self.server.refuses and self.server.refuses in self.path):
            self.reply(422, {}, {"imsx_codeMajor": "failure", "imsx_description": "Anna"})
        else:
            known = self.path in self.server.held
            self.server.held[self.path] = body
            self.reply(200 if known else 201, {}, {})


@contextmanager
def open_book() -> Iterator[Book]:
    """Serve a gradebook until the block ends."""
    with Book() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
