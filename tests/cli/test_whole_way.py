"""The commands on a municipality that went the whole way, and the demonstration as a newcomer runs it."""

from __future__ import annotations

import json
import sqlite3
from subprocess import CompletedProcess

import pytest

from polku.check import check
from polku.cli.candidates import candidate
from polku.cli.desk import Desk
from polku.cli.ingest import ingest
from polku.cli.plan import plan_stored
from polku.cli.profile import profile
from polku.cli.promote import card_path, promote
from polku.errors import NotFoundError, NotReleasedError
from polku.fairness import Audit
from polku.home import Home
from polku.paths import Texts
from polku.training import Bundle
from polku.training.registry import version_of

pytestmark = pytest.mark.xdist_group("town")


def learner_of_grade(desk: Desk, grade: int) -> str:
    with desk.store.read() as tx:
        roster = tx.roster.learners()
    return str(roster[roster["grade"] == grade]["learner_id"].iloc[0])


def test_what_was_audited_is_what_was_released(town: Desk) -> None:
    chosen = candidate(town)
    with town.store.read() as tx:
        release = tx.bundles.champion_release()
        assert release is not None
        audit = tx.audits.get(release.audit_id)
    assert audit is not None
    assert release.bundle_id == audit.bundle_id == chosen.bundle_id
    assert release.approver
    champion = version_of("champion", mlruns=town.home.mlruns, provider_id="demo")
    assert (champion.run_id, champion.model_version) == (chosen.run_id, chosen.model_version)


@pytest.mark.parametrize("grade", range(1, 13))
def test_every_grade_gets_two_or_three_options_one_of_them_at_grade_level(town: Desk, grade: int) -> None:
    texts = Texts.load(town.home.serve / "text")
    answer = plan_stored(town, learner_of_grade(town, grade), None, 5, None).to_dict(texts)
    assert 2 <= len(answer["options"]) <= 3
    assert any(option["grade_level"] for option in answer["options"])
    assert sum(option["kind"] == "repair" for option in answer["options"]) <= 2
    for step in answer["options"] + answer["path"]:
        assert step["kind"] in {"repair", "continue", "stretch", "review"}
        assert all(reason[language] for reason in step["reasons"] for language in ("fi", "sv", "en"))


def test_a_goal_ends_the_path(town: Desk) -> None:
    path = plan_stored(town, learner_of_grade(town, 7), "MA79.S3.01", 20, None)
    assert "MA79.S3.01" in [step.skill_id for step in path.path] or any("goal" in note.id for note in path.notes)


def test_an_unknown_learner_is_said_to_be_unknown(town: Desk) -> None:
    with pytest.raises(NotFoundError, match="no such learner"):
        plan_stored(town, "nobody", None, 5, None)


def test_profiles_stand_under_the_champions_hashes(town: Desk) -> None:
    done = profile(town)
    assert done["item_statistics_from"] == "champion"
    with town.store.read() as tx:
        learners = tx.responses.learners()
        kept = tx.profiles.get(learners[0], str(done["feature_set"]), str(done["item_statistics"]))
    assert done["learners"] == len(learners)
    assert kept is not None


def test_background_never_lies_beside_the_responses(town: Desk) -> None:
    """Only an audit may name groups; no other table of the store holds a value of anybody's background."""
    with sqlite3.connect(town.settings.store.removeprefix("sqlite:///")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {name: str(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names}  # noqa: S608 - our own tables
    assert "pupil_specific" in held.pop("audits")
    held.pop("bundle_files")  # the gates of a bundle, not people
    for word in ("pupil_specific", "adapted_syllabus", "home_language", "area_index"):
        assert not [name for name, text in held.items() if word in text]


def test_the_card_of_the_release_names_who_answers_for_it(town: Desk) -> None:
    with town.store.read() as tx:
        release = tx.bundles.champion_release()
    assert release is not None
    card = card_path(town, release).read_text(encoding="utf-8")
    assert release.approver in card
    assert "## Not enough evidence" in card
    assert (town.home.models / "mastery" / "card.md").read_text(encoding="utf-8").splitlines()[0] in card


def test_ingesting_the_same_folder_again_changes_nothing(town: Desk) -> None:
    lines = {line.kind: line for line in ingest(town, town.home.var / "demo")}
    assert lines["responses"].accepted == 0
    assert lines["responses"].repeated == lines["responses"].rows


def test_a_release_needs_a_name_and_a_reason(town: Desk) -> None:
    with pytest.raises(NotReleasedError, match="named approver and a written reason"):
        promote(town, "  ", "autumn")


def test_an_audit_is_the_same_every_time(town: Desk, audited: tuple[Audit, Bundle]) -> None:
    """In the process that released it, and in this one."""
    with town.store.read() as tx:
        release = tx.bundles.champion_release()
        assert release is not None
        kept = tx.audits.get(release.audit_id)
    assert kept is not None
    assert audited[0].to_json() == kept.audit_json


def test_the_shipped_definitions_hold_and_are_all_used(home: Home) -> None:
    counts = check(home).counts()
    assert all(counts.values())


def test_the_demonstration_prints_one_path_and_nothing_else(demonstrated: CompletedProcess[str]) -> None:
    answer = json.loads(demonstrated.stdout)
    assert {"learner_id", "rung", "options", "path"} <= answer.keys()
    assert answer["rung"] == "model"
    assert "ready in" in demonstrated.stderr
