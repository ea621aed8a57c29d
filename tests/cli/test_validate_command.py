"""The candidate of a municipality put to the test: kept, logged, shown, and demanded before a release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.cli.candidates import candidate
from polku.cli.desk import Desk
from polku.cli.promote import card_path, promote
from polku.cli.validate import (
    REFUSED,
    by_background,
    ending,
    labels_of,
    report_path,
    show,
    validate_candidate,
)
from polku.errors import NotReleasedError
from polku.fairness import Audit
from polku.fairness.disclosure import too_small
from polku.records import Responses
from polku.schemas.validation import CHECKS, ValidationLimits
from polku.store.values import StoredValidation
from polku.training.validation import Validation, limits_hash, load_limits

pytestmark = pytest.mark.xdist_group("town")


@pytest.fixture
def kept(town: Desk) -> StoredValidation:
    """Return what the store keeps of the town's validation."""
    with town.store.read() as tx:
        latest = tx.validations.latest(candidate(town).bundle_id)
    assert latest is not None
    return latest


@pytest.fixture
def done(kept: StoredValidation) -> Validation:
    return Validation.from_json(kept.content)


@pytest.fixture
def again(town: Desk, kept: StoredValidation) -> Iterator[Desk]:
    """Return the town, and let its first validation be the latest again afterwards."""
    yield town
    with town.store.begin() as tx:
        tx.validations.add(kept.content, kept.bundle_id, kept.verdict)


def test_the_demonstrations_model_passes(done: Validation, kept: StoredValidation) -> None:
    assert (kept.verdict, done.verdict) == ("pass", "pass")
    assert [check.name for check in done.checks] == list(CHECKS)
    found = {check.name: check.finding for check in done.checks}
    of_concern = [check for check in done.checks if check.finding == "concern"]
    assert len(of_concern) <= 1, "few first answers of a small town may be told from what was predicted of them"
    assert not [check.name for check in of_concern if check.outcome == "block"]
    assert not [check.name for check in done.checks if check.blocks]
    passed = {"baseline", "difficulty", "level", "first_five", "unseen_items", "newest_month"}
    assert {found[name] for name in passed} == {"pass"}


def test_schools_and_grades_come_from_answers_and_roster(done: Validation) -> None:
    findings = {check.name: check.reason for check in done.checks}
    assert "of 12 groups" in findings["grade"]
    assert {group.check for group in done.groups} >= {"school", "frequency", "evidence", "month"}


def test_the_release_stands_on_it_and_the_card_shows_it(town: Desk, kept: StoredValidation) -> None:
    with town.store.read() as tx:
        releases = tx.bundles.releases()
    first = releases[0]
    assert first.bundle_id == kept.bundle_id
    card = card_path(town, first).read_text(encoding="utf-8")
    assert f"validation `{first.validation_id}`" in card
    assert f"## Validation of bundle `{kept.bundle_id[:12]}`: pass" in card
    assert "Not validated" not in card


def test_it_is_logged_to_the_candidates_run(town: Desk, kept: StoredValidation) -> None:
    folder = town.home.mlruns / "artifacts" / candidate(town).run_id / "artifacts" / "validation"
    logged = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    assert logged == json.loads(kept.content)
    assert (folder / "validation.md").read_text(encoding="utf-8").startswith("# Validation of bundle")


def test_nothing_of_it_names_a_learner_outside_the_local_report(town: Desk, kept: StoredValidation) -> None:
    with town.store.read() as tx:
        learners = tx.responses.learners()
    folder = town.home.mlruns / "artifacts" / candidate(town).run_id / "artifacts" / "validation"
    written = kept.content + (folder / "validation.md").read_text(encoding="utf-8")
    assert not [one for one in learners if one in written]
    assert report_path(town, candidate(town)).is_file()


def test_background_is_asked_behind_the_audits_door(town: Desk, done: Validation, home: Any) -> None:
    """Counts come out, and no attribute; the read is logged with its purpose."""
    check = next(check for check in done.checks if check.name == "background")
    assert "groups pass" in check.reason
    limits = load_limits(home, "mastery")
    chosen = candidate(town)
    found = by_background(town, chosen.bundle(town), chosen.predictions(town), limits)
    assert found == check
    for word in ("gender", "home_language", "support"):
        assert word not in str(found)


def test_neither_it_nor_the_audits_own_tables_hold_up_the_first_audit(town: Desk) -> None:
    """Some of the roster have no answers yet: predictions and paths are of nearly the same learners."""
    chosen = candidate(town)
    with town.store.read() as tx:
        stored = tx.audits.latest(chosen.bundle_id)
        roster = len(tx.roster.learners())
    assert stored is not None
    assert 0 < roster - chosen.predictions(town)["learner_id"].nunique() < 10
    audit = Audit.from_json(stored.audit_json)
    assert not [note for note in audit.notes if "published before" in note]
    assert set(audit.withheld) <= set(too_small(audit.cells, audit.outside_k)), "withheld for smallness alone"


def test_validating_again_finds_the_same(again: Desk, kept: StoredValidation) -> None:
    assert validate_candidate(again).to_json() == kept.content


def test_an_unvalidated_candidate_is_not_released(town: Desk) -> None:
    """Another bundle, as another policy makes one, has no validation of its own."""
    chosen = candidate(town)
    other = chosen.bundle(town)
    other = type(other).assemble(other.model, other.curriculum, policy=other.policy + b"\n", gates=other.gates)
    with town.store.begin() as tx:
        tx.bundles.add(other.id, other.files, other.manifest)
    replace(chosen, bundle_id=other.id, trained_at=1).keep(town, chosen.predictions(town), chosen.references(town))
    with pytest.raises(NotReleasedError, match=r"not validated yet\n  got: \w{12}\n  try: polku validate"):
        promote(town, "Ada", "why", bundle_id=other.id)
    for file in (town.home.var / "candidates" / "demo" / other.id).iterdir():
        file.unlink()


def test_a_refused_candidate_is_not_released(again: Desk, done: Validation) -> None:
    first, *rest = done.checks
    overridable = replace(done, checks=(replace(first, finding="concern", reason="worse than before"), *rest))
    difficulty = [replace(check, finding="concern") if check.name == "difficulty" else check for check in done.checks]
    for found, says in (
        (overridable, "or override with a written reason"),
        (replace(done, checks=tuple(difficulty)), "no approver"),
    ):
        with again.store.begin() as tx:
            tx.validations.add(found.to_json(), found.bundle_id, found.verdict)
        with pytest.raises(NotReleasedError, match=rf"1 checks of the validation block the release[\s\S]*{says}"):
            promote(again, "Ada", "why")


def test_limits_that_changed_since_ask_for_another_validation(again: Desk, done: Validation, home: Any) -> None:
    limits: ValidationLimits = load_limits(home, "mastery")
    assert done.hashes["limits"] == limits_hash(limits)
    other = replace(done, hashes={**done.hashes, "limits": "0" * 64})
    with again.store.begin() as tx:
        tx.validations.add(other.to_json(), other.bundle_id, other.verdict)
    with pytest.raises(NotReleasedError, match="made under other limits"):
        promote(again, "Ada", "why")


def test_what_is_shown_says_what_was_asked(done: Validation, capsys: pytest.CaptureFixture[str]) -> None:
    show(done)
    said = capsys.readouterr()
    assert said.out == ""
    assert "verdict: pass" in said.err
    for check in done.checks:
        assert check.name in said.err
        assert (check.question in said.err) == (check.finding != "pass")


def test_it_ends_with_one_where_a_check_blocks(done: Validation) -> None:
    first, *rest = done.checks
    refused = replace(done, checks=(replace(first, finding="concern", reason="worse than before"), *rest))
    assert (done.verdict, ending(done)) == ("pass", 0)
    assert (refused.verdict, ending(refused)) == ("refused", REFUSED) == ("refused", 1)


def answers(**columns: Any) -> Responses:
    plain = {"response_id": ["1", "2", "3"], "item_id": ["i"] * 3, "skill_ids": ["s"] * 3, "correct": [1.0, 0.0, 1.0]}
    return Responses.from_columns(plain | {"learner_id": ["a", "b", "c"], "answered_at": [1, 2, 3]} | columns)


def test_an_answers_own_school_goes_before_the_rosters() -> None:
    """A learner who moved answered where they were then."""
    roster = pd.DataFrame(
        {"learner_id": ["a", "b"], "grade": [7, None], "group_id": ["7A", None], "school_id": ["x", "y"]}
    )
    labels = labels_of(answers(school_id=["old", None, None]), roster.astype({"grade": "Int64"}))
    assert labels["school"].tolist() == ["old", "y", ""]
    assert labels["teaching_group"].tolist() == ["7A", "", ""]
    assert labels["grade"].tolist() == ["7", "", ""]


def test_without_a_roster_nothing_is_grouped() -> None:
    roster = pd.DataFrame({name: np.empty(0, object) for name in ("learner_id", "grade", "group_id", "school_id")})
    assert {name: set(labels) for name, labels in labels_of(answers(), roster).items()} == {
        name: {""} for name in ("school", "teaching_group", "grade")
    }


def test_without_a_candidate_the_command_says_what_to_do(polku: Any) -> None:
    refused = polku("validate", "--json", "--provider", "nobody", expect=2)
    assert refused.stdout == ""
    assert "no such candidate" in refused.stderr
    assert "polku train makes one" in refused.stderr
