"""From predictions to the table, its slices, its bars and its figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peers.bars import bars_of, figures_of
from peers.contest import Division, Entry
from peers.environment import python_of_peers
from peers.judge import parts_of, table
from peers.log import Floats, Log
from peers.picture import draw
from peers.slices import calibration_by_slice, slices_of

COST = {name: [1.0] * 5 for name in ("fit_s", "predict_s", "fit_bytes", "predict_bytes")}
World = tuple[Log, Floats]


def entered(world: World, folds: int = 5) -> tuple[Division, dict[str, Entry]]:
    log, truth = world
    flat = np.full(len(log), log.correct.mean()) + 1e-3 * np.random.default_rng(0).normal(size=len(log))
    flat[log.fold >= folds] = np.nan
    found = {"difficulty": flat, "response": truth, "Best-LR, 100 steps": 0.5 * truth + 0.5 * log.correct.mean()}
    entries = {name: Entry(name, values, 0.5, COST) for name, values in found.items()}
    return Division(Path("assistments2009"), Path(), log, 5, 0), entries


def test_the_truth_is_ahead_of_a_constant_by_its_interval(world: World) -> None:
    lines = figures_of(table(*entered(world), seed=0))
    assert lines["difficulty"]["auc_less_low"] > 0.1
    assert lines["difficulty"]["log_loss_less_high"] < 0.0
    assert lines["response"]["auc_less"] == lines["response"]["auc_less_high"] == 0.0
    assert lines["response"]["ece"] < 2.0 * lines["response"]["ece_chance"]


def test_a_model_of_fewer_folds_is_compared_on_its_own_rows(world: World) -> None:
    few = figures_of(table(*entered(world, folds=2), seed=0))
    assert few["difficulty"]["folds"] == 2
    assert few["response"]["folds"] == 5
    assert few["difficulty"]["first_n"] == 80
    assert few["response"]["first_n"] == 200


def test_parts_are_first_answers_and_what_no_other_fold_has(world: World) -> None:
    parts = parts_of(entered(world)[0])
    assert parts["first"].sum() == 200
    assert parts["first_five"].sum() == 1000
    assert not parts["unseen_skills"].any()


@pytest.mark.parametrize("name", ["answers", "answers on the skill", "how common the skill is", "over time"])
def test_slices_divide_all_rows(name: str, world: World) -> None:
    number = slices_of(world[0])[name]
    assert len(number) == len(world[0])
    assert number.min() == 0
    assert number.max() <= 4


def test_the_truth_is_calibrated_in_every_slice(world: World) -> None:
    found = calibration_by_slice(*world)
    assert (found["observed"] - found["predicted"]).abs().max() < 0.1
    assert found.groupby("by")["n"].sum().eq(len(world[0])).all()
    assert found.loc[found["by"] == "answers", "slice"].tolist() == ["0", "1 to 4", "5 to 19", "20 to 99"]


def test_bars_say_what_is_reached_and_what_is_missed(world: World) -> None:
    bars = {bar.name: bar for bar in bars_of(table(*entered(world), seed=0))}
    assert bars["assistments2009: AUC above difficulty by the interval"].held
    assert bars["assistments2009: seconds of a whole run"].found == 2.5
    ahead = bars["assistments2009: AUC less that of Best-LR, 100 steps"]
    assert not ahead.held, "a rescaled truth ranks as the truth does"
    assert "(" in str(bars["assistments2009: AUC"])


def test_a_slower_peer_gives_the_bar_of_the_ratio(world: World) -> None:
    division, entries = entered(world)
    slow = Entry("pyBKT forgets", entries["difficulty"].found, 0.0, COST | {"fit_s": [9.0]})
    bars = {bar.name: bar for bar in bars_of(table(division, entries | {"pyBKT forgets": slow}, seed=0))}
    assert bars["assistments2009: times faster than pyBKT forgets"].found == pytest.approx(4.0)


def test_the_figure_is_the_same_for_the_same_figures(world: World, tmp_path: Path) -> None:
    lines = table(*entered(world), seed=0)
    both = pd.concat([lines, lines.assign(data="fsaif")])
    for name in ("one.svg", "two.svg"):
        draw(tmp_path / name, both)
    one, two = ((tmp_path / name).read_text() for name in ("one.svg", "two.svg"))
    assert one == two
    assert "Polku response" in one


def test_an_environment_that_stands_is_not_made_again(tmp_path: Path) -> None:
    import hashlib

    lock = tmp_path / "requirements.lock"
    lock.write_text("nothing\n")
    (tmp_path / ".venv-peers").mkdir()
    (tmp_path / ".venv-peers" / "installed").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
    assert python_of_peers(tmp_path, lock) == tmp_path / ".venv-peers" / "bin" / "python"
