"""Audits of answers of real learners: Eedi, OULAD and the UCI student files, beside fairlearn's bare differences.

Run ``python benchmarks/audit_real.py``; ``POLKU_DATA`` names the folder of data sets. Each set is predicted by a small
logistic regression, cross-validated by learner, that knows the task and the learner's other answers and nothing of who
anybody is. Predictions and background then go as plain files through ``polku audit --predictions --background``, as
those of any model would. Beside it stand, of the same predictions, the differences that fairlearn's MetricFrame gives
between the largest and the smallest group rate, which a bare limit of 0.05 would judge.

========== ==============================================================================================
Eedi       is the answer right? From the question's rate among other learners, and the learner's other answers
OULAD      does the assessment reach 70 of 100? From its rate among others, and the learner's earlier scores
UCI        does the pupil pass the second period? From the grade of the first
========== ==============================================================================================

Small groups stay without a verdict: how many, and which gap would have been noticed, is part of the result.
``benchmarks/dif.py`` reports two published tests, HCI and TIMSS 2007, by gender, item by item.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import Exclusions

Floats = NDArray[np.float64]
BARE, LIMIT_S = 0.05, 60.0
OTHERS = 4.0
"""Answers that a smoothed rate begins with."""
RATES: dict[str, Callable[..., float]] = {"held_back": false_negative_rate, "missed_need": false_positive_rate}
"""Our error rates under fairlearn's names."""


@dataclass(frozen=True)
class Data:
    """One data set, ready to be predicted.

    Parameters
    ----------
    name : str
        As printed.
    rows : DataFrame
        ``learner_id, item_id, score`` in the set's order.
    background : DataFrame
        ``learner_id`` and a column an attribute.
    passed : float
        Least score that counts as correct.
    ordered : bool
        Whether only earlier answers of a learner may speak; else all others do.
    """

    name: str
    rows: pd.DataFrame
    background: pd.DataFrame
    passed: float
    ordered: bool


def main() -> int:
    """Audit every set and print what was found; fail when it takes too long."""
    for data in read():
        predictions = predicted(data)
        audit = audited(predictions, data.background)
        report(data, predictions, audit)
    spent = os.times()
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    print(f"\nall together {seconds:.0f} s of one core, {seconds / LIMIT_S:.2f} of the limit of {LIMIT_S:g} s")
    return int(seconds > LIMIT_S)


def read() -> Iterator[Data]:
    """Read the sets that are there."""
    home = Home.find()
    folder = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
    deny = Exclusions.load(home.features).deny_rules()
    for name, part, passed, ordered in (
        ("Eedi", "eedi", 1.0, False),
        ("OULAD", "oulad", 0.7, True),
        ("UCI student files", "uci_student", 0.5, True),
    ):
        if not (folder / part).is_dir():
            print(f"{name}: no data at {folder / part}")
            continue
        reading = read_responses(folder / part, deny=deny)
        found, background = reading.responses, reading.background
        rows = pd.DataFrame(
            {
                "learner_id": found.learners[found.learner],
                "item_id": found.items[found.item],
                "score": found.correct,
            }
        )
        if background is not None:
            yield Data(name, rows, background, passed, ordered)


def predicted(data: Data) -> pd.DataFrame:
    """Return predictions out of fold: ``learner_id, item_id, y_true, y_prob``."""
    learner = data.rows["learner_id"].factorize()[0]
    y = np.asarray(data.rows["score"] >= data.passed, dtype=np.int64)
    known = learner_features(data)
    spoken = np.asarray(np.isfinite(known).all(axis=1))  # without an earlier answer there is nothing to go by
    p = np.full(len(y), np.nan)
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(y, groups=learner):
        rates = item_rates(data.rows["item_id"], y, np.asarray(train, dtype=np.int64))
        features = np.column_stack([rates, known])
        use, ask = train[spoken[train]], test[spoken[test]]
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(features[use], y[use])
        p[ask] = model.predict_proba(features[ask])[:, 1]
    table = data.rows[["learner_id", "item_id"]].assign(y_true=y, y_prob=p)
    return table.loc[spoken].reset_index(drop=True)


def learner_features(data: Data) -> Floats:
    """Return what a learner's own answers say: their mean and their number, and the last one where there is an order.

    Returns
    -------
    ndarray of float, shape (n, 2) or (n, 3)
        Missing where a learner has no other, or no earlier, answer.
    """
    score, by_learner = data.rows["score"], data.rows.groupby("learner_id")["score"]
    if data.ordered:
        before = by_learner.cumcount()
        total = by_learner.cumsum() - score
        last = [by_learner.shift()]
    else:
        before = by_learner.transform("size") - 1
        total = by_learner.transform("sum") - score
        last = []
    mean = (total + OTHERS * score.mean()) / (before + OTHERS)
    columns: list[pd.Series[float]] = [mean.where(before > 0), before.map(np.log1p), *last]
    return np.column_stack([column.to_numpy(np.float64) for column in columns])


def item_rates(items: pd.Series[str], y: NDArray[np.int64], train: NDArray[np.int64]) -> Floats:
    """Return the logit of every item's smoothed rate among the learners of training."""
    middle = float(y[train].mean())
    by_item = pd.DataFrame({"item": items.to_numpy()[train], "y": y[train]}).groupby("item")["y"].agg(["sum", "size"])
    rate = (by_item["sum"] + OTHERS * middle) / (by_item["size"] + OTHERS)
    return np.asarray(logit(items.map(rate).fillna(middle).to_numpy(np.float64)))


def audited(predictions: pd.DataFrame, background: pd.DataFrame) -> dict[str, Any]:
    """Return what ``polku audit`` says about plain files."""
    with TemporaryDirectory(prefix="polku-audit") as folder:
        one, two = Path(folder) / "predictions.csv", Path(folder) / "background.csv"
        predictions.to_csv(one, index=False)
        background.to_csv(two, index=False)
        command = [sys.executable, "-m", "polku.cli", "audit", "--predictions", one, "--background", two, "--json"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def report(data: Data, predictions: pd.DataFrame, audit: dict[str, Any]) -> None:
    """Print verdicts, concerns with their figures, and the bare differences beside them."""
    cells = audit["cells"]
    counts = Counter(cell["verdict"] for cell in cells)
    learners = predictions["learner_id"].nunique()
    print(
        f"\n== {data.name}: {len(predictions):,} predictions of {learners:,} learners, "
        f"{predictions['y_true'].mean():.0%} correct, AUC {audit['overall']['auc']:.3f}; verdict {audit['verdict']}"
    )
    print(
        f"{len(cells)} cells: {counts['concern']} of concern, {counts['pass']} pass, {counts['not_enough_evidence']} "
        f"not enough evidence; {audit['suppressed']['cells']} without figures (under {audit['suppressed']['k']})"
    )
    for cell in cells:
        if cell["verdict"] == "concern":
            print(f"concern: {line_of(cell)}")
    beside(predictions, data.background, cells)


def line_of(cell: dict[str, Any]) -> str:
    """Return one cell as text."""
    low, high = cell["interval"] or (np.nan, np.nan)
    explained = "" if cell["explained"] is None else f", {cell['explained']:+.3f} explained"
    return (
        f"{cell['attribute']} {cell['group']}, {cell['metric']}: gap {cell['gap']:+.3f} [{low:+.3f} {high:+.3f}]"
        f"{explained}, p {cell['p_adjusted']:.4f}, n {cell['n']:,}"
    )


def beside(predictions: pd.DataFrame, background: pd.DataFrame, cells: list[dict[str, Any]]) -> None:
    """Print fairlearn's largest difference in each error rate beside what the audit says of the same attribute."""
    groups = background.set_index("learner_id").reindex(predictions["learner_id"])
    print(f"{'attribute':18} {'error':12} {'fairlearn':>9}  {'over 0.05':9}  the audit, group by group")
    over = differ = 0
    for attribute in groups:
        labels = groups[attribute].fillna("missing").astype(str).to_numpy()
        frame = MetricFrame(
            metrics=RATES,
            y_true=predictions["y_true"],
            y_pred=(predictions["y_prob"] >= 0.5).astype(int),
            sensitive_features=labels,
        )
        for metric, difference in frame.difference(method="between_groups").items():
            found = Counter(
                cell["verdict"] for cell in cells if (cell["attribute"], cell["metric"]) == (attribute, metric)
            )
            told = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in sorted(found.items()))
            over += difference > BARE
            differ += difference > BARE and not found["concern"]
            print(f"{attribute!s:18} {metric!s:12} {difference:9.3f}  {'yes' * (difference > BARE):9}  {told}")
    print(f"a bare limit of {BARE:g} would flag {over} of these; of {differ} of them the audit raises no concern")


if __name__ == "__main__":
    sys.exit(main())
