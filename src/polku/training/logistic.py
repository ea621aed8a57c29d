"""Logistic regression: fitted with scikit-learn, kept as plain numbers, predicted in numpy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from polku.errors import InputError
from polku.schemas.model import LogisticParameters

Float = NDArray[np.float64]
FILE: Final = "logistic.json"
COLUMNS: Final = ("fill", "mean", "scale", "weight")


@dataclass(frozen=True, eq=False)
class Logistic:
    """A linear score of imputed, standardised columns.

    Parameters
    ----------
    fill, mean, scale, weight : float64[c]
        What stands in for a missing value, centre, spread and coefficient of each column. A missing value is filled
        with the training median, so it says "as usual".
    intercept : float
        Score of the average row.

    Examples
    --------
    >>> one = Logistic(*(np.array([v]) for v in (0.5, 0.0, 1.0, 2.0)), intercept=1.0)
    >>> one.score(np.array([[np.nan], [1.0]])).tolist()
    [2.0, 3.0]
    """

    fill: Float
    mean: Float
    scale: Float
    weight: Float
    intercept: float

    def score(self, features: Float) -> Float:
        """Return the logit of each row, float64[n], from features float64[n, c].

        Column by column, not as a matrix product: a row scores the same bits alone and among a million.
        """
        score = np.full(len(features), self.intercept)
        for place, column in enumerate(features.T):
            score += self._added(place, column)
        return score

    def contributions(self, features: Float) -> Float:
        """Return what each column adds to the score of each row, float64[n, c + 1]; the last column is the intercept.

        Exact, since the score is linear: a column adds its coefficient times its distance from the training mean, a
        missing value that of the training median. A row sums to its :meth:`score`.
        """
        added = [self._added(place, column) for place, column in enumerate(features.T)]
        return np.column_stack([*added, np.full(len(features), self.intercept)])

    def _added(self, place: int, column: Float) -> Float:
        """Return what one column adds to the score of each row."""
        filled = np.where(np.isnan(column), self.fill[place], column)
        return np.asarray((filled - self.mean[place]) / self.scale[place] * self.weight[place], dtype=np.float64)

    def files(self) -> dict[str, bytes]:
        """Return the estimator as one JSON file."""
        columns = {name: getattr(self, name).tolist() for name in COLUMNS}
        return {FILE: json.dumps({**columns, "intercept": self.intercept}, sort_keys=True).encode()}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Logistic:
        """Read what :meth:`files` wrote.

        Raises
        ------
        InputError
            If the file is missing, or its columns differ in length or are not numbers.
        """
        if FILE not in files:
            raise InputError(f"the model lacks {FILE}", got=", ".join(sorted(files)))
        raw = json.loads(files[FILE])
        fill, mean, scale, weight = columns = [np.array(raw[name], dtype=np.float64) for name in COLUMNS]
        if len({len(column) for column in columns}) != 1 or not all(np.isfinite(column).all() for column in columns):
            raise InputError(f"{FILE} does not hold one number per column", hint="fit the model again")
        return cls(fill, mean, scale, weight, float(raw["intercept"]))


def fit_logistic(features: Float, correct: Float, parameters: LogisticParameters) -> Logistic:
    """Fit the ridge logistic regression.

    Parameters
    ----------
    features : float64[n, c]
        Training rows; missing values are NaN.
    correct : float64[n]
        Scores 0..1; a part score enters as two weighted rows.
    parameters : LogisticParameters
        Penalty and iterations.

    Returns
    -------
    Logistic
        A constant score where all answers are equal (no line can be fitted), slightly off 0 or 1.
    """
    from sklearn.linear_model import LogisticRegression

    fill = np.array([_median(column) for column in features.T])
    filled = np.where(np.isnan(features), fill, features)
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    scale[scale == 0.0] = 1.0
    if np.ptp(correct) == 0.0:
        rate = (correct.sum() + 1.0) / (len(correct) + 2.0)
        return Logistic(fill, mean, scale, np.zeros_like(mean), float(np.log(rate / (1.0 - rate))))
    solver = LogisticRegression(C=1.0 / parameters.penalty, max_iter=parameters.iterations)
    rows = (filled - mean) / scale
    whole = np.all((correct == 0.0) | (correct == 1.0))
    if whole:
        solver.fit(rows, correct)
    else:
        labels = np.repeat([0.0, 1.0], len(correct))
        solver.fit(np.r_[rows, rows], labels, sample_weight=np.r_[1.0 - correct, correct])
    return Logistic(fill, mean, scale, solver.coef_[0].astype(np.float64), float(solver.intercept_[0]))


def _median(column: Float) -> float:
    """Return the median of the known values; 0 where none is known."""
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else 0.0
