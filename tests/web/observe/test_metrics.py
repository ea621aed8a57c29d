"""Figures: what is counted, how many series there can be, and who may read them."""

from __future__ import annotations

import hashlib
import re
import secrets

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from polku.schemas.running import Running
from polku.web.observe.metrics import Metrics
from village import ALICE, HERE, TestClient, Village, assert_problem, row

ENDLESS = 60


def figures(village: Village) -> dict[tuple[str, ...], float]:
    """Return every series by its name and labels."""
    text = village.client.get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_is_done_is_counted(village: Village) -> None:
    village.get(f"/v1/learners/{ALICE}/path")
    village.post(row("new"), row("bad", correct=7), row("worse", learner_id="010190-123A"))
    village.get(f"/v1/learners/{ALICE}/path")
    village.get("/readyz")
    found = figures(village)
    route = "/v1/learners/{learner_id:path}/path"
    assert found["polku_requests_total", "GET", route, "2xx"] == 2
    assert found["polku_request_seconds_count", "GET", route] == 2
    assert found["polku_suggestions_total", "prerequisite_rule"] >= 1
    assert found["polku_profile_folds_total",] >= 2
    assert sum(value for name, value in found.items() if name[0] == "polku_refused_rows_total") == 2
    assert found["polku_champion_info", "none", "prerequisite_rule"] == 1
    assert found["polku_ready",] == 1
    assert found["polku_log_unsealed_entries",] >= 1
    assert found["polku_log_unsealed_seconds",] >= 0


def test_what_comes_from_outside_makes_no_series(village: Village) -> None:
    for number in range(ENDLESS):
        village.client.get(f"/v1/learners/nobody-{number}/path?goal={number}")
        village.client.get(f"/nowhere/{number}")
        village.client.request(f"BREW{number}", "/healthz")
    names = [name for name in figures(village) if name[0] == "polku_requests_total"]
    assert len(names) < 12
    assert ("polku_requests_total", "other", "/healthz", "4xx") in names
    text = village.client.get("/metrics").text
    assert not re.search(r"nobody|nowhere/\d|BREW", text)
    assert ALICE not in text


def test_a_row_that_is_undone_with_its_request_leaves_the_service_counting(village: Village) -> None:
    village.post({"response_id": "x"})
    village.post({"response_id": "y"})
    found = figures(village)
    assert sum(value for name, value in found.items() if name[0] == "polku_refused_rows_total") == 2


@pytest.mark.parametrize("where", [{"client": ("10.0.0.7", 5000)}, {"headers": {"x-forwarded-for": "127.0.0.1"}}])
def test_figures_are_for_those_who_run_the_service(village: Village, where: dict[str, object]) -> None:
    assert_problem(TestClient(village.app, **(HERE | where)).get("/metrics"), 403, "forbidden")


def test_a_named_collector_reads_them_from_its_own_machine(village: Village) -> None:
    running = village.app.state.tenants.settings.service
    village.app.state.tenants.settings = village.app.state.tenants.settings.model_copy(
        update={"service": running.model_copy(update={"scrapers": ("10.0.0.0/24",)})}
    )
    there = {"client": ("10.0.0.7", 5000)}
    assert TestClient(village.app, **(HERE | there)).get("/metrics").status_code == 200
    for where in (
        {"client": ("10.0.1.7", 5000)},
        {"client": ("nowhere", 5000)},
        there | {"headers": {"x-forwarded-for": "10.0.0.7"}},
    ):
        assert_problem(TestClient(village.app, **(HERE | where)).get("/metrics"), 403, "forbidden")
    assert_problem(TestClient(village.app, **(HERE | there)).get("/"), 403, "forbidden")
    with pytest.raises(ValidationError, match="name addresses or networks"):
        Running(scrapers=("0.0.0.0/0",))


TOKENS = tuple(secrets.token_urlsafe(32) for _ in range(2))


@pytest.mark.parametrize("networks", [(), ("10.0.0.0/24",)])
def test_a_collector_shows_its_token_where_one_is_named(village: Village, networks: tuple[str, ...]) -> None:
    hashes = tuple(hashlib.sha256(one.encode()).hexdigest() for one in TOKENS)
    tenants = village.app.state.tenants
    running = tenants.settings.service.model_copy(update={"scrapers": networks, "scraper_tokens_sha256": hashes})
    tenants.settings = tenants.settings.model_copy(update={"service": running})

    def status(said: str | None, host: str = "10.0.0.7", **headers: str) -> int:
        shown = headers | ({} if said is None else {"authorization": said})
        return int(
            TestClient(village.app, **(HERE | {"client": (host, 5000)})).get("/metrics", headers=shown).status_code
        )

    assert [status(f"Bearer {one}") for one in TOKENS] == [200, 200], "the new one and the one before"
    assert status(f"bearer  {TOKENS[0]} ") == 200
    wrong = [None, "", "Bearer", "Bearer ", f"Basic {TOKENS[0]}", f"Bearer {TOKENS[0]}x", f"Bearer {hashes[0]}"]
    assert [status(one) for one in wrong] == [403] * len(wrong)
    assert status(f"Bearer {TOKENS[0]}", **{"x-forwarded-for": "10.0.0.7"}) == 403, "nobody through a proxy"
    assert status(f"Bearer {TOKENS[0]}", host="10.0.1.7") == (403 if networks else 200)
    assert status(None, host="127.0.0.1") == 200
    assert village.client.get("/v1/pauses", headers={"authorization": f"Bearer {TOKENS[0]}"}).status_code == 200
    there = TestClient(village.app, **(HERE | {"client": ("10.0.0.7", 5000)}))
    assert there.get("/v1/pauses", headers={"authorization": f"Bearer {TOKENS[0]}"}).status_code == 403


@pytest.mark.parametrize("given", ["", "secret", "A" * 64, "0" * 63])
def test_a_token_stands_in_the_settings_by_its_hash_alone(given: str) -> None:
    with pytest.raises(ValidationError, match="should match pattern"):
        Running(scraper_tokens_sha256=(given,))


def test_a_bundle_is_named_while_somebody_stands_on_it() -> None:
    metrics, old, new = Metrics(), ("a" * 64, "model"), ("b" * 64, "model")
    metrics.champion(None, old)
    metrics.champion(None, old)  # another provider on the same bundle
    metrics.champion(old, new)
    assert _info(metrics) == {"aaaaaaaaaaaa": 1, "bbbbbbbbbbbb": 1}
    metrics.champion(old, new)
    assert _info(metrics) == {"bbbbbbbbbbbb": 2}


def test_refusals_of_several_providers_are_counted_one_by_one() -> None:
    metrics = Metrics()
    for refusing in (True, True, False):
        metrics.champion_refused(refusing)
    text = metrics.text().decode()
    assert "polku_champion_refused 1.0" in text
    assert "polku_champion_faults_total 2.0" in text


def _info(metrics: Metrics) -> dict[str, float]:
    found = text_string_to_metric_families(metrics.text().decode())
    return {
        one.labels["bundle"]: one.value for part in found if part.name == "polku_champion_info" for one in part.samples
    }
