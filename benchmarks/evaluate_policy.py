"""Off-policy estimates beside the simulator's truth: ``python benchmarks/evaluate_policy.py [--repeats 100]``.

Logs of three suggestions a learner are drawn again and again from one simulated world, by a policy that draws a
declared share among what it holds acceptable; each log is asked what three other policies would have been worth. The
simulator says what they are worth. Printed by target and number of decisions in a row: the truth, the root mean squared
error of importance sampling (IPS), of its self-normalised form (SNIPS) and of the doubly robust estimate (DR), how
often the 95 % intervals hold the truth, and effective samples. Exits 1 where intervals hold the truth clearly less
often than they say, where SNIPS errs clearly more than IPS, or where a value is given without 100 effective samples.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from logged_world import TARGETS, curriculum, logged, truth
from polku.paths.evaluation import Estimate, evaluate, line
from polku.paths.evaluation.columns import Columns
from polku.paths.evaluation.decisions import HORIZONS
from polku.paths.evaluation.estimate import LEAST_EFFECTIVE
from polku.paths.evaluation.estimators import ips

LEARNERS, TRUTH_LEARNERS = 400, 40_000
SHARES = (0.1, 0.5, 1.0)
COVERED, CHANCE = 0.93, 3.0
"""Coverage that intervals of 95 % must not fall short of, by more than so many standard errors of the repeats."""
SLACK = 1.3
"""SNIPS may err so much more than IPS: where gains are near nothing, neither is better, and repeats are few."""


@dataclass(frozen=True)
class Line:
    """Estimates of one target and horizon over all repeats, and the truth."""

    truth: float
    plain: list[float]
    estimates: list[Estimate]

    @property
    def given(self) -> list[Estimate]:
        """Return the estimates that were not refused."""
        return [one for one in self.estimates if one.refusal is None]

    def errors(self) -> tuple[float, float, float]:
        """Return the root mean squared error of IPS, SNIPS and DR, where values are given."""
        values = [
            [plain, one.snips.value, one.doubly_robust.value]
            for plain, one in zip(self.plain, self.estimates, strict=True)
            if one.snips is not None and one.doubly_robust is not None
        ]
        ips_error, snips_error, robust_error = np.sqrt(np.mean((np.array(values) - self.truth) ** 2, axis=0))
        return float(ips_error), float(snips_error), float(robust_error)

    def covered(self) -> tuple[float, float]:
        """Return how often the intervals of SNIPS and of DR hold the truth."""
        pairs = [(one.snips, one.doubly_robust) for one in self.given]
        held = [[of.low <= self.truth <= of.high for of in pair if of is not None] for pair in pairs]
        snips_held, robust_held = np.mean(held, axis=0)
        return float(snips_held), float(robust_held)

    @property
    def effective(self) -> float:
        """Return the mean number of effective samples."""
        return float(np.mean([one.effective_samples for one in self.estimates]))


def lines(share: float, target: str, repeats: int) -> dict[int, Line]:
    """Return a line for each horizon, from logs that cost one simulation in all."""
    graph, everybody = curriculum(), logged(LEARNERS * repeats, share, seed=1)
    judged = line(target, graph)
    estimates: dict[int, list[Estimate]] = {horizon: [] for horizon in HORIZONS}
    plain: dict[int, list[float]] = {horizon: [] for horizon in HORIZONS}
    for repeat in range(repeats):
        own = [one for learner in everybody[repeat::repeats] for one in learner]
        for one in evaluate(own, judged, seed=repeat):
            estimates[one.horizon].append(one)
            plain[one.horizon].append(_ips(Columns.of(own, judged), one.horizon))
    return {
        horizon: Line(
            truth(TRUTH_LEARNERS, share, TARGETS[target], horizon, seed=1), plain[horizon], estimates[horizon]
        )
        for horizon in HORIZONS
    }


def _ips(columns: Columns, horizon: int) -> float:
    rows = columns.windows(horizon)
    return ips(np.prod(columns.ratio[rows], axis=1), columns.gains[rows[:, 0], horizon - 1]).value


def main() -> int:
    """Print the table; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100)
    repeats, broken = parser.parse_args().repeats, 0
    print(f"{LEARNERS} learners x 3 decisions a log, {repeats} logs")
    heads = f"{'IPS':>7}{'SNIPS':>7}{'DR':>7}  {'held by SNIPS':>14}{'by DR':>7}"
    print(f"{'drawn':>5}  {'target':<17}{'decisions':>9}{'truth':>8}{'effective':>11}  {heads}")
    for share in SHARES:
        for target in TARGETS:
            for horizon, found in lines(share, target, repeats).items():
                broken += show(share, target, horizon, found)
    return int(broken > 0)


def show(share: float, target: str, horizon: int, found: Line) -> bool:
    """Print one line; return whether it breaks a promise."""
    start = f"{share:>5.0%}  {target:<17}{horizon:>9}{found.truth:>8.3f}{found.effective:>11.0f}"
    told, unsure = len(found.given), any(one.effective_samples < LEAST_EFFECTIVE for one in found.given)
    if told < len(found.estimates) / 2:
        print(f"{start}  refused in {len(found.estimates) - told} of {len(found.estimates)} logs")
        return unsure
    (plain, snips, robust), (by_snips, by_robust) = found.errors(), found.covered()
    print(f"{start}  {plain:>7.4f}{snips:>7.4f}{robust:>7.4f}  {by_snips:>14.0%}{by_robust:>7.0%}")
    least = COVERED - CHANCE * float(np.sqrt(COVERED * (1.0 - COVERED) / told))
    return unsure or min(by_snips, by_robust) < least or snips > SLACK * plain


if __name__ == "__main__":
    sys.exit(main())
