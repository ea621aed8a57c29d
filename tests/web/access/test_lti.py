"""LTI 1.3 against the running service: a launch from login to page, and each way in which one does not hold."""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from issuer import ISSUER, Issuer, rsa
from lms import CLIENT, LMS, TOOL, Platform
from polku.errors import DefinitionError
from polku.exchange.lti import AGS, CLAIM, LINES, SCORE, Offered
from polku.home import Home
from polku.paths.days import day_of
from polku.records.relations import Kind, Relation
from polku.web.access.sign_in import LAUNCHED
from polku.web.lti.kept import Place, places
from polku.web.lti.registrations import load_registrations
from village import ALICE, GROUP, NOW, Answer, TestClient, Village, assert_problem, open_village

FRAME = "https://desktop.example"
TEACHER = "teacher/own"
Changed = Callable[[dict[str, Any]], dict[str, Any]]
"""Tests of one platform share its keys."""


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return Platform(tmp_path_factory.mktemp("lms"))


def relations() -> list[Relation]:
    """Return a teacher of the group today, and one whose time there has ended."""
    today = day_of(NOW)
    days = {
        TEACHER: (today - dt.timedelta(30), None),
        "teacher/ended": (today - dt.timedelta(9), today - dt.timedelta(1)),
    }
    return [Relation(who, Kind.TEACHER, "group", GROUP, *period) for who, period in days.items()]


@pytest.fixture(scope="module")
def launched(
    settled: Path,
    signing_home: Callable[[str], Home],
    issuer: Issuer,
    lms: Platform,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Village]:
    """Return a service that one platform leads to, and that one site may frame."""
    access = f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "{issuer.path}"\nremember_s = 0\n'
    home = signing_home(f'{access}[pages]\nembed_in = ["{FRAME}"]\n')
    (home.root / "serve" / "lti").symlink_to(lms.folder)
    village = open_village(settled, tmp_path_factory.mktemp("launched") / "polku.db", home)
    with village.store.begin() as tx:
        tx.relations.replace(relations())
    yield village
    village.store.close()


@pytest.fixture
def browser(launched: Village) -> TestClient:
    return TestClient(launched.app, base_url=TOOL, follow_redirects=False)


def begun(browser: TestClient, **more: str) -> dict[str, str]:
    """Begin a launch; return what the platform is asked."""
    asked = {"iss": LMS, "login_hint": "h1", "target_link_uri": f"{TOOL}/me", "client_id": CLIENT} | more
    answer = browser.post("/lti/login", data=asked, headers={"origin": LMS})
    assert answer.status_code == 302, answer.text
    return {name: values[-1] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def ended(browser: TestClient, state: str, token: str) -> Answer:
    answer: Answer = browser.post("/lti/launch", data={"state": state, "id_token": token}, headers={"origin": LMS})
    return answer


def test_a_learner_comes_to_their_page_in_the_platforms_frame(browser: TestClient, lms: Platform) -> None:
    asked = begun(browser, lti_message_hint="m1", lti_deployment_id="d1")
    assert asked["redirect_uri"] == f"{TOOL}/lti/launch"
    assert (asked["response_mode"], asked["prompt"], asked["tenant"]) == ("form_post", "none", "1")
    assert asked["lti_message_hint"] == "m1"
    answer = ended(browser, asked["state"], lms.sign(lms.claims(asked["nonce"], errors={"x": 1})))
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(LAUNCHED))
    assert {"HttpOnly", "Secure", "SameSite=None", "Partitioned"} <= set(cookie.split("; "))
    page = browser.get("/me", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert page.status_code == 200
    assert f"frame-ancestors {FRAME}" in page.headers["content-security-policy"]
    assert_problem(browser.get("/v1/learners/L0002/profile"), 403, "forbidden")
    assert browser.get(f"/v1/learners/{ALICE}/profile").status_code == 200
    elsewhere = browser.get(f"/v1/learners/{ALICE}/profile", headers={"origin": "https://evil.example"})
    assert_problem(elsewhere, 403, "forbidden")


@pytest.mark.parametrize(
    ("subject", "target", "place", "status"),
    [
        (TEACHER, f"/groups/{GROUP}", f"/groups/{GROUP}", 200),
        (TEACHER, "/me", "/groups", 303),
        ("teacher/ended", f"/groups/{GROUP}", f"/groups/{GROUP}", 403),
        ("nobody of the roster", f"/groups/{GROUP}", f"/groups/{GROUP}", 403),
    ],
)
def test_an_instructor_sees_what_relations_open(
    browser: TestClient, lms: Platform, subject: str, target: str, place: str, status: int
) -> None:
    asked = begun(browser)
    claims = lms.claims(asked["nonce"], "Instructor", subject, **{CLAIM + "target_link_uri": TOOL + target})
    answer = ended(browser, asked["state"], lms.sign(claims))
    assert answer.headers["location"] == place
    assert browser.get(place).status_code == status


def test_a_launch_leaves_the_courses_services(browser: TestClient, launched: Village, lms: Platform) -> None:
    asked = begun(browser)
    endpoint = {"lineitems": f"{LMS}/lines", "scope": [SCORE, LINES]}
    services: dict[str, Any] = {AGS: endpoint, CLAIM + "context": {"id": "7A"}}
    assert ended(browser, asked["state"], lms.sign(lms.claims(asked["nonce"], **services))).status_code == 303
    with launched.store.read() as tx:
        assert places(tx, "opi")[ALICE] == [Place("7A", ALICE, Offered(None, f"{LMS}/lines", None, (SCORE, LINES)))]


def test_a_role_that_is_neither_opens_nothing(browser: TestClient, lms: Platform) -> None:
    asked = begun(browser)
    answer = ended(browser, asked["state"], lms.sign(lms.claims(asked["nonce"], "Mentor")))
    assert_problem(answer, 403, "forbidden")
    assert LAUNCHED not in browser.cookies


MOMENT = int(time.time())
BAD: dict[str, tuple[Changed, str]] = {
    "another issuer": (lambda said: said | {"iss": "https://evil.example"}, "its iss"),
    "another audience": (lambda said: said | {"aud": "another"}, "its aud"),
    "several audiences, no azp": (lambda said: said | {"aud": [CLIENT, "another"]}, "azp"),
    "another azp": (lambda said: said | {"azp": "another"}, "azp"),
    "expired": (lambda said: said | {"exp": MOMENT - 3600}, "has ended"),
    "no end": (lambda said: {name: one for name, one in said.items() if name != "exp"}, "its exp"),
    "old": (lambda said: said | {"iat": MOMENT - 7200}, "too old"),
    "of the future": (lambda said: said | {"iat": MOMENT + 7200}, "does not hold"),
    "another nonce": (lambda said: said | {"nonce": "another"}, "another request"),
    "no nonce": (lambda said: {name: one for name, one in said.items() if name != "nonce"}, "its nonce"),
    "another deployment": (lambda said: said | {CLAIM + "deployment_id": "d2"}, "another deployment"),
    "another message": (lambda said: said | {CLAIM + "message_type": "x"}, "no resource link"),
    "another version": (lambda said: said | {CLAIM + "version": "1.1"}, "another version"),
    "a target elsewhere": (
        lambda said: said | {CLAIM + "target_link_uri": "https://127.0.0.1.evil.example/me"},
        "another address",
    ),
}


@pytest.mark.parametrize(("changed", "reason"), BAD.values(), ids=BAD.keys())
def test_a_claim_that_does_not_hold_is_named(browser: TestClient, lms: Platform, changed: Changed, reason: str) -> None:
    asked = begun(browser)
    said = assert_problem(
        ended(browser, asked["state"], lms.sign(changed(lms.claims(asked["nonce"])))), 401, "unauthorized"
    )
    assert reason in json.dumps(said)
    assert LAUNCHED not in browser.cookies


def test_who_signed_it_counts(browser: TestClient, lms: Platform) -> None:
    asked = begun(browser)
    claims = lms.claims(asked["nonce"])
    stranger, body = rsa("k1"), base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').decode().rstrip("=")
    for token in (f"{head}.{body}.", lms.sign(claims, stranger), lms.sign(claims, kid="k0"), "garbage", "", "ä"):
        said = assert_problem(ended(browser, asked["state"], token), 401, "unauthorized")
        assert "signed" in json.dumps(said) or "no token" in json.dumps(said)
    unknown = assert_problem(ended(browser, asked["state"], lms.sign(claims, rsa("k9"))), 401, "unauthorized")
    assert "does not name" in json.dumps(unknown)
    assert ended(browser, asked["state"], lms.sign(claims, lms.keys[0])).status_code == 303, "either key of the set"


def test_a_launch_is_taken_once(browser: TestClient, launched: Village, lms: Platform) -> None:
    asked = begun(browser)
    kept = dict(browser.cookies)
    token = lms.sign(lms.claims(asked["nonce"]))
    assert ended(browser, asked["state"], token).status_code == 303
    assert "not begun in this browser" in ended(browser, asked["state"], token).text
    thief = TestClient(launched.app, base_url=TOOL, cookies=kept, follow_redirects=False)
    assert "was used before" in ended(thief, asked["state"], token).text


def test_a_launch_is_of_the_browser_that_began_it(browser: TestClient, launched: Village, lms: Platform) -> None:
    asked = begun(browser)
    token = lms.sign(lms.claims(asked["nonce"]))
    other = TestClient(launched.app, base_url=TOOL, follow_redirects=False)
    assert "not begun in this browser" in ended(other, asked["state"], token).text
    assert "has no state" in ended(other, "", token).text
    refused = browser.post("/lti/launch", data={"state": asked["state"], "error": "login_required"})
    assert "the platform refused" in refused.text


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"iss": "https://evil.example"}, 401),
        ({"client_id": "another"}, 401),
        ({"lti_deployment_id": "d9"}, 401),
        ({"target_link_uri": "https://evil.example/me"}, 401),
        ({"login_hint": ""}, 422),
        ({"login_hint": "x" * 5000}, 422),
    ],
)
def test_a_login_that_is_not_ours_is_not_begun(browser: TestClient, more: dict[str, str], status: int) -> None:
    asked = {"iss": LMS, "login_hint": "h1", "target_link_uri": f"{TOOL}/me", "client_id": CLIENT} | more
    answer = browser.get("/lti/login", params=asked)
    assert answer.status_code == status, answer.text
    assert "location" not in answer.headers


def test_the_tools_keys_are_public_and_public_alone(browser: TestClient) -> None:
    (key,) = browser.get("/lti/keys").json()["keys"]
    assert key["kid"] == "polku-opi"
    assert "d" not in key


def test_without_a_platform_there_is_no_launch(platform: Village) -> None:
    for answer in (platform.client.get("/lti/keys"), platform.client.post("/lti/launch", data={"state": "x"})):
        assert_problem(answer, 404, "not-found")


def test_a_definition_that_does_not_hold_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "serve" / "lti"
    folder.mkdir(parents=True)
    home, made = Home(tmp_path), Platform(folder)
    assert list(load_registrations(home)) == ["opi"]
    for more, match in (
        ({"tool": "http://polku.example"}, "https address"),
        ({"tool": f"{TOOL}/x"}, "without a path"),
        ({"key_env": "POLKU_LTI_KEY"}, "one of key_file and key_env"),
        ({"key_file": "missing.pem"}, "no key to sign with"),
    ):
        made.write(**more)
        with pytest.raises(DefinitionError, match=match):
            load_registrations(home)
    (folder / "opi.toml").rename(folder / "Opi 2.toml")
    with pytest.raises(DefinitionError, match="small letters"):
        load_registrations(home)
