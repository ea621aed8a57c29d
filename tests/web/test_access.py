"""Only this machine is answered, by its own name, and no other site's page."""

from __future__ import annotations

from typing import Any

import pytest

from village import ALICE, HERE, TestClient, Village, assert_problem, row

ADDRESS = f"/v1/learners/{ALICE}/profile"


def caller(village: Village, **where: Any) -> TestClient:
    return TestClient(village.app, **(HERE | where))


@pytest.mark.parametrize("host", ["10.0.0.7", "testclient", "2001:db8::1", ""])
def test_another_machine_is_not_answered(village: Village, host: str) -> None:
    stranger = caller(village, client=(host, 5000))
    for address in (ADDRESS, "/", "/docs", "/v1/groups/7A/suggestions", "/v1/audits/latest", "/v1/models/champion"):
        assert_problem(stranger.get(address), 403, "forbidden")
    assert_problem(stranger.post("/v1/responses", json={"responses": [row()]}), 403, "forbidden")
    assert stranger.get("/healthz").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_is_answered(village: Village, host: str) -> None:
    assert caller(village, client=(host, 5000)).get(ADDRESS).status_code == 200


@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_our_own_names(village: Village, name: str) -> None:
    assert village.client.get(ADDRESS, headers={"host": name}).status_code == 200


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1", "7"])
def test_a_name_that_is_not_ours_is_refused_everywhere(village: Village, name: str) -> None:
    for address in (ADDRESS, "/", "/healthz", "/static/polku.css", "/nowhere"):
        assert_problem(village.client.get(address, headers={"host": name}), 400, "unknown-host")


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_what_comes_through_a_proxy_is_not_answered(village: Village, header: str) -> None:
    assert_problem(village.client.get(ADDRESS, headers={header: "127.0.0.1"}), 403, "forbidden")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_another_sites_page_neither_writes_nor_reads(village: Village, headers: dict[str, str]) -> None:
    before = village.get(ADDRESS)["answers"]
    assert_problem(village.client.post("/v1/responses", json={"responses": [row()]}, headers=headers), 403, "forbidden")
    assert_problem(village.client.post("/decide", data={"decision": "accept"}, headers=headers), 403, "forbidden")
    assert_problem(village.client.get(ADDRESS, headers=headers), 403, "forbidden")
    assert village.get(ADDRESS)["answers"] == before


def test_our_own_page_may_write_and_a_link_from_elsewhere_may_be_followed(village: Village) -> None:
    ours = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    assert village.client.post("/v1/responses", json={"responses": [row()]}, headers=ours).status_code == 200
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert village.client.get("/", headers=followed).status_code == 200


def test_no_other_site_is_invited(village: Village) -> None:
    asked = village.client.options(
        "/v1/responses", headers={"origin": "http://evil.example", "access-control-request-method": "POST"}
    )
    assert not [name for name in asked.headers if name.startswith("access-control")]
