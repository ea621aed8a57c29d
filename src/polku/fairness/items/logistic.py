"""Uniform and non-uniform DIF by logistic regression (Swaminathan & Rogers 1990)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, expit

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.items.haenszel import ETS, design_effect

STEPS = 12
"""Newton steps; a fit that separates stops at its edge, where the likelihood no longer changes."""
RIDGE = 1e-6
"""Added to the information, so that a design without spread has an inverse; far below any answer's worth."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """What logistic regression on standing, group and their product says of one item.

    Parameters
    ----------
    p_uniform, p_non_uniform, p_both : float
        Likelihood-ratio tests of the group (1 df), of its product with standing (1 df), of both (2 df).
    r2_uniform, r2_non_uniform : float
        What group and product add to Nagelkerke's R².
    unsigned : float
        Mean over the group's learners of the absolute difference between the fitted curves of group and rest, in
        shares right: crossing curves do not cancel (unsigned item difference in the sample, Meade 2010). Over
        true standings: an uncertain one flattens both curves, and brings them closer.
    tilt : float
        Difference in D-DIF between learners one standard deviation apart in standing.
    tilt_error : float
        Its standard error.
    design : float
        Design effect of schools on the product, at least 1.
    """

    p_uniform: float
    p_non_uniform: float
    p_both: float
    r2_uniform: float
    r2_non_uniform: float
    unsigned: float
    tilt: float
    tilt_error: float
    design: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted logistic regression.

    Parameters
    ----------
    beta : ndarray of float64, shape (k,)
        Coefficients.
    deviance : float
        Minus twice the log likelihood.
    covariance : ndarray of float64, shape (k, k)
        Inverse of the information.
    """

    beta: Floats
    deviance: float
    covariance: Floats


def compare_curves(
    standing: Floats, right: Floats, member: Bools, school: Ints | None = None, reliability: float = 1.0
) -> Logistic:
    """Fit the curves of group and rest over standing, and test whether they differ.

    Parameters
    ----------
    standing : ndarray of float64, shape (n,)
        The matching variable: score or ability; standardised here.
    right : ndarray of float64, shape (n,)
        0 or 1, one answer a learner.
    member : ndarray of bool, shape (n,)
        Who is of the group.
    school : ndarray of int64, shape (n,), optional
        As for :func:`~polku.fairness.items.haenszel.mantel_haenszel`; statistics are divided by the design effect of
        their coefficient (Rao & Scott 1984).
    reliability : float
        Share of the variance of `standing` that is not error of measurement. No test depends on it, `unsigned` does.

    Returns
    -------
    Logistic

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> standing, member = rng.normal(size=1000), np.arange(1000) < 500
    >>> right = (rng.random(1000) < expit(np.where(member, -1, 1) * standing)).astype(float)
    >>> found = compare_curves(standing, right, member)
    >>> found.p_uniform > 0.05, found.p_non_uniform < 1e-9, round(found.unsigned, 1)
    (True, True, 0.3)
    """
    x = (standing - standing.mean()) / max(float(standing.std()), 1e-9)
    cells = _Cells.of(x, right, member)
    fits = [fit(cells.columns[:, :width], cells.right, cells.n) for width in (2, 3, 4)]
    full = fits[2]
    designs = [1.0, 1.0]
    if school is not None:
        surplus = design_matrix(x, member) * (right - expit(design_matrix(x, member) @ full.beta))[:, None]
        designs = [design_effect(surplus @ full.covariance[place], school) for place in (2, 3)]
    uniform = max(fits[0].deviance - fits[1].deviance, 0.0) / designs[0]
    product = max(fits[1].deviance - full.deviance, 0.0) / designs[1]
    r2 = [nagelkerke(one.deviance, right) for one in fits]
    unsigned = _apart(full.beta, x[member], reliability)
    return Logistic(
        p_uniform=float(chdtrc(1, uniform)),
        p_non_uniform=float(chdtrc(1, product)),
        p_both=float(chdtrc(2, uniform + product)),
        r2_uniform=r2[1] - r2[0],
        r2_non_uniform=r2[2] - r2[1],
        unsigned=unsigned,
        tilt=float(ETS * full.beta[3]),
        tilt_error=float(ETS * np.sqrt(full.covariance[3, 3] * designs[1])),
        design=designs[1],
    )


def _apart(beta: Floats, x: Floats, reliability: float) -> float:
    """Return the mean distance between the curves of group and rest, over true standings.

    A standing of reliability r flattens a curve by r, and its learners truly spread as the root of r (Kelley 1927): the
    curves as fitted, read as far out as the root of 1/r, are those over true standing. Averaging a bent curve over the
    error flattens it a little further; that much of the distance is still missing.
    """
    true = x.mean() + (x - x.mean()) / np.sqrt(reliability)
    line = np.column_stack([np.ones(len(x)), true])
    return float(np.abs(expit(line @ (beta[:2] + beta[2:])) - expit(line @ beta[:2])).mean())


def design_matrix(x: Floats, member: Bools) -> Floats:
    """Return constant, standing, group and their product, shape (n, 4)."""
    return np.column_stack([np.ones(len(x)), x, member, x * member])


class _Cells(NamedTuple):
    """Learners of the same standing and group counted together: the same fit, on far fewer rows."""

    columns: Floats
    right: Floats
    n: Floats

    @classmethod
    def of(cls, x: Floats, right: Floats, member: Bools) -> _Cells:
        values, place = np.unique(x, return_inverse=True)
        cell = 2 * place.astype(np.int64) + member
        n = totals(cell, np.ones(len(x)), 2 * len(values))
        met = n > 0
        given = totals(cell, right, 2 * len(values))
        group = np.tile(np.array([False, True]), len(values))
        return cls(design_matrix(np.repeat(values, 2), group)[met], given[met], n[met])


def fit(columns: Floats, right: Floats, n: Floats) -> Fit:
    """Return the maximum likelihood fit of a binomial logistic regression, by Newton steps.

    Parameters
    ----------
    columns : ndarray of float64, shape (m, k)
        Design, the constant included.
    right, n : ndarray of float64, shape (m,)
        Right answers, and answers.

    Returns
    -------
    Fit
    """
    beta: Floats = np.zeros(columns.shape[1])
    chance: Floats = expit(columns @ beta)
    covariance: Floats = np.eye(len(beta))
    for _ in range(STEPS):
        weight = np.maximum(n * chance * (1 - chance), 1e-9)
        information = columns.T @ (columns * weight[:, None]) + RIDGE * np.eye(len(beta))
        covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
        step = covariance @ (columns.T @ (right - n * chance))
        beta = np.asarray(beta + np.clip(step, -3, 3), dtype=np.float64)
        chance = np.asarray(expit(columns @ beta), dtype=np.float64)
        if np.abs(step).max() < 1e-8:
            break
    sure = np.clip(chance, 1e-12, 1 - 1e-12)
    deviance = -2 * float(right @ np.log(sure) + (n - right) @ np.log1p(-sure))
    return Fit(beta, deviance, covariance)


def nagelkerke(deviance: float, right: Floats) -> float:
    """Return Nagelkerke's R² (1991): the share of what a perfect model could gain over the share right alone.

    Examples
    --------
    >>> right = np.array([0.0, 1, 0, 1])
    >>> nagelkerke(0.0, right), nagelkerke(-8 * np.log(0.5), right)
    (1.0, 0.0)
    """
    n, share = len(right), float(right.mean())
    nothing = -2 * n * (share * np.log(share) + (1 - share) * np.log(1 - share))
    return float((1 - np.exp((deviance - nothing) / n)) / (1 - np.exp(-nothing / n)))
