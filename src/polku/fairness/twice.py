"""The same answers predicted twice: by a model that knows others of the learner's school, and by one that does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from polku.errors import InputError
from polku.fairness.arrays import Bools, Texts
from polku.fairness.measures import Auc, Measured
from polku.fairness.sample import Sample
from polku.fairness.tables import check_predictions, require
from polku.schemas.slices import Slices

_ALONE = 10**9
"""More schools than there are: learners are resampled one by one, places being what is compared."""
_SURE = 1e-6


@dataclass(frozen=True, eq=False)
class Twice:
    """The same answers predicted twice; rows of `usual` and `elsewhere` are each in the order of their own scores.

    Parameters
    ----------
    usual, elsewhere : Sample
        Ordinary out-of-fold predictions, and those of models that have not seen the place.
    place : ndarray of str, shape (n_learners,)
        Place of each learner.
    """

    usual: Sample
    elsewhere: Sample
    place: Texts

    @classmethod
    def of(cls, usual: pd.DataFrame, elsewhere: pd.DataFrame) -> Twice:
        """Match the two tables by response.

        Raises
        ------
        InputError
            If a column is missing, or they share no response.
        """
        require(usual, ("response_id", "y_prob"), "ordinary predictions")
        require(elsewhere, ("place", "response_id"), "predictions elsewhere")
        both = elsewhere.merge(usual[["response_id", "y_prob"]], on="response_id", suffixes=("", "_usual"))
        if both.empty:
            raise InputError("the two tables of predictions share no response", got=f"{len(usual)}, {len(elsewhere)}")
        there = Sample.of(check_predictions(both).frame, _ALONE)
        here = Sample.of(check_predictions(both.assign(y_prob=both["y_prob_usual"])).frame, _ALONE)
        place = both.drop_duplicates("learner_id").set_index(both["learner_id"].drop_duplicates().astype(str))["place"]
        return cls(here, there, np.asarray(place.reindex(there.learners), dtype=object))

    def losses(self, members: Bools) -> Measured:
        """Return what the AUC among `members` loses, with each learner's influence on it."""
        inside = np.flatnonzero(members)
        usual, new = (Auc(sample, sample.y).over(inside) for sample in (self.usual, self.elsewhere))
        return Measured(usual.estimate - new.estimate, usual.influence - new.influence)

    def figures(self, members: Bools) -> dict[str, float]:
        """Return AUC, log loss and calibration of both among `members`."""
        found = {}
        for suffix, sample in (("", self.usual), ("_elsewhere", self.elsewhere)):
            rows = members[sample.learner]
            y, p = sample.y[rows], np.clip(sample.p[rows], _SURE, 1 - _SURE)
            found["auc" + suffix] = Auc(sample, sample.y).over(np.flatnonzero(members)).estimate
            found["log_loss" + suffix] = float(-(y * np.log(p) + (1 - y) * np.log1p(-p)).mean())
            found["calibration" + suffix] = float((y - sample.p[rows]).mean())
        return found

    def lacking(self, members: Bools, slices: Slices) -> str:
        """Say which count is too small for a verdict; empty when none is."""
        correct = self.usual.y[members[self.usual.learner]]
        least = slices.inference
        counts = (
            (int(members.sum()), least.learners, "learners"),
            (int(correct.sum()), least.positives, "correct answers"),
            (int((1 - correct).sum()), least.negatives, "wrong answers"),
        )
        return next((f"fewer than {limit} {what} here" for count, limit, what in counts if count < limit), "")
