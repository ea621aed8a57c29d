"""Predictions of one set of responses by the model and by what it must do better than."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.errors import InputError
from polku.records import Responses
from polku.training.validation.estimate import log_losses

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predicted:
    """Responses, and their probability by each of several models that had not seen them.

    Parameters
    ----------
    responses : Responses
        What was answered.
    model : float64[n]
        Probability by the model that is validated.
    references : dict of str to float64[n]
        Probability by what stands beside it: ``difficulty``, where known ``baseline``.
    """

    responses: Responses
    model: Float
    references: dict[str, Float]

    @classmethod
    def of_frames(cls, responses: Responses, predictions: pd.DataFrame, references: pd.DataFrame) -> Predicted:
        """Join out-of-fold predictions to the responses that are still there, by their ids.

        Parameters
        ----------
        responses : Responses
            All responses of the provider now.
        predictions : DataFrame
            ``response_id, y_prob``, as training left them.
        references : DataFrame
            ``response_id`` and a column a reference.

        Raises
        ------
        InputError
            If none of the responses was predicted, or a reference lacks one that the model predicted.
        """
        ids = pd.Index(predictions["response_id"].astype(str))
        row = ids.get_indexer(pd.Index(responses.response_id.astype(str)))
        if not (row >= 0).any():
            raise InputError(
                "the candidate predicted none of the stored responses",
                got=f"{len(ids)} predictions",
                hint="polku train",
            )
        kept = responses.rows(row >= 0)
        place = pd.Index(references["response_id"].astype(str)).get_indexer(pd.Index(kept.response_id.astype(str)))
        if (place < 0).any():
            raise InputError("the references are of other responses", got=f"{int((place < 0).sum())} without one")
        columns = {str(name): references[name].to_numpy(np.float64)[place] for name in ("difficulty", "baseline")}
        return cls(kept, predictions["y_prob"].to_numpy(np.float64)[row[row >= 0]], columns)

    def rows(self, mask: NDArray[np.bool_]) -> Predicted:
        """Keep the rows of a mask."""
        references = {name: values[mask] for name, values in self.references.items()}
        return Predicted(self.responses.rows(mask), self.model[mask], references)

    def excess_loss(self, reference: str) -> Float:
        """Return by how many nats the model is worse than a reference, response by response."""
        correct = self.responses.correct
        return log_losses(correct, self.model) - log_losses(correct, self.references[reference])
