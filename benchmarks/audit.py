"""How long an audit of a million predictions over 20 slices takes, and how much memory, against 60 s and 2 GB.

20,000 learners with 50 answers each, 1,000 permutations, resamples as shipped. Fairlearn's bootstrap of a group metric
runs beside it: of rows rather than of learners, and no test; so its seconds are a peer's price, not a peer's answer.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from sklearn.metrics import recall_score

from polku.fairness import audit_predictions, load_gates, load_slices
from polku.home import Home
from polku.schemas.slices import Inference, Slice, Slices

LIMIT_S, LIMIT_GB = 60.0, 2.0
ROWS, LEARNERS, SLICES, PERMUTATIONS, PEER_SLICES = 1_000_000, 20_000, 20, 1000, 2


def main() -> int:
    """Print seconds, memory and ratios; fail when a limit is missed."""
    predictions, background = drawn()
    home = Home.find()
    inference = Inference(permutations=PERMUTATIONS)
    attributes = {name: Slice(question="Do the groups meet the same errors?") for name in background.columns[1:]}
    slices = load_slices(home).model_copy(update={"attributes": attributes, "inference": inference})
    before = peak_gb()
    began = time.perf_counter()
    audit = audit_predictions(predictions, background, slices, load_gates(home, "mastery"))
    seconds = time.perf_counter() - began
    memory = peak_gb()
    peer = fairlearn_seconds(predictions, background, slices)
    print(f"{ROWS:,} predictions of {LEARNERS:,} learners, {SLICES} slices, {len(audit.cells)} cells")
    print(f"audit            {seconds:6.2f} s   {seconds / LIMIT_S:.2f} of the limit of {LIMIT_S:g} s")
    print(f"memory           {memory:6.2f} GB  {memory / LIMIT_GB:.2f} of the limit of {LIMIT_GB:g} GB")
    print(f"                 {before:6.2f} GB  of it before the audit began: libraries and tables")
    print(f"a permutation    {seconds / PERMUTATIONS * 1e3:6.2f} ms  all slices and metrics, intervals included")
    print(
        f"fairlearn's      {peer * 1e3:6.0f} ms  a resample of one metric; ratio {peer / (seconds / PERMUTATIONS):,.0f}"
    )
    return int(seconds > LIMIT_S or memory > LIMIT_GB)


def drawn() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return predictions, and a background of slices of 2 to 4 groups."""
    rng = np.random.default_rng(16)
    learner = np.arange(ROWS) % LEARNERS
    chance = 1 / (1 + np.exp(-rng.normal(0.6, 1, LEARNERS)[learner] - rng.normal(0, 1, ROWS)))
    answers = (rng.uniform(size=ROWS) < chance).astype(int)
    background = pd.DataFrame({"learner_id": np.arange(LEARNERS)})
    for place in range(SLICES):
        background[f"slice{place:02d}"] = rng.choice(list("pqrs")[: 2 + place % 3], LEARNERS)
    return pd.DataFrame({"learner_id": learner, "y_true": answers, "y_prob": chance}), background


def fairlearn_seconds(predictions: pd.DataFrame, background: pd.DataFrame, slices: Slices) -> float:
    """Return the seconds of one of fairlearn's resamples over all slices, taken on some of them."""
    began = time.perf_counter()
    for name in list(slices.attributes)[:PEER_SLICES]:
        MetricFrame(
            metrics=recall_score,
            y_true=predictions["y_true"],
            y_pred=predictions["y_prob"] > 0.5,
            sensitive_features=background[name].to_numpy()[predictions["learner_id"]],
            n_boot=1,
            ci_quantiles=[0.025, 0.975],
            random_state=0,
        )
    return (time.perf_counter() - began) * SLICES / PEER_SLICES


def peak_gb() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    sys.exit(main())
