"""Vendors at the doors: what comes under a pseudonym is the learner's, if it is that vendor's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from issuer import ISSUER, Issuer, bearer
from polku.errors import DefinitionError, NotFoundError
from polku.home import Home
from polku.store.catalogue import Entry
from polku.store.holds import OBJECTION, PAUSE, RESTRICTION
from polku.web.vendors import LIFE_S, load_vendors, vendor_of
from polku.web.vendors.exposure import exposure
from village import ALICE, HERE, SKILL, Answer, TestClient, Village, open_village

SECRET = "a secret of thirty-two characters"  # noqa: S105 - of this test
LAUNCH = "https://tasks.vendor.example/open?t={token}"
FILE = f'name = "Vendor"\nlaunch = "{LAUNCH}"\nsecret_file = "SECRET"\n'
WRITES = "responses:write learners:read vendor:north"


@pytest.fixture(scope="module")
def market(
    settled: Path, signing_home: Callable[[str], Home], issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """Return a platform with two vendors: one with three tasks on a skill, one with a single one."""
    access = f'[access]\nsign_in = "oidc"\nissuer = "{ISSUER}"\nkeys = "{issuer.path}"\n'
    home = signing_home(access)
    vendors = home.root / "serve" / "vendors"
    for name in ("north", "south"):
        (vendors / f"{name}.toml").write_text(FILE.replace("SECRET", f"{name}.key"), encoding="utf-8")
        (vendors / f"{name}.key").write_text(f"{SECRET} {name}", encoding="utf-8")
    village = open_village(settled, tmp_path_factory.mktemp("market") / "polku.db", home)
    with village.store.begin() as tx:
        tx.catalogue.replace("north", [Entry(f"n{place}", "north", (SKILL,), f"Task {place}") for place in range(3)])
        tx.catalogue.replace("south", [Entry("s0", "south", (SKILL,), "Task", "sv")])
        tx.catalogue.replace("gone", [Entry("g0", "gone", (SKILL,), "Of a vendor that left")])
    with TestClient(village.app, **HERE) as village.client:
        yield village
    village.store.close()


@pytest.fixture
def service(issuer: Issuer) -> dict[str, str]:
    """Return the headers of a service that speaks for one vendor, and may read learners."""
    return bearer(issuer.token("service", "S1", scope=WRITES))


def tasks(market: Village, headers: dict[str, str], learner: str = ALICE, **query: str) -> dict[str, Any]:
    answer = market.client.get(
        f"/v1/learners/{learner}/tasks", params={"skill": SKILL, "lang": "fi"} | query, headers=headers
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def send(market: Village, headers: dict[str, str], learner: str, response_id: str) -> Answer:
    row = {"response_id": response_id, "learner_id": learner, "item_id": "n0", "correct": 1}
    rows = {"responses": [row | {"answered_at": "2026-06-05T09:00:00Z"}]}
    answer: Answer = market.client.post("/v1/responses", json=rows, headers=headers)
    return answer


def test_a_link_is_signed_for_its_vendor_and_tells_nothing_about_anybody(
    market: Village, service: dict[str, str]
) -> None:
    said = tasks(market, service)
    assert {one["vendor"] for one in said["tasks"]} == {"north"}, "the other's is in another language"
    links = [one["launch"].removeprefix(LAUNCH.removesuffix("{token}")) for one in said["tasks"]]
    decoded = [jwt.decode(one, OctKey.import_key(f"{SECRET} north"), algorithms=["HS256"]) for one in links]
    first = decoded[0].claims
    assert set(first) == {"iss", "aud", "sub", "iat", "exp", "jti", "item", "purpose", "lang", "return_to"}
    assert (first["aud"], first["exp"] - first["iat"], first["item"]) == ("north", LIFE_S, said["tasks"][0]["item_id"])
    assert abs(first["iat"] - time.time()) < LIFE_S
    assert len({one.claims["jti"] for one in decoded}) == 3
    assert ALICE not in str(first)
    other = tasks(market, service, lang="sv")["tasks"]
    (south,) = (one["launch"].split("t=")[1] for one in other if one["vendor"] == "south")
    theirs = jwt.decode(south, OctKey.import_key(f"{SECRET} south"), algorithms=["HS256"]).claims
    assert theirs["sub"] != first["sub"], "two vendors cannot put together what they know"


def test_a_result_under_a_pseudonym_is_the_learners(market: Village, service: dict[str, str]) -> None:
    with market.store.begin() as tx:
        subject = tx.launches.subject("north", "L0004")
    assert send(market, service, subject, "north-1").json()["accepted"] == 1
    assert send(market, service, subject, "north-1").json()["repeated"] == 1
    with market.store.read() as tx:
        (made,) = [one for one in tx.responses.of(["L0004"]) if one.response_id == "north-1"]
    assert (made.learner_id, made.skill_ids) == ("L0004", (SKILL,))


@pytest.mark.parametrize("scope", ["responses:write", "responses:write vendor:south"])
def test_somebody_elses_pseudonym_is_refused_and_makes_no_learner(market: Village, issuer: Issuer, scope: str) -> None:
    with market.store.begin() as tx:
        subject = tx.launches.subject("north", "L0005")
        before = tx.responses.count()
    answer = send(market, bearer(issuer.token("service", "S2", scope=scope)), subject, "stolen")
    assert answer.status_code == 422
    assert [(one["reason"], one["column"]) for one in answer.json()["refused"]] == [("missing", "learner_id")]
    with market.store.read() as tx:
        assert tx.responses.count() == before


def test_streams_know_pseudonyms_too(market: Village, service: dict[str, str], issuer: Issuer) -> None:
    with market.store.begin() as tx:
        subject = tx.launches.subject("north", "L0006")
    statement = {
        "id": "7f5b1c1e-0000-4000-8000-000000000009",
        "actor": {"account": {"homePage": "https://v.example", "name": subject}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://v.example/tasks/n0"},
        "result": {"score": {"scaled": 1.0}},
    }
    version = {"X-Experience-API-Version": "1.0.3"}
    stranger = bearer(issuer.token("service", "S3", scope="responses:write"))
    for headers in (service, stranger):
        answer = market.client.post("/xapi/statements", json=statement, headers=headers | version)
        assert answer.status_code == 200, answer.text
    with market.store.read() as tx:
        found = [one for one in tx.responses.of(["L0006", subject]) if one.item_id == "n0"]
        assert [one.learner_id for one in found] == ["L0006"]
        assert [one.counts["refused"] for one in tx.receipts.list("xapi:S3")] == [{"no_learner": 1}]


def test_who_looks_on_gets_titles_and_no_link(market: Village, issuer: Issuer) -> None:
    own = bearer(issuer.token("learner", "L0007"))
    assert all(one["launch"] for one in tasks(market, own, "L0007")["tasks"])
    with market.store.begin() as tx:
        offered = tx.launches.offered_to("L0007", "step")
    assert len(offered) == 3


@pytest.mark.parametrize(("kind", "given"), [(RESTRICTION, set()), (PAUSE, {"check"}), (OBJECTION, {"step", "check"})])
def test_what_is_held_back_gives_no_task(market: Village, service: dict[str, str], kind: str, given: set[str]) -> None:
    learner = "L0008"
    with market.store.begin() as tx:
        tx.holds.put(kind, "learner", learner, by=learner, role="learner")
    found = {
        purpose
        for purpose in ("step", "check", "diagnostic")
        if tasks(market, service, learner, purpose=purpose)["tasks"]
    }
    with market.store.begin() as tx:
        tx.holds.lift(kind, "learner", learner, by=learner, role="learner", reason=None)
    assert found == given


def test_feedback_is_about_own_tasks_and_for_who_speaks_for_the_vendor(
    market: Village, service: dict[str, str], issuer: Issuer
) -> None:
    def get(vendor: str, headers: dict[str, str]) -> Answer:
        answer: Answer = market.client.get(f"/v1/vendors/{vendor}/feedback", headers=headers)
        return answer

    said = get("north", service).json()
    assert [one["item_id"] for one in said["items"]] == ["n0", "n1", "n2"]
    assert {one["learners"] for one in said["items"]} == {None}, "a handful of learners is nobody's business"
    first = market.client.get("/v1/vendors/north/feedback?limit=2", headers=service).json()
    last = market.client.get(f"/v1/vendors/north/feedback?limit=2&after={first['next']}", headers=service).json()
    assert (first["items"] + last["items"], last["next"], said["next"]) == (said["items"], None, None)
    assert get("south", service).status_code == 403
    administrator = bearer(issuer.token("administrator", "A1"))
    assert get("south", administrator).status_code == 200
    assert get("gone", administrator).status_code == 404


def test_exposure_stands_beside_what_each_had(market: Village, service: dict[str, str]) -> None:
    for place in range(10, 30):
        tasks(market, service, f"L00{place}", lang="sv")
    with market.store.read() as tx:
        table = exposure(tx).set_index("vendor")
        made = len(tx.launches.all())
    assert int(table["offered"].sum()) == made
    assert table["expected"].sum() == pytest.approx(made, abs=1.0)
    assert table["z"].abs().max() < 4.0


def test_an_unknown_skill_is_404(market: Village, service: dict[str, str]) -> None:
    answer = market.client.get(f"/v1/learners/{ALICE}/tasks", params={"skill": "ALGEBRA"}, headers=service)
    assert answer.status_code == 404


def test_definitions_are_checked(home: Home, tmp_path: Path) -> None:
    for room in ("features", "models"):
        (tmp_path / room).symlink_to(home.root / room)
    folder = tmp_path / "serve" / "vendors"
    folder.mkdir(parents=True)
    (tmp_path / "serve" / "settings.toml").write_text((home.serve / "settings.toml").read_text(encoding="utf-8"))
    found = Home.find(tmp_path)
    assert load_vendors(found) == {}
    (folder / "lab.toml").write_text(FILE.replace("SECRET", "lab.key"))
    with pytest.raises(DefinitionError, match="no secret to sign with"):
        vendor_of(found, "lab").secret()
    with pytest.raises(NotFoundError, match="no such vendor"):
        vendor_of(found, "lap")
    for wrong, why in (("http://far.example/{token}", "https address"), ("https://v.example/", "https address")):
        (folder / "lab.toml").write_text(FILE.replace(LAUNCH, wrong))
        with pytest.raises(DefinitionError, match=why):
            load_vendors(found)
    (folder / "lab.toml").write_text(FILE.replace("secret_file", "catalogue"))
    with pytest.raises(DefinitionError, match="secret_env and secret_file"):
        load_vendors(found)


def test_a_learner_who_knows_this_already_finds_tasks_that_open_and_nobody_else_does(
    market: Village, issuer: Issuer, service: dict[str, str]
) -> None:
    learner = bearer(issuer.token("learner", ALICE))
    path = market.client.get(f"/v1/learners/{ALICE}/path", headers=service).json()
    skill = path["options"][0]["skill_id"]
    with market.store.begin() as tx:
        tx.catalogue.replace("south", [Entry("s1", "south", (skill,), "Try this one", "en")])
        tx.requests.ask("check", ALICE, by=ALICE, role="learner", skill_id=skill)
    page = market.client.get("/me?lang=en", headers=learner).text
    opening = page.split('href="https://tasks.vendor.example/open?t=')[1]
    assert "Try this one</a>" in opening
    assert ALICE not in opening.split('"')[0]
    with market.store.read() as tx:
        assert "s1" in tx.launches.offered_to(ALICE, "check")
    onlooker = market.client.get(f"/me?learner={ALICE}&lang=en", headers=bearer(issuer.token("guardian", "G1")))
    assert "tasks.vendor.example" not in onlooker.text
