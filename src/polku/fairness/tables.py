"""Checks the tables that an audit reads: predictions and paths, of any model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.errors import InputError, nearest

PREDICTION_COLUMNS = ("learner_id", "y_true", "y_prob")
PATH_COLUMNS = (
    "has_grade_level",
    "unchanged",
    "has_stretch",
    "repair_share",
    "path_length",
    "silent",
    "fallback",
    "churn",
    "reached",
    "accepted_share",
    "overridden_share",
)
"""The column of each path metric, in the order of :data:`polku.schemas.gates.PATH_METRICS`."""
_TRUTH = {"true": "1", "false": "0"}


@dataclass(frozen=True, eq=False)
class Checked:
    """A table whose every row can be used, and what was left out.

    Parameters
    ----------
    frame : DataFrame
        Rows that can be used.
    refused : dict of str to int
        Rows left out, by reason.
    """

    frame: pd.DataFrame
    refused: dict[str, int]


def check_predictions(frame: pd.DataFrame) -> Checked:
    """Return the rows of a table of predictions that can be audited.

    Rows without a learner, an outcome or a probability are left out and counted by reason. Values that
    show the column to be something else (a percentage, a logit) refuse the table.

    Raises
    ------
    InputError
        If a column is missing, nothing is left, or a value lies where none can.

    Examples
    --------
    >>> table = pd.DataFrame({"learner_id": ["a", "b"], "y_true": [1, 0], "y_prob": [0.7, float("nan")]})
    >>> check_predictions(table).refused
    {'y_prob is not a number': 1}
    """
    require(frame, PREDICTION_COLUMNS, "predictions")
    table = pd.DataFrame({"learner_id": frame["learner_id"]})
    for name in ("y_true", "y_prob"):
        table[name] = _numbers(frame[name])
    table["weight"] = _numbers(frame["weight"]) if "weight" in frame else 1.0
    if "school_id" in frame:
        table["school_id"] = frame["school_id"]
    if "y_prob_flipped" in frame:
        table["y_prob_flipped"] = _numbers(frame["y_prob_flipped"])
    checked = _usable(table, ("y_true", "y_prob", "weight"), "predictions")
    for name in ("y_true", "y_prob"):
        _inside(checked.frame[name], name)
    if (checked.frame["weight"] <= 0).any():
        raise InputError("a weight is a positive number", got=float(checked.frame["weight"].min()))
    return checked


def check_paths(frame: pd.DataFrame) -> Checked:
    """Return a table of paths with one row a learner; metrics that are absent stay absent.

    Raises
    ------
    InputError
        If there is no ``learner_id``, no metric, or a learner occurs twice.
    """
    require(frame, ("learner_id",), "paths")
    present = [name for name in PATH_COLUMNS if name in frame]
    if not present:
        raise InputError(
            "the paths have nothing to audit", got=", ".join(map(str, frame.columns)), hint=_list(PATH_COLUMNS)
        )
    table = pd.DataFrame({"learner_id": frame["learner_id"], **{name: _numbers(frame[name]) for name in present}})
    if "mastery_stratum" in frame:
        table["mastery_stratum"] = frame["mastery_stratum"]
    checked = _usable(table, (), "paths")
    if checked.frame["learner_id"].duplicated().any():
        raise InputError("a learner has two paths", hint="give one row a learner: the path of one moment")
    return checked


def require(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Refuse a table that lacks one of `columns`, naming the nearest column there is.

    Raises
    ------
    InputError
        If a column is missing.
    """
    needed = tuple(columns)
    for name in needed:
        if name not in frame.columns:
            found = [str(column) for column in frame.columns]
            others = [column for column in found if column not in needed]
            hint = nearest(name, others) if others else f"give a header: {_list(needed)}"
            raise InputError(f"the {what} have no column {name}", got=_list(found) or "no columns", hint=hint)


def _usable(table: pd.DataFrame, numeric: tuple[str, ...], what: str) -> Checked:
    """Drop rows without a learner or a number, counted by reason; ids become text."""
    reasons = {f"{name} is not a number": ~np.isfinite(table[name]) for name in numeric}
    reasons = {"learner_id is missing": table["learner_id"].isna(), **reasons}
    refused: dict[str, int] = {}
    keep = np.ones(len(table), dtype=bool)
    for reason, bad in reasons.items():
        count = int((bad.to_numpy() & keep).sum())
        if count:
            refused[reason] = count
        keep &= ~bad.to_numpy()
    kept = table[keep].reset_index(drop=True)
    if kept.empty:
        got = "; ".join(f"{count} rows: {reason}" for reason, count in refused.items())
        raise InputError(f"the {what} hold no row that can be audited", got=got or "an empty table")
    return Checked(kept.assign(learner_id=kept["learner_id"].astype(str)), refused)


def _numbers(column: pd.Series) -> pd.Series[float]:
    if column.dtype.kind in "biuf":
        return column.astype("float64")
    text = column.astype(str).str.strip().str.lower().replace(_TRUTH)
    return pd.Series(pd.to_numeric(text, errors="coerce"), dtype="float64")


def _inside(values: pd.Series[float], name: str) -> None:
    outside = values[(values < 0) | (values > 1)]
    if len(outside):
        hint = (
            "give probabilities, not percentages or logits" if name == "y_prob" else "give 0 and 1, or a score between"
        )
        raise InputError(
            f"{name} lies outside 0 to 1", got=f"{len(outside)} rows, such as {outside.iloc[0]:g}", hint=hint
        )


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def floats(column: pd.Series) -> NDArray[np.float64]:
    """Return a column as a plain array of float64."""
    return np.asarray(column, dtype=np.float64)
