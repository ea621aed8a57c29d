"""The registry: runs with all that explains them and nothing about single learners, versions without pickle."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from polku.curriculum import Curriculum
from polku.errors import NotFoundError
from polku.home import Home
from polku.records import Responses
from polku.training import FittedModel, RunRecord, cross_validate, log_run, mark_champion
from polku.training.figures import calibration_figure
from polku.training.registry import (
    CANDIDATE,
    hand_over_runs,
    log_to_run,
    prepare,
    recorded,
    registered_name,
    remove_runs,
    version_of,
)

REPORT = {
    "auc": 0.7,
    "cold_start": {"auc": None, "ece": 0.02},
    "folds": [{"auc": 0.6}, {"auc": 0.8}],
}
TABLES = {"importance.csv": "column,gain_share\nitem_difficulty,1.0\n"}


@pytest.fixture(scope="module")
def mlruns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose name has a space in it."""
    return tmp_path_factory.mktemp("registry") / "ml runs"


@pytest.fixture(scope="module")
def logged(mastery: FittedModel, responses: Responses, curriculum: Curriculum, mlruns: Path) -> list[RunRecord]:
    """Record one model twice."""
    p = mastery.predict_responses(responses, curriculum)
    figures = {"calibration": calibration_figure(responses.correct, p, "mastery")}
    hashes = {"data": responses.hash, "curriculum": curriculum.hash}
    return [
        log_run(mastery, REPORT, hashes, figures, mlruns=mlruns, provider_id="demo", register=register, tables=TABLES)
        for register in (True, True, False)
    ]


def test_a_run_carries_all_that_explains_it(
    logged: list[RunRecord], mlruns: Path, mastery: FittedModel, responses: Responses
) -> None:
    from mlflow import MlflowClient  # noqa: TID251 - the test reads back what the registry wrote

    client = MlflowClient(f"sqlite:///{mlruns / 'mlflow.db'}")
    run = client.get_run(logged[0].run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"auc": 0.7, "cold_start.ece": 0.02, "fold_auc": 0.8}
    assert [point.value for point in client.get_metric_history(logged[0].run_id, "fold_auc")] == [0.6, 0.8]
    assert run.data.params["lightgbm.trees"] == "40"
    assert run.data.params["features"].split(", ") == list(mastery.feature_set.columns)
    hashes = {name.removeprefix("hash."): tag for name, tag in run.data.tags.items() if name.startswith("hash.")}
    assert hashes.keys() == {"model", "feature_set", "item_statistics", "data", "curriculum"}
    assert (hashes["data"], hashes["model"]) == (responses.hash, mastery.hash)


def test_the_model_is_kept_as_text_and_reads_back(logged: list[RunRecord], mlruns: Path, mastery: FittedModel) -> None:
    folder = mlruns / "artifacts" / logged[0].run_id / "artifacts"
    kept = {path.name: path.read_bytes() for path in (folder / "model").iterdir()}
    assert FittedModel.from_files(kept).hash == mastery.hash
    assert (folder / "figures" / "calibration.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name: path.read_text() for path in (folder / "tables").iterdir()} == TABLES
    suffixes = {path.suffix for path in mlruns.rglob("*") if path.is_file()}
    assert suffixes == {".db", ".json", ".txt", ".png", ".csv"}


def test_versions_count_up_and_aliases_move(logged: list[RunRecord], mlruns: Path) -> None:
    assert [record.model_version for record in logged] == ["1", "2", None]
    assert version_of("candidate", mlruns=mlruns, provider_id="demo") == logged[1]
    mark_champion("1", mlruns=mlruns, provider_id="demo")
    assert version_of("champion", mlruns=mlruns, provider_id="demo") == logged[0]
    mark_champion("2", mlruns=mlruns, provider_id="demo")
    assert version_of("champion", mlruns=mlruns, provider_id="demo") == logged[1]


def test_what_was_never_registered_is_not_found(logged: list[RunRecord], mlruns: Path) -> None:
    assert logged
    with pytest.raises(NotFoundError, match="no version 99 of polku-demo"):
        mark_champion("99", mlruns=mlruns, provider_id="demo")
    with pytest.raises(NotFoundError, match="polku-other has no candidate"):
        version_of("candidate", mlruns=mlruns, provider_id="other")


def test_nothing_about_single_learners_is_recorded(logged: list[RunRecord], mlruns: Path, responses: Responses) -> None:
    assert logged
    content = b"".join(path.read_bytes() for path in mlruns.rglob("*") if path.is_file())
    assert not [one for one in responses.learners if f'"{one}"'.encode() in content]
    assert not [one for one in responses.response_id[:50] if one.encode() in content]


def test_preparing_ahead_is_silent_and_repeatable(
    logged: list[RunRecord], mlruns: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert logged
    prepare(mlruns)
    prepare(mlruns)
    assert capfd.readouterr() == ("", "")


def test_training_does_not_import_mlflow() -> None:
    code = "import sys, polku.training; print([name for name in sys.modules if name.split('.')[0] == 'mlflow'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_cross_validation_is_recorded_fold_by_fold(
    home: Home, baseline: FittedModel, responses: Responses, curriculum: Curriculum, mlruns: Path
) -> None:
    from mlflow import MlflowClient  # noqa: TID251 - the test reads back what the registry wrote

    found = cross_validate(responses, [baseline.spec], home, curriculum, 2)
    record = log_run(baseline, found.report("baseline"), {}, {}, mlruns=mlruns, provider_id="other", register=False)
    client = MlflowClient(f"sqlite:///{mlruns / 'mlflow.db'}")
    logged = client.get_run(record.run_id).data.metrics
    line = found.summary().loc["baseline"]
    assert logged["cold_auc"] == pytest.approx(line["cold_auc", "mean"], abs=1e-12)
    assert logged["sd.log_loss"] == pytest.approx(line["log_loss", "sd"], abs=1e-12)
    assert logged["near_twins"] == 0.0
    assert len(client.get_metric_history(record.run_id, "fold_macro_auc")) == 2


def test_what_is_found_later_joins_its_run(logged: list[RunRecord], mlruns: Path) -> None:
    from mlflow import MlflowClient  # noqa: TID251 - the test reads back what the registry wrote

    run_id = logged[0].run_id
    log_to_run(run_id, {"validation/validation.md": "# Passed"}, {"validation": "pass"}, mlruns=mlruns)
    folder = mlruns / "artifacts" / run_id / "artifacts" / "validation"
    assert (folder / "validation.md").read_text(encoding="utf-8") == "# Passed"
    tags = MlflowClient(f"sqlite:///{mlruns / 'mlflow.db'}").get_run(run_id).data.tags
    assert tags["validation"] == "pass"
    with pytest.raises(NotFoundError, match=r"no such run\n  got: none\n  try: train the model again"):
        log_to_run("none", {}, {}, mlruns=mlruns)


NOTHING = {"runs": 0, "model versions": 0, "files": 0}


def test_a_provider_leaves_with_its_runs_and_takes_nobody_elses(
    logged: list[RunRecord], mlruns: Path, mastery: FittedModel, tmp_path: Path
) -> None:
    from mlflow import MlflowClient  # noqa: TID251 - what the registry cannot do: a run in MLflow's bin

    oid = "1.2.246.562.10.00000000008"
    runs = [log_run(mastery, REPORT, {}, {}, mlruns=mlruns, provider_id=oid, tables=TABLES) for _ in range(2)]
    MlflowClient(f"sqlite:///{mlruns / 'mlflow.db'}").delete_run(runs[0].run_id)
    theirs = recorded(mlruns=mlruns, provider_id=oid)
    demo = recorded(mlruns=mlruns, provider_id="demo")
    assert (theirs["runs"], theirs["model versions"], demo["runs"], demo["model versions"]) == (2, 2, 3, 2)

    hand_over_runs(tmp_path, mlruns=mlruns, provider_id=oid)
    assert {path.name for path in tmp_path.iterdir()} == {run.run_id for run in runs}
    for run in runs:
        said = json.loads((tmp_path / run.run_id / "run.json").read_text(encoding="utf-8"))
        assert said["data"]["tags"]["provider"] == oid
        kept = {path.name: path.read_bytes() for path in (tmp_path / run.run_id / "model").iterdir()}
        assert FittedModel.from_files(kept).hash == mastery.hash
    files = sum(path.is_file() for path in tmp_path.rglob("*"))
    assert files == theirs["files"] + len(runs), "every file, and a page for each run"

    for _ in range(2):
        remove_runs(mlruns=mlruns, provider_id=oid)
        assert recorded(mlruns=mlruns, provider_id=oid) == NOTHING
    assert not [path for run in runs for path in mlruns.rglob(f"*{run.run_id}*")]
    with pytest.raises(NotFoundError, match=f"{registered_name(oid)} has no {CANDIDATE}"):
        version_of(CANDIDATE, mlruns=mlruns, provider_id=oid)
    assert recorded(mlruns=mlruns, provider_id="demo") == demo
    assert version_of(CANDIDATE, mlruns=mlruns, provider_id="demo").run_id == logged[1].run_id


def test_where_nothing_was_recorded_nothing_is_made(tmp_path: Path) -> None:
    assert recorded(mlruns=tmp_path, provider_id="demo") == NOTHING
    hand_over_runs(tmp_path / "out", mlruns=tmp_path, provider_id="demo")
    remove_runs(mlruns=tmp_path, provider_id="demo")
    assert list(tmp_path.iterdir()) == []
