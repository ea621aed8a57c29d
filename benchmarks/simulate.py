"""How long a municipality of 1,000 learners and 300,000 responses takes, against the limit of 20 seconds."""

from __future__ import annotations

import argparse
import sys
import time

from polku.curriculum import Curriculum
from polku.home import Home
from polku.simulate import SimulationConfig, simulate

LIMIT_S = 20.0


def main() -> int:
    """Print seconds and their ratio to the limit for every law; fail when one is over it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--responses-per-learner", type=int, default=300)
    options = parser.parse_args()
    curriculum = Curriculum.load(Home.find().serve / "curricula" / "fi-mathematics.json")
    slowest = 0.0
    for law in ("strength", "states"):
        config = SimulationConfig(
            learners=options.learners, responses_per_learner=options.responses_per_learner, law=law
        )
        began = time.perf_counter()
        town = simulate(config, curriculum)
        seconds = time.perf_counter() - began
        slowest = max(slowest, seconds)
        print(f"{law:>9}: {len(town.responses):,} responses in {seconds:.2f} s, {seconds / LIMIT_S:.2f} of the limit")
    return int(slowest > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
