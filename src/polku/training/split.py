"""Divides learners into folds: seeded, of equal size, near-twins on one side, and written down."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.errors import InputError
from polku.records import Responses
from polku.training.twins import twin_groups


def learner_folds(
    responses: Responses, k: int, seed: int, *, groups: NDArray[np.int32] | None = None
) -> NDArray[np.int32]:
    """Assign every learner to one of `k` folds.

    Parameters
    ----------
    responses : Responses
        Responses whose learners are divided.
    k : int
        Number of folds, at least 2.
    seed : int
        Seed of the shuffle.
    groups : int32[L], optional
        Learners that stay together share a number; default :func:`twin_groups`, given where it is known already.

    Returns
    -------
    int32[L]
        Fold 0..k-1 of each learner of ``responses.learners``; sizes differ by no more than the largest group.

    Raises
    ------
    InputError
        If there are fewer separate learners than folds.
    """
    together = twin_groups(responses) if groups is None else groups
    count = int(together.max()) + 1 if len(together) else 0
    if not 2 <= k <= count:
        raise InputError(
            f"{k} folds need at least {max(k, 2)} separate learners",
            got=f"{count} learner(s), near-twins counted once",
            hint="give responses of more learners, or ask for fewer folds (at least 2)",
        )
    members = np.bincount(together, minlength=count)
    fold_of_group = np.empty(count, np.int32)
    size = np.zeros(k, np.int64)
    for group in np.random.default_rng(seed).permutation(count):
        smallest = int(np.argmin(size))
        fold_of_group[group] = smallest
        size[smallest] += members[group]
    return fold_of_group[together]


def folds_frame(responses: Responses, folds: NDArray[np.int32]) -> pd.DataFrame:
    """Return the folds as a table to write down.

    Returns
    -------
    DataFrame
        `learner_id`, `fold`, one row a learner, sorted by learner.

    Examples
    --------
    Written with ``folds_frame(responses, folds).to_csv(path, index=False)`` and read back with :func:`read_folds`.
    """
    return pd.DataFrame({"learner_id": responses.learners.astype(str), "fold": folds.astype(np.int64)})


def read_folds(frame: pd.DataFrame, responses: Responses) -> NDArray[np.int32]:
    """Return the folds of `frame` in the order of ``responses.learners``.

    Raises
    ------
    InputError
        If a column or a learner is missing, or a learner stands twice.
    """
    missing = {"learner_id", "fold"} - set(frame.columns)
    if missing:
        raise InputError("folds need the columns learner_id and fold", got=f"no {', '.join(sorted(missing))}")
    by_learner = pd.Series(frame["fold"].to_numpy(np.int32), index=frame["learner_id"].astype(str))
    if by_learner.index.has_duplicates:
        raise InputError("a learner stands in two folds", got=f"{int(by_learner.index.duplicated().sum())} repeated")
    absent = ~np.isin(responses.learners.astype(str), by_learner.index.to_numpy(str))
    if absent.any():
        raise InputError("learners without a fold", got=f"{int(absent.sum())} of {len(absent)}", hint="divide anew")
    return by_learner.loc[responses.learners.astype(str)].to_numpy(np.int32)
