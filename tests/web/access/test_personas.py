"""The demonstration's personas: loudly labelled, gone in production, and no more than a token like any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from issuer import bearer
from polku.errors import DefinitionError
from polku.home import Home
from polku.records import Roster
from polku.records.relations import Kind, Permit, Relation
from polku.schemas.access import AccessSettings
from polku.web.access.labelling import HEADER
from polku.web.access.personas import usual_subject
from polku.web.access.sign_in import COOKIE
from polku.web.viewer import Role
from village import ALICE, GROUP, HERE, TestClient, Village, assert_problem, open_village

SINCE = dt.date(2025, 8, 11)


@pytest.fixture(scope="module")
def demo(
    settled: Path, signing_home: Callable[[str], Home], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """Return a demonstration with a teacher, somebody at home and a principal."""
    home = signing_home('[access]\nsign_in = "demo"\nremember_s = 0\n')
    village = open_village(settled, tmp_path_factory.mktemp("demo") / "polku.db", home)
    with village.store.begin() as tx:
        learners = tx.roster.learners()
        teacher = {"teacher_id": "T07", "group_id": GROUP, "starts_on": SINCE, "ends_on": None}
        tx.roster.replace(Roster(learners, Roster.of([], [teacher]).teachers))
        tx.relations.replace(
            [
                Relation("G1", Kind.GUARDIAN, "learner", ALICE, SINCE, None),
                Relation("R1", Kind.PRINCIPAL, "school", "Koivurannan koulu", SINCE, None),
            ]
        )
        tx.relations.permit([Permit("demo-permit", "demo-researcher", SINCE, SINCE.replace(year=2027))])
    with TestClient(village.app, **HERE) as village.client:
        yield village
    village.store.close()


@pytest.fixture
def browser(demo: Village) -> TestClient:
    """Return a browser of this test's own."""
    return TestClient(demo.app, **HERE)


@pytest.mark.parametrize(
    ("persona", "subject", "address"),
    [
        ("learner", "L0001", f"/v1/learners/{ALICE}/path"),
        ("guardian", "G1", f"/v1/learners/{ALICE}/path"),
        ("teacher", "T07", f"/v1/groups/{GROUP}/suggestions"),
        ("principal", "R1", "/v1/schools/Koivurannan koulu/aggregates"),
        ("administrator", "demo-administrator", "/v1/aggregates"),
        ("researcher", "demo-researcher", "/v1/models/champion"),
        ("auditor", "demo-auditor", "/v1/models/champion"),
        ("service", "demo-service", f"/v1/learners/{ALICE}/profile"),
    ],
)
def test_every_persona_gets_a_token_that_opens_what_its_role_opens(
    demo: Village, browser: TestClient, persona: str, subject: str, address: str
) -> None:
    made = browser.post("/v1/demo/token", json={"persona": persona})
    assert made.status_code == 201
    said = made.json()
    assert (said["subject"], said["persona"]) == (subject, persona)
    assert "not for real people's data" in said["warning"]
    answer = demo.client.get(address, headers=bearer(said["token"]))
    assert answer.status_code in {200, 404}
    assert answer.headers[HEADER] == said["warning"]


def test_there_is_a_persona_for_every_role(demo: Village) -> None:
    asked = demo.client.get("/openapi.json").json()["components"]["schemas"]["PersonaIn"]["properties"]["persona"]
    assert set(asked["enum"]) == set(Role)


def test_the_cookie_is_the_pages_and_no_scripts(browser: TestClient) -> None:
    made = browser.post("/personas", content="persona=teacher&lang=en", follow_redirects=False, headers=FORM)
    assert made.status_code == 303
    set_cookie = made.headers["set-cookie"]
    assert set_cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in set_cookie
    assert "SameSite=lax" in set_cookie
    page = browser.get("/?lang=en", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "here anybody may be anybody" in page.text


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("persona", "first"),
    [
        *(("teacher", "/groups"), ("learner", "/me"), ("guardian", "/family")),
        *(("principal", "/school"), ("researcher", "/research")),
    ],
)
def test_every_persona_lands_on_a_page_of_its_own(browser: TestClient, persona: str, first: str) -> None:
    made = browser.post("/personas", content=f"persona={persona}&lang=en", follow_redirects=False, headers=FORM)
    assert (made.status_code, made.headers["location"]) == (303, f"{first}?lang=en")
    page = browser.get(f"{first}?lang=en", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert f'<a href="{first}?lang=en" aria-current="true">' in page.text


def test_teacher_learner_and_guardian_are_of_one_child(demo: Village) -> None:
    with demo.store.read() as tx:
        who = {role: usual_subject(tx, role, SINCE) for role in (Role.TEACHER, Role.LEARNER, Role.GUARDIAN)}
        nobody = usual_subject(tx, Role.TEACHER, SINCE.replace(year=2001))
    assert who == {Role.TEACHER: "T07", Role.LEARNER: ALICE, Role.GUARDIAN: "G1"}
    assert nobody == "demo-teacher"


def test_without_a_persona_a_page_leads_to_the_choice(browser: TestClient) -> None:
    opened = browser.get("/?lang=sv", headers={"accept": "text/html"}, follow_redirects=False)
    assert (opened.status_code, opened.headers["location"]) == (303, "/personas?lang=sv")
    shut = browser.get("/groups?lang=en", headers={"accept": "text/html"})
    assert shut.status_code == 401
    assert 'href="/personas?lang=en"' in shut.text
    choice = browser.get("/personas?lang=fi")
    assert all(f'value="{role}"' in choice.text for role in ("teacher", "learner", "guardian"))
    assert "Opettaja" in choice.text


def test_a_decision_on_the_page_is_the_personas(demo: Village, browser: TestClient) -> None:
    browser.post("/v1/demo/token", json={"persona": "learner"})
    option = browser.get(f"/v1/learners/{ALICE}/path").json()["options"][0]
    form = f"suggestion={option['suggestion_id']}&decision=accept&learner={ALICE}"
    for mark in ({"origin": "https://evil.example"}, {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}):
        assert_problem(browser.post("/decide", content=form, headers=FORM | mark), 403, "forbidden")
    assert browser.post("/decide", content=form, headers=FORM, follow_redirects=False).status_code == 303
    with demo.store.read() as tx:
        made = tx.decisions.of(ALICE)[-1]
    assert (made.by, made.role) == (ALICE, "learner")


@pytest.mark.parametrize("where", [{"client": ("10.0.0.7", 5000)}, {"headers": {"x-forwarded-for": "127.0.0.1"}}])
def test_personas_are_for_this_machine_only(demo: Village, where: dict[str, object]) -> None:
    stranger = TestClient(demo.app, **(HERE | where))
    for address in ("/v1/demo/token", "/personas"):
        assert_problem(stranger.post(address, json={"persona": "teacher"}), 403, "forbidden")


def test_a_persona_that_there_is_not(browser: TestClient) -> None:
    assert_problem(browser.post("/v1/demo/token", json={"persona": "root"}), 422, "invalid-input")
    assert_problem(browser.post("/personas", content="persona=root", headers=FORM), 422, "invalid-input")


def test_the_key_is_new_at_every_start_and_a_token_of_another_start_is_nothing(
    demo: Village, settled: Path, signing_home: Callable[[str], Home], tmp_path: Path
) -> None:
    again = open_village(settled, tmp_path / "polku.db", signing_home('[access]\nsign_in = "demo"\n'))
    token = again.client.post("/v1/demo/token", json={"persona": "administrator"}).json()["token"]
    assert again.client.get("/v1/models/champion", headers=bearer(token)).status_code == 404
    assert_problem(demo.client.get("/v1/models/champion", headers=bearer(token)), 401, "unauthorized")
    again.store.close()


@pytest.mark.parametrize("sign_in", ["demo", "none"])
def test_production_refuses_to_start_without_the_platforms_sign_in(
    signing_home: Callable[[str], Home], sign_in: str
) -> None:
    home = signing_home(f'[access]\nsign_in = "{sign_in}"\nproduction = true\n')
    with pytest.raises(DefinitionError, match="does not start in production"):
        home.settings()


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"sign_in": "oidc"}, "needs issuer and keys"),
        ({"keys": "http://issuer.example/jwks"}, "from a file, by https, or from this machine"),
        ({"keys": "file:///etc/passwd"}, "from a file, by https, or from this machine"),
        ({"sign_in": "password"}, "Input should be"),
    ],
)
def test_settings_that_do_not_hold(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AccessSettings.model_validate(given)


@pytest.mark.parametrize("keys", ["https://issuer.example/jwks", "http://127.0.0.1:9/jwks", "keys.json"])
def test_where_keys_may_come_from(keys: str) -> None:
    assert AccessSettings(keys=keys).keys == keys


def test_elsewhere_there_are_no_personas(platform: Village) -> None:
    assert_problem(platform.client.post("/v1/demo/token", json={"persona": "teacher"}), 404, "not-found")
    assert_problem(platform.client.get("/personas"), 404, "not-found")
    assert HEADER not in platform.client.get("/healthz").headers
