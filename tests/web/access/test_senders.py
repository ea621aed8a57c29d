"""Senders of xAPI and Caliper sign in as their clients do: with a key and a secret, at these doors and no other."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import ValidationError

from issuer import Issuer
from polku.schemas.access import AccessSettings, SenderSettings
from polku.web.access.senders import Given, Senders, challenge, given
from polku.web.viewer import Role
from village import Answer, Village

OPENS = "what a sender alone knows, long enough that nobody guesses it"
STORE = OPENS[::-1]
SPOKEN = {"X-Experience-API-Version": "1.0.3"}
STATEMENTS, EVENTS = "/xapi/statements", "/caliper/events"


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def call(platform: Village, path: str, authorization: str | None) -> Answer:
    headers = SPOKEN | ({} if authorization is None else {"authorization": authorization})
    method = "POST" if path == EVENTS else "GET"
    answer: Answer = platform.client.request(method, path, headers=headers)
    return answer


@pytest.mark.parametrize(
    ("path", "header", "said"),
    [
        (STATEMENTS, basic("a", "b"), Given("a", "b")),
        (STATEMENTS, basic("a", "b:c"), Given("a", "b:c")),
        (STATEMENTS, basic("", "ä"), Given("", "ä")),
        (STATEMENTS, "BASIC  " + basic("a", "b")[6:], Given("a", "b")),
        (STATEMENTS, "Bearer t", Given(None, "t")),
        (STATEMENTS, "t", None),
        (EVENTS, "t", Given(None, "t")),
        (EVENTS, "Token t", None),
        (EVENTS, "bearer t", Given(None, "t")),
        *(
            (path, header, None)
            for path in (STATEMENTS, EVENTS)
            for header in ("", "Basic", "Basic a", "Basic ////", "Bearer ")
        ),
        (STATEMENTS, basic("a", ""), None),
        *(
            (path, basic("a", "b"), None)
            for path in ("/v1/responses", "/ims/case/v1p1/CFDocuments", "/xapi", "/xapix/y")
        ),
    ],
)
def test_what_a_header_holds(path: str, header: str, said: Given | None) -> None:
    assert given(path, header) == said


def test_a_secret_is_its_senders_alone() -> None:
    held = {
        name: SenderSettings(provider="demo", secret_sha256=hashlib.sha256(name.encode()).hexdigest()) for name in "ab"
    }
    senders = Senders(held)
    viewer = senders.viewer(Given("a", "a"))
    assert viewer is not None
    assert (viewer.subject, viewer.role, set(viewer.scopes)) == ("a", Role.SERVICE, {"responses:write"})
    assert senders.viewer(Given(None, "b")) == senders.viewer(Given("b", "b"))
    assert [senders.viewer(Given(key, secret)) for key, secret in (("a", "b"), ("", "a"), ("a", "c"))] == [None] * 3
    assert Senders().viewer(Given("a", "a")) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"secret_sha256": "0" * 63}, "should match pattern"),
        ({"provider": ""}, "at least 1 character"),
        ({"scopes": ["groups:read"]}, "Input should be"),
        ({"other": 3}, "other"),
    ],
)
def test_a_sender_is_described_whole(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SenderSettings(**{"provider": "demo", "secret_sha256": "0" * 64, **changes})


def test_two_senders_have_two_secrets() -> None:
    one = {"provider": "demo", "secret_sha256": "0" * 64}
    with pytest.raises(ValidationError, match="a secret of its own"):
        AccessSettings.model_validate({"senders": {"a": one, "b": one}})


def test_each_client_signs_in_in_its_own_way(platform: Village, issuer: Issuer) -> None:
    token = issuer.token("service", "S1", scope="responses:write")
    for said in (basic("moodle", OPENS), f"Bearer {OPENS}", basic("anything", token), f"Bearer {token}"):
        assert call(platform, STATEMENTS, said).status_code == 200, said[:10]
        assert call(platform, EVENTS, said).status_code == 415, "let in, and told that an envelope is JSON"
    for said in (OPENS.replace(" ", ""), token):
        assert call(platform, EVENTS, said).status_code == (415 if said == token else 401)
        assert call(platform, STATEMENTS, said).status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        None,
        basic("moodle", "wrong"),
        basic("Moodle", OPENS),
        basic("store", OPENS),
        "Bearer x",
        "Basic x",
        "Digest a",
    ],
)
def test_who_is_nobodys_sender_is_told_how_to_sign_in(platform: Village, said: str | None) -> None:
    answer = call(platform, STATEMENTS, said)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, challenge(STATEMENTS))
    assert "Basic realm" in challenge(EVENTS)
    assert answer.headers["x-experience-api-version"] == "1.0.3"
    assert call(platform, "/v1/receipts", said).headers["www-authenticate"] == challenge("/v1") == "Bearer"


@pytest.mark.parametrize("path", ["/v1/receipts/x", "/v1/learners/L0001/path", "/ims/case/v1p1/CFDocuments", "/"])
def test_a_secret_opens_no_other_door(platform: Village, path: str) -> None:
    for said in (basic("moodle", OPENS), f"Bearer {OPENS}", basic("store", STORE)):
        assert call(platform, path, said).status_code in {401, 404} or path == "/"


def test_a_sender_does_what_its_scopes_say(platform: Village) -> None:
    sends, reads = basic("moodle", OPENS), basic("store", STORE)
    suggested = "/xapi/suggestions/statements"
    assert [call(platform, path, sends).status_code for path in (STATEMENTS, suggested)] == [200, 403]
    assert [call(platform, path, reads).status_code for path in (STATEMENTS, suggested)] == [403, 200]


def test_a_form_may_hold_who_sends_it(platform: Village) -> None:
    form = urlencode({"Authorization": basic("moodle", OPENS), **SPOKEN, "limit": "1"})
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for content, status in ((form, 200), (urlencode(SPOKEN), 401)):
        answer = platform.client.post(f"{STATEMENTS}?method=GET", content=content, headers=kind)
        assert answer.status_code == status


def test_senders_are_counted_by_themselves(platform: Village) -> None:
    left = [call(platform, STATEMENTS, said).headers["ratelimit"] for said in (basic("moodle", OPENS), basic("x", "y"))]
    assert all(one.startswith('"client";r=') for one in left)
