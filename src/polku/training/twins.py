"""Finds learners who occur twice under two ids, so that nobody is predicted from their own answers.

A *token* is one answer: the item, the how-manieth time this learner met it, and the score. Two learners are
near-twins when they share at least 15 responses, at least 80 % of the shorter log, agree on at least 97 % of
what they share, and agree more than two people of their ability would by chance on items of that difficulty.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit
from scipy.stats import binom

from polku.records import Responses

SHARED: Final = 15
OVERLAP: Final = 0.80
AGREEMENT: Final = 0.97
CHANCE: Final = 0.01
_BLOCK: Final = 512
_WITNESSES: Final = 0.125
"""Share of a log that two near-twins must have in common among its rarest tokens. More of them are slower to join and
leave fewer pairs to compare; where items are few and learners many, comparing is nearly all the work."""

Int = NDArray[np.int64]


def near_twins(responses: Responses) -> list[tuple[str, str]]:
    """Return the pairs of learners that look like one person twice.

    Parameters
    ----------
    responses : Responses
        All responses among which to look; give train and test together to look across the border.

    Returns
    -------
    list of (str, str)
        Pairs of learner ids, each pair and the list sorted.

    Notes
    -----
    Candidates come from a prefix filter (Bayardo, Ma & Srikant 2007; with more than one token to share: Wang, Li & Feng
    2012): a pair that agrees on enough of the shorter log must share several of its rarest tokens, so only those are
    joined. Agreement by chance is bounded by a binomial
    tail at the mean probability of agreeing (Hoeffding 1956), from item rates shifted by each learner's own level, and
    judged at 0.01 over all pairs (Bonferroni).
    """
    if len(responses.learners) < 2:
        return []
    meeting, token = _tokens(responses)
    pairs = _candidates(responses, meeting, token)
    kept = _beyond_chance(responses, meeting, pairs)
    return [(str(responses.learners[a]), str(responses.learners[b])) for a, b in kept]


def twin_groups(responses: Responses, pairs: list[tuple[str, str]] | None = None) -> NDArray[np.int32]:
    """Return, for each learner of `responses`, the number of their group: twins share one, others are alone.

    Parameters
    ----------
    responses : Responses
        All responses.
    pairs : list of (str, str), optional
        What :func:`near_twins` returned, where known already.

    Returns
    -------
    int32[L]
        Group numbers 0.. in order of first learner.
    """
    found = near_twins(responses) if pairs is None else pairs
    size = len(responses.learners)
    ends = np.searchsorted(responses.learners, np.array(found, dtype=object).reshape(-1, 2))
    links = coo_array((np.ones(len(found)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    return connected_components(links, directed=False)[1].astype(np.int32)


def _tokens(responses: Responses) -> tuple[Int, Int]:
    """Return each row's (item, repetition) and (item, repetition, score), as numbers."""
    key = responses.learner.astype(np.int64) * len(responses.items) + responses.item
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    repetition = np.empty(len(key), np.int64)
    repetition[order] = np.arange(len(key)) - np.repeat(starts, np.diff(starts, append=len(key)))
    meeting = _dense(responses.item + repetition * len(responses.items))
    score = _dense(responses.correct)
    return meeting, _dense(meeting * (score.max(initial=0) + 1) + score)


def _dense(values: NDArray[np.generic]) -> Int:
    """Renumber values as 0.. in sorted order."""
    code: Int = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return code


def _candidates(responses: Responses, meeting: Int, token: Int) -> list[tuple[int, int]]:
    """Return learner pairs with enough shared responses, overlap and agreement."""
    log = np.diff(responses.learner_start)
    long_enough = log >= SHARED
    shape = (len(log), int(token.max()) + 1)
    keep = long_enough[responses.learner]
    full = _incidence(responses.learner[keep], token[keep], shape)
    rare = _incidence(*_rarest(responses, token, log, keep), shape)
    met = _incidence(responses.learner[keep], meeting[keep], (len(log), int(meeting.max()) + 1))
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(log), _BLOCK):
        joined = (rare[start : start + _BLOCK] @ full.T).tocoo()
        held = joined.data >= np.ceil(_WITNESSES * log[start + joined.row])
        one, other = joined.row[held].astype(np.int64) + start, joined.col[held].astype(np.int64)
        shorter_first = (log[one] < log[other]) | ((log[one] == log[other]) & (one < other))
        one, other = one[shorter_first], other[shorter_first]
        agree = _row_products(full, one, other)
        enough = agree >= AGREEMENT * np.maximum(SHARED, OVERLAP * log[one])
        one, other, agree = one[enough], other[enough], agree[enough]
        shared = _row_products(met, one, other)
        enough = (shared >= SHARED) & (shared >= OVERLAP * log[one]) & (agree >= AGREEMENT * shared)
        ends = np.sort(np.c_[one[enough], other[enough]], axis=1)
        pairs += [(int(a), int(b)) for a, b in ends]
    return sorted(set(pairs))


def _rarest(responses: Responses, token: Int, log: Int, keep: NDArray[np.bool_]) -> tuple[Int, Int]:
    """Return (learner, token) of each learner's rarest tokens: as many as a twin may lack, and the witnesses."""
    rows = np.flatnonzero(keep)
    order = rows[np.lexsort((token[rows], np.bincount(token)[token[rows]], responses.learner[rows]))]
    learner = responses.learner[order].astype(np.int64)
    first = np.searchsorted(learner, learner, side="left")
    lacking = np.floor((1.0 - AGREEMENT * OVERLAP) * log[learner])
    prefix = np.arange(len(order)) - first < lacking + np.ceil(_WITNESSES * log[learner])
    return learner[prefix], token[order][prefix]


def _incidence(row: NDArray[np.integer], column: Int, shape: tuple[int, int]) -> csr_array:
    return csr_array((np.ones(len(row), np.int32), (row, column)), shape=shape)


def _row_products(matrix: csr_array, one: Int, other: Int) -> NDArray[np.int64]:
    """Return the inner product of row `one[i]` with row `other[i]`, in blocks."""
    found = np.empty(len(one), np.int64)
    step = 1 << 14
    for start in range(0, len(one), step):
        part = slice(start, start + step)
        found[part] = matrix[one[part]].multiply(matrix[other[part]]).sum(axis=1)
    return found


def _beyond_chance(responses: Responses, meeting: Int, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the pairs whose agreement two separate people would not reach."""
    size = len(responses.learners)
    limit = CHANCE / (size * (size - 1) / 2)
    centre = _logit_rate(np.zeros(len(responses), np.int64), responses.correct)[0]
    item = _logit_rate(responses.item, responses.correct) - centre
    learner = _logit_rate(responses.learner, responses.correct)
    kept = []
    for a, b in pairs:
        rows_a, rows_b = (slice(*responses.learner_start[end : end + 2]) for end in (a, b))
        _, at_a, at_b = np.intersect1d(meeting[rows_a], meeting[rows_b], return_indices=True)
        level = item[responses.item[rows_a][at_a]]
        p_a, p_b = expit(level + learner[a]), expit(level + learner[b])
        by_chance = float(np.mean(p_a * p_b + (1.0 - p_a) * (1.0 - p_b)))
        agree = int(np.sum(responses.correct[rows_a][at_a] == responses.correct[rows_b][at_b]))
        if binom.sf(agree - 1, len(at_a), by_chance) <= limit:
            kept.append((a, b))
    return kept


def _logit_rate(code: NDArray[np.integer], correct: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logit of each code's success rate, kept finite by one right and one wrong answer."""
    right, n = np.bincount(code, correct), np.bincount(code)
    return np.log((right + 1.0) / (n - right + 1.0))
