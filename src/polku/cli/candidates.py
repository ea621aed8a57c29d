"""What `train` leaves for `validate`, `audit` and `promote`: which bundle, which run, and out-of-fold predictions.

Predictions are learner-level rows. They lie under the home's ``var/``, beside the embedded store, and never
in MLflow, which researchers share.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from polku.cli.desk import Desk
from polku.errors import InputError, NotFoundError
from polku.fairness.forgetting import PREDICTIONS, REFERENCES, candidates_folder, forget_predictions
from polku.records import Responses
from polku.training import Bundle, CrossValidation

RECORD = "candidate.json"


@dataclass(frozen=True)
class Candidate:
    """A trained bundle that waits for its audit.

    Parameters
    ----------
    bundle_id : str
        Its id in the store.
    run_id, model_version : str
        Its run and version in MLflow.
    trained_at : int
        Microseconds UTC.
    """

    bundle_id: str
    run_id: str
    model_version: str
    trained_at: int

    def keep(self, desk: Desk, predictions: pd.DataFrame, references: pd.DataFrame) -> None:
        """Write the predictions of the candidate and of its references, then the record that makes it count."""
        folder = self.folder(desk)
        folder.mkdir(parents=True, exist_ok=True)
        predictions.to_parquet(folder / PREDICTIONS)
        references.to_parquet(folder / REFERENCES)
        draft = folder / f"{RECORD}.new"
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(folder / RECORD)  # whole or not there, whenever the process dies

    def predictions(self, desk: Desk) -> pd.DataFrame:
        """Read the out-of-fold predictions: `learner_id, response_id, item_id, y_true, y_prob`."""
        return pd.read_parquet(self.folder(desk) / PREDICTIONS)

    def bundle(self, desk: Desk) -> Bundle:
        """Read the candidate's bundle from the store, every file checked by its hash.

        Raises
        ------
        InputError
            If this store does not hold it.
        """
        with desk.store.read() as tx:
            stored = tx.bundles.get(self.bundle_id)
        if stored is None:
            raise InputError("the candidate's bundle is not in this store", got=self.bundle_id[:12], hint="polku train")
        return Bundle.from_files(stored.files, bundle_id=self.bundle_id)

    def folder(self, desk: Desk) -> Path:
        """Return where its local files lie."""
        return _folder(desk) / self.bundle_id

    def references(self, desk: Desk) -> pd.DataFrame:
        """Read what the references predicted out of the same folds: `response_id` and a column a reference.

        Raises
        ------
        NotFoundError
            If the candidate was kept by a Polku that did not keep them.
        """
        path = self.folder(desk) / REFERENCES
        if not path.is_file():
            raise NotFoundError("the candidate has no references beside it", got=path.name, hint="polku train again")
        return pd.read_parquet(path)


def forget(desk: Desk, learner_id: str) -> int:
    """Take a learner's rows out of every candidate's predictions; return how many there were."""
    return forget_predictions(_folder(desk), learner_id)


def references_of(responses: Responses, validation: CrossValidation) -> pd.DataFrame:
    """Return the out-of-fold predictions of all models of a cross-validation beside the ids of the responses."""
    return pd.DataFrame({"response_id": responses.response_id, **validation.predictions})


def candidate(desk: Desk, bundle_id: str | None = None) -> Candidate:
    """Return a candidate by (the start of) its bundle id; default the newest.

    Raises
    ------
    NotFoundError
        If nothing was trained yet, or no candidate has that id.
    InputError
        If the id fits more than one.
    """
    kept = [Candidate(**json.loads(path.read_text(encoding="utf-8"))) for path in _folder(desk).glob(f"*/{RECORD}")]
    chosen = [one for one in kept if one.bundle_id.startswith(bundle_id or "")]
    if not chosen:
        raise NotFoundError("no such candidate", got=bundle_id or "none trained yet", hint="polku train makes one")
    newest = max(chosen, key=lambda one: one.trained_at)
    if bundle_id and len(chosen) > 1:
        raise InputError("the id fits several candidates", got=bundle_id, hint="give more of it")
    return newest


def _folder(desk: Desk) -> Path:
    return candidates_folder(desk.home, desk.settings.provider_id)
