"""How long an audit of 300,000 predictions over all shipped slices takes, against the limit of 8 seconds.

Fairlearn's bootstrap of the same group metrics runs beside it: fewer resamples, of rows rather than of
learners, and no test; so its seconds are a peer's price, not a peer's answer.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from sklearn.metrics import recall_score

from polku.fairness import audit_predictions, load_gates, load_slices
from polku.home import Home

LIMIT_S = 8.0
LEARNERS, ROWS, PEER_RESAMPLES = 1000, 300, 2


def main() -> int:
    """Print seconds and ratios; fail when the limit is missed."""
    home = Home.find()
    slices, gates = load_slices(home), load_gates(home, "mastery")
    rng = np.random.default_rng(16)
    learner = np.repeat(np.arange(LEARNERS), ROWS)
    chance = 1 / (1 + np.exp(-rng.normal(0.6, 1, LEARNERS)[learner] - rng.normal(0, 1, len(learner))))
    answers = (rng.uniform(size=len(learner)) < chance).astype(int)
    predictions = pd.DataFrame({"learner_id": learner, "y_true": answers, "y_prob": chance})
    background = pd.DataFrame({"learner_id": np.arange(LEARNERS)})
    for name, one in slices.attributes.items():
        background[name] = rng.choice([*(one.groups or ()), ""], LEARNERS)
    began = time.perf_counter()
    audit = audit_predictions(predictions, background, slices, gates)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    for name in slices.attributes:
        MetricFrame(
            metrics=recall_score,
            y_true=answers,
            y_pred=chance > gates.threshold,
            sensitive_features=background[name].to_numpy()[learner],
            n_boot=PEER_RESAMPLES,
            ci_quantiles=[0.025, 0.975],
            random_state=0,
        )
    peer = (time.perf_counter() - began) / PEER_RESAMPLES
    resamples = slices.inference.resamples
    print(f"{len(learner):,} predictions, {len(slices.attributes)} attributes, {len(audit.cells)} cells")
    print(f"audit            {seconds:6.2f} s   {seconds / LIMIT_S:.2f} of the limit of {LIMIT_S:g} s")
    print(f"a resample       {seconds / resamples * 1e3:6.2f} ms  all metrics, tests included")
    print(f"fairlearn's      {peer * 1e3:6.0f} ms  one metric; ratio {peer / (seconds / resamples):,.0f}")
    return int(seconds > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
