"""Tests every item of one group against the rest, and takes items with DIF out of the matching variable."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from polku.fairness.arrays import Bools, Floats, Ints, totals
from polku.fairness.items.answers import Answers
from polku.fairness.items.exact import scores_of
from polku.fairness.items.haenszel import Haenszel, Strata, mantel_haenszel
from polku.fairness.items.logistic import Logistic, compare_curves
from polku.fairness.items.matching import Matching
from polku.fairness.items.tail import TAIL, confirmed
from polku.schemas.slices import Inference

ROUNDS = 10
"""Rounds of purification at most; two or three settle nearly every test."""
SETTLED = 0.02
"""Share of items that may still change sides when a round is the last: of many items some stand at the limit."""
KEPT = 0.5
"""Share of items that stay anchors, whatever is found."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One item of one group against the rest.

    Parameters
    ----------
    item : int
        Position among the items.
    n, rest : int
        Learners compared.
    share, rest_share : float
        Shares right, not yet at equal standing.
    lacking : str
        What is too small for a test, in words; empty when nothing is.
    uniform : Haenszel, optional
        None where nothing was tested, as below.
    curves : Logistic, optional
        Logistic regression on standing and group.
    """

    item: int
    n: int
    rest: int
    share: float
    rest_share: float
    lacking: str
    uniform: Haenszel | None = None
    curves: Logistic | None = None

    @property
    def p_least(self) -> float:
        """Return the smaller of the two p-values that decide; 1 where nothing was tested."""
        if self.uniform is None or self.curves is None:
            return 1.0
        return float(np.nanmin([1.0, self.uniform.p, self.curves.p_non_uniform]))


@dataclass(frozen=True, slots=True, eq=False)
class Purified:
    """Every item of one group, with the anchors that were left.

    Parameters
    ----------
    items : tuple of Compared
        In order of the items.
    anchors : int
        Items in the matching variable at the end.
    rounds : int
        Rounds it took.
    settled : bool
        Whether the last round changed nothing more. Where it did not, DIF is too widespread, or too close to the
        limit, for "the other items" to mean one thing.
    """

    items: tuple[Compared, ...]
    anchors: int
    rounds: int
    settled: bool


def compare_items(
    answers: Answers,
    matching: Matching,
    members: Bools,
    inference: Inference,
    *,
    out: Bools | None = None,
    purify: bool = True,
) -> Purified:
    """Compare a group with the rest on every item, purifying the matching variable in rounds.

    After each round, items whose uniform or non-uniform test stands out at `alpha`, uncorrected, leave the matching
    variable (Holland & Thayer 1988 in two steps, in rounds since Candell & Drasgow 1988): an anchor lost by
    chance costs little, an anchor kept in error bends every comparison.

    Parameters
    ----------
    answers : Answers
        First answers.
    matching : Matching
        Of these answers.
    members : ndarray of bool, shape (n_learners,)
        The group.
    inference : Inference
        Least numbers for a test, level, and from how many schools on schools count.
    out : ndarray of bool, shape (n_items,), optional
        Items that are never anchors: those under review.
    purify : bool
        Whether to go through rounds at all.

    Returns
    -------
    Purified
    """
    base = np.ones(len(answers.items), dtype=np.bool_) if out is None else ~out
    anchor, early = base, _met(answers, members, inference)
    for rounds in itertools.count(1):
        found = tuple(_compare(answers, matching, one, anchor, members, inference) for one in early)
        after, settled = _anchors(base, np.array([one.p_least for one in found]), inference.alpha)
        still = int((after != anchor).sum()) <= SETTLED * len(base)
        if not purify or still or rounds == ROUNDS:
            break
        anchor = after
    found = tuple(_confirm(answers, matching, one, anchor, members) for one in found)
    return Purified(found, int(anchor.sum()), rounds, not purify or (still and settled))


def _anchors(base: Bools, p: Floats, alpha: float) -> tuple[Bools, bool]:
    """Return the anchors of the next round, and whether all items that stand out could leave.

    Where most items stand out, those do most that are at fault: the others only mirror them, and come back.
    """
    leaving = np.flatnonzero(base & (p < alpha))
    most = int((1 - KEPT) * base.sum())
    after = base.copy()
    after[leaving[np.argsort(p[leaving], kind="stable")][:most]] = False
    return after, len(leaving) <= most


def _met(answers: Answers, members: Bools, inference: Inference) -> list[Compared]:
    """Count both sides of every item before matching, and say what is too small already."""
    member = members[answers.learner]
    length = len(answers.items)
    n, rest = (totals(answers.item, side.astype(np.float64), length) for side in (member, ~member))
    right, rest_right = (totals(answers.item, answers.right * side, length) for side in (member, ~member))
    with np.errstate(invalid="ignore"):  # nobody on a side: the share is not a number
        shares = right / n, rest_right / rest
    lines = zip(n.tolist(), rest.tolist(), shares[0].tolist(), shares[1].tolist(), strict=True)
    return [
        Compared(item, int(n), int(rest), share, other, _lacking(((int(n), share), (int(rest), other)), inference))
        for item, (n, rest, share, other) in enumerate(lines)
    ]


def _compare(
    answers: Answers, matching: Matching, early: Compared, anchor: Bools, members: Bools, inference: Inference
) -> Compared:
    """Compare one item, or say what is too small."""
    if early.lacking:
        return early
    matched = matching.of(early.item, anchor)
    counted = _counted(answers, early.item, matched.rows, members, inference)
    if counted.lacking:
        return counted
    right, member = answers.right[matched.rows], members[answers.learner[matched.rows]]
    school = answers.school[answers.learner[matched.rows]] if answers.schools >= inference.schools else None
    return replace(
        counted,
        uniform=mantel_haenszel(matched.stratum, right, member, school),
        curves=compare_curves(matched.standing, right, member, school, matched.reliability),
    )


def _confirm(answers: Answers, matching: Matching, found: Compared, anchor: Bools, members: Bools) -> Compared:
    """Count p-values far out in the tail exactly, on the same learners of equal standing."""
    if found.uniform is None or found.curves is None or found.p_least >= TAIL:
        return found
    matched = matching.of(found.item, anchor)
    cells = Strata.of(matched.stratum, answers.right[matched.rows], members[answers.learner[matched.rows]])
    score = scores_of(matched.stratum, matched.standing)
    uniform, curves = confirmed(found.uniform, found.curves, cells, score)
    return replace(found, uniform=uniform, curves=curves)


def _counted(answers: Answers, item: int, rows: Ints, members: Bools, inference: Inference) -> Compared:
    """Count both sides of one item, and say what is too small."""
    right, member = answers.right[rows], members[answers.learner[rows]]
    n, rest = int(member.sum()), int((~member).sum())
    shares = float(right[member].mean()) if n else np.nan, float(right[~member].mean()) if rest else np.nan
    return Compared(item, n, rest, *shares, _lacking(((n, shares[0]), (rest, shares[1])), inference))


def _lacking(sides: Iterable[tuple[int, float]], inference: Inference) -> str:
    """Say what is too small for a test on either side; empty when nothing is."""
    for n, share in sides:
        positives = round(n * share) if n else 0
        if n < inference.learners:
            return f"fewer than {inference.learners} learners of equal standing on one side"
        if positives < inference.positives:
            return f"fewer than {inference.positives} right answers on one side"
        if n - positives < inference.negatives:
            return f"fewer than {inference.negatives} wrong answers on one side"
    return ""
