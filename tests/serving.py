"""A real server for tests: in a thread of this process, or in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI  # noqa: TID251 - the type of what is served

from polku.home import Home
from polku.schemas.running import Running
from polku.web.door import Door
from polku.web.server import Server, configuration

PATIENCE = 120.0
"""Seconds after which what does not come will not come, on the slowest machine."""


def until(happens: Any, what: str) -> Any:
    """Return the first true value of `happens()`, or fail."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = happens()
        if found:
            return found
        time.sleep(0.02)
    message = f"{what} did not come"
    raise AssertionError(message)


def door_of(app: FastAPI) -> dict[str, Any]:
    """Return what the application's door is made of, to be changed before its first request."""
    return next(one.kwargs for one in app.user_middleware if getattr(one.cls, "__name__", "") == Door.__name__)


@contextmanager
def serving_here(app: FastAPI, **running: Any) -> Iterator[int]:
    """Serve an application in a thread; give its port."""
    server = Server(configuration(app, Running(**running), "127.0.0.1", 0), app.state.operation)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, "the server")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@dataclass
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, address: str, **headers: str) -> tuple[int, Any]:
        """Return status and JSON of an answer; status 0 where nobody listens."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{address}", headers=headers)
        return _opened(request)

    def post(self, address: str, body: object) -> tuple[int, Any]:
        """Return status and JSON of the answer to a JSON document."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{address}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        return _opened(request)

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _opened(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
            content = answer.read()
            return answer.status, json.loads(content) if b"{" in content[:1] else content.decode()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except (urllib.error.URLError, ConnectionError):  # the latter: its socket closed before the request was taken
        return 0, None


@contextmanager
def serving(home: Home, store: str, folder: Path, **service: Any) -> Iterator[Served]:
    """Run ``polku serve`` on a copy of a home with its own keys under ``[service]``; wait until it is ready."""
    root = folder / "served"
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    settings = root / "serve" / "settings.toml"
    own = "".join(f"{name} = {json.dumps(value)}\n" for name, value in service.items())
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[service]\n", f"[service]\n{own}"), encoding="utf-8"
    )
    port, log = free_port(), folder / "served.log"
    env = os.environ | {"POLKU_HOME": str(root), "POLKU_STORE": store, "POLKU_PROVIDER": "demo"}
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "polku.cli", "serve", "--port", str(port)], env=env, stdout=lines, stderr=lines
        )
    served = Served(process, port, log)
    try:
        until(lambda: process.poll() is not None or served.get("/readyz")[0] == 200, "readiness")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield served
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
