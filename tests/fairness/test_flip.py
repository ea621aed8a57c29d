"""Whether anything changes when everybody's group is exchanged: asked of files, and of the enclave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.fairness import (
    Audit,
    Cell,
    audit_enclave,
    audit_predictions,
    blocking,
    exchanged_background,
    keep_background,
)
from polku.fairness.background import Background
from polku.fairness.flip import exchanged, unchanged
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        provider_id="demo", store=f"sqlite:///{tmp_path}/polku.db", background=f"sqlite:///{tmp_path}/background.db",
        curriculum="c", model="mastery",
    )  # fmt: skip


def flips(audit: Audit) -> dict[str, Cell]:
    return {cell.group: cell for cell in audit.cells if cell.metric == "flip"}


def read(settings: Settings) -> pd.DataFrame:
    with Background.open(settings.background, "demo") as background:
        return background.read("test")


def test_a_model_that_looks_at_no_group_passes(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(1, learners=250)
    plain = audit_predictions(predictions, background, slices, gates)
    audit = audit_predictions(predictions.assign(y_prob_flipped=predictions["y_prob"]), background, slices, gates)
    assert flips(plain) == {}
    assert {cell.verdict for cell in flips(audit).values()} == {"pass"}
    assert audit.overall["flip"] == 1
    assert audit.verdict == plain.verdict
    assert [cell for cell in audit.cells if cell.metric != "flip"] == list(plain.cells)


def test_a_model_that_looks_at_the_group_blocks(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    """A thousandth is enough: the invariant knows no small change."""
    predictions, background = make_world(1, learners=250)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"])
    flipped = predictions["y_prob"] + np.where(in_b, 0.001, 0) * (predictions["y_prob"] < 0.9)
    audit = audit_predictions(predictions.assign(y_prob_flipped=flipped), background, slices, gates)
    found = flips(audit)
    assert (found["a"].verdict, found["b"].verdict, found["all"].verdict) == ("pass", "concern", "concern")
    assert audit.verdict == "concern"
    assert all(one.final for one in blocking(audit, gates) if one.cell.metric == "flip")


def test_without_a_gate_it_is_not_measured(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(1, learners=120)
    few = gates.model_copy(update={"metrics": {"auc": gates.metrics["auc"]}})
    audit = audit_predictions(predictions.assign(y_prob_flipped=0.5), background, slices, few)
    assert {cell.metric for cell in audit.cells} == {"auc"}
    assert audit.overall.keys() == {"auc"}


def test_rows_that_were_not_scored_again_say_nothing() -> None:
    table = pd.DataFrame({"learner_id": list("aab"), "y_prob": 0.5, "y_prob_flipped": [0.5, np.nan, np.nan]})
    assert unchanged(table).to_dict("records") == [{"learner_id": "a", "unchanged": 1.0}]


def test_nobody_keeps_a_group() -> None:
    before = pd.DataFrame(
        {
            "learner_id": list("abcd"),
            "gender": ["girl", "boy", None, "boy"],
            "s2": ["yes", "no", "no", "yes"],
            "x": ["1"] * 4,
        }
    )
    after = exchanged(before)
    assert list(after["learner_id"]) == list("abcd")
    for name in ("gender", "s2", "x"):
        assert not (before[name] == after[name]).any()
        assert set(after[name].dropna()) <= set(before[name].dropna())
    assert after["gender"].notna().all()


def test_the_exchanged_enclave_is_there_for_a_while_and_then_gone(home: Home, settings: Settings) -> None:
    background = pd.DataFrame({"learner_id": list("abc"), "gender": ["girl", "boy", "girl"]})
    keep_background(home, settings, background, source="sis")
    with exchanged_background(home, settings, list("abcd")) as other:
        assert other is not None
        assert other.background != settings.background
        where = Path(other.background.removeprefix("sqlite:///"))
        assert where.is_file()
        assert dict(read(other).to_numpy().tolist()) == {"a": "boy", "b": "girl", "c": "boy", "d": "boy"}
    assert not where.parent.exists()
    assert dict(read(settings).to_numpy().tolist()) == {"a": "girl", "b": "boy", "c": "girl"}
    with Background.open(settings.background, "demo") as kept:
        assert any(one.purpose.startswith("flip") for one in kept.reads())


def test_an_empty_enclave_has_nothing_to_exchange(home: Home, settings: Settings) -> None:
    with exchanged_background(home, settings, ["a"]) as other:
        assert other is None


def test_in_the_enclave_the_flip_comes_with_the_paths(home: Home, settings: Settings, gates: Gates) -> None:
    """A column of the predictions would count learners under the name of a path metric, past the guard."""
    learners = [f"l{number}" for number in range(60)]
    keep_background(
        home, settings, pd.DataFrame({"learner_id": learners, "gender": ["girl", "boy"] * 30}), source="sis"
    )
    rng = np.random.default_rng(0)
    predictions = pd.DataFrame({"learner_id": np.repeat(learners, 4), "y_prob": rng.uniform(0.2, 0.8, 240)})
    predictions["y_true"] = (rng.random(240) < predictions["y_prob"]).astype(int)
    given = predictions.assign(y_prob_flipped=0.5)
    alone = audit_enclave(home, settings, gates, purpose="test", predictions=given)
    assert flips(alone) == {}
    paths = pd.DataFrame({"learner_id": learners, "unchanged": 1.0, "has_grade_level": True})
    both = audit_enclave(home, settings, gates, purpose="test", predictions=given, paths=paths)
    assert {cell.verdict for cell in flips(both).values()} == {"pass"}
    hidden = audit_enclave(home, settings, gates, purpose="test", predictions=given, paths=paths, figures=False)
    assert hidden.curves == ()
    assert both.curves
