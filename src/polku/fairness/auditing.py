"""Makes audits of predictions, of paths, and of both together."""

from __future__ import annotations

import pandas as pd

from polku.errors import InputError
from polku.fairness.attributes import long_form
from polku.fairness.audit import Audit
from polku.fairness.study import Study
from polku.fairness.tables import check_paths, check_predictions
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices


def audit_predictions(
    predictions: pd.DataFrame,
    background: pd.DataFrame,
    slices: Slices,
    gates: Gates,
    *,
    threshold: float | None = None,
    seed: int = 0,
) -> Audit:
    """Audit the predictions of any model.

    Parameters
    ----------
    predictions : DataFrame
        ``learner_id, y_true, y_prob``, optional ``school_id, item_id, weight``; one row a response.
    background : DataFrame
        Group attributes: ``learner_id`` and a column an attribute, or ``learner_id, attribute, value``. Learners
        without a value form the group "missing".
    slices : Slices
        The attributes compared, and the limits on small numbers.
    gates : Gates
        The metrics measured, and the limits on gaps.
    threshold : float, optional
        Where error rates are taken; default: that of `gates`.
    seed : int
        Seed of every draw. The same data, definitions and seed give the same audit, byte for byte.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        If a column is missing, no row can be used, or a value lies where none can.

    Examples
    --------
    >>> import numpy as np
    >>> from polku.fairness import load_gates, load_slices
    >>> from polku.home import Home
    >>> rng = np.random.default_rng(1)
    >>> chance = rng.uniform(size=3000)
    >>> predictions = pd.DataFrame({"learner_id": np.arange(3000) % 600, "y_prob": chance})
    >>> predictions["y_true"] = (rng.uniform(size=3000) < chance).astype(int)
    >>> background = pd.DataFrame({"learner_id": np.arange(600), "gender": ["girl", "boy"] * 300})
    >>> home = Home.find()
    >>> audit = audit_predictions(predictions, background, load_slices(home), load_gates(home, "mastery"))
    >>> audit.verdict, audit.suppressed["cells"]
    ('pass', 0)
    """
    return audit_together(predictions, None, background, slices, gates, threshold=threshold, seed=seed)


def audit_paths(paths: pd.DataFrame, background: pd.DataFrame, slices: Slices, gates: Gates, *, seed: int = 0) -> Audit:
    """Audit the options and paths that learners are offered, one row a learner.

    Parameters
    ----------
    paths : DataFrame
        ``learner_id`` and at least one of ``has_grade_level, has_stretch`` (0/1), ``repair_share`` (0-1),
        ``path_length``, ``silent`` (0/1); missing values where a metric does not apply. With ``mastery_stratum`` a
        group is compared with others in the same strata.
    background, slices, gates, seed
        As for :func:`audit_predictions`.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        If a learner occurs twice or there is nothing to audit.
    """
    return audit_together(None, paths, background, slices, gates, seed=seed)


def audit_together(
    predictions: pd.DataFrame | None,
    paths: pd.DataFrame | None,
    background: pd.DataFrame,
    slices: Slices,
    gates: Gates,
    *,
    threshold: float | None = None,
    seed: int = 0,
) -> Audit:
    """Audit predictions and paths as one: p-values are corrected over the cells of both.

    Parameters
    ----------
    predictions, paths : DataFrame or None
        As for :func:`audit_predictions` and :func:`audit_paths`; at least one.
    background, slices, gates, threshold, seed
        As for :func:`audit_predictions`.

    Returns
    -------
    Audit

    Raises
    ------
    InputError
        If both tables are absent, or one of them cannot be used.
    """
    cut = gates.threshold if threshold is None else threshold
    if not 0 < cut < 1:
        raise InputError("a threshold lies between 0 and 1", got=cut)
    if seed < 0:
        raise InputError("a seed is a whole number from 0 on", got=seed)
    table = long_form(background)
    study = Study(table, slices, gates, cut, seed)
    parts = []
    if predictions is not None:
        parts.append(study.predictions(check_predictions(predictions)))
    if paths is not None:
        parts.append(study.paths(check_paths(paths)))
    if not parts:
        raise InputError("there is nothing to audit", hint="give predictions, paths, or both")
    return study.audit(parts)
