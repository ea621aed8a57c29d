"""Erasing a learner wherever anything of them lies: the store, the enclave, and the files that candidates keep."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from polku.fairness.enclave import forget_background
from polku.home import Home
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.values import Erased

PREDICTIONS: Final = "predictions.parquet"
REFERENCES: Final = "references.parquet"


class Forgotten(NamedTuple):
    """What an erasure removed.

    Parameters
    ----------
    erased : Erased
        Rows of the store by table, and emptied entries of the log.
    background : int
        Values in the audit's enclave.
    predictions : int
        Predictions that candidates keep for their audits.
    """

    erased: Erased
    background: int
    predictions: int

    @property
    def nothing(self) -> bool:
        """Return whether nothing was held."""
        return not (self.background or self.predictions or any(self.erased.rows.values()))


def forget_learner(home: Home, settings: Settings, store: Store, learner_id: str, *, by: str) -> Forgotten:
    """Delete everything held about a learner; the log keeps that it was done, and who asked.

    The store comes last: an erasure that was broken off can be asked for again and finds what is left.

    Parameters
    ----------
    home, settings : Home, Settings
        As the provider sees them.
    store : Store
        The provider's.
    learner_id : str
        Whose.
    by : str
        Who asks: an id of the platform.
    """
    background, predictions = forget_outside(home, settings, learner_id)
    return Forgotten(store.erase(learner_id, by=by), background, predictions)


def forget_outside(home: Home, settings: Settings, learner_id: str) -> tuple[int, int]:
    """Delete what lies outside the store: values of the enclave, predictions of candidates; return how many of each."""
    folder = candidates_folder(home, settings.provider_id)
    return forget_background(settings, learner_id), forget_predictions(folder, learner_id)


def candidates_folder(home: Home, provider_id: str) -> Path:
    """Return where a provider's candidates keep their files."""
    return home.var / "candidates" / provider_id


def forget_predictions(folder: Path, learner_id: str) -> int:
    """Take a learner's rows out of every candidate's predictions; return how many there were.

    What of a candidate is about nobody, its model and its figures, stays.
    """
    return sum(_forget(path.parent, learner_id) for path in folder.glob(f"*/{PREDICTIONS}"))


def _forget(folder: Path, learner_id: str) -> int:
    predictions = pd.read_parquet(folder / PREDICTIONS)
    theirs = predictions["learner_id"] == learner_id
    if not theirs.any():
        return 0
    answers = set(predictions.loc[theirs, "response_id"])
    if (folder / REFERENCES).is_file():  # first: without the predictions nobody could tell whose its rows are
        references = pd.read_parquet(folder / REFERENCES)
        _replace(references[~references["response_id"].isin(answers)], folder / REFERENCES)
    _replace(predictions[~theirs], folder / PREDICTIONS)
    return int(theirs.sum())


def _replace(rows: pd.DataFrame, path: Path) -> None:
    """Write rows in place of a file, whole or not at all."""
    draft = path.with_suffix(".new")
    rows.to_parquet(draft)
    draft.replace(path)
