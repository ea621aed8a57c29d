"""``polku serve``: loopback only, whatever way an address is written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from polku.cli.desk import Desk
from polku.cli.serve import refuse_beyond_loopback, run
from polku.errors import InputError
from polku.home import Home
from terminal import Terminal


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Return what the server was started with; it is not ours, and starting it would wait for ever."""
    started: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda server: started.append(vars(server.config)))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield started
    root.handlers, root.level = handlers, level


@pytest.fixture
def desk(own_home: Home, tmp_path: Path) -> Desk:
    """Return a desk on an empty store."""
    stores = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("store", "background")}
    return Desk(own_home, own_home.settings().model_copy(update=stores))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_loopback_is_served(host: str) -> None:
    refuse_beyond_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "polku.example", "localhost.example", "", "127.0.0.1.example", "1"],  # noqa: S104 - refused here
)
def test_whatever_others_could_reach_is_refused(host: str) -> None:
    with pytest.raises(InputError, match=r"listens on loopback only\n  got: .*\n  try: --host 127\.0\.0\.1"):
        refuse_beyond_loopback(host)


def test_settings_say_where_and_options_go_before(desk: Desk, served: list[dict[str, Any]]) -> None:
    run(desk)
    run(desk, "localhost", 0)
    assert [(one["host"], one["port"]) for one in served] == [("127.0.0.1", 8000), ("localhost", 0)]
    assert all("/v1/learners/{learner_id}/path" in one["app"].openapi()["paths"] for one in served)


def test_settings_cannot_open_the_service_to_others_either(desk: Desk, served: list[dict[str, Any]]) -> None:
    service = desk.settings.service.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 - refused here
    with pytest.raises(InputError, match="loopback only"):
        run(Desk(desk.home, desk.settings.model_copy(update={"service": service})))
    assert served == []


def test_the_command_says_where_to_look(own_home: Home, tmp_path: Path, served: list[dict[str, Any]]) -> None:
    done = Terminal(own_home, tmp_path).run("serve", "--port", "8123")
    assert done.stdout == ""
    assert "http://127.0.0.1:8123" in done.stderr
    assert "loopback only" in done.stderr
    assert served[0]["port"] == 8123


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--host", "0.0.0.0"), "loopback only"),  # noqa: S104 - refused here
        (("--port", "65536"), "not in the range 0<=x<=65535"),
        (("--port", "-1"), "not in the range"),
    ],
)
def test_the_command_refuses_before_it_serves(
    own_home: Home, tmp_path: Path, served: list[dict[str, Any]], arguments: tuple[str, ...], says: str
) -> None:
    assert says in Terminal(own_home, tmp_path).refused("serve", *arguments)
    assert served == []
