"""How often planted DIF is found and clean items are flagged, beside the textbook Mantel-Haenszel test, in one run.

The textbook way matches on the total score of all items, purifies nothing and corrects for nothing; an item is
flagged at p < 0.05, or by its ETS class C. Tests are simulated from the Rasch model, some items turned for one group:
by a shift of their difficulty (uniform) or a factor on their slope (non-uniform). Intervals are exact. "found" is class
C; half a slope puts the curves 0.08 apart in shares right, under the 0.10 of class C: what to find there is class B.

Two published tests by gender follow: the Homeostasis Concept Inventory and two booklets of TIMSS 2007.

Exits with 1 where clean worlds are flagged more often than promised, or planted items are found less often. The short
form draws the worlds that hold a promise only, clean ones fewer times.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import beta, norm

from polku.curriculum import Curriculum
from polku.fairness import load_slices
from polku.fairness.items import Answers, items_summary, mantel_haenszel, screen_items
from polku.fairness.items.classes import ets
from polku.home import Home
from polku.records import Responses
from polku.schemas.slices import Slices
from polku.simulate import Planted, SimulationConfig, simulate
from polku.simulate.items import FLATTER, HARDER

ITEMS, MET = 20, 25
RATE, POWER = 0.05, 0.80
"""Promised: a clean test is flagged at all in at most one of twenty; promised worlds find four in five."""


@dataclass(frozen=True)
class World:
    """A test, or a sparse log, of two groups.

    Parameters
    ----------
    n : int
        Learners, half of them in the group.
    shift, slope : float
        Logits that planted items are harder for the group; factor on their slope for it.
    planted : int
        Items turned so.
    impact : float
        Standard deviations that the group's abilities lie lower, with no item at fault.
    sparse : bool
        Learners meet 25 of 80 items, chosen near their ability, rather than the same 20.
    promised : bool
        Whether :data:`POWER` is promised here.
    """

    n: int = 1000
    shift: float = 0.0
    slope: float = 1.0
    planted: int = 0
    impact: float = 0.0
    sparse: bool = False
    promised: bool = False
    runs: int = 60


WORLDS = {
    "clean": [
        World(400, runs=150),
        World(1000, runs=150),
        World(1000, impact=1.0, runs=150),
        World(2000, impact=0.5, sparse=True, runs=20),
    ],
    "uniform": [
        World(400, shift=1.2, planted=2),
        World(1000, shift=0.64, planted=2),
        World(1000, shift=0.9, planted=2, promised=True),
        World(1000, shift=1.2, planted=2, promised=True),
        World(2000, shift=0.9, planted=2, promised=True),
        World(1000, shift=1.2, planted=5, impact=0.5, promised=True),
        World(2000, shift=1.2, planted=4, impact=0.5, sparse=True, runs=20),
    ],
    "non-uniform": [
        World(1000, slope=0.3, planted=2),
        World(1000, slope=0.1, planted=2, promised=True),
        World(2000, slope=0.1, planted=2, promised=True),
        World(2000, slope=0.3, planted=2, runs=40),
        World(1000, slope=0.5, planted=2, runs=40),
        World(2000, slope=0.5, planted=2, runs=40),
        World(4000, slope=0.5, planted=2, runs=20),
    ],
}


CLEAN_RUNS = 40
"""Draws of a clean world in the short form."""


def chosen(*, short: bool) -> dict[str, list[World]]:
    """Return the worlds to draw, by kind."""
    if not short:
        return WORLDS
    clean = [replace(world, runs=min(world.runs, CLEAN_RUNS)) for world in WORLDS["clean"]]
    promised = {kind: [world for world in worlds if world.promised] for kind, worlds in WORLDS.items()}
    return promised | {"clean": clean}


def draw(world: World, rng: np.random.Generator) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return a table of answers, empty where an item was not met, and who is of the group."""
    items = 4 * ITEMS if world.sparse else ITEMS
    group = np.arange(world.n) % 2 == 0
    able = rng.normal(size=world.n) - world.impact * group
    hard = rng.normal(size=items)
    hard[: world.planted] = rng.uniform(-0.5, 0.5, world.planted)
    turned = group[:, None] & (np.arange(items) < world.planted)
    slope, shift = np.where(turned, world.slope, 1.0), np.where(turned, world.shift, 0.0)
    right = rng.random((world.n, items)) < expit(slope * (able[:, None] - hard) - shift)
    answers = pd.DataFrame(right.astype(float), columns=[f"i{number:02d}" for number in range(items)])
    if world.sparse:
        far = np.abs(able[:, None] - hard + rng.normal(0, 1, right.shape))
        answers = answers.mask(far.argsort(axis=1).argsort(axis=1) >= MET)
    return answers.assign(learner_id=[f"{number:05d}" for number in range(world.n)]), group


def textbook(answers: pd.DataFrame, group: NDArray[np.bool_]) -> tuple[set[str], set[str]]:
    """Return the items at p < 0.05, and those of class C, by Mantel-Haenszel on the plain total score."""
    items = answers.drop(columns="learner_id")
    total = items.sum(axis=1).to_numpy(np.int64)
    low, large = set(), set()
    for name, column in items.items():
        met = column.notna().to_numpy()
        found = mantel_haenszel(total[met], column.to_numpy(np.float64)[met], group[met])
        if found.p < RATE:
            low.add(str(name))
        if ets(found.d_dif, found.error, found.p) == "C":
            large.add(str(name))
    return low, large


def count(world: World, slices: Slices, seed: int) -> Counter[str]:
    """Count planted items found, clean items flagged, and runs with any, for each way."""
    counts: Counter[str] = Counter()
    for run in range(world.runs):
        answers, group = draw(world, np.random.default_rng((seed, run)))
        background = pd.DataFrame({"learner_id": answers["learner_id"], "gender": np.where(group, "girl", "boy")})
        audit = screen_items(Answers.from_matrix(answers), background, slices)
        ours = set(audit.flagged)
        watched = {cell.item_id for cell in audit.cells if {"B", "C"} & {cell.uniform_class, cell.non_uniform_class}}
        planted = {f"i{number:02d}" for number in range(world.planted)}
        low, large = textbook(answers, group)
        for way, flagged in (("polku", ours), ("B or C", watched), ("p<.05", low), ("class C", large)):
            counts[f"{way} found"] += len(flagged & planted)
            counts[f"{way} clean"] += len(flagged - planted)
            counts[f"{way} any"] += bool(flagged - planted)
        counts["clean items"] += len(answers.columns) - 1 - world.planted
    return counts


def apart(slope: float) -> float:
    """Return how far two curves of these slopes lie apart on average, in shares right, an item of middle difficulty."""
    able = norm.ppf((np.arange(1000) + 0.5) / 1000)
    return float(np.abs(expit(able) - expit(slope * able)).mean())


def exact(k: int, n: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper & Pearson 1934)."""
    return (float(beta.ppf(0.025, k, n - k + 1)) if k else 0.0, float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0)


def share(k: int, n: int) -> str:
    """Return a share with its exact interval."""
    low, high = exact(k, n)
    return f"{k / n:5.3f} [{low:.3f} {high:.3f}]" if n else "-".rjust(5).ljust(19)


def table(slices: Slices, kinds: dict[str, list[World]]) -> bool:
    """Print one line a world; return whether every promise held."""
    held = True
    head = (
        f"{'world':50} {'found':19} {'B or C':6} {'any clean flagged':19} | "
        f"{'textbook found':14} {'clean p<.05':>12} {'clean C':>8}"
    )
    for kind, worlds in kinds.items():
        print(f"\n{kind}\n{head}")
        for seed, world in enumerate(worlds):
            counts, planted = count(world, slices, seed), world.planted * world.runs
            kept = exact(counts["polku any"], world.runs)[0] <= RATE
            if world.promised:
                kept &= exact(counts["polku found"], planted)[0] >= POWER
            held &= kept
            shape = f"n={world.n} " + ("sparse " * world.sparse)
            shape += f"shift={world.shift:g} slope={world.slope:g} x{world.planted} impact={world.impact:g}"
            shape += f" apart={apart(world.slope):.2f}" * (world.slope != 1)
            plain, watched = (
                f"{counts[f'{way} found'] / planted:.3f}" if planted else "-" for way in ("p<.05", "B or C")
            )
            clean = [f"{counts[f'{way} clean'] / counts['clean items']:.3f}" for way in ("p<.05", "class C")]
            print(
                f"{shape:50} {share(counts['polku found'], planted)} {watched:6} "
                f"{share(counts['polku any'], world.runs)} | "
                f"{plain:14} {clean[0]:>12} {clean[1]:>8}{'' if kept else '   MISSED'}"
            )
    return held


def town(slices: Slices) -> bool:
    """Plant DIF into the simulated municipality, and print how much of what could be tested was found."""
    home = Home.find()
    curriculum = Curriculum.load(home.curriculum_path("fi-mathematics"))
    only = slices.model_copy(update={"attributes": {"gender": slices.attributes["gender"]}})
    plants = {
        "clean": (0, {}),
        "harder by 1.5 logits": (HARDER, {"harder_items_for": Planted("gender", "girl", 1.5)}),
        "flatter by 0.95": (FLATTER, {"flatter_items_for": Planted("gender", "girl", 0.95)}),
    }
    print("\nsimulated municipality, grade 7, 3,000 learners, first answers matched on ability")
    held = True
    for name, (mark, switch) in plants.items():
        config = SimulationConfig(learners=3000, responses_per_learner=100, grades=(7,), **switch)  # type: ignore[arg-type]  # the switches are Planted
        made = simulate(config, curriculum)
        audit = screen_items(Answers.from_responses(Responses.from_frame(made.responses)), made.background, only)
        truth = made.truth.items.set_index("item_id")["uneven"]
        tested = {cell.item_id for cell in audit.cells if cell.p is not None}
        planted = {item for item in tested if mark and truth[item] == mark}
        found = set(audit.flagged)
        held &= len(found - planted) <= RATE * len(tested)
        print(f"{name:22} found {share(len(found & planted), len(planted))}, others flagged {len(found - planted)}")
    return held


def real(slices: Slices) -> None:
    """Print what two published tests show by gender, where the data are there."""
    folder = Path(os.environ.get("POLKU_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "irt"
    files = {"HCI": ("hci/HCI.csv", "gender", "Item"), "TIMSS": ("timss2007_g4_lee/responses.csv", "girl", "M0")}
    question = slices.attributes["gender"].model_copy(update={"groups": None})
    for name, (path, gender, prefix) in files.items():
        if not (folder / path).is_file():
            print(f"{name}: no data at {folder / path}")
            continue
        data = pd.read_csv(folder / path)
        learner = [f"{number:05d}" for number in range(len(data))]
        test = data[[column for column in data if str(column).startswith(prefix)]].assign(learner_id=learner)
        background = pd.DataFrame({"learner_id": learner, "gender": data[gender]})
        only = slices.model_copy(update={"attributes": {"gender": question}})
        audit = screen_items(Answers.from_matrix(test), background, only)
        classes = audit.to_frame()["ets"].value_counts().to_dict()
        print(f"\n{name}, {len(data)} learners; ETS classes uncorrected: {classes}\n{items_summary(audit)}")


def main() -> int:
    """Print the tables; fail when a promise was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="only what holds a promise")
    slices = load_slices(Home.find())
    held = table(slices, chosen(short=parser.parse_args().short))
    held &= town(slices)
    real(slices)
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
