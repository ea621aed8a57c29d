"""Reads a table of teachers' grades, which is kept nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from polku.errors import InputError
from polku.fairness.tables import require


def check_grades(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the usable rows of a table of grades, and how many had no number.

    Parameters
    ----------
    frame : DataFrame
        ``learner_id, grade``, optional ``subject, school_id``. Numbers may have a decimal comma.

    Returns
    -------
    DataFrame
        ``learner_id, subject, grade, school_id``; the last is None where unknown.
    int
        Rows without a number, such as subjects that are only passed.

    Raises
    ------
    InputError
        If a column is missing, no row has a grade, or a learner has two grades in one subject.

    Examples
    --------
    >>> table, without = check_grades(pd.DataFrame({"learner_id": ["a", "b"], "grade": ["8,5", "S"]}))
    >>> table["grade"].tolist(), without
    ([8.5], 1)
    """
    require(frame, ("learner_id", "grade"), "grades")
    text = frame["grade"].astype(str).str.strip().str.replace(",", ".", regex=False)
    table = pd.DataFrame(
        {
            "learner_id": frame["learner_id"].astype(str),
            "subject": frame["subject"].fillna("").astype(str) if "subject" in frame else "",
            "grade": pd.to_numeric(text, errors="coerce"),
            "school_id": frame["school_id"].astype(object) if "school_id" in frame else None,
        }
    )
    kept = table[np.isfinite(table["grade"]) & frame["learner_id"].notna()].reset_index(drop=True)
    if kept.empty:
        raise InputError("the grades hold no number", got=f"{len(frame)} rows", hint="one row a learner and subject")
    if kept.duplicated(["learner_id", "subject"]).any():
        raise InputError("a learner has two grades in one subject", hint="give the last grade of each subject only")
    return kept, len(frame) - len(kept)
