"""Five folds by learner on ASSISTments 2009: every model beside the logistic baseline and difficulty alone.

Run ``python benchmarks/models.py``. Near-twins stay in one fold, each response is predicted from strictly earlier ones
of its learner, difficulties come from training learners only. Means over folds, ± their standard deviation for AUC. The
ratio is the seconds of one fold (features, fit, predict) to the limit of 60; the last line times the mastery of 150
skills. Exits 1 when a bar or a limit is missed. The data: ``$POLKU_DATA``, see its README.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.training import cross_validate, fit, load_spec

MODELS = ("baseline", "mastery", "response")
LEAST_AUC = {"response": 0.778, "mastery": 0.771}
MOST_ECE = 0.015
LIMIT_S = 60.0
LIMIT_MS = 1.0
SKILLS = 150
REPEATS = 200


def progress(done: int, total: int) -> None:
    """Say on standard error how far it is."""
    print(f"\rfit {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the columns to print, by model."""
    mean, sd = summary.xs("mean", axis=1, level=1), summary.xs("sd", axis=1, level=1)
    seconds = mean["seconds_features"] + mean["seconds_fit"] + mean["seconds_predict"]
    shown = mean[["auc", "log_loss", "rmse", "ece", "cold_auc", "cold_log_loss", "macro_auc"]].copy()
    shown.insert(1, "± sd", sd["auc"])
    return shown.assign(seconds=seconds, ratio=seconds / LIMIT_S)


def mastery_ms(responses: Responses, curriculum: Curriculum, home: Home) -> float:
    """Return the median milliseconds to read the mastery of 150 skills of one learner."""
    model = fit(load_spec(home, "mastery"), home, responses, curriculum)
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    longest = int(np.argmax(np.diff(responses.learner_start)))
    profile.fold(responses.of_learners([str(responses.learners[longest])]))
    skills = [*responses.skills.tolist(), *(f"new{number}" for number in range(SKILLS))][:SKILLS]
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        model.mastery(profile, skills, None)
        times.append(1000 * (time.perf_counter() - started))
    return float(np.median(times))


def missed(figures: pd.DataFrame, milliseconds: float) -> list[str]:
    """Return the bars and limits that were missed."""
    low = [f"AUC of {name}" for name, least in LEAST_AUC.items() if figures["auc"][name] < least]
    rough = [f"ECE of {name}" for name in LEAST_AUC if figures["ece"][name] > MOST_ECE]
    slow = [f"seconds of {name}" for name in MODELS if figures["ratio"][name] > 1.0]
    return low + rough + slow + (["mastery of 150 skills"] if milliseconds > LIMIT_MS else [])


def main() -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    home = Home.find()
    data = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
    responses = read_responses(data / "assistments2009", "gervet").responses
    curriculum = Curriculum.of_skills(responses.skills.tolist())
    specs = [load_spec(home, name) for name in MODELS]
    found = cross_validate(responses, specs, home, curriculum, options.folds, options.seed, on_step=progress)
    figures = table(found.summary())
    print(f"{len(responses):,} responses, {len(responses.learners):,} learners, {found.near_twins} near-twin pairs")
    print(figures.to_string(float_format="{:.4f}".format, index_names=False))
    milliseconds = mastery_ms(responses, curriculum, home)
    print(f"mastery of {SKILLS} skills: {milliseconds:.2f} ms, {milliseconds / LIMIT_MS:.2f} of the limit")
    over = missed(figures, milliseconds)
    if over:
        print(f"missed: {', '.join(over)}", file=sys.stderr)
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
