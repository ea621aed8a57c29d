"""Judging lines learner by learner: the same learners, items and luck, so differences are paired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner_course import Class, Course, Float, draw_class
from planner_fitted import DEADLINE, best_in_a_row, best_list, fitted_q
from planner_lines import LINES, Line, run
from planner_oracle import Beam, oracle
from planner_polku import polku, polku_told
from polku.simulate.config import LawName

POLKU, ORACLE, ORDER = "Polku", "oracle (sees the hidden state)", "curriculum order"
TOLD = "Polku, told true mastery"
SEEING = (ORACLE, TOLD)
"""Lines that see what no planner sees: Polku is judged by them, not against them."""
FITTING = 9_000
"""Seeds from here on draw learners that lines are fitted on; nobody is judged on them."""
FARTHEST = 20
"""Steps of a course up to which lines that see are run: the oracle costs more than everything else together."""
Z = 1.959964


@dataclass(frozen=True)
class Size:
    """How large a bench is.

    Parameters
    ----------
    learners, classes : int
        Learners a class; classes, each with items of its own.
    fitted : int
        Learners that each line is fitted on.
    tries : int
        Changes tried while climbing to the best list.
    """

    learners: int
    classes: int
    fitted: int
    tries: int


def judge(course: Course, law: LawName, steps: int, size: Size, seed: int) -> tuple[dict[str, Float], pd.DataFrame]:
    """Return E_p of every learner by line, and the learners' backgrounds, over all classes."""
    lines = _lines(course, law, steps, size)
    gains: dict[str, list[Float]] = {name: [] for name in lines}
    backgrounds = []
    for number in range(size.classes):
        learners = draw_class(course, law, size.learners, seed + number, steps=steps)
        backgrounds.append(learners.background)
        for name, line in lines.items():
            gains[name].append(run(learners, line, (steps,))[steps])
    return {name: np.concatenate(parts) for name, parts in gains.items()}, pd.concat(backgrounds, ignore_index=True)


def _lines(course: Course, law: LawName, steps: int, size: Size) -> dict[str, Line]:
    def draw(number: int) -> Class:
        return draw_class(course, law, size.fitted, FITTING + number, steps=max(steps, DEADLINE))

    rng = np.random.default_rng(FITTING)
    lines = {
        POLKU: polku(steps),
        **LINES,
        "k in a row, best k": best_in_a_row(draw, steps),
        "best list for everyone": best_list(draw, steps, size.tries, rng),
        "fitted Q": fitted_q(draw, steps, rng),
    }
    return lines | ({TOLD: polku_told(steps), ORACLE: oracle(Beam(steps))} if steps <= FARTHEST else {})


def table(gains: dict[str, Float]) -> pd.DataFrame:
    """Return by line its mean E_p and by how much Polku is ahead of it, paired, with a 95 % interval."""
    rows = []
    for name, found in gains.items():
        ahead, low, high = interval(gains[POLKU] - found)
        rows.append({"line": name, "E_p": found.mean(), "ahead": ahead, "low": low, "high": high})
    return pd.DataFrame(rows).set_index("line")


def interval(values: Float) -> tuple[float, float, float]:
    """Return the mean with its 95 % interval."""
    mean, half = float(values.mean()), Z * float(values.std(ddof=1)) / np.sqrt(len(values))
    return mean, mean - half, mean + half


def by_slice(gains: dict[str, Float], background: pd.DataFrame) -> pd.DataFrame:
    """Return by background group how far Polku is ahead of the curriculum's order."""
    ahead, rows = gains[POLKU] - gains[ORDER], []
    for attribute in background:
        for group in sorted(background[attribute].unique()):
            some = ahead[background[attribute].to_numpy() == group]
            rows.append(
                {
                    "attribute": attribute,
                    "group": group,
                    "n": len(some),
                    **dict(zip(("ahead", "low", "high"), interval(some), strict=True)),
                }
            )
    return pd.DataFrame(rows)
