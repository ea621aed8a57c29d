"""The table of paths that an audit compares: made from store and bundle alone, groups or no groups."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import polku.cli.audited_paths as audited
from polku.cli.audited_paths import paths_of
from polku.cli.desk import Desk
from polku.fairness import keep_background
from polku.home import Home
from polku.records import Responses
from polku.training import Bundle, fit, load_spec

LEARNERS = [f"l{number:02d}" for number in range(30)]
ANSWERED = 24
"""The others are on no list and have no answers: only these are planned for."""


def answers(desk: Desk) -> Responses:
    rng = np.random.default_rng(4)
    skills = [name for name, skill in desk.curriculum.skills.items() if skill.grade in {6, 7}][:12]
    learner = np.repeat(LEARNERS[:ANSWERED], 15)
    asked = rng.choice(skills, len(learner))
    return Responses.from_columns(
        {
            "response_id": [f"r{row}" for row in range(len(learner))],
            "learner_id": learner.tolist(),
            "item_id": [f"{skill}-1" for skill in asked],
            "skill_ids": asked.tolist(),
            "answered_at": np.arange(len(learner)),
            "correct": (rng.random(len(learner)) < 0.6).astype(float),
        },
        clock=False,
    )


@pytest.fixture
def desk(own_home: Home, tmp_path: Path) -> Desk:
    stores = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("store", "background")}
    desk = Desk(own_home, own_home.settings().model_copy(update=stores))
    with desk.store.begin() as tx:
        tx.responses.add(answers(desk))
    return desk


@pytest.fixture(scope="module")
def bundle(own_home: Home) -> Bundle:
    """Return a bundle of a model fitted on the answers; its quality plays no part here."""
    desk = Desk(own_home, own_home.settings())
    model = fit(load_spec(own_home, "baseline"), own_home, answers(desk), desk.curriculum, seed=0)
    policy = (own_home.models / "path" / "policy.toml").read_bytes()
    gates = (own_home.models / "mastery" / "gates.toml").read_bytes()
    return Bundle.assemble(model, desk.curriculum, policy=policy, gates=gates)


def keep_groups(desk: Desk) -> None:
    frame = pd.DataFrame({"learner_id": LEARNERS, "gender": ["girl", "boy"] * 15})
    keep_background(desk.home, desk.settings, frame, source="sis")


def test_everybody_has_a_line_and_nothing_changes_with_the_groups(desk: Desk, bundle: Bundle) -> None:
    keep_groups(desk)
    found = paths_of(desk, bundle)
    assert found["learner_id"].tolist() == LEARNERS[:ANSWERED]
    assert found["unchanged"].eq(1).all()
    assert found[["has_grade_level", "fallback", "silent"]].notna().all(axis=None)
    assert not {"churn", "reached", "accepted_share"} & set(found.columns)
    assert found["path_length"].isna().all()  # nobody's grade is known here


def test_a_way_of_planning_that_looks_at_the_groups_is_found_out(
    desk: Desk, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is tried is the whole way, not a signature: here one that reads the enclave behind everybody's back."""
    from polku.fairness.background import Background

    keep_groups(desk)
    planned = audited._planned

    def peeking(desk: Desk, bundle: Bundle, title: str, only: list[str] | None = None) -> dict[str, audited.Planned]:
        with Background.open(desk.settings.background, desk.settings.provider_id) as door:
            girls = set(door.read("peek").query("gender == 'girl'")["learner_id"])
        found = planned(desk, bundle, title, only)
        return {name: replace(plan, grade=9) if name in girls else plan for name, plan in found.items()}

    monkeypatch.setattr(audited, "_planned", peeking)
    assert paths_of(desk, bundle)["unchanged"].eq(0).all()


def test_without_a_background_nothing_can_be_exchanged(desk: Desk, bundle: Bundle) -> None:
    assert paths_of(desk, bundle)["unchanged"].isna().all()


def test_of_many_learners_a_part_is_planned_for_again(
    desk: Desk, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_groups(desk)
    monkeypatch.setattr(audited, "FLIPPED", 7)
    found = paths_of(desk, bundle)["unchanged"]
    assert found.notna().sum() == 7
    assert found.dropna().eq(1).all()


def test_what_was_offered_and_decided_is_counted_by_learner(desk: Desk, bundle: Bundle) -> None:
    step = {"skill_id": "MA79.S2.01", "kind": "continue"}
    path = {"rung": "prerequisite_rule", "options": [step], "path": []}
    with desk.store.begin() as tx:
        ids = {
            name: tx.suggestions.offer(
                name, path=path, candidates=[], scores={}, propensity={}, policy_hash="p", bundle_id=None
            )[0]
            for name in LEARNERS[:3]
        }
    offered = paths_of(desk, bundle).set_index("learner_id")
    assert offered["reached"].sum() == 3
    assert "accepted_share" not in offered
    with desk.store.begin() as tx:
        tx.decisions.add(ids["l00"], "reject", "t1", "teacher")
        tx.decisions.add(ids["l00"], "accept", "t1", "teacher")
        tx.decisions.add(ids["l01"], "edit", "t1", "teacher")
    decided = paths_of(desk, bundle).set_index("learner_id")
    assert decided.loc[["l00", "l01"], "accepted_share"].tolist() == [1.0, 0.0]  # the last decision counts
    assert decided.loc[["l00", "l01"], "overridden_share"].tolist() == [0.0, 1.0]
    assert decided["accepted_share"].notna().sum() == 2


def test_beside_a_released_bundle_it_is_said_what_would_change(desk: Desk, bundle: Bundle) -> None:
    other = Bundle.assemble(
        bundle.model,
        desk.curriculum,
        policy=bundle.policy.replace(b"earlier_grades_met = 2", b"earlier_grades_met = 1"),
        gates=bundle.gates,
    )
    assert other.id != bundle.id
    with desk.store.begin() as tx:
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
        validation = tx.validations.add("{}", bundle.id, "pass")
        tx.bundles.release(bundle.id, "Aino", "test", tx.audits.add("{}", bundle.id), validation)
    assert "churn" not in paths_of(desk, bundle)
    assert paths_of(desk, other)["churn"].between(0, 1).all()
