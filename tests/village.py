"""What tests of the service share: a small municipality, a clock that is moved by hand, a caller on this machine."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI  # noqa: TID251 - the type of what is tested
from httpx import Response as Answer

from polku.home import Home
from polku.store import Store
from polku.web import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for a successor of httpx that is not in the lock
    from starlette.testclient import TestClient

__all__ = ["Answer", "TestClient"]

NOW = 1_780_660_800_000_000
"""5 June 2026 at noon UTC: the simulated school year has just ended."""
DAY = 86_400_000_000
ALICE, GROUP = "L0001", "7A"
SKILL = "MA79.S2.01"
HERE: dict[str, Any] = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 5000)}


class Clock:
    """A clock that moves by hand, and by a microsecond each time somebody looks: no two entries are of one moment."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now


@dataclass
class Village:
    """The service of a small municipality without a released model, its store, its clock, and a caller."""

    app: FastAPI
    store: Store
    clock: Clock
    client: TestClient

    def get(self, address: str) -> dict[str, Any]:
        """Return what a good answer says."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def post(self, *rows: object) -> dict[str, Any]:
        """Post responses; return what the answer says, its status under "http"."""
        answer = self.client.post("/v1/responses", json={"responses": list(rows)})
        said: dict[str, Any] = answer.json()
        return said | {"http": answer.status_code}


def open_village(origin: Path, path: Path, home: Home) -> Village:
    """Open the service of a home on a copy of a store."""
    with closing(sqlite3.connect(origin)) as there, closing(sqlite3.connect(path)) as here:
        there.backup(here)
    clock = Clock()
    store = Store.open(f"sqlite:///{path}", "demo", clock=clock)
    app = create_app(home, store, now=clock)
    return Village(app, store, clock, TestClient(app, **HERE))


def row(response_id: object = "new-1", **more: object) -> dict[str, object]:
    """Return one sound response."""
    return {
        "response_id": response_id,
        "learner_id": ALICE,
        "item_id": f"{SKILL}-01",
        "skill_ids": [SKILL],
        "answered_at": "2026-06-05T09:00:00+03:00",
        "correct": 1,
    } | more


def assert_problem(answer: Answer, status: int, slug: str) -> dict[str, Any]:
    """Check that an answer is a problem document of one kind; return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["type"] == f"urn:polku:problem:{slug}"
    assert said["status"] == status
    assert said["title"]
    return said
