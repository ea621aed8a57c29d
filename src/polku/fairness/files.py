"""Audits plain files: predictions of any model, without our model, store or registry."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pyarrow import ArrowException

from polku.errors import InputError
from polku.fairness.attributes import denied, long_form, plain
from polku.fairness.audit import Audit
from polku.fairness.auditing import audit_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

_IDS = {"learner_id": str, "school_id": str, "item_id": str}


def audit_files(
    predictions: str | os.PathLike[str],
    background: str | os.PathLike[str],
    slices: Slices,
    gates: Gates,
    *,
    threshold: float | None = None,
    seed: int = 0,
) -> Audit:
    """Audit predictions of any model from CSV or Parquet files.

    Parameters
    ----------
    predictions : path
        ``learner_id, y_true, y_prob``, optional ``school_id, item_id, weight``.
    background : path
        ``learner_id`` and a column an attribute, or ``learner_id, attribute, value``. Every attribute found is
        compared, declared or not; denied ones are not.
    slices : Slices
        Questions, denied attributes and the limits on small numbers.
    gates : Gates
        Metrics and limits on gaps.
    threshold : float, optional
        Where error rates are taken; default: that of `gates`.
    seed : int
        Seed of every draw.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        If a file is absent, empty, or neither CSV nor Parquet, or its content cannot be used; names the file.
    """
    table = long_form(read_table(background))
    found = plain(table, slices)
    left_out = tuple(f"attribute {name!r} was not compared: {why}" for name, why in denied(table, slices).items())
    if not found.attributes:
        name = Path(background).name
        raise InputError("the background holds no attribute to compare", got="; ".join((name, *left_out)))
    done = audit_predictions(read_table(predictions), table, found, gates, threshold=threshold, seed=seed)
    return replace(done, notes=(*done.notes, *left_out))


def read_table(path: str | os.PathLike[str], *, as_text: bool = False) -> pd.DataFrame:
    """Read a CSV (comma, semicolon or tab) or Parquet file; ids stay text, with `as_text` every value does.

    Raises
    ------
    InputError
        If the file is absent, empty or not readable as what its name says.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(f"there is no file {file.name}", got=str(file), hint="check the path")
    try:
        if file.suffix.lower() in {".parquet", ".pq"}:
            frame = pd.read_parquet(file)
            return frame.astype("str") if as_text else frame
        frame = pd.read_csv(file, sep=_separator(file), dtype=str if as_text else _IDS, encoding="utf-8-sig")
    except pd.errors.EmptyDataError as error:
        raise InputError(f"{file.name} is empty", hint="give a file with a header") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8", got=f"byte {error.start}", hint="save it as UTF-8") from error
    except (pd.errors.ParserError, ArrowException) as error:
        raise InputError(
            f"{file.name} cannot be read as {file.suffix or 'CSV'}", got=str(error).splitlines()[0]
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas would take what stands too much for names of rows
        raise InputError(
            f"{file.name} has rows longer than its header", hint="name every column, end no row with a mark"
        )
    return frame


def _separator(file: Path) -> str:
    """Return the most frequent of tab, semicolon and comma in the header."""
    with file.open("rb") as stream:
        header = stream.readline(65536)
    counts = {mark: header.count(mark.encode()) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark])
