"""Divides the learners of a data set, and has every model predict them in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from peers.environment import python_of_peers
from peers.log import Floats, Ints, Log, Mask
from peers.run import TRACING
from polku.exchange import read_responses
from polku.records import Responses
from polku.training import folds_frame, learner_folds, near_twins, twin_groups

BENCHMARKS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Division:
    """One data set, divided."""

    data: Path
    folder: Path
    """Where the arrays, the folds and the predictions are."""
    log: Log
    folds: int
    near_twins: int

    @property
    def name(self) -> str:
        """Return the name of the data set."""
        return self.data.name

    def unseen(self, codes: Ints, size: int) -> Mask:
        """Return which of the entries of `codes` (one a row) do not occur in the other folds."""
        total = np.bincount(codes, minlength=size)
        own = np.bincount(codes + size * self.log.fold, minlength=size * self.folds)
        return np.asarray(total[codes] == own[codes + size * self.log.fold])


@dataclass(frozen=True)
class Entry:
    """What one model said about every row (NaN where it was not asked), and what it cost, a number a fold."""

    model: str
    found: Floats
    read_s: float
    cost: dict[str, list[float]]

    def mean(self, name: str) -> float:
        """Return the mean cost of a fold."""
        return float(np.mean(self.cost[name]))

    @property
    def whole_s(self) -> float:
        """Return the seconds of a whole run: read, features, fit, predict."""
        return self.read_s + self.mean("fit_s") + self.mean("predict_s")


def divide(data: Path, folder: Path, folds: int, seed: int) -> Division:
    """Read a data set, divide its learners with near-twins on one side, and write both down for the models."""
    responses = read_responses(data).responses
    pairs = near_twins(responses)
    fold = learner_folds(responses, folds, seed, groups=twin_groups(responses, pairs))
    folder.mkdir(parents=True)
    folds_frame(responses, fold).to_csv(folder / "folds.csv", index=False)
    log = log_of(responses, fold[responses.learner])
    log.write(folder / "log.npz")
    return Division(data, folder, log, folds, len(pairs))


def log_of(responses: Responses, fold: np.ndarray) -> Log:
    """Return the responses as a log, `fold` being that of each row."""
    return Log.build(responses.learner, responses.item, responses.skill, responses.skill_start, responses.correct, fold)


def enter(division: Division, model: str, folds: int) -> Entry:
    """Run one model in its own process and return what it said."""
    tracing = model in TRACING
    python = python_of_peers(BENCHMARKS.parent) if tracing else Path(sys.executable)
    found_at = [str(BENCHMARKS), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(found_at)}
    command = [str(python), "-m", "peers.run", model, str(division.data), str(division.folder), str(folds)]
    subprocess.run(command, check=True, env=environment)
    with np.load(division.folder / f"{model}.npz") as arrays:
        found = arrays["found"]
    cost = json.loads((division.folder / f"{model}.json").read_text())
    return Entry(model, found, cost.pop("read_s"), cost)


def contest(
    division: Division, models: dict[str, int], tell: Callable[[str], None] = lambda _: None
) -> dict[str, Entry]:
    """Run all models, each on so many folds as it is given, one after the other."""
    entries = {}
    for model, folds in models.items():
        tell(f"{division.name}: {model}")
        entries[model] = enter(division, model, folds)
    return entries
