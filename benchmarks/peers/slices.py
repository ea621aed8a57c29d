"""Calibration of one model more closely: by evidence, by how common a skill is, and over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peers.judge import FEWEST
from peers.log import Floats, Ints, Log, earlier
from polku.training.measures import metrics

ANSWERS = (0, 1, 5, 20, 100)
ON_SKILL = (0, 1, 3, 10, 30)
QUINTILES = 5


def slices_of(log: Log) -> dict[str, Ints]:
    """Return, by what is looked at, the number of each row's slice, 0 being the least.

    * ``answers``: earlier answers of the learner, cut at `ANSWERS`;
    * ``answers on the skill``: earlier answers on the row's skills together, cut at `ON_SKILL`;
    * ``how common the skill is``: fifths of the responses, by the number of responses to their combination of skills;
    * ``over time``: fifths of each learner's own log.
    """
    learner = log.learner
    place = np.arange(len(log)) - np.searchsorted(learner, learner, side="left")
    length = np.bincount(learner)[learner]
    on_skill = earlier(learner * log.sizes[2] + log.combination, np.ones(len(log)))
    common = np.bincount(log.combination)[log.combination]
    rank = np.searchsorted(np.sort(common), common, side="left")
    return {
        "answers": np.searchsorted(ANSWERS, place, side="right") - 1,
        "answers on the skill": np.searchsorted(ON_SKILL, on_skill, side="right") - 1,
        "how common the skill is": QUINTILES * rank // len(log),
        "over time": QUINTILES * place // length,
    }


def calibration_by_slice(log: Log, found: Floats) -> pd.DataFrame:
    """Return n, mean score, mean prediction, ECE and AUC of each slice.

    Returns
    -------
    DataFrame
        `by, slice, n, observed, predicted, ece, auc`; slices with few rows are left out.
    """
    lines = []
    for by, number in slices_of(log).items():
        for at in np.unique(number):
            rows = number == at
            if rows.sum() >= FEWEST:
                figures = metrics(log.correct[rows], found[rows])
                line = {"by": by, "slice": _name(by, int(at)), "n": figures["n"]}
                line |= {"observed": log.correct[rows].mean(), "predicted": found[rows].mean()}
                lines.append(line | {name: figures[name] for name in ("ece", "auc")})
    return pd.DataFrame(lines)


def _name(by: str, at: int) -> str:
    """Return what a slice is called: a range of counts, or a fifth."""
    edges = {"answers": ANSWERS, "answers on the skill": ON_SKILL}.get(by)
    if edges is None:
        return f"fifth {at + 1} of {QUINTILES}"
    low, high = edges[at], edges[at + 1] - 1 if at + 1 < len(edges) else None
    return f"{low}+" if high is None else str(low) if low == high else f"{low} to {high}"
