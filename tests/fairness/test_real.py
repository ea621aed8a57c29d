"""Answers of real learners: small groups stay unjudged, and a planted gap of a known size is found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from polku.fairness import Audit, Cell, audit_files, load_slices
from polku.home import Home
from polku.schemas.gates import Gates

Files = tuple[Path, Path]


@pytest.fixture(scope="module")
def eedi(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Write predictions by question and learner rates, each learner's own answer left out, and the background."""
    folder = tmp_path_factory.mktemp("eedi")
    answers = pd.read_csv(data_dir / "eedi" / "responses_train.csv")
    by_learner = answers.groupby("user_id")["is_correct"]
    others = (by_learner.transform("sum") - answers["is_correct"] + 1.8) / (by_learner.transform("count") + 2)
    question = answers.groupby("question_id")["is_correct"].transform("mean").clip(0.02, 0.98)
    predictions = pd.DataFrame(
        {
            "learner_id": answers["user_id"],
            "y_true": answers["is_correct"],
            "y_prob": expit(logit(question) + logit(others) - logit(answers["is_correct"].mean())),
        }
    )
    students = pd.read_csv(data_dir / "eedi" / "students.csv").rename(columns={"user_id": "learner_id"})
    predictions.to_csv(folder / "predictions.csv", index=False)
    students.drop(columns="birth_year").to_csv(folder / "students.csv", index=False)
    return folder / "predictions.csv", folder / "students.csv"


@pytest.fixture(scope="module")
def audit(eedi: Files, home: Home, gates: Gates) -> Audit:
    return audit_files(*eedi, load_slices(home), gates)


def cells(audit: Audit, attribute: str, group: str) -> dict[str, Cell]:
    return {cell.metric: cell for cell in audit.cells if (cell.attribute, cell.group) == (attribute, group)}


def test_thirty_nine_learners_are_not_judged(audit: Audit) -> None:
    few = cells(audit, "premium_pupil", "1")
    assert {cell.n for cell in few.values()} == {39}
    assert {cell.verdict for cell in few.values()} == {"not_enough_evidence"}
    assert few["held_back"].gap is not None
    assert few["held_back"].mde is not None
    assert abs(few["held_back"].gap) < few["held_back"].mde


def test_unknown_is_a_group_beside_no(audit: Audit) -> None:
    assert cells(audit, "premium_pupil", "missing")["auc"].n == 373
    assert cells(audit, "premium_pupil", "0")["auc"].n == 130


def test_unequal_success_explains_what_it_explains(audit: Audit) -> None:
    cell = cells(audit, "premium_pupil", "0")["held_back"]
    assert cell.gap is not None
    assert cell.gap < -0.05
    assert cell.explained == pytest.approx(cell.gap, abs=0.03)
    assert cell.verdict == "pass"


def test_scores_lowered_for_one_gender_are_found(eedi: Files, tmp_path: Path, home: Home, gates: Gates) -> None:
    predictions, students = pd.read_csv(eedi[0]), pd.read_csv(eedi[1])
    chosen = predictions["learner_id"].isin(students.loc[students["gender"] == 2, "learner_id"])
    lowered = expit(logit(predictions["y_prob"]) - 1.2)
    predictions.assign(y_prob=np.where(chosen, lowered, predictions["y_prob"])).to_parquet(tmp_path / "p.parquet")
    found = audit_files(tmp_path / "p.parquet", eedi[1], load_slices(home), gates)
    assert found.verdict == "concern"
    assert cells(found, "gender", "2")["held_back"].verdict == "concern"
