"""Answers by skill, with what had been shown of the skill after each: the columns that edges are judged on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.profiles.estimate import PRIOR_FAILURE, PRIOR_SUCCESS
from polku.profiles.evidence import FADE
from polku.records import Responses

Float = NDArray[np.float64]
Int = NDArray[np.int64]
SMOOTHED = 2.0
"""Answers at the overall rate that an item's own success is smoothed with."""


@dataclass(frozen=True, eq=False)
class History:
    """All answers on one skill by learner, then in fold order; `n` of them, by `L` learners in all.

    Attributes
    ----------
    row : int64[n]
        Row among the responses.
    learner : int64[n]
        Code of the learner.
    place : int64[n]
        How many answers on the skill came before.
    estimate : float64[n]
        Estimated success after the answer, by the built-in estimate.
    surplus, answers : float64[L]
        Sum over a learner's answers of the score less the item's usual success, and their number.
    """

    row: Int
    learner: Int
    place: Int
    estimate: Float
    surplus: Float
    answers: Float


def surpluses(responses: Responses) -> Float:
    """Return each score less what the item usually gets, float64[n]: hard items make nobody look less able."""
    if not len(responses):
        return np.empty(0)
    total, count = np.bincount(responses.item, responses.correct), np.bincount(responses.item)
    usual = (total + SMOOTHED * responses.correct.mean()) / (count + SMOOTHED)
    found: Float = responses.correct - usual[responses.item]
    return found


def histories(responses: Responses, surplus: Float) -> dict[str, History]:
    """Return the history of every skill that has answers, by skill id.

    Parameters
    ----------
    responses : Responses
        Whole histories; an answer to an item of several skills counts for each.
    surplus : float64[n]
        From :func:`surpluses`.
    """
    row = np.repeat(np.arange(len(responses)), np.diff(responses.skill_start))
    by_skill = np.argsort(responses.skill, kind="stable")
    bounds = np.searchsorted(responses.skill[by_skill], np.arange(len(responses.skills) + 1))
    return {
        str(name): _history(responses, row[by_skill[bounds[code] : bounds[code + 1]]], surplus)
        for code, name in enumerate(responses.skills)
    }


def _history(responses: Responses, row: Int, surplus: Float) -> History:
    learner, everybody = responses.learner[row].astype(np.int64), len(responses.learners)
    start = np.flatnonzero(np.r_[True, learner[1:] != learner[:-1]])
    place = np.arange(len(row)) - np.repeat(start, np.diff(np.r_[start, len(row)]))
    return History(
        row=row,
        learner=learner,
        place=place,
        estimate=_estimates(responses.correct[row], place),
        surplus=np.bincount(learner, surplus[row], minlength=everybody).astype(np.float64),
        answers=np.bincount(learner, minlength=everybody).astype(np.float64),
    )


def _estimates(correct: Float, place: Int) -> Float:
    """Return the built-in estimate after each answer: the k-th answers of all learners at once."""
    success, weight = correct.copy(), np.ones(len(correct))
    for k in range(1, int(place.max(initial=0)) + 1):
        now = np.flatnonzero(place == k)
        success[now] += FADE * success[now - 1]
        weight[now] += FADE * weight[now - 1]
    found: Float = (PRIOR_SUCCESS + success) / (PRIOR_SUCCESS + PRIOR_FAILURE + weight)
    return found
