"""What explaining costs: ``python benchmarks/explain.py``.

Prints milliseconds to say what one learner's mastery is made of, for the options of a path and for every skill of the
curriculum, on one core and warm, beside the prediction alone; and seconds for the tables that a training run keeps.
Contributions of the options are held to a limit, since a teacher waits for them. Exits 1 over it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import Profile
from polku.records import Responses
from polku.simulate import SimulationConfig, simulate
from polku.training import FittedModel, fit, load_spec
from polku.training.contributions import mastery_contributions
from polku.training.explained import effects_table, histories, importance_table
from polku.training.item_table import item_table
from polku.training.learning_curves import learning_curves

OPTIONS = 3
LIMIT_MS = 5.0
REPEATS = 50


def town(home: Home) -> tuple[Responses, Curriculum]:
    """Return the answers of 200 simulated learners, and their curriculum."""
    curriculum = Curriculum.load(home.curriculum_path(home.settings().curriculum))
    frame = simulate(SimulationConfig(learners=200, seed=1, until=date(2026, 6, 5)), curriculum).responses
    return Responses.from_frame(frame), curriculum


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of some work after a first, untimed run."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def one_learner(model: FittedModel, responses: Responses, curriculum: Curriculum) -> bool:
    """Print what one learner's explanation costs; return whether the options exceed their limit."""
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    profile.fold(responses.of_learners([responses.learners[0]]))
    now = int(responses.known_at.max())
    taken = 0.0
    print(f"{'skills':>6}  {'predict ms':>10}  {'explain ms':>10}")
    for skills in (curriculum.order, curriculum.order[:OPTIONS]):
        predict = milliseconds(partial(model.mastery, profile, skills, now))
        taken = milliseconds(partial(mastery_contributions, model, profile, skills, now))
        print(f"{len(skills):>6}  {predict:>10.2f}  {taken:>10.2f}")
    print(f"limit for {OPTIONS} skills {LIMIT_MS:.0f} ms, ratio {taken / LIMIT_MS:.2f}")
    return taken > LIMIT_MS


def one_run(model: FittedModel, responses: Responses, curriculum: Curriculum) -> None:
    """Print what the tables of a run cost."""
    features = model.features_of(histories(responses, seed=0), curriculum)
    predicted = np.full(len(responses), 0.5)
    tables: dict[str, Callable[[], object]] = {
        "importance": lambda: importance_table(model, features),
        "effects": lambda: effects_table(model, features),
        "learning curves": lambda: learning_curves(responses, predicted),
        "items": lambda: item_table(responses, curriculum),
    }
    print(f"\n{'table':<16}{'seconds':>8}   ({len(responses):,} responses, effects of {len(features):,})")
    for name, work in tables.items():
        start = time.perf_counter()
        work()
        print(f"{name:<16}{time.perf_counter() - start:>8.2f}")


def main() -> int:
    """Print both tables; return 1 if a limit is exceeded."""
    home = Home.find()
    responses, curriculum = town(home)
    model = fit(load_spec(home, "mastery"), home, responses, curriculum)
    over = one_learner(model, responses, curriculum)
    one_run(model, responses, curriculum)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
