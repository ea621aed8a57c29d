"""The tables beside the cells, on a municipality that went the whole way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from polku.cli.candidates import Candidate, candidate
from polku.cli.desk import Desk
from polku.cli.supplements import _versions, supplements
from polku.errors import InputError, NotFoundError
from polku.fairness import Audit, Supplement
from polku.fairness.background import Background
from polku.fairness.forgetting import REFERENCES
from polku.training import Bundle

pytestmark = pytest.mark.xdist_group("town")


@pytest.fixture(scope="module")
def chosen(town: Desk) -> Candidate:
    return candidate(town)


@pytest.fixture(scope="module")
def bundle(town: Desk, chosen: Candidate) -> Bundle:
    return chosen.bundle(town)


@pytest.fixture(scope="module")
def grades(town: Desk) -> Path:
    return town.home.var / "demo" / "grades.csv"


@pytest.fixture(scope="module")
def audit(town: Desk, bundle: Bundle) -> Audit:
    with town.store.read() as tx:
        kept = tx.audits.latest(bundle.id)
    assert kept is not None
    return Audit.from_json(kept.audit_json)


@pytest.fixture(scope="module")
def tables(town: Desk, chosen: Candidate, bundle: Bundle, grades: Path, audit: Audit) -> Mapping[str, Supplement]:
    made = supplements(town, chosen, bundle, seed=0, grades=grades, audit=audit)
    return {table.topic: table for table in made}


def frame_of(table: Supplement) -> pd.DataFrame:
    return pd.DataFrame(table.rows, columns=list(table.columns))


def test_every_topic_has_one_table_in_order(tables: Mapping[str, Supplement]) -> None:
    assert list(tables) == ["labels", "terms", "versions", "items"]
    assert all(len(row) == len(table.columns) for table in tables.values() for row in table.rows)


def test_the_tables_stand_beside_the_cells_and_survive_json(audit: Audit, tables: Mapping[str, Supplement]) -> None:
    whole = audit.beside(*tables.values())
    assert Audit.from_json(whole.to_json()) == whole


def test_grades_are_set_beside_the_evidence_by_group_and_school(tables: Mapping[str, Supplement]) -> None:
    lines = frame_of(tables["labels"])
    assert set(lines["subject"]) == {"mathematics"}
    assert {"birth_quarter", "school"} <= set(lines["attribute"])
    assert (lines["n"] >= 10).all()


def test_terms_are_those_of_the_school_year(tables: Mapping[str, Supplement]) -> None:
    lines = frame_of(tables["terms"])
    assert set(lines["term"]) == {"2025-autumn", "2026-spring"}
    assert lines.groupby(["attribute", "group"])["n"].nunique().eq(1).all()


def test_no_table_names_a_learner(town: Desk, tables: Mapping[str, Supplement]) -> None:
    with town.store.read() as tx:
        ids = set(tx.roster.learners()["learner_id"])
    said = {value for table in tables.values() for row in table.rows for value in row if isinstance(value, str)}
    assert not ids & said
    assert not [note for table in tables.values() for note in table.notes if set(note.split()) & ids]


def test_the_enclave_says_what_it_was_read_for(town: Desk, tables: Mapping[str, Supplement], bundle: Bundle) -> None:
    assert tables
    with Background.open(town.settings.background, town.settings.provider_id) as background:
        purposes = {read[0] for read in background.reads()}
    assert f"school terms of bundle {bundle.id}" in purposes
    assert f"teachers' grades beside the evidence of bundle {bundle.id}" in purposes


def test_grades_are_nowhere_in_the_store_or_the_enclave(
    town: Desk, tables: Mapping[str, Supplement], chosen: Candidate
) -> None:
    assert "labels" in tables
    names = {path.name for path in chosen.folder(town).iterdir()}
    assert not [name for name in names if "grade" in name]
    assert "grade" not in chosen.predictions(town).columns


def test_this_audit_is_the_last_of_the_versions_once_there_is_another(
    town: Desk, bundle: Bundle, audit: Audit, tables: Mapping[str, Supplement]
) -> None:
    assert tables["versions"].rows == ()
    other = replace(bundle, policy=bundle.policy + b"\n# another version\n")
    with town.store.begin() as tx:
        tx.bundles.add(other.id, other.files, other.manifest)
        tx.audits.add(audit.to_json(), other.id)
        tx.audits.add("{}", other.id)
        tx.audits.add(audit.to_json(), other.id)
    versions = frame_of(_versions(town, bundle, audit))
    assert versions["version"].unique().tolist() == [other.id[:12], bundle.id[:12]]
    assert versions["made"].iloc[-1] == "now"


def test_without_references_grades_have_no_evidence(
    town: Desk, chosen: Candidate, bundle: Bundle, grades: Path, tmp_path: Path
) -> None:
    kept = chosen.folder(town) / REFERENCES
    kept.rename(tmp_path / REFERENCES)
    try:
        with pytest.raises(NotFoundError, match="has no references beside it"):
            supplements(town, chosen, bundle, seed=0, grades=grades)
    finally:
        (tmp_path / REFERENCES).rename(kept)


def test_a_file_without_grades_is_refused(town: Desk, chosen: Candidate, bundle: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_text("learner_id,mark\nL0001,8\n", encoding="utf-8")
    with pytest.raises(InputError, match="the grades have no column grade"):
        supplements(town, chosen, bundle, seed=0, grades=file)


@pytest.mark.long
def test_every_school_is_left_out_once(town: Desk, chosen: Candidate, bundle: Bundle) -> None:
    made = {table.topic: table for table in supplements(town, chosen, bundle, seed=0, leave_out_schools=True)}
    lines = frame_of(made["generalisation"])
    with town.store.read() as tx:
        schools = set(tx.roster.learners()["school_id"])
    assert set(lines["place"]) == {"all", *schools}
    assert lines["auc_elsewhere"].between(0.5, 1).all()
    assert (lines["verdict"].isin(["pass", "concern", "not_enough_evidence"])).all()
