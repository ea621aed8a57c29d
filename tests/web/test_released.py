"""The service over a released bundle: champion, audit, readiness, and what a swap does."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from polku.errors import PolkuError
from polku.fairness import Audit
from polku.store.jsontext import canonical
from polku.store.migrate import HEAD
from village import Village, assert_problem, row

pytestmark = pytest.mark.xdist_group("town")


def learner(village: Village) -> str:
    """Return somebody with answers."""
    with village.store.read() as tx:
        found: str = tx.responses.learners()[0]
        return found


def break_files(village: Village) -> None:
    """Alter every stored file of every bundle, as a hand on the database would: around the triggers that forbid it."""
    guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bundle_files'"
    with village.store.engine.begin() as connection:
        for name in connection.scalars(text(guards)).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE bundle_files SET content = content || x'20'"))


def test_the_champion_says_what_it_is_and_who_answers_for_it(released: Village) -> None:
    said = released.get("/v1/models/champion")
    with released.store.read() as tx:
        release = tx.bundles.champion_release()
    assert release is not None
    assert said["release"] == release._asdict()
    assert (said["bundle"], said["release"]["approver"]) == (release.bundle_id, "demo approver")
    assert set(said["parts"]) == {"model", "item_statistics", "feature_set", "curriculum", "policy", "gates"}
    assert said["features"]
    assert said["purpose"]


def test_paths_stand_on_the_model_and_are_logged_with_its_bundle(released: Village) -> None:
    who = learner(released)
    said = released.get(f"/v1/learners/{who}/path")
    bundle = released.get("/v1/models/champion")["bundle"]
    assert said["rung"] == "model"
    with released.store.read() as tx:
        offer = tx.suggestions.latest(who)
    assert offer is not None
    assert {one.bundle_id for one in offer.suggestions} == {bundle}
    assert released.get(f"/v1/learners/{who}/profile")["source"] == "model"


def test_an_estimate_says_what_it_is_made_of_when_asked(released: Village) -> None:
    who = learner(released)
    explained = released.get(f"/v1/learners/{who}/profile?explain=true")["skills"]
    plain = released.get(f"/v1/learners/{who}/profile")["skills"]
    assert [skill["made_of"] for skill in plain] == [None] * len(plain)
    for skill in explained:
        assert {"base", "skill", "learner", "calibration"} <= set(skill["made_of"])
        probability = 1.0 / (1.0 + math.exp(-sum(skill["made_of"].values())))
        assert probability == pytest.approx(skill["mastery"], abs=1e-4)


def test_a_later_version_may_write_a_bundle_in_other_bytes(
    released: Village, make_village: Callable[..., Village], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was released is named by the id it was released under, not by one made anew from its content."""
    bundle = released.get("/v1/models/champion")["bundle"]
    monkeypatch.setattr("polku.training.Bundle.id", "another")
    upgraded = make_village(Path(released.store.engine.url.database or ""), released.app.state.service.home)
    assert upgraded.get("/readyz")["bundle"] == bundle
    assert upgraded.get(f"/v1/learners/{learner(upgraded)}/path")["rung"] == "model"


def test_a_posted_response_is_folded_to_the_same_bits_as_a_refold(released: Village) -> None:
    who = learner(released)
    released.get(f"/v1/learners/{who}/profile")
    released.post(*(row(f"new-{place}", learner_id=who) for place in range(3)))
    released.get(f"/v1/learners/{who}/profile")
    with released.store.read() as tx:
        lens = released.app.state.service.suggester.released(tx).lens
        anew = lens.empty()
        anew.fold(tx.responses.of([who]))
        assert tx.profiles.get(who, *lens.hashes) == anew.to_bytes()


def test_every_learner_has_a_way_up(released: Village) -> None:
    with released.store.read() as tx:
        groups = tx.roster.groups()
    for group in groups:
        for one in released.get(f"/v1/groups/{group}/suggestions")["learners"]:
            assert 2 <= len(one["options"]) <= 3
            assert any(option["grade_level"] for option in one["options"])
            assert sum(option["kind"] == "repair" for option in one["options"]) <= 2


def test_the_audit_shows_no_small_cell(released: Village) -> None:
    said = released.get("/v1/audits/latest")
    release = released.get("/v1/models/champion")["release"]
    assert (said["audit_id"], said["bundle"]) == (release["audit_id"], release["bundle_id"])
    assert said["suppressed"]["k"] >= 10
    assert said["cells"]
    assert all(cell["n"] is None or cell["n"] >= 10 for cell in said["cells"])
    hidden = [cell for cell in said["cells"] if cell["n"] is None]
    assert len(hidden) == said["suppressed"]["cells"] > 0
    for cell in hidden:
        figures = {name: value for name, value in cell.items() if name not in {"attribute", "group", "metric"}}
        assert {name for name, value in figures.items() if value is not None} == {"verdict", "reason"}


def test_the_audit_is_the_one_of_the_release_and_not_a_later_one(released: Village) -> None:
    before = released.get("/v1/audits/latest")
    with released.store.begin() as tx:
        stored = tx.audits.get(before["audit_id"])
        assert stored is not None
        raw = json.loads(stored.audit_json) | {"verdict": "concern"}
        tx.audits.add(Audit.from_json(canonical(raw)).to_json(), stored.bundle_id)
    assert released.get("/v1/audits/latest") == before


def test_ready_says_what_suggestions_stand_on(released: Village, village: Village) -> None:
    bundle = released.get("/v1/models/champion")["bundle"]
    kept = {"status": "ok", "migration": HEAD, "refused": None}
    assert released.get("/readyz") == kept | {"rung": "model", "bundle": bundle}
    assert village.get("/readyz") == kept | {"rung": "prerequisite_rule", "bundle": None}
    assert village.get("/healthz") == {"status": "ok"}


def test_a_service_does_not_start_on_an_altered_bundle(released: Village) -> None:
    from polku.web import create_app

    break_files(released)
    with pytest.raises(PolkuError, match="has been altered"):
        create_app(released.app.state.service.home, released.store)


def test_what_was_verified_serves_on_when_its_files_are_altered_and_ready_says_so(released: Village) -> None:
    before = released.get("/readyz")
    break_files(released)
    released.app.state.service.suggester._champion = None
    after = released.get("/readyz")
    assert after["bundle"] == before["bundle"]
    assert "has been altered" in after["refused"]["because"]
    assert released.client.get("/healthz").status_code == 200


def test_a_service_without_its_store_is_not_ready(village: Village) -> None:
    village.store.engine.dispose()
    path = village.store.engine.url.database
    assert path is not None
    Path(path).write_bytes(b"no database" * 1000)
    assert_problem(village.client.get("/readyz"), 503, "not-ready")


def test_a_release_is_taken_up_without_a_restart(village: Village, released: Village) -> None:
    with released.store.read() as tx:
        release = tx.bundles.champion_release()
        assert release is not None
        stored, audit = tx.bundles.get(release.bundle_id), tx.audits.get(release.audit_id)
    assert stored is not None
    assert audit is not None
    before = village.get("/v1/learners/L0001/path")
    with village.store.begin() as tx:
        tx.bundles.add(stored.bundle_id, stored.files, stored.manifest)
        audit_id = tx.audits.add(audit.audit_json, stored.bundle_id)
        validation_id = tx.validations.add("{}", stored.bundle_id, "pass")
        tx.bundles.release(stored.bundle_id, "head of pedagogy", "autumn", audit_id, validation_id)
    after = village.get("/v1/learners/L0001/path")
    assert (before["rung"], after["rung"]) == ("prerequisite_rule", "model")
    assert village.get("/readyz")["bundle"] == stored.bundle_id
