"""What a prediction is made of: contributions of what the model looked at, adding up to its logit.

Contributions explain the model, not the learner: they say which answers the number stands on, and nothing about why
somebody answered as they did. The reasons of a path are the terms of its rules (:mod:`polku.paths`); this is what
stands behind the one number that those rules take from a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles import Profile
from polku.records import Responses
from polku.training.model import FittedModel

Float = NDArray[np.float64]
SPEAKS_OF: Final[Mapping[str, str]] = {
    "learner": "the learner's answers in general",
    "skill": "the answers on the skill",
    "related": "the answers on what the skill builds on or stands beside",
    "item": "the item at hand and how hard it is",
    "time": "how long ago the answers were",
    "context": "what came just before",
}
"""What each family of columns speaks of, in the order in which families are shown."""


@runtime_checkable
class Explains(Protocol):
    """An estimator that can say what its score is made of."""

    def contributions(self, features: Float) -> Float:
        """Return what each column adds, and last what every row starts from, float64[n, c + 1]."""


@dataclass(frozen=True)
class Contributions:
    """What one prediction is made of, in logits.

    ``base + sum(columns) + calibration == logit``, and the same with `families` in place of `columns`.

    Parameters
    ----------
    base : float
        Where every prediction of the model starts: the mean over its training rows.
    columns : mapping of str to float
        What each column of the feature set adds.
    families : mapping of str to float
        The same summed by family (:data:`SPEAKS_OF`), for those that the model looks at.
    calibration : float
        What a correction adds that is no straight line of the score; 0 for the others, which are part of the rest.
    logit, probability : float
        The prediction.

    Examples
    --------
    >>> made_of = Contributions(0.5, {"skill_success": 1.0}, {"skill": 1.0}, 0.0, logit=1.5, probability=0.82)
    >>> made_of.to_dict()["families"]
    {'skill': 1.0}
    """

    base: float
    columns: Mapping[str, float]
    families: Mapping[str, float]
    calibration: float
    logit: float
    probability: float

    def to_dict(self, *, columns: bool = False) -> dict[str, Any]:
        """Return plain JSON values, by family and, where asked for, by column; not rounded, so that they add up."""
        told: dict[str, Any] = {
            "base": self.base,
            "families": dict(self.families),
            "calibration": self.calibration,
            "logit": self.logit,
            "probability": self.probability,
        }
        return told | ({"columns": dict(self.columns)} if columns else {})


@dataclass(frozen=True, eq=False)
class ContributionTable:
    """What many predictions are made of, in logits.

    Parameters
    ----------
    columns : tuple of str
        Columns of the feature set.
    families : tuple of str
        Family of each column.
    base : float
        As in :class:`Contributions`.
    values : float64[n, c]
        What each column adds to each row.
    calibration, logit, probability : float64[n]
        As in :class:`Contributions`.
    """

    columns: tuple[str, ...]
    families: tuple[str, ...]
    base: float
    values: Float
    calibration: Float
    logit: Float
    probability: Float

    def __len__(self) -> int:
        """Return the number of predictions."""
        return len(self.logit)

    def __getitem__(self, row: int) -> Contributions:
        """Return one prediction."""
        return Contributions(
            base=self.base,
            columns=dict(zip(self.columns, self.values[row].tolist(), strict=True)),
            families={name: float(added[row]) for name, added in self.by_family().items()},
            calibration=float(self.calibration[row]),
            logit=float(self.logit[row]),
            probability=float(self.probability[row]),
        )

    def by_family(self) -> dict[str, Float]:
        """Return what each family adds to each row, float64[n], in the order of :data:`SPEAKS_OF`."""
        of_column = np.array(self.families)
        return {name: self.values[:, of_column == name].sum(axis=1) for name in SPEAKS_OF if name in self.families}


def explain(model: FittedModel, features: Float) -> ContributionTable:
    """Return what the predictions of some rows are made of.

    Parameters
    ----------
    model : FittedModel
        Boosted trees (TreeSHAP, Lundberg et al. 2020) or logistic regression (exact, its score being linear).
    features : float64[n, n_columns]
        Rows in the columns of the model's feature set; missing values are NaN.

    Returns
    -------
    ContributionTable
        Of the calibrated logit. Where the calibration is a straight line of the score (none, Platt), base and
        contributions are those of the score, stretched and shifted by it. Beta calibration bends: contributions are
        those of the score as it is, and what the bend adds stands by itself as `calibration`.

    Raises
    ------
    InputError
        If the estimator of the model cannot say what its score is made of, or the features do not fit the model.
    """
    estimator, calibration = model.estimator, model.calibration
    if not isinstance(estimator, Explains):
        hint = "trees and logistic regression can"
        raise InputError("this model does not say what it is made of", got=model.spec.kind, hint=hint)
    probability = model.predict(features)  # refuses what does not fit the model
    found = estimator.contributions(features)
    values, start = found[:, :-1], float(found[0, -1]) if len(found) else 0.0
    score = estimator.score(features)
    logit, line = calibration.logit(score), calibration.line
    bend = logit - score if line is None else np.zeros(len(score))
    slope, shift = line or (1.0, 0.0)
    names = model.feature_set
    return ContributionTable(
        names.columns, names.families, slope * start + shift, slope * values, bend, logit, probability
    )


def mastery_contributions(
    model: FittedModel, profile: Profile, skill_ids: Sequence[str], now: int | None
) -> dict[str, Contributions]:
    """Return what a learner's mastery of each skill is made of.

    Parameters
    ----------
    model, profile, skill_ids, now
        As for :meth:`FittedModel.mastery`, of whose probabilities this is the breakdown.

    Returns
    -------
    dict of str to Contributions
        By skill.
    """
    table = explain(model, profile.read_skills(skill_ids, now))
    return {skill: table[row] for row, skill in enumerate(skill_ids)}


def response_contributions(model: FittedModel, responses: Responses, curriculum: Curriculum) -> ContributionTable:
    """Return what the prediction of each response is made of, from strictly earlier ones of the same learner.

    Parameters
    ----------
    model, responses, curriculum
        As for :meth:`FittedModel.predict_responses`, of whose probabilities this is the breakdown.

    Returns
    -------
    ContributionTable
        In the order of `responses`.
    """
    return explain(model, model.features_of(responses, curriculum))
