"""From predictions to the lines of the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from peers.contest import Division, Entry
from peers.log import Floats, Mask
from peers.paired import Interval, Resampled, interval
from polku.training.measures import macro, metrics

WINNER = "response"
MIB = 2.0**20
FEWEST = 50
"""A part of the responses with fewer rows than this is not judged."""


def table(division: Division, entries: dict[str, Entry], seed: int) -> pd.DataFrame:
    """Return one line a model: figures over the folds, parts of the responses, costs, and the distance to `response`.

    Returns
    -------
    DataFrame
        AUC, RMSE, log loss and ECE are means over the folds that the model was given, `auc_sd` the standard deviation
        of the AUC, `ece_chance` the ECE if predictions were the truth (how much of it is noise); parts (first answer,
        first five, unseen items and skills) are taken over all folds together;
        differences are those of `response` less those of the model on the same rows, with their paired intervals.
    """
    parts = parts_of(division)
    draws: dict[bytes, dict[str, Any]] = {}
    lines: list[dict[str, Any]] = []
    for entry in entries.values():
        kept = np.isfinite(entry.found)
        if kept.tobytes() not in draws:
            sample = Resampled(division.log.learner[kept], division.log.correct[kept], seed)
            draws[kept.tobytes()] = {"sample": sample, WINNER: _drawn(sample, entries[WINNER].found[kept])}
        own = draws[kept.tobytes()]
        mine = own[WINNER] if entry.model == WINNER else _drawn(own["sample"], entry.found[kept])
        named: dict[str, Any] = {"data": division.name, "model": entry.model}
        lines.append(
            named
            | over_folds(division, entry.found)
            | over_parts(division, entry.found, parts)
            | costs(entry)
            | _spread("auc", interval(mine["auc"]))
            | _spread("auc_less", interval(own[WINNER]["auc"] - mine["auc"]))
            | _spread("log_loss_less", interval(own[WINNER]["log_loss"] - mine["log_loss"]))
        )
    return pd.DataFrame(lines)


def parts_of(division: Division) -> dict[str, Mask]:
    """Return the parts of the responses that are judged on their own, as masks."""
    log = division.log
    first = np.searchsorted(log.learner, log.learner, side="left")
    place = np.arange(len(log)) - first
    item = division.unseen(log.item, int(log.sizes[0]))
    return {
        "first": place == 0,
        "first_five": place < 5,
        "unseen_items": item,
        "unseen_skills": division.unseen(log.combination, int(log.sizes[2])),
    }


def over_folds(division: Division, found: Floats) -> dict[str, float]:
    """Return the mean over folds of each metric, the AUC's standard deviation, and the means by learner."""
    log, each = division.log, []
    for fold in range(division.folds):
        rows = (log.fold == fold) & np.isfinite(found)
        if rows.any():
            by_learner = macro(log.learner[rows].astype(np.int32), log.correct[rows], found[rows])
            figures = metrics(log.correct[rows], found[rows])
            drawn = (np.random.default_rng(fold).random(int(rows.sum())) < found[rows]).astype(np.float64)
            figures["ece_chance"] = metrics(drawn, found[rows])["ece"]
            each.append(figures | {f"macro_{name}": by_learner[name] for name in ("auc", "log_loss")})
    folds = pd.DataFrame(each).astype(float)
    spread = float(folds["auc"].std()) if len(folds) > 1 else np.nan
    names = ("auc", "rmse", "log_loss", "ece", "ece_chance", "macro_auc", "macro_log_loss")
    return {"folds": len(folds), "auc_sd": spread} | {name: float(folds[name].mean()) for name in names}


def over_parts(division: Division, found: Floats, parts: dict[str, Mask]) -> dict[str, float]:
    """Return count, AUC, log loss and ECE of each part; NaN where there are too few rows."""
    line: dict[str, float] = {}
    for name, mask in parts.items():
        rows = mask & np.isfinite(found)
        line[f"{name}_n"] = int(rows.sum())
        figures = metrics(division.log.correct[rows], found[rows]) if rows.sum() >= FEWEST else {}
        for metric in ("auc", "log_loss", "ece"):
            value = figures.get(metric)
            line[f"{name}_{metric}"] = np.nan if value is None else float(value)
    return line


def costs(entry: Entry) -> dict[str, float]:
    """Return the seconds of a fold and the peak memory of the process, in MiB."""
    return {
        "fit_s": entry.mean("fit_s"),
        "predict_s": entry.mean("predict_s"),
        "whole_s": entry.whole_s,
        "fit_mib": max(entry.cost["fit_bytes"]) / MIB,
        "predict_mib": max(entry.cost["predict_bytes"]) / MIB,
    }


def _drawn(sample: Resampled, found: Floats) -> dict[str, Floats]:
    return {"auc": sample.auc(found), "log_loss": sample.log_loss(found)}


def _spread(name: str, found: Interval) -> dict[str, float]:
    value = {} if name == "auc" else {name: found.value}
    return value | {f"{name}_low": found.low, f"{name}_high": found.high}
