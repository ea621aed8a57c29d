"""How often an audit raises a concern where there is none, and how often it finds one that was planted.

Run ``python benchmarks/audit_calibration.py [--repeats 2000] [--worlds schools] [--results FILE]``. A false alarm is
any concern in a whole audit of a fair world. The bare thresholds (ABROCA, gap in error rates) and fairlearn's interval
of the difference in who is held back look at the same draws, fairlearn's at every fiftieth. *Ceiling* is the power of
the best weighting of residuals, known only to whoever planted the wrong, tested alone at 5 %: no test that lets
success rates differ does much better. With a results file a run can be stopped and taken up again, and several can
run side by side, each with its own file. Exits 1 when a bar is missed:

- in every fair world the lower 95 % bound (Clopper & Pearson 1934) of the false-alarm rate is at most 5 %;
- a planted gap of 0.10 is found in at least 80 % of draws, chance in counting aside, in the worlds that are held to it;
- simultaneous 95 % intervals hold the true gap within 2 points of 95 %, chance in counting aside.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, false_negative_rate
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_curve

from audit_worlds import FAIR, PLANTED, Drawn, Floats, Paths, World
from polku.fairness import Audit, audit_paths, audit_predictions, load_gates
from polku.home import Home
from polku.schemas.slices import Inference, Slice, Slices

LEVEL, POWER, NOMINAL, SLACK = 0.05, 0.80, 0.95, 0.02
THRESHOLD, BARE = 0.5, 0.05
COVERED = ("auc", "held_back", "missed_need", "calibration")
TRUTH_ROWS, PEER_EVERY, PEER_RESAMPLES, SAVE_EVERY = 500_000, 50, 100, 50
GATES = load_gates(Home.find(), "mastery")
INFERENCE = Inference(permutations=999, resamples=999)


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for, print the tables, and return whether a bar was missed."""
    asked = _parser().parse_args(arguments)
    worlds = [world for world in (*FAIR, *PLANTED) if any(part in world.name for part in asked.worlds or [""])]
    kept = json.loads(asked.results.read_text()) if asked.results and asked.results.exists() else {}
    for world in worlds:
        counts = Counter(kept.get(world.name, {}))
        while counts["repeats"] < asked.repeats:
            for seed in range(counts["repeats"], min(counts["repeats"] + SAVE_EVERY, asked.repeats)):
                counts.update(looked_at(world, seed))
            print(f"\r{world.name}: {counts['repeats']} of {asked.repeats}", end="", file=sys.stderr, flush=True)
            kept[world.name] = dict(counts)
            if asked.results:
                asked.results.write_text(json.dumps(kept))
        print(file=sys.stderr)
    return printed(worlds, {world.name: Counter(kept[world.name]) for world in worlds})


def looked_at(world: World | Paths, seed: int) -> dict[str, int]:
    """Draw a world once and count what everybody says of it."""
    drawn = world.draw(np.random.default_rng((seed, len(world.name))))
    slices = Slices(
        attributes={
            name: Slice(question="Do the groups meet the same errors?") for name in drawn.background.columns[1:]
        },
        inference=INFERENCE,
    )
    if isinstance(world, Paths):
        audit = audit_paths(drawn.table, drawn.background, slices, GATES, seed=seed)
        return {"repeats": 1, "alarms": int(_concern(audit))}
    audit = audit_predictions(drawn.table, drawn.background, slices, GATES, seed=seed)
    found = {"repeats": 1, "alarms": int(_concern(audit)), **_coverage(world, audit), **_bare(drawn)}
    if not world.fair:
        found["found"] = int(_concern(audit, "held_back"))
        found["ceiling"] = int(_best_test(world, drawn) < LEVEL)
    if seed % PEER_EVERY == 0:
        found |= {"peer_repeats": 1, "peer_alarms": int(_fairlearn(drawn, seed))}
    return found


def printed(worlds: list[World | Paths], counts: dict[str, Counter[str]]) -> int:
    """Print one table of fair worlds, one of planted ones and one of intervals; count missed bars."""
    missed = 0
    line = "{:34}{:>8}  {:22}{:>9}{:>9}{:>11}  {}"
    print(line.format("fair world", "repeats", "false alarms [95 %]", "ABROCA", "gap", "fairlearn", ""))
    for world in (world for world in worlds if world.fair):
        found = counts[world.name]
        low, high = _exact(found["alarms"], found["repeats"])
        missed += low > LEVEL
        rate = f"{found['alarms'] / found['repeats']:6.1%} [{low:.1%}, {high:.1%}]"
        print(line.format(world.name, found["repeats"], rate, *_peers(world, found), "missed" if low > LEVEL else ""))
    line = "{:34}{:>8}  {:22}{:>9}{:>9}{:>11}{:>9}  {}"
    print("\n" + line.format("planted gap of 0.10", "repeats", "power", "ABROCA", "gap", "fairlearn", "ceiling", ""))
    for world in (world for world in worlds if not world.fair):
        found = counts[world.name]
        low, high = _exact(found["found"], found["repeats"])
        power, ceiling = (found[name] / found["repeats"] for name in ("found", "ceiling"))
        missed += world.held and high < POWER
        why = "no bar" if not world.held else "missed" if high < POWER else ""
        rate = f"{power:6.1%} [{low:.1%}, {high:.1%}]"
        print(line.format(world.name, found["repeats"], rate, *_peers(world, found), f"{ceiling:.0%}", why))
    return int(missed + _printed_coverage(worlds, counts) > 0)


def _printed_coverage(worlds: list[World | Paths], counts: dict[str, Counter[str]]) -> int:
    """Print how often intervals hold the truth; a bar is missed when the exact bounds lie outside the two points."""
    missed, looks = 0, len(COVERED) * sum(isinstance(world, World) for world in worlds)
    print("\n" + f"{'intervals of 95 % hold the truth':34}" + "".join(f"{name:>14}" for name in COVERED))
    for world in (world for world in worlds if isinstance(world, World)):
        found, shown = counts[world.name], ""
        for name in COVERED:
            total = found[f"{name} shown"]
            low, high = _exact(found[f"{name} held"], total, looks) if total else (0.0, 1.0)
            off = high < NOMINAL - SLACK or low > NOMINAL + SLACK
            missed += off
            figure = f"{found[f'{name} held'] / total:.1%}" if total else "-"
            shown += f"{figure + '!' * off:>14}"
        print(f"{world.name:34}{shown}")
    return missed


def _concern(audit: Audit, metric: str | None = None) -> bool:
    return any(cell.verdict == "concern" for cell in audit.cells if metric in {None, cell.metric})


def _coverage(world: World, audit: Audit) -> dict[str, int]:
    """Count for each metric whether the intervals of "group" hold the true gap, in both groups at once."""
    found: dict[str, int] = {}
    for metric in COVERED:
        cell = next(one for one in audit.cells if (one.attribute, one.group, one.metric) == ("group", "b", metric))
        if cell.interval is not None:
            low, high = cell.interval
            found |= {f"{metric} shown": 1, f"{metric} held": int(low <= _truth(world)[metric] <= high)}
    return found


@cache
def _truth(world: World) -> dict[str, float]:
    """Return the gaps of group b in a draw so large that chance plays no part."""
    table, background = world.draw(np.random.default_rng(1), _many(world))
    in_b = (background["group"] == "b").to_numpy()[table["learner_id"].to_numpy()]
    sides = [_metrics(table[place]) for place in (in_b, ~in_b)]
    return {name: sides[0][name] - sides[1][name] for name in COVERED}


def _many(world: World) -> int:
    return max(TRUTH_ROWS // world.rows, 40_000)


def _metrics(table: pd.DataFrame) -> dict[str, float]:
    y, p = table["y_true"].to_numpy(), table["y_prob"].to_numpy()
    false, true = _curve(y, p)
    return {
        "auc": float(np.trapezoid(true, false)),
        "held_back": float((p[y == 1] < THRESHOLD).mean()),
        "missed_need": float((p[y == 0] >= THRESHOLD).mean()),
        "calibration": float((y - p).mean()),
    }


def _bare(drawn: Drawn) -> dict[str, int]:
    """Count what fixed limits on ABROCA and on the gap in who is held back would say, over all attributes."""
    table, groups = drawn.table, _by_row(drawn)
    y, p = table["y_true"].to_numpy(), table["y_prob"].to_numpy()
    abroca, gap = 0.0, 0.0
    for labels in groups.values():
        sides = [labels == name for name in sorted(set(labels))]
        grid = np.linspace(0, 1, 501)
        curves = [np.interp(grid, *_curve(y[side], p[side])) for side in sides]
        rates = [float((p[side & (y == 1)] < THRESHOLD).mean()) for side in sides]
        gap = max(gap, max(rates) - min(rates))
        abroca = max(abroca, *(float(np.trapezoid(np.abs(one - curves[0]), grid)) for one in curves))
    return {"abroca": int(abroca > BARE), "gap": int(gap > BARE)}


def _fairlearn(drawn: Drawn, seed: int) -> bool:
    """Return whether fairlearn's bootstrap interval of the largest difference leaves out zero, for any attribute."""
    table = drawn.table
    for labels in _by_row(drawn).values():
        frame = MetricFrame(
            metrics=false_negative_rate,
            y_true=table["y_true"],
            y_pred=(table["y_prob"] >= THRESHOLD).astype(int),
            sensitive_features=labels,
            n_boot=PEER_RESAMPLES,
            ci_quantiles=[0.025, 0.975],
            random_state=seed,
        )
        if frame.difference_ci()[0] > 0:
            return True
    return False


def _best_test(world: World, drawn: Drawn) -> float:
    """Return the p-value of the test that knows what was planted, one answer a learner counting once."""
    table, member = drawn.table, (drawn.background["group"] == "b").to_numpy()
    edges, mean, weight = _planted(world)
    learner = table["learner_id"].to_numpy()
    place = np.searchsorted(edges, table["y_prob"].to_numpy())
    parts = (member[learner] - world.share) * weight[place] * (table["y_true"].to_numpy() - mean[place])
    moved = np.bincount(learner, parts)
    return float(2 * norm.sf(abs(moved.sum()) / np.sqrt((moved**2).sum())))


@cache
def _planted(world: World) -> tuple[Floats, Floats, Floats]:
    """Return bins of the score, the mean answer in each, and how much it differs by group for its variance."""
    table, background = world.draw(np.random.default_rng(2), _many(world))
    score, y = table["y_prob"].to_numpy(), table["y_true"].to_numpy()
    edges = np.quantile(score, np.linspace(0, 1, 41)[1:-1])
    place = np.searchsorted(edges, score)
    in_b = (background["group"] == "b").to_numpy()[table["learner_id"].to_numpy()]
    own, rest = (np.bincount(place[side], y[side]) / np.bincount(place[side]) for side in (in_b, ~in_b))
    mean = np.bincount(place, y) / np.bincount(place)
    return edges, mean, (own - rest) / (mean * (1 - mean))


def _by_row(drawn: Drawn) -> dict[str, Any]:
    learner = drawn.table["learner_id"].to_numpy()
    return {name: drawn.background[name].to_numpy()[learner] for name in drawn.background.columns[1:]}


def _curve(y: Any, p: Any) -> tuple[Floats, Floats]:
    false, true, _ = roc_curve(y, p)
    return np.asarray(false, dtype=np.float64), np.asarray(true, dtype=np.float64)


def _exact(count: int, total: int, looks: int = 1) -> tuple[float, float]:
    """Return exact 95 % bounds, widened where one of so many `looks` would stray by chance (Bonferroni)."""
    bounds = binomtest(count, total).proportion_ci(1.0 - LEVEL / looks, method="exact")
    return float(bounds.low), float(bounds.high)


def _peers(world: World | Paths, found: Counter[str]) -> list[str]:
    if isinstance(world, Paths):
        return ["-", "-", "-"]
    shares = [found[name] / found["repeats"] for name in ("abroca", "gap")]
    return [*(f"{share:.0%}" for share in shares), f"{found['peer_alarms']} of {found['peer_repeats']}"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--repeats", type=int, default=60, help="draws of each world; 2000 for figures to quote")
    parser.add_argument("--worlds", nargs="*", help="parts of the names of the worlds to run; default: all")
    parser.add_argument("--results", type=Path, help="where counts are kept, so that a run can go on later")
    return parser


if __name__ == "__main__":
    sys.exit(main())
