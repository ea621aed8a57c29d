"""``polku relations`` and ``polku access``: files in, nothing lost, a table out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from polku.cli import polku
from polku.cli.desk import Desk
from polku.cli.relations import take
from polku.errors import InputError
from polku.home import Home
from polku.records.relations import Kind

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk(home: Home, tmp_path: Path) -> Desk:
    settings = home.settings().model_copy(update={"store": f"sqlite:///{tmp_path}/polku.db"})
    return Desk(home, settings)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Return the file that the reference shows."""
    text = (ROOT / "docs" / "reference" / "access.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "relations.csv"
    path.write_text(shown, encoding="utf-8")
    return path


def test_the_example_of_the_reference_is_a_good_file(desk: Desk, example: Path) -> None:
    (line,) = take(desk, example)
    assert (line.rows, line.accepted, line.refused) == (8, 8, 0)
    with desk.store.read() as tx:
        assert {one.kind for one in tx.relations.all()} == set(Kind) - {Kind.TEACHER}


def test_refused_rows_are_kept_with_their_reasons(desk: Desk, example: Path) -> None:
    bad = "G1,friend,learner,L1,2025-08-01,,\n010190-123A,guardian,learner,L1,2025-08-01,,\nG1,guardian\n"
    again = "G1001,guardian,learner,L0001,2025-08-01,,no\nG1001,guardian,learner,L0001,2025-08-01,,yes\n"
    example.write_text(example.read_text(encoding="utf-8") + bad + again, encoding="utf-8")
    (line,) = take(desk, example)
    assert (line.rows, line.accepted, line.repeated, line.refused) == (13, 8, 1, 4)
    with desk.store.read() as tx:
        kept = tx.refused.list()
    assert sorted(one.reason for one in kept) == ["conflict", "field_count", "identity_code", "not_one_of"]
    assert not [one for one in kept if "010190-123A" in one.row]


def test_each_file_replaces_all_of_its_kind(desk: Desk, example: Path, tmp_path: Path) -> None:
    protected, permits = tmp_path / "protected.csv", tmp_path / "permits.csv"
    protected.write_text("learner_id\nL0001\nL0002\n", encoding="utf-8")
    permits.write_text("permit_id,subject,starts_on,ends_on\nP1,R1,2026-01-01,2026-06-30\n", encoding="utf-8")
    assert [line.kind for line in take(desk, example, protected, permits)] == ["relations", "protected", "permits"]
    protected.write_text("learner_id\nL0002\n", encoding="utf-8")
    take(desk, protected=protected)
    with desk.store.read() as tx:
        assert tx.relations.protected() == {"L0002"}
        assert len(tx.relations.all()) == 8


def test_without_a_file_it_says_what_to_give(desk: Desk) -> None:
    with pytest.raises(InputError, match="no file is given"):
        take(desk)


def test_the_command_prints_what_became_of_each_file(
    home: Home, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path}/polku.db")
    run = CliRunner().invoke(polku, ["relations", str(example), "--home", str(home.root), "--json"])
    assert run.exit_code == 0, run.output
    (line,) = json.loads(run.stdout)
    assert line["accepted"] == 8
    plain = CliRunner().invoke(polku, ["relations", str(example), "--home", str(home.root)])
    assert "accepted 8, refused 0" in plain.output


def test_the_table_of_access_names_every_role_and_endpoint() -> None:
    run = CliRunner().invoke(polku, ["access"])
    assert run.exit_code == 0
    head, _, *rows = run.output.splitlines()
    assert head.count("|") == 11
    assert len(rows) >= 25
    assert all(row.count("|") == 11 for row in rows)
