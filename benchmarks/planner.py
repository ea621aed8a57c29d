"""Do learners gain by Polku's paths? ``python benchmarks/planner.py``: planners and learners they cannot see into.

Simulated learners with a past (``planner_course.py``) follow a line for 5, 10, 20 or 40 steps, each step one short
task on one skill, under two laws of learning. What is counted is the gain on a separate check two weeks after the
last step, ``E_p = (after - before) / (most - before)``, never the next answer. All lines meet the same learners,
items and luck.

Without arguments this is the short form (one course, two lengths, few learners); ``--full`` runs every course and
length and draws docs/images/bench-planner.svg. Whoever changes the policy's numbers chooses them on ``--family
development`` (other graphs, another grade, other learners) and looks at the rest once, at the end. Exits 1 where Polku
is behind the curriculum's order by more than the noise.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from planner_drawing import draw
from planner_graphs import FAMILIES, Family
from planner_judge import ORACLE, ORDER, POLKU, SEEING, Size, by_slice, judge, table
from planner_sensitivity import sensitivity
from planner_summary import summary, undecided
from polku.simulate.config import LawName

LAWS: tuple[LawName, ...] = ("strength", "states")
LENGTHS = (5, 10, 20, 40)
SHORT = Size(learners=60, classes=2, fitted=80, tries=60)
FULL = Size(learners=60, classes=3, fitted=120, tries=150)
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "bench-planner.svg"


def options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="every course and length; draws the picture")
    parser.add_argument("--family", choices=list(FAMILIES), default="final", help="which graphs and learners")
    parser.add_argument("--courses", nargs="+", choices=("small", "mathematics", "large"), help="which courses")
    parser.add_argument("--lengths", nargs="+", type=int, help="how many steps")
    parser.add_argument("--learners", type=int, help="learners a class")
    return parser.parse_args()


def main() -> int:
    """Print the tables; return 1 where Polku is behind the curriculum's order."""
    chosen = options()
    size = FULL if chosen.full else SHORT
    if chosen.learners:
        size = Size(chosen.learners, size.classes, size.fitted, size.tries)
    family = FAMILIES[chosen.family]
    names = chosen.courses or (["small", "mathematics", "large"] if chosen.full else ["small"])
    lengths = chosen.lengths or (LENGTHS if chosen.full else (5, 20))
    found = pd.concat(measured(names, lengths, size, family), ignore_index=True)
    if chosen.full:
        draw(found, PICTURE)
    print(f"\n{summary(found)}\n")
    tied, others = undecided(found), found[~found["line"].isin([POLKU, *SEEING])]
    print(f"ahead of other lines by more than the noise: {len(others) - len(tied)} of {len(others)}; not ahead of")
    print(tied.groupby("line").size().to_string() if len(tied) else "none")
    behind = found[(found["line"] == ORDER) & (found["high"] < 0)]
    print(
        f"\nbehind the curriculum's order by more than the noise: {len(behind)} of {len(found[found['line'] == ORDER])}"
    )
    return int(len(behind) > 0)


def measured(names: list[str], lengths: tuple[int, ...], size: Size, family: Family) -> Iterator[pd.DataFrame]:
    """Print and yield the table of each course, law and length; slices and sensitivity at 20 steps."""
    seed = family.learners
    for name in names:
        course = family.courses()[name]
        for law in LAWS:
            for steps in lengths:
                began = time.perf_counter()
                gains, background = judge(course, law, steps, size, seed)
                found = table(gains)
                share = found.loc[POLKU, "E_p"] / found["E_p"].get(ORACLE, float("nan"))
                print(f"\n{name} ({len(course.curriculum)} skills, {len(course.goals)} goals), {law}, {steps} steps")
                print(f"{len(gains[POLKU])} learners, {time.perf_counter() - began:.0f} s, {share:.0%} of the oracle")
                print(found.to_string(float_format="{:+.3f}".format))
                if steps == 20:
                    print(by_slice(gains, background).to_string(index=False, float_format="{:+.3f}".format))
                    print(
                        sensitivity(course, law, steps, size, seed).to_string(
                            index=False, float_format="{:+.3f}".format
                        )
                    )
                sys.stdout.flush()
                yield found.reset_index().assign(course=name, law=law, steps=steps)


if __name__ == "__main__":
    sys.exit(main())
