"""Polku's models beside their peers: five folds by learner, one table, one figure.

Run ``python benchmarks/models.py`` or ``make bench-models``. Near-twins stay in one fold, each response is predicted
from strictly earlier ones of its learner, item statistics come from training learners only, a response counts once
however many skills its item has. Each model runs in a process of its own over the same folds (:mod:`peers`); pyBKT,
the slowest by far, is given the first fold only unless ``--bkt-folds`` says more, and every comparison is made on the
same rows.

Exits 1 when a bar is missed, and names it. The data: ``$POLKU_DATA``, see its README. Nothing is kept between runs but
``.venv-peers``, where pyBKT is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from peers.bars import TIMED, Bar, bars_of
from peers.contest import Division, Entry, contest, divide
from peers.judge import WINNER, table
from peers.moment import moments
from peers.picture import draw
from peers.run import OURS, PEERS, TRACING
from peers.slices import calibration_by_slice
from polku.home import Home

SETS = ("assistments2009", "assistments2015", "fsaif")
IMAGE = "docs/images/bench-models.svg"
COLUMNS = {
    "accuracy": ["folds", "auc", "auc_sd", "rmse", "log_loss", "ece", "ece_chance", "macro_auc",
                 "auc_less", "auc_less_low", "auc_less_high",
                 "log_loss_less", "log_loss_less_low", "log_loss_less_high"],
    "known little of": ["first_auc", "first_ece", "first_five_auc", "first_five_ece", "unseen_items_n",
                        "unseen_items_auc", "unseen_items_ece", "unseen_skills_n", "unseen_skills_auc",
                        "unseen_skills_ece"],
    "cost of a fold": ["fit_s", "predict_s", "whole_s", "fit_mib", "predict_mib"],
}  # fmt: skip


def options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=SETS, default=list(SETS), metavar="NAME")
    parser.add_argument("--models", nargs="+", choices=[*OURS, *PEERS], metavar="MODEL", help="default: all")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--bkt-folds", type=int, default=1, help="folds that pyBKT is given")
    parser.add_argument("--without-bkt", action="store_true", help="needs no environment for peers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for tables as JSON and CSV, and the figure")
    return parser.parse_args()


def folds_of(chosen: argparse.Namespace) -> dict[str, int]:
    """Return the models to run, and how many folds each is given; difficulty and `response` are always there."""
    wanted = set(chosen.models or [*OURS, *PEERS]) | {"difficulty", WINNER}
    if chosen.without_bkt:
        wanted -= set(TRACING)
    few = min(chosen.bkt_folds, chosen.folds)
    return {name: few if name in TRACING else chosen.folds for name in [*OURS, *PEERS] if name in wanted}


def compare(data: Path, folder: Path, chosen: argparse.Namespace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run all models on one data set; print and return the table and the slices of `response`."""
    division = divide(data, folder, chosen.folds, chosen.seed)
    entries = contest(division, folds_of(chosen), lambda what: print(what, file=sys.stderr, flush=True))
    lines, slices = table(division, entries, chosen.seed), _slices(division, entries)
    size, learners = len(division.log), len(np.unique(division.log.learner))
    print(f"\n{data.name}: {size:,} responses, {learners:,} learners, {division.near_twins} pairs of near-twins")
    for title, columns in COLUMNS.items():
        print(f"\n{title}\n{lines.set_index('model')[columns].to_string(float_format='{:.4f}'.format, na_rep='')}")
    print(f"\ncalibration of {WINNER}\n{slices.to_string(float_format='{:.4f}'.format, index=False)}", flush=True)
    return lines, slices


def _slices(division: Division, entries: dict[str, Entry]) -> pd.DataFrame:
    found = calibration_by_slice(division.log, entries[WINNER].found)
    return found.assign(data=division.name)


def keep(folder: Path, lines: pd.DataFrame, slices: pd.DataFrame, bars: list[Bar]) -> None:
    """Write the tables and the bars as JSON and CSV, and the figure."""
    folder.mkdir(parents=True, exist_ok=True)
    held = pd.DataFrame([vars(bar) for bar in bars])
    for name, frame in (("models", lines), ("calibration", slices), ("bars", held)):
        frame.to_csv(folder / f"{name}.csv", index=False)
        frame.to_json(folder / f"{name}.json", orient="records", indent=1)
    draw(folder / "bench-models.svg", lines)


def main() -> int:
    """Run, print, draw; return the exit status."""
    chosen = options()
    home = Home.find()
    data = Path(os.environ.get("POLKU_DATA", home.root.parent / "shared" / "data"))
    with tempfile.TemporaryDirectory() as folder:
        found = [compare(data / name, Path(folder) / name, chosen) for name in chosen.data]
    bars = [bar for lines, _ in found for bar in bars_of(lines)] + moments(data / TIMED)
    lines, slices = (pd.concat(parts, ignore_index=True) for parts in zip(*found, strict=True))
    if chosen.out:
        keep(chosen.out, lines, slices, bars)
    if set(chosen.data) == set(SETS) and not chosen.models and not chosen.without_bkt:
        draw(home.root / IMAGE, lines)  # a short run leaves the figure alone
    missed = [str(bar) for bar in bars if not bar.held]
    print(f"\n{len(bars) - len(missed)} of {len(bars)} bars reached; {', '.join(map(str, bars[-2:]))}")
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
