"""``polku enclave`` at a terminal: what is held, what is due, who has looked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from polku.cli import polku as entrance
from polku.cli.desk import Desk
from polku.cli.ingest import ingest
from polku.home import Home

Run = Callable[..., Result]
ROSTER = pd.DataFrame({"learner_id": ["ann", "ben", "cai"], "grade": 7, "group_id": "7A", "school_id": "S1"})
BACKGROUND = pd.DataFrame({"learner_id": ["ann", "ben", "cai", "dea"], "gender": ["girl", "boy", "boy", "girl"]})


@pytest.fixture
def run(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a runner of ``polku enclave`` on an empty store."""
    monkeypatch.setenv("POLKU_HOME", str(own_home.root))
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    monkeypatch.setenv("POLKU_BACKGROUND", f"sqlite:///{tmp_path / 'background.db'}")

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(entrance, ["enclave", *arguments])
        assert done.exit_code == 0, done.output
        return done

    return run


def hand_over(folder: Path, **tables: pd.DataFrame) -> None:
    """Write tables as files and ingest them."""
    folder.mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    desk = Desk.at(None)
    ingest(desk, folder)
    desk.store.close()


def test_it_is_kept_in_order_and_names_nobody(run: Run, tmp_path: Path) -> None:
    hand_over(tmp_path / "files", roster=ROSTER, background=BACKGROUND)
    before = json.loads(run("status", "--json").stdout)
    assert [(line["attribute"], line["learners"]) for line in before["known"]] == [("gender", 4)]
    assert before["due"] == {"entries": 1, "learners": 1, "too_old": 0, "left": 1, "fingerprints": 0}
    assert before["terms"] == {"values_days": 400, "fingerprints_days": 3650}
    done = run("expire", "--purpose", "somebody has moved away")
    assert "deleted: 1 values of 1 learners" in done.stdout
    after = run("status")
    assert "due: 0 values of 0 learners" in after.stdout
    entries = json.loads(run("log", "--json").stdout)
    assert [(entry["deed"], entry["entries"], entry["purpose"]) for entry in entries] == [
        ("deleted", 1, "somebody has moved away")
    ]
    shown = " ".join([str(before), done.output, after.output, run("log").output])
    assert "somebody has moved away" in shown
    assert not [word for word in ("ann", "ben", "cai", "dea", "girl", "boy") if word in shown]


def test_without_a_roster_it_says_what_it_cannot_tell(run: Run, tmp_path: Path) -> None:
    hand_over(tmp_path / "files", background=BACKGROUND)
    done = run("expire")
    assert "deleted: 0 values" in done.stdout
    assert "no roster is in the store" in done.stderr
    assert json.loads(run("expire", "--json").stdout)["entries"] == 0


def test_a_first_look_at_an_empty_enclave(run: Run) -> None:
    assert json.loads(run("log", "--json").stdout) == []
    assert "due: 0 values of 0 learners" in run("status").stdout
