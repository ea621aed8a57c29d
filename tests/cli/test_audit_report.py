"""`polku audit --html` on plain files, and the report of a candidate in its run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from polku.cli.audit import command, folder_of
from polku.cli.candidates import candidate
from polku.cli.desk import Desk
from polku.errors import InputError
from polku.fairness import Audit
from polku.fairness.report import read_texts
from polku.home import Home
from polku.paths import LANGUAGES
from polku.training import Bundle

REPORTS = [f"report.{language}.html" for language in LANGUAGES]


SLICES = """
[attributes.coast]
question = "Do both coasts meet the same errors as each other?"
[inference]
permutations = 199
resamples = 199
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str | Path, ...]:
    """Write predictions and a background of 400 learners; seven of them form a group that may not leave."""
    rng = np.random.default_rng(4)
    learner = np.repeat(np.arange(400), 6)
    chance = rng.uniform(0.2, 0.9, len(learner))
    answers = {"learner_id": learner, "y_true": (rng.random(len(learner)) < chance).astype(int), "y_prob": chance}
    group = np.where(np.arange(400) < 7, "rare", np.where(np.arange(400) % 2, "north", "south"))
    pd.DataFrame(answers).to_csv(tmp_path / "predictions.csv", index=False)
    pd.DataFrame({"learner_id": np.arange(400), "coast": group}).to_csv(tmp_path / "pupils.csv", index=False)
    (tmp_path / "own.toml").write_text(SLICES, encoding="utf-8")
    names = {"--predictions": "predictions.csv", "--background": "pupils.csv", "--slices": "own.toml"}
    return tuple(part for option, name in names.items() for part in (option, tmp_path / name))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def audit(home: Home, *arguments: str | Path) -> Result:
    """Run `polku audit` in this process: its imports take longer than what it does here."""
    return CliRunner().invoke(command, [*map(str, arguments), "--home", str(home.root)])


def test_a_report_is_made_again_from_its_own_folder(
    polku: Any, own_home: Home, files: tuple[str | Path, ...], tmp_path: Path
) -> None:
    done = polku("audit", *files, "--html", tmp_path / "one", "--threshold", "0.6", "--json")
    told = json.loads(done.stdout)
    assert told["threshold"] == 0.6
    assert set(told["hashes"]) >= {"code", "predictions", "background", "slices", "gates"}
    assert all(str(tmp_path / "one" / name) in done.stderr.replace("\n", "") for name in REPORTS)
    assert audit(own_home, "--from", tmp_path / "one" / "audit.json", "--html", tmp_path / "two").exit_code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert told == json.loads((tmp_path / "one" / "audit.json").read_text(encoding="utf-8"))
    kept = Audit.from_json((tmp_path / "one" / "audit.json").read_text(encoding="utf-8"))
    assert "rare" in {cell.group for cell in kept.cells if cell.n is None}
    assert "Do both coasts meet the same errors as each other?" in (tmp_path / "two" / "report.sv.html").read_text()


def test_more_is_shown_inside_only_where_it_is_asked_for(
    own_home: Home, files: tuple[str | Path, ...], tmp_path: Path
) -> None:
    done = audit(own_home, *files, "--html", tmp_path / "in", "--inside", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout[done.stdout.index("{") :])
    assert {cell["n"] for cell in told["cells"] if cell["group"] == "rare"} == {7}
    assert audit(own_home, "--from", tmp_path / "in" / "audit.json", "--html", tmp_path / "out").exit_code == 0
    inside, outside = contents(tmp_path / "in"), contents(tmp_path / "out")
    assert b"for auditors inside the enclave" in inside["report.en.html"]
    assert b"for readers outside the enclave" in outside["report.en.html"]
    refused = audit(own_home, "--from", tmp_path / "out" / "audit.json", "--html", tmp_path / "no", "--inside")
    assert isinstance(refused.exception, InputError)
    assert "limit outside the enclave only" in str(refused.exception)
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "nothing.json"), "there is no file nothing.json"),
        (("--predictions", "p.csv"), "plain files come in pairs"),
        (("--from", "a.json", "--predictions", "p.csv", "--background", "b.csv"), "--predictions, --background"),
        (("--from", "a.json", "--threshold", "0.4", "--seed", "3"), "--threshold, --seed"),
        (("--predictions", "p.csv", "--background", "b.csv", "--grades", "g.csv"), "do nothing with plain files"),
        (("--gates", "own.toml"), "do nothing with a candidate of the store"),
    ],
)
def test_what_cannot_be_audited_is_said(own_home: Home, arguments: tuple[str, ...], message: str) -> None:
    refused = audit(own_home, *arguments)
    assert isinstance(refused.exception, InputError)
    assert message in str(refused.exception)


@pytest.mark.xdist_group("town")
def test_the_report_of_a_candidate_is_logged_to_its_run(
    town: Desk, audited: tuple[Audit, Bundle], tmp_path: Path
) -> None:
    done, bundle = audited
    folder = folder_of(town, done, bundle)
    folder.write(tmp_path, read_texts(town.home.serve / "text"))
    run = candidate(town).run_id
    (logged,) = town.home.mlruns.glob(f"artifacts/{run}/artifacts/audit")
    assert contents(logged) == contents(tmp_path)
    told = Audit.from_json((logged / "audit.json").read_text(encoding="utf-8"))
    assert told == done.outside()
    assert {"bundle", "model", "code"} <= told.hashes.keys()
    assert {table.topic for table in done.supplements} >= {"terms", "versions", "items"}


@pytest.mark.xdist_group("town")
def test_the_demonstration_leaves_a_report(town: Desk) -> None:
    left = {path.name for path in (town.home.var / "demo" / "audit").iterdir()}
    assert left == {"audit.json", "gates.toml", "slices.toml", *REPORTS}
