"""Clients who ask too often: told when to come back, and no memory is filled by made-up ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from issuer import Issuer, bearer
from polku.home import Home
from polku.schemas.interface import LimitSettings
from polku.web.limits import Buckets
from village import HERE, TestClient, Village, assert_problem, open_village


class Now:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_fills_again_with_time() -> None:
    now = Now()
    buckets = Buckets(LimitSettings(per_second=2, burst=4), clock=now)
    assert [buckets.take("a").left for _ in range(4)] == [3, 2, 1, 0]
    assert buckets.take("a") == (False, 0, 1)
    assert buckets.take("b").allowed
    now.seconds = 1
    assert [buckets.take("a").allowed for _ in range(3)] == [True, True, False]
    now.seconds = 1000
    assert buckets.take("a") == (True, 3, 0)


def test_made_up_clients_fill_no_memory() -> None:
    buckets = Buckets(LimitSettings(clients=100), clock=Now())
    for number in range(10_000):
        buckets.take(f"client {number}")
    assert len(buckets) == 100


@pytest.fixture
def limited(signing_home: Callable[[str], Home], settled: Path, issuer: Issuer, tmp_path: Path) -> Iterator[Village]:
    """Return a service where callers sign in and get five requests."""
    access = f'[access]\nsign_in = "oidc"\nissuer = "https://issuer.example"\nkeys = "{issuer.path}"\n'
    home = signing_home(access + "[limits]\nper_second = 0.001\nburst = 5\n")
    village = open_village(settled, tmp_path / "polku.db", home)
    with TestClient(village.app, **HERE) as village.client:
        yield village
    village.store.close()


def test_who_asks_too_often_is_told_when_to_come_back(limited: Village, issuer: Issuer) -> None:
    first, other = (bearer(issuer.token("administrator", name)) for name in ("A1", "A2"))
    answers = [limited.client.get("/v1/pauses", headers=first) for _ in range(7)]
    # The first counts for the address: nobody knew the token yet.
    assert [one.status_code for one in answers] == [200] * 6 + [429]
    said = assert_problem(answers[-1], 429, "too-many-requests")
    assert int(answers[-1].headers["retry-after"]) >= 900
    assert said["detail"].startswith("again in")
    assert answers[1].headers["ratelimit-policy"] == '"client";q=5;w=5000'
    assert answers[1].headers["ratelimit"] == '"client";r=4;t=0'
    assert limited.client.get("/v1/pauses", headers=other).status_code == 200


def test_made_up_tokens_share_the_bucket_of_their_address(limited: Village) -> None:
    answers = [limited.client.get("/v1/pauses", headers=bearer(f"made.up.{number}")) for number in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert limited.client.get("/healthz").status_code == 200  # probes are not counted
    case = assert_problem(limited.client.get("/ims/case/v1p1/CFDocuments"), 429, "too-many-requests")
    assert case["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "server_busy"
    xapi = limited.client.get("/xapi/statements", auth=("moodle", "made up"))
    assert (xapi.status_code, xapi.headers["x-experience-api-version"]) == (429, "1.0.3")


def test_where_nobody_signs_in_nobody_is_limited(village: Village) -> None:
    assert "ratelimit" not in village.client.get("/v1/pauses").headers
