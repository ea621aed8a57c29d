"""Tokens that must not hold, each wrong in one thing, against the running service; and what the verifier remembers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from forged import FORBIDDEN, UNAUTHORIZED, Made
from issuer import AUDIENCE, ISSUER, Issuer, bearer, elliptic, rsa
from polku.errors import ForbiddenError, NotReadyError, UnauthorizedError
from polku.web.access.keys import IssuerKeys, fetcher
from polku.web.access.tokens import MOST_KEPT, Verifier
from polku.web.viewer import Role
from tried import tried
from village import ALICE, Village, assert_problem

ADDRESS = f"/v1/learners/{ALICE}/profile"


@pytest.mark.parametrize("made", UNAUTHORIZED.values(), ids=UNAUTHORIZED.keys())
def test_what_does_not_hold_is_not_answered(platform: Village, issuer: Issuer, made: Made) -> None:
    answer = platform.client.get(ADDRESS, headers=bearer(made(issuer)))
    said = assert_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert ALICE not in json.dumps(said)
    tried("forged tokens")


@pytest.mark.parametrize("made", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_holds_and_names_nobody_of_ours_opens_nothing(platform: Village, issuer: Issuer, made: Made) -> None:
    assert_problem(platform.client.get(ADDRESS, headers=bearer(made(issuer))), 403, "forbidden")
    tried("forged tokens")


@pytest.mark.parametrize("key", [rsa("second"), elliptic("second")], ids=["RS256", "ES256"])
def test_either_algorithm_holds(platform: Village, issuer: Issuer, key: Any, tmp_path: Path) -> None:
    other = Issuer(tmp_path / "keys.json", key)
    verifier = Verifier(IssuerKeys(other.path.read_bytes), ISSUER, AUDIENCE)
    assert verifier.viewer(other.token("learner", ALICE)).subject == ALICE
    assert platform.client.get(ADDRESS, headers=bearer(issuer.token("learner", ALICE))).status_code == 200


def test_a_token_replayed_on_another_tenant_stays_its_own_providers(platform: Village, issuer: Issuer) -> None:
    """Host, query, headers and path may say what they like: the learner of the same id is the token's provider's."""
    mine = platform.client.get(ADDRESS, headers=bearer(issuer.token("learner", ALICE))).json()
    token = bearer(issuer.token("learner", ALICE, "elsewhere"))
    for more in (
        {},
        {"x-provider": "demo"},
        {"polku-provider": "demo"},
        {"x-tenant-id": "demo"},
        {"host": "localhost"},
    ):
        answer = platform.client.get(ADDRESS + "?provider=demo&provider_id=demo", headers=token | more)
        assert answer.status_code == 200
        assert answer.json()["answers"] == 0 < mine["answers"]
        tried("replayed tokens")
    assert_problem(platform.client.get("/v1/learners/L0002/profile", headers=token), 403, "forbidden")


def test_the_header_is_a_bearers(platform: Village, issuer: Issuer) -> None:
    token = issuer.token("learner", ALICE)
    for header in (f"Basic {token}", token, "Bearer", "Bearer  ", f"Bearer {token} {token}"):
        assert_problem(platform.client.get(ADDRESS, headers={"authorization": header}), 401, "unauthorized")
    assert platform.client.get(ADDRESS, headers={"authorization": f"bearer {token}"}).status_code == 200


def test_the_cookie_of_the_desktop_holds_the_same_token(platform: Village, issuer: Issuer) -> None:
    cookie = {"cookie": f"desktop={issuer.token('learner', ALICE)}"}
    assert platform.client.get(ADDRESS, headers=cookie).status_code == 200
    for mark in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}):
        assert_problem(platform.client.get(ADDRESS, headers=cookie | mark), 403, "forbidden")
        assert_problem(platform.client.post("/decide", data={}, headers=cookie | mark), 403, "forbidden")
    assert_problem(platform.client.get(ADDRESS, headers={"cookie": "polku_persona=x"}), 401, "unauthorized")


class Time:
    """A clock for both kinds of seconds."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))  # of this test: what its issuer signs is of now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def own(tmp_path: Path) -> Issuer:
    """Return an issuer of this test's own."""
    return Issuer(tmp_path / "keys.json")


@pytest.fixture
def reads() -> list[int]:
    """Return a list that grows by one each time the key set is read."""
    return []


@pytest.fixture
def verifier(own: Issuer, clock: Time, reads: list[int]) -> Verifier:
    def fetch() -> bytes:
        reads.append(1)
        return own.path.read_bytes()

    return Verifier(IssuerKeys(fetch, clock=clock), ISSUER, AUDIENCE, clock=clock)


def test_a_token_that_was_checked_is_known_until_it_ends(verifier: Verifier, own: Issuer, clock: Time) -> None:
    token = own.token("learner", ALICE, exp=int(clock.now) + 100)
    assert verifier.known(token) is None
    viewer = verifier.viewer(token)
    assert viewer == verifier.known(token)
    assert viewer.role is Role.LEARNER
    clock.now += 129
    assert verifier.known(token) == viewer, "the leeway counts"
    clock.now += 2
    assert verifier.known(token) is None
    with pytest.raises(UnauthorizedError, match="has ended"):
        verifier.viewer(token)


def test_a_new_key_is_found_and_a_key_taken_back_stops_to_count(
    verifier: Verifier, own: Issuer, clock: Time, reads: list[int]
) -> None:
    old, new = own.key, elliptic("ec-2")
    before = own.token("learner", ALICE)
    verifier.viewer(before)
    own.publish(old, new)
    clock.now += 61
    after = own.sign(own.claims("learner", ALICE), key=new)
    assert verifier.viewer(after).subject == ALICE
    assert verifier.viewer(before).subject == ALICE, "both keys count while both are published"
    own.publish(new)
    clock.now += 601
    assert verifier.known(before) is verifier.known(after) is None, "what is remembered waits for the keys"
    assert verifier.viewer(after).subject == ALICE
    with pytest.raises(UnauthorizedError, match="a key that the issuer does not name"):
        verifier.viewer(before)
    assert len(reads) <= 4


def test_made_up_key_ids_ask_the_issuer_once_a_minute(
    verifier: Verifier, own: Issuer, clock: Time, reads: list[int]
) -> None:
    for number in range(50):
        with pytest.raises(UnauthorizedError, match="does not name"):
            verifier.viewer(own.sign(own.claims("learner", ALICE), key=elliptic(f"made-up-{number}")))
        clock.now += 1
    assert len(reads) == 1


def test_an_issuer_that_is_away_keeps_its_known_keys(verifier: Verifier, own: Issuer, clock: Time) -> None:
    token = own.token("learner", ALICE)
    verifier.viewer(token)
    own.path.unlink()
    clock.now += 700
    assert verifier.viewer(own.token("learner", ALICE, sub="L2")).subject == "L2"
    own.path.write_text("[]")
    clock.now += 700
    assert verifier.viewer(own.token("learner", ALICE, sub="L3")).subject == "L3"


def test_an_issuer_that_was_never_there_makes_nobody_unauthorized(own: Issuer) -> None:
    own.path.unlink()
    verifier = Verifier(IssuerKeys(own.path.read_bytes), ISSUER, AUDIENCE)
    with pytest.raises(NotReadyError, match="keys cannot be read"):
        verifier.viewer(own.token("learner", ALICE))
    own.publish(own.key)
    assert verifier.viewer(own.token("learner", ALICE)).subject == ALICE, "it recovers by itself"


def test_what_is_remembered_has_a_limit(verifier: Verifier, own: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_KEPT == 10_000
    monkeypatch.setattr("polku.web.access.tokens.MOST_KEPT", 2)
    tokens = [own.token("learner", f"L{number}") for number in range(3)]
    for token in tokens:
        verifier.viewer(token)
    assert [verifier.known(token) is not None for token in tokens] == [False, True, True]


def test_only_a_service_has_scopes_and_they_may_be_a_list(verifier: Verifier, own: Issuer) -> None:
    assert verifier.viewer(own.token("service", "S", scope=["a", "b", 3])).scopes == {"a", "b"}
    assert verifier.viewer(own.token("service", "S", scope=7)).scopes == frozenset()
    assert verifier.viewer(own.token("teacher", "T", scope="responses:write")).scopes == frozenset()


def test_a_token_without_a_role_says_which_there_are(verifier: Verifier, own: Issuer) -> None:
    with pytest.raises(ForbiddenError, match=r"names no role") as caught:
        verifier.viewer(own.token("root", "T"))
    assert "teacher" in str(caught.value)


def test_keys_come_from_a_file_beside_the_settings(own: Issuer) -> None:
    assert fetcher(own.path.name, own.path.parent)() == own.path.read_bytes()


@pytest.fixture
def served(own: Issuer) -> Iterator[str]:
    """Return the address of a server on this machine: keys under /keys, a redirect to them under anything else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/keys" else 302)
            self.send_header("Location", "/keys")
            self.end_headers()
            if self.path == "/keys":
                self.wfile.write(own.path.read_bytes())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_keys_are_fetched_and_no_redirect_is_followed(served: str, own: Issuer) -> None:
    token = own.token("learner", ALICE)
    verifier = Verifier(IssuerKeys(fetcher(f"{served}/keys", own.path)), ISSUER, AUDIENCE)
    assert verifier.viewer(token).subject == ALICE
    led_away = Verifier(IssuerKeys(fetcher(f"{served}/elsewhere", own.path)), ISSUER, AUDIENCE)
    with pytest.raises(NotReadyError, match="keys cannot be read"):
        led_away.viewer(token)


def test_keys_for_encryption_sign_nothing(own: Issuer) -> None:
    key = elliptic("enc")
    listed = [own.key.as_dict(private=False), key.as_dict(private=False) | {"use": "enc"}, {"kty": "oct", "k": "AAAA"}]
    content = {"keys": listed}
    verifier = Verifier(IssuerKeys(lambda: json.dumps(content).encode()), ISSUER, AUDIENCE)
    with pytest.raises(UnauthorizedError, match="does not name"):
        verifier.viewer(own.sign(own.claims("learner", ALICE), key=key))


def test_there_are_as_many_cases_as_the_note_says() -> None:
    assert len(UNAUTHORIZED) + len(FORBIDDEN) == 43
