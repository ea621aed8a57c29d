"""What stands before the service: whose word about a caller counts, and under which names it is called."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from polku.schemas.running import Running
from polku.web.front import PASSED_ON, Front
from serving import door_of
from village import HERE, TestClient, Village, assert_problem

PROXY = "10.1.0.7"
BEHIND = Running(public_url="https://polku.city.example", trusted_proxies=("10.1.0.0/24",), names=("polku:8000",))


def scope(client: str, **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (client, 4000), "scheme": "http", "headers": named}


@pytest.mark.parametrize(
    ("chain", "sender"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),  # what the caller wrote itself stands to the left
        ("203.0.113.9, 10.1.0.8", "203.0.113.9"),
        ("10.1.0.8", "10.1.0.8"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_sender_is_the_last_that_is_no_proxy_of_ours(chain: str, sender: str) -> None:
    through = Front.of(BEHIND).let_through(scope(PROXY, x_forwarded_for=chain, x_forwarded_proto="https", accept="*/*"))
    assert through is not None
    assert through["client"] == (sender, 0)
    assert through["scheme"] == "https"
    assert [name for name, _ in through["headers"]] == [b"accept"], "nobody further in is to believe them again"


@pytest.mark.parametrize("chain", ["", "unknown", "203.0.113.9, evil", "203.0.113.9:80", "'; DROP TABLE"])
def test_a_chain_that_is_none_is_refused(chain: str) -> None:
    assert Front.of(BEHIND).let_through(scope(PROXY, x_forwarded_for=chain)) is None


@pytest.mark.parametrize("header", sorted(PASSED_ON))
def test_nobody_else_may_say_where_they_come_from(header: str) -> None:
    assert Front.of(BEHIND).let_through(scope("10.2.0.7", **{header.replace("-", "_"): "203.0.113.9"})) is None


def test_without_such_headers_or_without_proxies_nothing_is_changed() -> None:
    plain, passed_on = scope("203.0.113.9", accept="*/*"), scope("203.0.113.9", via="1.1 x")
    assert Front.of(BEHIND).let_through(plain) is plain
    assert Front().let_through(passed_on) is passed_on


@pytest.mark.parametrize("name", ["polku.city.example", "POLKU.city.example:443", "polku:8000", "127.0.0.1:8000"])
def test_names_that_are_ours(name: str) -> None:
    assert Front.of(BEHIND).knows(name)


@pytest.mark.parametrize(
    "name", ["", "city.example", "polku.city.example:80", "polku.city.example.evil", "polku", "10.1.0.7"]
)
def test_names_that_are_not(name: str) -> None:
    assert not Front.of(BEHIND).knows(name)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("trusted_proxies", ["0.0.0.0/0"], "every machine is no network of ours"),
        ("trusted_proxies", ["::/0"], "every machine is no network of ours"),
        ("trusted_proxies", ["proxy.example"], "does not appear to be an IPv4 or IPv6 network"),
        ("public_url", "polku.city.example", "a scheme and a name"),
        ("public_url", "https://me@polku.city.example", "a scheme and a name"),
        ("public_url", "https://polku.city.example/path", "a scheme and a name"),
        ("request_seconds", 0, "greater than 0"),
        ("log", "loud", "'auto', 'json' or 'quiet'"),
        ("prxoies", [], "Extra inputs are not permitted"),
    ],
)
def test_settings_that_cannot_be_meant(key: str, value: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Running.model_validate({key: value})


def test_the_door_asks_the_front(village: Village) -> None:
    door_of(village.app)["running"] = BEHIND
    caller = TestClient(village.app, **(HERE | {"client": (PROXY, 5000), "base_url": "https://polku.city.example"}))
    passed_on = {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}
    assert caller.get("/healthz", headers=passed_on).status_code == 200
    direct = TestClient(village.app, **(HERE | {"client": ("203.0.113.9", 5000)}))
    assert_problem(direct.get("/healthz", headers=passed_on), 403, "forbidden")
    assert_problem(caller.get("/healthz", headers={"host": "evil.example"}), 400, "unknown-host")
