"""What answers say of true and of wrong prerequisite edges: ``python benchmarks/edges.py [--repeats 10]``.

By law of learning and number of learners: how many of the true edges, and of edges that were made up, the data
speak for and against, how many they leave open, and how many have not enough evidence. Exits 1 where more than one
wrong edge in ten is spoken for under a law, or where fewer than eight true edges in ten are found among 800 learners
under the law of states.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from edge_world import WRONG, answers, graph
from polku.simulate.config import LawName
from polku.training.edges import SAID, edge_evidence

LAWS: tuple[LawName, ...] = ("states", "strength")
LEARNERS = (200, 400, 800)
MOST_WRONG, LEAST_FOUND = 0.1, 0.8


def said(learners: int, law: LawName, repeats: int) -> dict[bool, Counter[str]]:
    """Return what is said of wrong (True) and of true edges over all repeats."""
    found: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for seed in range(repeats):
        for edge in edge_evidence(answers(learners, law, seed), graph(wrong=True)):
            found[(edge.before, edge.after) in WRONG][edge.says] += 1
    return found


def main() -> int:
    """Print the table; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    repeats, broken = parser.parse_args().repeats, False
    print(f"{'law':<9}{'learners':>9}  {'edges':<6}" + "".join(f"{name.replace('_', ' '):>21}" for name in SAID))
    for law in LAWS:
        wrong = Counter[str]()
        for learners in LEARNERS:
            found = said(learners, law, repeats)
            wrong += found[True]
            for made_up, counts in found.items():
                row = "".join(f"{counts[name] / counts.total():>21.0%}" for name in SAID)
                print(f"{law:<9}{learners:>9}  {'wrong' if made_up else 'true':<6}{row}")
        broken |= wrong["for"] > MOST_WRONG * wrong.total()
        broken |= law == "states" and found[False]["for"] < LEAST_FOUND * found[False].total()
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
