"""One error shape: every answer of 400 and above is an RFC 9457 problem document.

It has ``type`` (``urn:polku:problem:`` and a word), ``title`` and ``status``, often ``got`` and ``detail``; its media
type is ``application/problem+json``. A person who opens a page gets the same status as a page.
"""

from __future__ import annotations

import pytest

from village import ALICE, Village, assert_problem

JSON = {"content-type": "application/json"}
DEEP = b'{"responses": [' + b"[" * 900 + b"]" * 900 + b"]}"
DEEPER = b"[" * 100_000


@pytest.mark.parametrize(
    ("address", "status", "slug"),
    [
        ("/nowhere", 404, "not-found"),
        ("/v1/nowhere", 404, "not-found"),
        ("/v1/responses/", 404, "not-found"),
        ("/static/nothing.css", 404, "not-found"),
        ("/static/../settings.toml", 404, "not-found"),
        ("/static/%2e%2e/settings.toml", 404, "not-found"),
        ("/static/%00", 404, "not-found"),
        (f"/static/{'x' * 2000}", 404, "not-found"),
        ("/v1/responses", 405, "method-not-allowed"),
        ("/v1/learners/nobody/profile", 404, "not-found"),
        ("/v1/learners/nobody/path", 404, "not-found"),
        ("/v1/learners//path", 404, "not-found"),
        ("/v1/learners/%00/path", 422, "invalid-input"),
        (f"/v1/learners/{'x' * 201}/path", 422, "invalid-input"),
        ("/v1/learners/%ff%fe/path", 404, "not-found"),
        (f"/v1/learners/{ALICE}/path?steps=0", 422, "invalid-input"),
        (f"/v1/learners/{ALICE}/path?steps={10**400}", 422, "invalid-input"),
        (f"/v1/learners/{ALICE}/path?steps=NaN", 422, "invalid-input"),
        (f"/v1/learners/{ALICE}/path?goal=MA79.S9", 404, "not-found"),
        (f"/v1/learners/{ALICE}/path?goal=%00", 422, "invalid-input"),
        ("/v1/groups/0Z/suggestions", 404, "not-found"),
        ("/v1/audits/latest", 404, "not-found"),
        ("/v1/models/champion", 404, "not-found"),
        ("/?group=0Z", 404, "not-found"),
        ("/?learner=nobody", 404, "not-found"),
    ],
)
def test_asking_for_what_is_not_there(village: Village, address: str, status: int, slug: str) -> None:
    said = assert_problem(village.client.get(address), status, slug)
    assert "/home/" not in str(said)


@pytest.mark.parametrize(
    ("body", "headers", "status", "slug"),
    [
        (b"", JSON, 422, "invalid-input"),
        (b"{", JSON, 400, "malformed"),
        (b"\xff\xfe\xfa", JSON, 400, "malformed"),
        (b'{"responses": ' + b"9" * 5000 + b"}", JSON, 400, "malformed"),
        (DEEPER, JSON, 400, "malformed"),
        (DEEP, JSON, 422, "invalid-input"),
        (b"[]", JSON, 422, "invalid-input"),
        (b"null", JSON, 422, "invalid-input"),
        (b"{}", JSON, 422, "invalid-input"),
        (b'{"responses": {}}', JSON, 422, "invalid-input"),
        (b'{"responses": [], "more": 1}', JSON, 422, "invalid-input"),
        (b'{"responses": [], "\\ud800": 1}', JSON, 422, "invalid-input"),
        (b'{"responses": []}', {}, 415, "unsupported-media-type"),
        (b'{"responses": []}', {"content-type": "text/plain"}, 415, "unsupported-media-type"),
        (b'{"responses": [' + b"1," * 1000 + b"1]}", JSON, 413, "too-large"),
        (b" " * 5_000_000, JSON, 413, "too-large"),
    ],
)
def test_bodies_that_are_not_what_they_should_be(
    village: Village, body: bytes, headers: dict[str, str], status: int, slug: str
) -> None:
    assert_problem(village.client.post("/v1/responses", content=body, headers=headers), status, slug)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "POST", "BREW"])
def test_a_method_that_is_not_there_names_those_that_are(village: Village, method: str) -> None:
    answer = village.client.request(method, f"/v1/learners/{ALICE}/path")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_asking_which_methods_there_are(village: Village) -> None:
    answer = village.client.options("/v1/responses")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "OPTIONS, POST", b"")


@pytest.mark.parametrize(
    "address", ["/", "/docs", "/healthz", "/openapi.json", "/static/polku.css", f"/v1/learners/{ALICE}/path"]
)
def test_head_is_get_without_the_body(village: Village, address: str) -> None:
    whole, head = village.client.get(address), village.client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize("address", ["/", "/docs", "/healthz", "/openapi.json", "/static/polku.css", "/nowhere"])
def test_every_answer_carries_the_security_headers(village: Village, address: str) -> None:
    headers = village.client.get(address).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/?learner=nobody", 404, "Tätä ei löytynyt."),
        ("/nowhere?lang=sv", 404, "Det här hittades inte."),
        ("/?group=%00&lang=en", 422, "The request could not be handled."),
    ],
)
def test_a_person_gets_a_page_with_the_same_status(village: Village, address: str, status: int, words: str) -> None:
    answer = village.client.get(address, headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{words}</h1>" in answer.text


def test_an_address_for_programs_answers_a_browser_as_it_answers_a_program(village: Village) -> None:
    answer = village.client.get("/v1/learners/nobody/path", headers={"accept": "text/html"})
    assert_problem(answer, 404, "not-found")
