"""How fast responses become features, beside the same features in pandas, and how much memory that takes.

Run ``make bench-profiles``. Answers are simulated: drawn as arrays from a seed, over the shipped curriculum. One core.

* *fold*: arrays in memory in, feature rows in memory out, with all features that are on; compile time apart.
* *pandas*: features that shifted group-bys can compute, by both, in this run and compared number by number.
* *end to end*: Parquet in, Parquet out, bucket by bucket, each size in a process of its own, so that its peak memory
  can be read off. The largest size reads the same bucket files ten times over and replaces the rows it wrote: learners'
  ids repeat, which a fold of buckets that share nothing cannot notice.

Prints a table, draws ``docs/images/bench-profiles.svg``, and exits 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.home import Home
from polku.profiles import FeatureSet, ItemStatistics, Lens, build, build_buckets, split, warm_up
from polku.records import Responses

Floats = NDArray[np.float64]
PER_LEARNER, ITEMS, BUCKET = 200, 3000, 250_000
TWO_SKILLS = 0.2
"""Share of the items that carry two skills."""
MILLION = 1_000_000
PANDAS_ROWS = MILLION // 2
STEPS_US = 300_000_000
IMAGE = "docs/images/bench-profiles.svg"
SHARED = (
    "learner_success", "learner_form", "learner_answers", "skill_success", "skill_lasting",
    "skill_answers", "skill_first", "skill_gap", "item_success", "item_repeats",
)  # fmt: skip
LEAST_FOLD, LEAST_RATIO, MOST_GROWTH, MOST_FIRST_S = 2e6, 20.0, 1.25, 3.0


@dataclass(frozen=True)
class World:
    """What answers are drawn from: the items, their skills and how hard they are."""

    curriculum: Curriculum
    lens: Lens
    items: NDArray[np.object_]
    skills: NDArray[np.object_]
    tags: NDArray[np.int32]
    """(I, 2) skills of each item, ascending; -1 where there is one only."""
    difficulty: Floats

    @classmethod
    def of(cls, home: Home, seed: int) -> World:
        """Draw items over the shipped curriculum."""
        rng = np.random.default_rng(seed)
        curriculum = Curriculum.load(home.curriculum_path(home.settings().curriculum))
        skills = np.array(sorted(curriculum.skills), dtype=object)
        tags = np.sort(rng.integers(0, len(skills), (ITEMS, 2)), axis=1).astype(np.int32)
        one = (rng.random(ITEMS) >= TWO_SKILLS) | (tags[:, 0] == tags[:, 1])
        tags[one, 1] = -1
        items = np.array([f"item{number:05d}" for number in range(ITEMS)], dtype=object)
        difficulty = rng.normal(-0.6, 1.0, ITEMS)
        known = dict(zip(items, difficulty.tolist(), strict=True))
        statistics = ItemStatistics(known, dict.fromkeys(skills, -0.6), {}, overall=-0.6)
        lens = Lens(FeatureSet.load(home.features), statistics, curriculum)
        return cls(curriculum, lens, items, skills, tags, difficulty)

    def draw(self, bucket: int, seed: int) -> Responses:
        """Return the answers of one bucket of learners, in fold order."""
        rng = np.random.default_rng([seed, bucket])
        count = BUCKET // PER_LEARNER
        learner = np.repeat(np.arange(count, dtype=np.int32), PER_LEARNER)
        item = rng.integers(0, ITEMS, BUCKET).astype(np.int32)
        margin = rng.normal(size=count)[learner] - self.difficulty[item]
        tags = self.tags[item]
        held = tags >= 0
        at = np.cumsum(rng.integers(1, STEPS_US, BUCKET))
        return Responses(
            learners=np.array([f"u{bucket:04d}{number:06d}" for number in range(count)], dtype=object),
            learner=learner,
            items=self.items,
            item=item,
            skills=self.skills,
            skill=tags[held],
            skill_start=np.concatenate(([0], np.cumsum(held.sum(axis=1)))),
            answered_at=at,
            known_at=at,
            clock=True,
            correct=(rng.random(BUCKET) < 1.0 / (1.0 + np.exp(-margin))).astype(np.float64),
            response_id=np.array([f"r{bucket:04d}{number:06d}" for number in range(BUCKET)], dtype=object),
        )

    def buckets(self, responses: int, seed: int) -> Iterator[Responses]:
        """Yield buckets until there are so many responses."""
        return (self.draw(bucket, seed) for bucket in range(responses // BUCKET))


def seconds_of(action: Callable[[], object]) -> float:
    """Return the seconds one run takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def rows_of(data: Responses, lens: Lens) -> Floats:
    """Return the feature rows of some responses."""
    statistics = lens.item_statistics
    return build(data, lens.feature_set, statistics.rows(data), statistics.skill_rows(data), lens.curriculum)


def fold_seconds(world: World, responses: int, seed: int) -> float:
    """Return the seconds of the fold alone over simulated responses, drawn bucket by bucket beside the clock."""
    total = 0.0
    for data in world.buckets(responses, seed):
        statistics = world.lens.item_statistics
        item, skill = statistics.rows(data), statistics.skill_rows(data)
        total += seconds_of(lambda: build(data, world.lens.feature_set, item, skill, world.curriculum))  # noqa: B023 - runs at once
    return total


def with_pandas(frame: pd.DataFrame) -> Floats:
    """Return the shared features the way a notebook would: shifted group-bys."""
    learner, skill, item = (
        frame.groupby(keys, sort=False) for keys in (["learner"], ["learner", "skill"], ["learner", "item"])
    )
    position = learner.cumcount()
    gap = position - frame.assign(position=position).groupby(["learner", "skill"], sort=False)["position"].shift()
    columns = [
        decayed(frame, ["learner"], half_life=30, prior=4.0),
        decayed(frame, ["learner"], half_life=2, prior=1.0),
        np.log1p(position.to_numpy()),
        decayed(frame, ["learner", "skill"], half_life=5, prior=2.0),
        decayed(frame, ["learner", "skill"], half_life=25, prior=3.0),
        np.log1p(skill.cumcount().to_numpy()),
        (skill.cumcount() == 0).to_numpy(np.float64),
        np.log1p(gap.to_numpy() - 1.0),
        decayed(frame, ["learner", "item"], half_life=1, prior=0.5),
        np.log1p(item.cumcount().to_numpy()),
    ]
    return np.column_stack(columns)


def decayed(frame: pd.DataFrame, keys: list[str], *, half_life: float, prior: float) -> Floats:
    """Return the decayed success rate before each answer, drawn towards 0.65."""
    fade = 0.5 ** (1.0 / half_life)
    groups = frame.groupby(keys, sort=False)
    mean = groups["correct"].ewm(halflife=half_life).mean().droplevel(list(range(len(keys)))).sort_index()
    seen = groups.cumcount().to_numpy()
    weight = (1.0 - fade**seen) / (1.0 - fade)
    before = frame.assign(mean=mean).groupby(keys, sort=False)["mean"].shift().fillna(0.0).to_numpy()
    rates: Floats = (0.65 * prior + before * weight) / (prior + weight)
    return rates


def beside_pandas(world: World, home: Home, seed: int) -> tuple[int, float, float]:
    """Return rows, and the seconds of the shared features here and in pandas; both give the same numbers, or it fails.

    Responses of several skills are left out: a group-by cannot read them.
    """
    one = Responses.concat(list(world.buckets(PANDAS_ROWS, seed)))
    single = one.rows(np.diff(one.skill_start) == 1)
    frame = pd.DataFrame(
        {"learner": single.learner, "skill": single.skill, "item": single.item, "correct": single.correct}
    )
    few = Lens(FeatureSet.load(home.features, SHARED), world.lens.item_statistics, world.curriculum)
    order = [few.feature_set.columns.index(name) for name in SHARED]
    theirs: list[Floats] = []
    slow = seconds_of(lambda: theirs.append(with_pandas(frame)))
    fast = min(seconds_of(lambda: rows_of(single, few)) for _ in range(3))
    np.testing.assert_allclose(rows_of(single, few)[:, order], theirs[0], rtol=1e-9, atol=1e-12)
    return len(single), fast, slow


def in_a_new_process(*arguments: str) -> list[float]:
    """Run this script for one measurement in a process of its own; return the numbers it prints."""
    command = [sys.executable, __file__, *arguments]
    return [
        float(number) for number in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    ]


def measure(arguments: argparse.Namespace) -> None:
    """Print the numbers of one measurement; what :func:`in_a_new_process` runs."""
    if arguments.measure == "compile":
        from numba.core.caching import NullCache

        from polku.profiles.fold import fold

        fold._cache = NullCache()  # type: ignore[attr-defined]  # noqa: SLF001 - as on the first day
    if arguments.measure in {"compile", "first"}:
        print(seconds_of(warm_up))
        return
    world = World.of(Home.find(), arguments.seed)
    source, target = arguments.folder / str(min(arguments.responses, 10 * MILLION)), arguments.folder / "rows"
    warm_up()
    started, done = time.perf_counter(), 0
    while done < arguments.responses:
        done += build_buckets(source, target, world.lens)
    print(time.perf_counter() - started, peak_memory())


def peak_memory() -> float:
    """Return the most bytes this process has had in memory."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # On Linux getrusage counts in what the parent had when it started this process.
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return 1024.0 * int(line.split()[1])


def end_to_end(world: World, sizes: list[int], seed: int) -> Iterator[tuple[int, float, float]]:
    """Yield size, seconds and peak bytes of streaming from Parquet to Parquet."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            kept = min(size, 10 * MILLION)
            if not (Path(folder) / str(kept)).exists():
                split(world.buckets(kept, seed), Path(folder) / str(kept), kept // BUCKET)
            seconds, peak = in_a_new_process("--measure", "stream", "--responses", str(size), "--folder", folder)
            yield size, seconds, peak


def draw_figure(path: Path, speeds: dict[str, float], memory: dict[int, float]) -> None:
    """Draw speeds as bars and peak memory over the number of responses."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "polku", "svg.fonttype": "none", "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.6), width_ratios=[3, 2], layout="constrained")
    bars = left.barh(list(speeds), list(speeds.values()), color=["#1f6f8b", "#1f6f8b", "#99a8b2", "#1f6f8b"])
    left.bar_label(bars, [f" {speed / MILLION:.2f} M" for speed in speeds.values()])
    left.set(xlabel="responses per second, one core (millions)", xlim=(0, 1.2 * max(speeds.values())))
    left.xaxis.set_major_formatter(lambda speed, _: f"{speed / MILLION:g}")
    left.invert_yaxis()
    right.plot(list(memory), [peak / 2**20 for peak in memory.values()], "o-", color="#1f6f8b")
    right.set(
        xscale="log",
        xlabel="responses streamed",
        ylabel="peak memory, MiB",
        ylim=(0, 1.3 * max(memory.values()) / 2**20),
    )
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=10 * MILLION, help="for the fold alone")
    parser.add_argument("--most", type=int, default=100 * MILLION, help="largest number streamed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", choices=["compile", "first", "stream"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def line(what: str, figure: str) -> None:
    """Print one line of the table as soon as it is known."""
    print(f"{what:<38}{figure}", flush=True)


def compare(world: World, home: Home, chosen: argparse.Namespace) -> tuple[dict[str, float], list[str]]:
    """Measure start, fold and pandas; return speeds, and the limits that were missed."""
    (compiling,), (first,) = in_a_new_process("--measure", "compile"), in_a_new_process("--measure", "first")
    line("compile, once after installation", f"{compiling:14.1f} s")
    line("first call after start", f"{first:14.2f} s")
    features = world.lens.feature_set
    fold = chosen.responses / fold_seconds(world, chosen.responses, chosen.seed)
    line(f"fold, {len(features.features)} features", f"{fold:14,.0f} responses/s over {chosen.responses:,}")
    rows, fast, slow = beside_pandas(world, home, chosen.seed)
    line(f"fold, {len(SHARED)} features", f"{rows / fast:14,.0f} responses/s over {rows:,}")
    line("the same numbers in pandas", f"{rows / slow:14,.0f} responses/s: {slow / fast:.0f} times as long")
    speeds = {
        f"fold, {len(features.features)} features": fold,
        f"fold, {len(SHARED)} features": rows / fast,
        "the same in pandas": rows / slow,
    }
    held = {
        "speed of the fold": fold >= LEAST_FOLD,
        "ratio to pandas": slow / fast >= LEAST_RATIO,
        "first call": first <= MOST_FIRST_S,
    }
    return speeds, [name for name, kept in held.items() if not kept]


def main() -> int:
    """Measure, print, draw; return the exit status."""
    chosen = options()
    if chosen.measure:
        measure(chosen)
        return 0
    home = Home.find()
    world = World.of(home, chosen.seed)
    warm_up()
    speeds, missed = compare(world, home, chosen)
    memory: dict[int, float] = {}
    sizes = [size for size in (MILLION, 10 * MILLION, 100 * MILLION) if size <= chosen.most]
    for size, seconds, peak in end_to_end(world, sizes, chosen.seed):
        speeds["Parquet to Parquet"], memory[size] = size / seconds, peak
        figure = f"{size / seconds:14,.0f} responses/s, peak memory {peak / 2**20:,.0f} MiB"
        line(f"Parquet to Parquet, {size // MILLION} million", figure)
    if max(memory.values()) > MOST_GROWTH * min(memory.values()):
        missed.append("flat memory")
    if chosen.most == 100 * MILLION:  # a short run leaves the figure alone
        draw_figure(home.root / IMAGE, speeds, memory)
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
