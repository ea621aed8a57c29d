"""A municipality's own run and paths, explained: artifacts about content and model, numbers that add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.cli.candidates import candidate
from polku.cli.desk import Desk
from polku.cli.items import items
from polku.cli.plan import answer_stored, plan_stored
from polku.paths import Texts
from polku.training.contributions import SPEAKS_OF

pytestmark = pytest.mark.xdist_group("town")


@pytest.fixture
def artifacts(town: Desk) -> Path:
    return town.home.mlruns / "artifacts" / candidate(town).run_id / "artifacts"


@pytest.fixture
def learner_id(town: Desk) -> str:
    with town.store.read() as tx:
        return str(tx.responses.learners()[3])


def test_the_run_holds_figures_and_tables(artifacts: Path) -> None:
    figures = {path.stem for path in (artifacts / "figures").glob("*.png")}
    assert {"calibration", "importance", "learning-curves", "effects-skill", "effects-learner"} <= figures
    assert len(figures) <= 3 + len(SPEAKS_OF)
    tables = {path.name: pd.read_csv(path) for path in (artifacts / "tables").iterdir()}
    assert set(tables) == {"importance.csv", "effects.csv", "learning_curves.csv", "items.csv"}
    assert all(len(table) > 5 for table in tables.values())


def test_the_run_holds_nothing_about_single_learners(town: Desk, artifacts: Path) -> None:
    with town.store.read() as tx:
        learners = tx.responses.learners()
    kept = "".join(path.read_text(encoding="utf-8") for path in (artifacts / "tables").iterdir())
    assert not [name for name in learners if name in kept]
    assert pd.read_csv(artifacts / "tables" / "learning_curves.csv")["learners"].min() >= 10


def test_effects_of_the_mastery_model_go_the_way_it_was_told(artifacts: Path) -> None:
    effects = pd.read_csv(artifacts / "tables" / "effects.csv")
    for (_, direction), lines in effects.groupby(["column", "direction"]):
        assert direction == 0 or np.all(direction * np.diff(lines["effect"]) >= -1e-6)
    assert effects["direction"].abs().max() == 1


def test_the_stores_items_are_those_of_the_run(town: Desk, artifacts: Path) -> None:
    kept = pd.read_csv(artifacts / "tables" / "items.csv")
    assert kept["item_id"].tolist() == items(town, None, "auto")["item_id"].tolist()


def test_each_option_says_what_its_number_is_made_of(town: Desk, learner_id: str) -> None:
    answer = answer_stored(town, learner_id, None, 5, None)
    assert answer["rung"] == "model"
    for option in answer["options"]:
        told = option["mastery_contributions"]
        total = told["base"] + sum(told["families"].values()) + told["calibration"]
        assert total == pytest.approx(told["logit"], abs=1e-9)
        assert told["probability"] == pytest.approx(1.0 / (1.0 + np.exp(-told["logit"])), abs=1e-12)
        assert set(told["families"]) <= set(SPEAKS_OF)


def test_the_path_itself_and_its_reasons_stay_as_they_were(town: Desk, learner_id: str) -> None:
    answer = answer_stored(town, learner_id, None, 5, None)
    for option in answer["options"]:
        del option["mastery_contributions"]
    plain = plan_stored(town, learner_id, None, 5, None).to_dict(Texts.load(town.home.serve / "text"))
    for step in (*answer["options"], *answer["path"], *plain["options"], *plain["path"]):
        del step["score"], step["terms"]  # a moment later they may differ in the last place
    assert answer == plain


def test_the_number_is_the_one_that_the_path_stands_on(town: Desk, learner_id: str) -> None:
    from polku.paths.suggester import Suggester

    now = town.now()
    frozen = Desk(town.home, town.settings, now=lambda: now)
    with frozen.store.begin() as tx:
        states = Suggester(frozen.home, lambda: now).standing(tx, learner_id).states
    for option in answer_stored(frozen, learner_id, None, 5, None)["options"]:
        assert option["mastery_contributions"]["probability"] == states[option["skill_id"]].p
