"""How well readouts of a skill, made now, tell the learner's next first attempts at its items.

A question: at a point of a learner's history, how does skill s stand? The answer: the response h = 1, 10 or 50
responses later (1: the very next), where it is the learner's first to its item. Of an item with several skills, every
readout is the mean over the skills. *Met*: each of the skills had been answered before the readout was made; *new*: one
of them had not. AUC, log loss and ECE (15 bins of equal size) over all folds, intervals by learner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mastery_peers import peers, walk
from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles.stops import Stops, read_at
from polku.records import Responses
from polku.training import FittedModel, fit, learner_folds, load_spec, twin_groups
from polku.training.measures import auc, log_loss
from polku.training.readouts import HORIZONS, Outlook, ahead
from polku.training.reliability import ece

Float = NDArray[np.float64]
OURS = "Polku, mastery"
POINTS = 20_000
"""Points of histories asked at, per fold."""
DRAWS = 200
Said = Callable[[Responses, Stops], Float]


@dataclass(frozen=True, eq=False)
class Asked:
    """Questions of one horizon that were answered, over all folds."""

    learner: NDArray[np.int64]
    correct: Float
    met: NDArray[np.bool_]
    said: dict[str, Float]


def one_by_one(stops: Stops) -> Stops:
    """Return the same readings, each skill by itself."""
    counts = np.diff(stops.skill_start)
    rows, now = np.repeat(stops.row, counts), np.repeat(stops.now, counts)
    return Stops(rows, np.arange(len(rows) + 1), stops.skill, now)


def reader(model: FittedModel, curriculum: Curriculum) -> Said:
    """Return the readout of a fitted model as :meth:`FittedModel.mastery` makes it."""

    def said(responses: Responses, stops: Stops) -> Float:
        return model.predict(read_at(responses, stops, model.feature_set, model.item_statistics, curriculum))

    return said


def ask(responses: Responses, home: Home, curriculum: Curriculum, folds: int, seed: int) -> dict[int, Asked]:
    """Return what everybody said to every question, by horizon; nobody has seen the learners they are asked about."""
    fold = learner_folds(responses, folds, seed, groups=twin_groups(responses))
    parts: dict[int, list[Asked]] = {horizon: [] for horizon in HORIZONS}
    for number in range(folds):
        train, test = responses.of_learners(fold != number), responses.of_learners(fold == number)
        model = fit(load_spec(home, "mastery"), home, train, curriculum, seed)
        all_said: dict[str, Said] = {OURS: reader(model, curriculum)}
        for name, peer in peers(train).items():
            all_said[name] = partial(walk, peer)
        rng = np.random.default_rng([seed, number])
        points = np.sort(rng.choice(len(test), min(POINTS, len(test)), replace=False))
        for horizon in HORIZONS:
            parts[horizon].append(_answered(test, points, horizon, all_said, number))
    return {horizon: _joined(found) for horizon, found in parts.items()}


def _answered(test: Responses, points: NDArray[np.int64], horizon: int, said: dict[str, Said], fold: int) -> Asked:
    questions = ahead(test, points, horizon)
    single, counts = one_by_one(questions.stops), np.diff(questions.stops.skill_start)
    begin = questions.stops.skill_start[:-1]
    known = Outlook.of(test, single).skill_answers > 0
    return Asked(
        learner=test.learner[questions.answer].astype(np.int64) + fold * 1_000_000,
        correct=test.correct[questions.answer],
        met=np.logical_and.reduceat(known, begin),
        said={name: np.add.reduceat(say(test, single), begin) / counts for name, say in said.items()},
    )


def _joined(parts: list[Asked]) -> Asked:
    return Asked(
        np.concatenate([part.learner for part in parts]),
        np.concatenate([part.correct for part in parts]),
        np.concatenate([part.met for part in parts]),
        {name: np.concatenate([part.said[name] for part in parts]) for name in parts[0].said},
    )


def table(asked: Asked, which: NDArray[np.bool_]) -> pd.DataFrame:
    """Return AUC, ECE and log loss of everybody, and by how much our AUC is ahead, with its 95 % interval."""
    learner, correct = asked.learner[which], asked.correct[which]
    ours = asked.said[OURS][which]
    lines = {}
    for name, said in asked.said.items():
        p = said[which]
        low, high = (0.0, 0.0) if name == OURS else ahead_by(learner, correct, ours, p)
        found = {"auc": auc(correct, p), "ece": ece(correct, p), "log_loss": log_loss(correct, p)}
        lines[name] = found | {"ahead_low": low, "ahead_high": high}
    return pd.DataFrame(lines).T.sort_values("auc", ascending=False)


def ahead_by(learner: NDArray[np.int64], correct: Float, ours: Float, other: Float) -> tuple[float, float]:
    """Return the 95 % interval of the difference in AUC: learners drawn anew, both judged on the same (Efron 1979)."""
    rng, code = np.random.default_rng(0), np.unique(learner, return_inverse=True)[1]
    size, levels = int(code.max()) + 1, [np.unique(p, return_inverse=True)[1] for p in (ours, other)]
    drawn = []
    for _ in range(DRAWS):
        weight = np.bincount(rng.integers(0, size, size), minlength=size)[code].astype(np.float64)
        one, two = (_weighted_auc(correct, weight, level) for level in levels)
        drawn.append(one - two)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _weighted_auc(correct: Float, weight: Float, level: NDArray[np.int64]) -> float:
    """Return the AUC of weighted answers whose predictions have these ranks; ties count half."""
    right, wrong = np.bincount(level, weight * correct), np.bincount(level, weight * (1.0 - correct))
    below = np.cumsum(wrong) - 0.5 * wrong
    return float(right @ below / (right.sum() * wrong.sum()))
