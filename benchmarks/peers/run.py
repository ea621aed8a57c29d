"""One model over the folds, in a process of its own: ``python -m peers.run MODEL DATA FOLDER FOLDS``.

Writes ``FOLDER/MODEL.npz`` (the prediction of each row, NaN in folds that were not asked for) and ``FOLDER/MODEL.json``
(seconds and peak bytes). Peers are looked up by name when they are needed: each environment has only some of their
libraries.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from peers.log import Floats, Log, Mask, Peer
from peers.memory import peak_memory, set_back

PEERS = {
    "Rasch": "peers.rasch:Rasch",
    "Elo": "peers.elo:Elo",
    "PFA": "peers.regression:PFA",
    "Best-LR": "peers.regression:BestLR",
    "Best-LR, 100 steps": "peers.regression:StoppedBestLR",
    "pyBKT": "peers.tracing:BKT",
    "pyBKT forgets": "peers.tracing:ForgettingBKT",
}
TRACING = ("pyBKT", "pyBKT forgets")
OURS = ("difficulty", "baseline", "mastery", "response")


@dataclass(frozen=True)
class Seat:
    """What a model needs to sit at the table: how to fit it without one fold, and how to predict that fold."""

    fit: Callable[[int], None]
    predict: Callable[[int], Floats]
    seconds_read: float = 0.0


def seat_of(name: str, data: Path, folder: Path, log: Log) -> Seat:
    """Return the seat of a peer or of one of Polku's models."""
    if name in PEERS:
        module, kind = PEERS[name].split(":")
        peer: Peer = getattr(importlib.import_module(module), kind)()
        return Seat(lambda k: peer.fit(log.rows(log.fold != k)), lambda k: peer.predict(log.rows(log.fold == k)))
    from peers.ours import Ours

    ours = Ours(name, data, folder)

    def held(fold: int) -> Mask:
        return np.asarray(ours.fold == fold)

    return Seat(lambda k: ours.fit(~held(k)), lambda k: ours.predict(held(k)), ours.seconds_read)


def run(seat: Seat, log: Log, folds: int) -> tuple[Floats, dict[str, list[float]]]:
    """Return the predictions of the first `folds` folds, and what they cost: a number a fold."""
    found = np.full(len(log), np.nan)
    cost: dict[str, list[float]] = {name: [] for name in ("fit_s", "predict_s", "fit_bytes", "predict_bytes")}
    for fold in range(folds):
        set_back()
        started = time.perf_counter()
        seat.fit(fold)
        cost["fit_s"].append(time.perf_counter() - started)
        cost["fit_bytes"].append(peak_memory())
        set_back()
        started = time.perf_counter()
        found[log.fold == fold] = seat.predict(fold)
        cost["predict_s"].append(time.perf_counter() - started)
        cost["predict_bytes"].append(peak_memory())
    return found, cost


def main() -> None:
    """Run one model and write down what it said and what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=[*PEERS, *OURS])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("folds", type=int)
    asked = parser.parse_args()
    log = Log.read(asked.folder / "log.npz")
    seat = seat_of(asked.model, asked.data, asked.folder, log)
    found, cost = run(seat, log, asked.folds)
    np.savez(asked.folder / f"{asked.model}.npz", found=found)
    (asked.folder / f"{asked.model}.json").write_text(json.dumps({"read_s": seat.seconds_read, **cost}))


if __name__ == "__main__":
    main()
