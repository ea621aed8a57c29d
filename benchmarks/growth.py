"""How training grows: seconds and memory over millions of responses, and where more learners stop helping.

Run ``python benchmarks/growth.py [--millions 1 3 10]``. Answers are simulated (:mod:`polku.simulate`). A *whole run*
fits a model on four fifths of the learners (difficulties cross-fitted, features, estimator) and predicts the others, in
a process of its own, so that its peak memory can be read off. Linear means: a response costs no more than 1.3 times as
much at the largest size as at the smallest.

The *learning curve* trains on learners chosen by the hash of their ids (:func:`polku.training.sample_learners`), so
that smaller samples lie within larger ones, and judges all on the same held-out fifth. Exits 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from peers.memory import peak_memory
from polku.curriculum import Curriculum
from polku.exchange import read_responses
from polku.home import Home
from polku.profiles import warm_up
from polku.records import Responses
from polku.simulate import SimulationConfig, simulate
from polku.training import fit_table, learner_folds, load_spec, metrics, training_table, twin_groups
from polku.training.sample import sample_learners

MILLION, PER_LEARNER, HELD = 1_000_000, 300, 5
MODELS = ("mastery", "response")
SETS = ("assistments2009", "assistments2015")
PARTS = (16, 8, 4, 2, 1)
MOST_GROWTH = 1.3
STOPS = 0.001
"""Less than this much AUC from twice the learners: more data stops helping."""


def options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="*", default=[1, 3, 10], help="sizes of whole runs")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--curve", nargs="*", choices=["simulated", *SETS], default=["simulated", *SETS])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for the figures as JSON")
    parser.add_argument("--step", choices=["simulate", *MODELS], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def curriculum_of(home: Home) -> Curriculum:
    """Return the shipped curriculum."""
    return Curriculum.load(home.curriculum_path(home.settings().curriculum))


def simulated(responses: float, seed: int, curriculum: Curriculum) -> Responses:
    """Return so many simulated responses, of towns of no more than a million that share their items' names."""
    towns = max(1, round(responses / MILLION))
    learners = round(responses / towns / PER_LEARNER)
    return Responses.concat([town(learners, seed + number, curriculum) for number in range(towns)])


def town(learners: int, seed: int, curriculum: Curriculum) -> Responses:
    """Return the responses of one simulated town; ids say which."""
    config = SimulationConfig(learners=learners, responses_per_learner=PER_LEARNER, seed=seed)
    frame = simulate(config, curriculum).responses
    return Responses.from_frame(frame.assign(**{key: f"{seed}-" + frame[key] for key in ("learner_id", "response_id")}))


def divide(responses: Responses, seed: int) -> tuple[Responses, Responses]:
    """Return the learners to train on, and a fifth held out; near-twins on one side."""
    fold = learner_folds(responses, HELD, seed, groups=twin_groups(responses))
    return responses.of_learners(fold != 0), responses.of_learners(fold == 0)


def whole_run(name: str, train: Responses, test: Responses, curriculum: Curriculum) -> dict[str, float]:
    """Fit and predict; return seconds by stage, and the AUC."""
    home = Home.find()
    spec = load_spec(home, name)
    times = [time.perf_counter()]
    table = training_table(spec, home, train, curriculum, spec.seed)
    times.append(time.perf_counter())
    model = fit_table(spec, table, spec.seed)
    times.append(time.perf_counter())
    found = model.predict_responses(test, curriculum)
    times.append(time.perf_counter())
    auc = metrics(test.correct, found)["auc"]
    return dict(zip(("features", "fit", "predict"), np.diff(times).tolist(), strict=True)) | {"auc": float(auc or 0.0)}


def take_step(chosen: argparse.Namespace) -> None:
    """Do one step in this process; print what it measured."""
    curriculum = curriculum_of(Home.find())
    if chosen.step == "simulate":
        simulated(chosen.millions[0] * MILLION, chosen.seed, curriculum).write_parquet(chosen.file)
        return
    warm_up()
    train, test = divide(read_responses(chosen.file).responses, chosen.seed)
    found = whole_run(chosen.step, train, test, curriculum)
    print(json.dumps({"responses": len(train) + len(test), **found, "bytes": peak_memory()}))


def in_a_new_process(step: str, file: Path, millions: float, seed: int) -> str:
    """Run this script for one step in a process of its own; return what it prints."""
    command = [sys.executable, __file__, "--step", step, "--file", str(file)]
    command += ["--millions", str(millions), "--seed", str(seed)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def runs(chosen: argparse.Namespace) -> Iterator[dict[str, float | str]]:
    """Yield, for every size and model, what a whole run costs."""
    for millions in sorted(chosen.millions):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "responses.parquet"
            in_a_new_process("simulate", file, millions, chosen.seed)
            for model in chosen.models:
                found = json.loads(in_a_new_process(model, file, millions, chosen.seed))
                yield {"model": model, "millions": millions, **found}


def show_growth(chosen: argparse.Namespace) -> tuple[list[dict[str, float | str]], list[str]]:
    """Print the growth of a whole run as it is measured; return its lines, and what is not linear."""
    print(f"{'model':<10}{'responses':>12}{'features':>10}{'fit':>9}{'predict':>9}{'whole':>9}{'MiB':>9}{'growth':>8}")
    lines: list[dict[str, float | str]] = []
    missed = []
    first: dict[str, float] = {}
    for line in runs(chosen):
        model, size = str(line["model"]), float(line["responses"])
        stages = [float(line[stage]) for stage in ("features", "fit", "predict")]
        each = sum(stages) / size
        growth = each / first.setdefault(model, each)
        seconds = "".join(f"{value:9.1f}" for value in [*stages, sum(stages)])
        print(f"{model:<10}{size:12,.0f} {seconds}{float(line['bytes']) / 2**20:9,.0f}{growth:8.2f}", flush=True)
        lines.append({**line, "growth": growth})
        if growth > MOST_GROWTH:
            missed.append(f"linear time of {model} at {size:,.0f} responses ({growth:.2f})")
    return lines, missed


def curve(name: str, seed: int) -> Iterator[dict[str, float | str]]:
    """Yield the AUC on the same held-out learners for more and more training learners."""
    home = Home.find()
    if name == "simulated":
        curriculum = curriculum_of(home)
        responses = simulated(MILLION, seed, curriculum)
    else:
        data = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
        responses = read_responses(data / name).responses
        curriculum = Curriculum.of_skills(responses.skills.tolist())
    train, test = divide(responses, seed)
    for part in PARTS:
        kept = sample_learners(train, len(train.learners) // part, seed)
        found = whole_run("response", kept, test, curriculum)
        yield {"data": name, "learners": len(kept.learners), "responses": len(kept), "auc": found["auc"]}


def show_curves(chosen: argparse.Namespace) -> list[dict[str, float | str]]:
    """Print the learning curves; return their lines."""
    lines: list[dict[str, float | str]] = []
    for name in chosen.curve:
        print(f"\n{name:<18}{'learners':>9}{'responses':>12}{'AUC':>8}{'gain':>8}")
        before = float("nan")
        for line in curve(name, chosen.seed):
            auc = float(line["auc"])
            print(f"{'':<18}{line['learners']:9,}{line['responses']:12,}{auc:8.4f}{auc - before:8.4f}", flush=True)
            gain, before = auc - before, auc
            lines.append({**line, "gain": gain})
        print(f"twice the learners {'adds little now' if gain < STOPS else 'still helps'}: {gain:+.4f}")
    return lines


def main() -> int:
    """Measure and print; return the exit status."""
    chosen = options()
    if chosen.step:
        take_step(chosen)
        return 0
    warm_up()
    grown, missed = show_growth(chosen)
    curves = show_curves(chosen)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "growth.json").write_text(json.dumps({"runs": grown, "curves": curves}, indent=1))
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
