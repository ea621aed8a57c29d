"""What each family of features is worth: the response model without it, beside the whole, on the same learners.

Run ``python benchmarks/ablation.py``. The rows are built once for each fold, as for training; then columns are left out
and the trees fitted again. Printed for each data set and family: the AUC that is lost without it, and its interval by
learner, paired; what it gives beside the difficulty alone. A family whose interval holds zero on every data set that
has what it looks at earns nothing and should go; exits 1 when there is one. The data: ``$POLKU_DATA``, see its README.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from peers.paired import Resampled, interval
from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import FeatureSet, build
from polku.records import Responses
from polku.schemas.model import ModelSpec, TreeParameters
from polku.training import learner_folds, load_spec, training_table, twin_groups
from polku.training.measures import auc
from polku.training.trees import fit_trees

Floats = NDArray[np.float64]
SETS = ("assistments2009", "assistments2015", "fsaif")
FORMATS = {"assistments2009": "gervet", "assistments2015": "sequences", "fsaif": "fsaif"}
TREES = 300
MODEL = "response"
WHOLE = "everything"


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of training learners and of those held out, in the columns of a feature set."""

    train: Floats
    train_correct: Floats
    test: Floats
    test_correct: Floats
    learner: NDArray[np.int64]


def families(chosen: FeatureSet) -> dict[str, list[int]]:
    """Return the columns of each family: its heading and its kind, the kinds that say the same together."""
    found: dict[str, list[int]] = {}
    kinds = [feature.kind.name for feature in chosen.features for _ in feature.columns]
    alike = {"since": "time", "first": "counts", "count": "counts", "run": "recent run"}
    for column, (family, kind) in enumerate(zip(chosen.families, kinds, strict=True)):
        name = {"difficulty": "difficulty", "repetition": kind, "sequence": kind}.get(kind)
        found.setdefault(name or f"{family}: {alike.get(kind, kind)}", []).append(column)
    return found


def held_out(responses: Responses, spec: ModelSpec, home: Home, folds: int, seed: int) -> Iterator[Rows]:
    """Yield the rows of each fold."""
    curriculum = Curriculum.of_skills(responses.skills.tolist())
    groups = twin_groups(responses)
    fold = learner_folds(responses, 5, seed, groups=groups)
    for number in range(folds):
        train, test = (responses.of_learners(mask) for mask in (fold != number, fold == number))
        together = np.unique(groups[fold != number], return_inverse=True)[1].astype(np.int32)
        table = training_table(spec, home, train, curriculum, seed, groups=together)
        known = table.item_statistics
        difficulties = known.rows(test), known.skill_rows(test)
        rows = build(test, table.feature_set, *difficulties, curriculum, known.sequence.placed(test))
        learners = np.flatnonzero(fold == number)[test.learner]
        yield Rows(table.features, table.correct, rows, test.correct, learners)


def fitted(rows: Rows, columns: list[int], spec: ModelSpec) -> Floats:
    """Return the predictions of trees that look at some columns only."""
    parameters = (spec.lightgbm or TreeParameters()).model_copy(update={"trees": TREES, "learning_rate": 0.05})
    names = [str(column) for column in columns]
    trees = fit_trees(
        rows.train[:, columns], rows.train_correct, parameters, columns=names, directions=None, seed=spec.seed
    )
    return np.asarray(expit(trees.score(rows.test[:, columns])))


def worth(responses: Responses, spec: ModelSpec, home: Home, folds: int, seed: int) -> pd.DataFrame:
    """Return a line for each family: what it is worth at the end, and what it gives beside the difficulty alone."""
    chosen = FeatureSet.load(home.features, None if spec.features == "all" else list(spec.features))
    parts = families(chosen)
    every, plain = list(range(len(chosen.columns))), parts["difficulty"]
    wanted = {WHOLE: every, "difficulty alone": plain}
    wanted |= {f"without {name}": [one for one in every if one not in columns] for name, columns in parts.items()}
    wanted |= {f"with {name}": sorted({*plain, *columns}) for name, columns in parts.items() if columns != plain}
    found: dict[str, list[Floats]] = {name: [] for name in wanted}
    correct, learner = [], []
    for done, rows in enumerate(held_out(responses, spec, home, folds, seed), start=1):
        present = np.flatnonzero(np.isfinite(rows.train).any(axis=0)).tolist()
        for name, columns in wanted.items():
            found[name].append(fitted(rows, [one for one in columns if one in present] or plain, spec))
        correct.append(rows.test_correct)
        learner.append(rows.learner)
        print(f"fold {done} of {folds}", file=sys.stderr, flush=True)
    lines = {name: np.concatenate(each) for name, each in found.items()}
    return _table(parts, lines, np.concatenate(correct), np.concatenate(learner), seed)


def _table(
    parts: dict[str, list[int]], found: dict[str, Floats], correct: Floats, learner: NDArray[np.int64], seed: int
) -> pd.DataFrame:
    """Return the figures of each family, with the interval of what is lost without it."""
    drawn = Resampled(learner, correct, seed)
    whole, alone = drawn.auc(found[WHOLE]), auc(correct, found["difficulty alone"]) or np.nan
    lines = []
    for name in parts:
        lost = interval(whole - drawn.auc(found[f"without {name}"]))
        beside = found.get(f"with {name}")
        gives = np.nan if beside is None else (auc(correct, beside) or np.nan) - alone
        lines.append({"family": name, "lost without": lost.value, "low": lost.low, "high": lost.high, "gives": gives})
    table = pd.DataFrame(lines).sort_values("lost without", ascending=False)
    print(f"everything {whole[0]:.4f}, difficulty alone {alone:.4f}", file=sys.stderr)
    return table


def main() -> int:
    """Print a table for each data set; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    parser.add_argument("--folds", type=int, default=2, choices=range(1, 6), help="how many of five folds are judged")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    home = Home.find()
    data = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
    earns: dict[str, bool] = {}
    for name in chosen.data:
        responses = read_responses(data / name, FORMATS[name]).responses
        table = worth(responses, load_spec(home, MODEL), home, chosen.folds, chosen.seed)
        print(f"\n{name}\n{table.to_string(float_format='{:+.4f}'.format, index=False)}", flush=True)
        for family, low in zip(table["family"].tolist(), table["low"].to_numpy(np.float64).tolist(), strict=True):
            earns[family] = earns.get(family, False) or low > 0.0
    nothing = [family for family, worthwhile in earns.items() if not worthwhile]
    if nothing:
        print(f"shown to be worth nothing by itself here: {', '.join(nothing)}", file=sys.stderr)
    return int(len(nothing) == len(earns))


if __name__ == "__main__":
    sys.exit(main())
