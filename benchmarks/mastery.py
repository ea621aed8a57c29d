"""Mastery judged on its own: what a readout made now says of a learner's next first attempts at items of the skill.

Run ``python benchmarks/mastery.py``. Five tables. *Judged*: AUC, ECE and log loss of the readout 1, 10 and 50 responses
ahead beside decayed success rates, Elo and BKT, on ASSISTments 2009 and on a simulated municipality, with the 95 %
interval by learner of how far ahead our AUC is. *Shares*: whether intervals hold on real answers. *Truth*: whether they
hold the true probability of simulated learners, by answers on the skill. *Forgetting*: how far readout and truth fall
with days. *Speed*: milliseconds to read 150 skills, and what the small model gives up against the large one. Exits 1
when our readout is not first for skills that were met, its ECE is above the bar, or reading takes too long.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import mastery_world
from mastery_judge import OURS, Asked, ask, table
from mastery_shares import shares
from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.simulate import SimulationConfig, simulate
from polku.training import fit, learner_folds, load_spec, metrics, twin_groups

MOST_ECE = {"ASSISTments 2009": 0.03, "simulated municipality": 0.05}
"""The municipality trains on 200 learners, a tenth of the real set."""
ENOUGH = 5_000
"""Questions from which the whole interval must be ahead; with fewer the figure itself."""
LIMIT_MS = 1.0
SKILLS = 150
REPEATS = 200
TOWN = 400


def judged(name: str, found: dict[int, Asked]) -> list[str]:
    """Print the tables of one data set; return what was missed."""
    missed = []
    for horizon, asked in found.items():
        for which, rows in (("met", asked.met), ("new", ~asked.met)):
            lines = table(asked, rows)
            print(f"\n{name}, {horizon} ahead, skills {which}: {int(rows.sum()):,} questions")
            print(lines.to_string(float_format="{:.4f}".format))
            if which == "met":
                least = "ahead_low" if rows.sum() >= ENOUGH else "ahead_high"
                first = lines.index[0] == OURS and (lines.drop(index=OURS)[least] > 0.0).all()
                missed += [] if first else [f"{name}, {horizon} ahead: not first"]
                missed += [f"{name}, {horizon} ahead: ECE"] if lines["ece"][OURS] > MOST_ECE[name] else []
    return missed


def town_responses(curriculum: Curriculum, folder: Path, seed: int) -> Responses:
    """Return the answers of a simulated municipality, read as any provider's."""
    town = simulate(SimulationConfig(learners=TOWN, seed=seed), curriculum)
    town.write(folder)
    return read_responses(folder / "responses.csv", "csv").responses


def speed(responses: Responses, curriculum: Curriculum, home: Home, seed: int) -> float:
    """Print accuracy of both models on the learners of one fold; return milliseconds to read a learner's skills."""
    fold = learner_folds(responses, 5, seed, groups=twin_groups(responses))
    train, test = responses.of_learners(fold != 0), responses.of_learners(fold == 0)
    milliseconds = np.inf
    for name in ("mastery", "response"):
        model = fit(load_spec(home, name), home, train, curriculum, seed)
        found = metrics(test.correct, model.predict_responses(test, curriculum))
        profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
        longest = str(test.learners[int(np.argmax(np.diff(test.learner_start)))])
        profile.fold(test.of_learners([longest]))
        skills = [*test.skills.tolist(), *(f"new{number}" for number in range(SKILLS))][:SKILLS]
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            model.mastery(profile, skills, None)
            times.append(1000.0 * (time.perf_counter() - started))
        median = float(np.median(times))
        milliseconds = median if name == "mastery" else milliseconds
        print(f"{name}: next answer AUC {found['auc']:.4f}, ECE {found['ece']:.4f}; {SKILLS} skills in {median:.2f} ms")
    return milliseconds


def main() -> int:
    """Print the tables; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("judged", "town", "shares", "truth", "speed"), help="one part alone")
    options = parser.parse_args()
    home, only = Home.find(), options.only
    data = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
    real = read_responses(data / "assistments2009", "gervet").responses
    tags = Curriculum.of_skills(real.skills.tolist())
    missed: list[str] = []
    if only in (None, "judged"):
        missed += judged("ASSISTments 2009", ask(real, home, tags, options.folds, options.seed))
    if only in (None, "town"):
        missed += town(home, options.seed)
    if only in (None, "shares"):
        print("\nshares of the next first attempts on ASSISTments 2009, coverage by answers on the skill")
        print(shares(real, home, tags, 2, options.seed).to_string(float_format="{:.3f}".format))
    if only in (None, "truth"):
        truth(home, options.seed)
    if only in (None, "speed"):
        print()
        missed += [] if speed(real, tags, home, options.seed) <= LIMIT_MS else [f"{SKILLS} skills in {LIMIT_MS:g} ms"]
    if missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


def town(home: Home, seed: int) -> list[str]:
    """Judge on a simulated municipality; return what was missed."""
    curriculum = Curriculum.load(home.curriculum_path(home.settings().curriculum))
    with tempfile.TemporaryDirectory() as folder:
        responses = town_responses(curriculum, Path(folder), seed)
    return judged("simulated municipality", ask(responses, home, curriculum, 2, seed))


def truth(home: Home, seed: int) -> None:
    """Print coverage of the true probability and how readouts fall with time."""
    with pd.option_context("display.width", 160, "display.float_format", "{:.3f}".format):
        _, readings = mastery_world.read(mastery_world.live(seed), home, seed)
        print("\nthe true probability of simulated learners, coverage by answers on the skill")
        print(mastery_world.coverage(readings))
        print("\nfall with days since the skill was last answered")
        print(mastery_world.forgetting(readings))


if __name__ == "__main__":
    sys.exit(main())
