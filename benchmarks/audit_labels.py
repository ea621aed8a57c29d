"""Whether grades at equal item evidence show what was planted in simulated grades, and nothing where nothing was.

Municipalities with nothing planted, with unequal preparation, and with grades of one group half a point too low are
simulated; each is reported, and the gap of the group is set against the truth. `uncorrected` is the same regression
with the evidence taken as certain.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd

from polku.curriculum import Curriculum
from polku.fairness import load_slices
from polku.fairness.ability import ability_of
from polku.fairness.attributes import labels, long_form
from polku.fairness.labels import labels_supplement
from polku.home import Home
from polku.schemas.slices import Inference
from polku.simulate import Municipality, Planted, SimulationConfig, simulate

GROUP = ("support", "pupil_specific")
HARSH = 0.5
WORLDS: dict[str, dict[str, Any]] = {
    "nothing planted": {},
    "unequal preparation": {"base_rate_gaps": True},
    "harsher grades": {"harsher_grades_for": Planted(*GROUP, HARSH)},
    "both": {"base_rate_gaps": True, "harsher_grades_for": Planted(*GROUP, HARSH)},
}


def main() -> None:
    """Print, by world, the mean gap of the group, how often its interval holds the truth, and how often it alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--learners", type=int, default=800)
    chosen = parser.parse_args()
    home = Home.find()
    curriculum = Curriculum.load(home.curriculum_path(home.settings().curriculum))
    print(f"{chosen.repeats} municipalities a world, {chosen.learners} learners; {GROUP[0]} {GROUP[1]}, in points")
    print(f"{'world':<20}{'truth':>7}{'raw':>7}{'gap':>7}{'se':>7}{'uncorrected':>13}{'covered':>9}{'off zero':>10}")
    for name, planted in WORLDS.items():
        truth = -HARSH if "harsher_grades_for" in planted else 0.0
        lines = pd.DataFrame(
            [
                gap_of(simulate(SimulationConfig(seed=seed, learners=chosen.learners, **planted), curriculum), home)
                for seed in range(chosen.repeats)
            ]
        )
        covered = ((lines["low"] <= truth) & (truth <= lines["high"])).mean()
        off = ((lines["low"] > 0) | (lines["high"] < 0)).mean()
        error = lines["gap"].std() / np.sqrt(len(lines))
        means = lines[["raw_gap", "gap", "uncorrected"]].mean()
        print(
            f"{name:<20}{truth:>7.2f}{means['raw_gap']:>7.2f}{means['gap']:>7.2f}{error:>7.2f}"
            f"{means['uncorrected']:>13.2f}{covered:>9.0%}{off:>10.0%}"
        )


def gap_of(town: Municipality, home: Home) -> dict[str, float]:
    """Return the figures of the group."""
    slices = load_slices(home).model_copy(update={"inference": Inference(resamples=199)})
    evidence = ability_of(answers_of(town))
    groups = {GROUP[0]: labels(long_form(town.background), evidence.learners, slices)[GROUP[0]]}
    table = labels_supplement(town.grades, evidence, groups, slices, roster=town.roster)
    lines: Any = pd.DataFrame(table.rows, columns=list(table.columns)).set_index("group")
    return {name: float(lines.loc[GROUP[1], name]) for name in ("raw_gap", "gap", "low", "high", "uncorrected")}


def answers_of(town: Municipality) -> pd.DataFrame:
    """Return answers beside a typical learner's probability, taken from learners of other folds."""
    rows = town.responses
    fold, mean = pd.factorize(rows["learner_id"])[0] % 5, rows["correct"].mean()
    expected = np.empty(len(rows))
    for own in range(5):
        known = rows[fold != own].groupby("item_id")["correct"].agg(["sum", "size"])
        rate = (known["sum"] + 2 * mean) / (known["size"] + 2)
        expected[fold == own] = rows["item_id"][fold == own].map(rate).fillna(mean)
    return pd.DataFrame({"learner_id": rows["learner_id"], "y_true": rows["correct"], "y_prob": expected})


if __name__ == "__main__":
    main()
