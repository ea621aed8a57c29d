"""Boosted trees: LightGBM's own booster, deterministic, monotone where asked, kept as LightGBM text."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from polku.errors import InputError
from polku.schemas.model import TreeParameters

if TYPE_CHECKING:
    import lightgbm

# Read when OpenMP is loaded: idle threads sleep. Spinning ones made a fit ten times slower on a shared machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

Float = NDArray[np.float64]
OnStep = Callable[[int, int], None]
FILE: Final = "trees.txt"
THREADS: Final = 2
_SOME, _CLASS = 64, 20_000
"""Between these are the skills of a learner or a class, of which many read alike: equal rows are scored once."""
_FEW: Final = 4096
_FEW_CELLS: Final = 500_000
"""Below these one thread is quicker than waking another."""


class Trees:
    """A fitted booster, always as read back from its text, so that saving changes nothing.

    Parameters
    ----------
    text : str
        LightGBM's model text.

    Raises
    ------
    InputError
        If the text is not a LightGBM model.
    """

    def __init__(self, text: str) -> None:
        import lightgbm

        try:
            self.booster: lightgbm.Booster = lightgbm.Booster(model_str=text)
        except lightgbm.basic.LightGBMError as error:
            raise InputError(f"{FILE} is not a LightGBM model", got=error, hint="fit the model again") from error
        self.text = text

    def score(self, features: Float) -> Float:
        """Return the logit of each row, float64[n], from features float64[n, c]; few rows stay on one thread."""
        if not len(features):
            return np.empty(0)
        if _SOME < len(features) < _CLASS:
            rows, again = _apart(features)
            return self._score(rows)[again]
        return self._score(features)

    def contributions(self, features: Float) -> Float:
        """Return what each column adds to the score of each row, by TreeSHAP (Lundberg et al. 2020).

        Parameters
        ----------
        features : float64[n, c]
            Rows; missing values are NaN and take the way that each tree gives them.

        Returns
        -------
        float64[n, c + 1]
            Logits, the last column the mean score of the training rows; a row sums to its :meth:`score`.
        """
        if not len(features):
            return np.empty((0, features.shape[1] + 1))
        threads = 1 if len(features) < _FEW else THREADS
        found = self.booster.predict(features, pred_contrib=True, num_threads=threads)
        return np.asarray(found, dtype=np.float64)

    def _score(self, features: Float) -> Float:
        threads = 1 if len(features) < _FEW else THREADS
        return np.asarray(self.booster.predict(features, raw_score=True, num_threads=threads), dtype=np.float64)

    def gain(self) -> Float:
        """Return how much the splits on each column lowered the training loss, float64[c]."""
        return np.asarray(self.booster.feature_importance("gain"), dtype=np.float64)

    def files(self) -> dict[str, bytes]:
        """Return the estimator as one text file."""
        return {FILE: self.text.encode()}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Trees:
        """Read what :meth:`files` wrote.

        Raises
        ------
        InputError
            If the file is missing or no LightGBM model.
        """
        if FILE not in files:
            raise InputError(f"the model lacks {FILE}", got=", ".join(sorted(files)))
        return cls(files[FILE].decode())


def fit_trees(  # noqa: PLR0913 - rows, what columns mean, and how it is drawn
    features: Float,
    correct: Float,
    parameters: TreeParameters,
    *,
    columns: Sequence[str],
    directions: Sequence[int] | None,
    seed: int,
    start: Float | None = None,
    weights: Float | None = None,
    on_step: OnStep | None = None,
) -> Trees:
    """Fit the boosted trees.

    Parameters
    ----------
    features : float64[n, c]
        Training rows; missing values are NaN.
    correct : float64[n]
        Scores 0..1, fitted by cross-entropy.
    parameters : TreeParameters
        Number and shape of the trees.
    columns : sequence of str
        Names of the columns.
    directions : sequence of int, optional
        Per column +1 (never lowers), -1 (never raises) or 0; None leaves all free.
    seed : int
        Seed of column and row sampling.
    start : float64[n], optional
        Logit each row starts from, to which the trees add; not part of the score. Default the mean of all, which is.
    weights : float64[n], optional
        How much each row counts; default all alike.
    on_step : callable, optional
        Called with (done, total) trees.

    Returns
    -------
    Trees
    """
    import lightgbm

    settings = _settings(parameters, directions, seed) | {"num_threads": 1 if features.size < _FEW_CELLS else THREADS}
    data = _dataset(features, correct, settings, columns, start=start, weights=weights)

    def report(environment: lightgbm.callback.CallbackEnv) -> None:
        if on_step is not None:
            on_step(environment.iteration + 1, parameters.trees)

    booster = lightgbm.train(settings, data, parameters.trees, callbacks=[report])
    return Trees(booster.model_to_string())


def trees_enough(  # noqa: PLR0913 - rows, what columns mean, and how it is drawn
    features: Float,
    correct: Float,
    held: NDArray[np.bool_],
    parameters: TreeParameters,
    *,
    columns: Sequence[str],
    directions: Sequence[int] | None,
    seed: int,
    weights: Float | None = None,
) -> int:
    """Return after how many trees the log loss of held-out rows was lowest, with the patience of the parameters.

    Parameters
    ----------
    features, correct, parameters, columns, directions, seed, weights
        As in :func:`fit_trees`.
    held : bool[n]
        Rows to judge on; the trees are fitted on the others.

    Returns
    -------
    int
        At least 1, at most ``parameters.trees``.
    """
    import lightgbm

    settings = _settings(parameters, directions, seed) | {"num_threads": 1 if features.size < _FEW_CELLS else THREADS}
    counted = np.ones(len(correct)) if weights is None else weights
    data = _dataset(features[~held], correct[~held], settings, columns, weights=counted[~held])
    judge = data.create_valid(np.ascontiguousarray(features[held]), correct[held], weight=counted[held])
    stopping = lightgbm.early_stopping(parameters.patience, verbose=False)
    booster = lightgbm.train(settings, data, parameters.trees, valid_sets=[judge], callbacks=[stopping])
    return max(int(booster.best_iteration), 1)


def _dataset(
    features: Float,
    correct: Float,
    settings: dict[str, Any],
    columns: Sequence[str],
    *,
    start: Float | None = None,
    weights: Float | None = None,
) -> lightgbm.Dataset:
    """Return rows as LightGBM takes them."""
    import lightgbm

    return lightgbm.Dataset(
        np.ascontiguousarray(features, dtype=np.float64),
        label=correct,
        init_score=start,
        weight=weights,
        feature_name=[_plain(name) for name in columns],
        params=settings,
        free_raw_data=True,
    )


def _apart(features: Float) -> tuple[Float, NDArray[np.intp]]:
    """Return the rows that differ, and for each row which of them it is: skills without answers read alike."""
    rows = np.ascontiguousarray(features)
    known: dict[bytes, int] = {}
    raw = rows.view(f"V{rows[0].nbytes}").ravel().tolist()
    first, again = np.unique([known.setdefault(one, place) for place, one in enumerate(raw)], return_inverse=True)
    return rows[first], again


def _settings(parameters: TreeParameters, directions: Sequence[int] | None, seed: int) -> dict[str, Any]:
    """Translate our names into LightGBM's."""
    settings: dict[str, Any] = {
        "objective": "cross_entropy",
        "learning_rate": parameters.learning_rate,
        "num_leaves": parameters.leaves,
        "min_data_in_leaf": parameters.min_leaf,
        "feature_fraction": parameters.feature_fraction,
        "bagging_fraction": parameters.row_fraction,
        "bagging_freq": int(parameters.row_fraction < 1.0),
        "lambda_l2": parameters.l2,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if directions is not None:
        settings |= {"monotone_constraints": list(directions), "monotone_constraints_method": "basic"}
    return settings


def _plain(name: str) -> str:
    """Return a column name that LightGBM's text format can carry."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
