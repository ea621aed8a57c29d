"""Commands on people's own files: no store, no trained model, no municipality."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.simulate import SimulationConfig, simulate

METRICS = {"n", "auc", "log_loss", "rmse", "ece", "accuracy"}


@pytest.fixture(scope="module")
def two_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Write responses of disjoint training and test learners."""
    folder = tmp_path_factory.mktemp("plain")
    bare = Curriculum.load(Path(__file__).parents[2] / "serve" / "curricula" / "fi-mathematics.json")
    responses = simulate(SimulationConfig(learners=120, responses_per_learner=60, seed=5), bare).responses
    test = responses["learner_id"].str[-1].isin(["3", "7"])
    for name, rows in (("train", responses[~test]), ("test", responses[test])):
        rows.to_csv(folder / f"{name}.csv", index=False)
    return folder / "train.csv", folder / "test.csv"


@pytest.mark.parametrize("model", ["baseline", "mastery", "response"])
def test_evaluate_prints_the_agreed_keys(polku: Any, two_files: tuple[Path, Path], model: str) -> None:
    train, test = two_files
    report = json.loads(polku("evaluate", "--train", train, "--test", test, "--model", model, "--json").stdout)
    assert report.keys() >= METRICS | {"cold_start", "near_twins", "seconds"}
    assert report["cold_start"].keys() >= METRICS
    assert report["seconds"].keys() == {"read", "features", "fit", "predict"}
    assert report["n"] == len(pd.read_csv(test))
    assert report["auc"] > 0.6


def test_evaluate_refuses_learners_on_both_sides(polku: Any, two_files: tuple[Path, Path]) -> None:
    train, _ = two_files
    assert "share learners" in polku("evaluate", "--train", train, "--test", train, expect=2).stderr


def test_plan_without_prerequisites_or_grades(polku: Any, data_dir: Path) -> None:
    folder = data_dir / "assistments2009"
    answer = json.loads(polku("plan", "--responses", folder, "--learner", "u12", "--json").stdout)
    assert answer["rung"] in {"prerequisite_rule", "curriculum_order"}
    assert 2 <= len(answer["options"]) <= 3
    assert {option["grade_level"] for option in answer["options"]} == {None}


def test_plan_orders_by_the_given_prerequisites(polku: Any, tmp_path: Path) -> None:
    rows = [f"r{n},anna,i{n},{skill},{n},{correct}" for n, (skill, correct) in enumerate([("a", 0), ("b", 0)] * 4)]
    (tmp_path / "answers.csv").write_text(
        "response_id,learner_id,item_id,skill_ids,answered_at,correct\n" + "\n".join(rows)
    )
    graph = {"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["b"]}]}
    (tmp_path / "skills.json").write_text(json.dumps(graph))
    arguments = ("--responses", tmp_path / "answers.csv", "--curriculum", tmp_path / "skills.json", "--json")
    answer = json.loads(polku("plan", *arguments).stdout)
    assert [step["skill_id"] for step in answer["path"]] == ["a", "b", "c"]
    assert answer["rung"] == "prerequisite_rule"


def test_plan_says_openly_that_one_answer_is_little(polku: Any, tmp_path: Path) -> None:
    text = "response_id,learner_id,item_id,skill_ids,answered_at,correct\nr1,anna,i1,a,1,1\n"
    (tmp_path / "answers.csv").write_text(text)
    answer = json.loads(polku("plan", "--responses", tmp_path / "answers.csv", "--json").stdout)
    assert answer["rung"] == "curriculum_order"
    assert any(note["id"] == "note.thin_evidence" for note in answer["notes"])


def test_audit_of_plain_files(polku: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    learner = np.repeat(np.arange(800), 6)
    chance = rng.uniform(0.2, 0.9, len(learner))
    group = np.where(np.arange(800) % 2, "north", "south")
    shifted = np.where(group[learner] == "north", chance - 0.2, chance)
    answers = pd.DataFrame(
        {"learner_id": learner, "y_true": rng.uniform(size=len(learner)) < chance, "y_prob": shifted.clip(0.01)}
    )
    answers.astype({"y_true": int}).to_csv(tmp_path / "predictions.csv", index=False)
    pd.DataFrame({"learner_id": np.arange(800), "region": group}).to_csv(tmp_path / "pupils.csv", index=False)
    files = ("--predictions", tmp_path / "predictions.csv", "--background", tmp_path / "pupils.csv", "--json")
    audit = json.loads(polku("audit", *files).stdout)
    assert audit["verdict"] in {"pass", "concern", "not_enough_evidence"}
    calibration = [cell for cell in audit["cells"] if cell["metric"] == "calibration" and cell["attribute"] == "region"]
    assert {cell["verdict"] for cell in calibration} == {"concern"}


def test_a_command_says_what_is_missing(polku: Any) -> None:
    assert "--responses FILE" in polku("plan", expect=2).stderr
    assert "polku ingest" in polku("train", expect=2).stderr


def test_every_command_has_an_example(polku: Any) -> None:
    listed = re.findall(r"^  (\S+)", polku("--help").stdout.split("Commands:")[1], re.MULTILINE)
    assert {"plan", "evaluate-policy"} <= set(listed)
    for name in listed:
        text = polku(name, "--help").stdout
        assert "Example:" in text, name
