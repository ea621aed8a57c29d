"""What a step rests on: how many answers, how they went, when the latest came, and how sure that makes us."""

from __future__ import annotations

import math

import numpy as np

from polku.paths.board import Board
from polku.paths.days import day_of, in_words, school_year
from polku.paths.standing import DAY
from polku.paths.values import Reason
from polku.profiles.estimate import PRIOR_FAILURE, PRIOR_SUCCESS

FAR = 10
"""Tasks beyond which we name no larger number."""
MOST, HALF = 0.6, 0.4
"""Shares of right answers from which we say "most" and "about half"."""


def evidence_of(board: Board, place: int) -> tuple[Reason, ...]:
    """Return what answers there are on the skill; one sentence where there are none."""
    standing = board.standing
    count = int(standing.answers[place])
    if not count:
        return (Reason("evidence.none"),)
    few = count < standing.policy.evidence.skill_answers
    said = [Reason("evidence.few" if few else "evidence.some", {"count": count})]
    if not few and not np.isnan(standing.right[place]):
        said.append(Reason(f"right.{_share(float(standing.right[place]))}"))
    if not np.isnan(standing.days[place]):
        said.append(_latest(int(standing.last[place]), float(standing.days[place])))
    return tuple(said)


def _share(right: float) -> str:
    """Return the word for a share of right answers."""
    if right in {0.0, 1.0}:
        return "all" if right else "none"
    return "most" if right > MOST else "half" if right >= HALF else "some"


def _latest(moment: int, days: float) -> Reason:
    """Return when the latest answer came; of an earlier school year we say so."""
    day, today = day_of(moment), day_of(moment + round(days * DAY))
    earlier = school_year(day) < school_year(today)
    return Reason("evidence.last_year" if earlier else "evidence.last", {"day": in_words(day)})


def sureness(board: Board, place: int) -> str:
    """Return the word for how sure we are: by the number of answers, then by the estimate's spread."""
    standing = board.standing
    if board.thin or not standing.told[place]:
        return "unsure"
    return "sure" if standing.sd[place] <= standing.policy.evidence.sure_sd else "fairly"


def tasks_to_show(board: Board, place: int) -> int:
    """Return about how many tasks, if they go well, would show an open skill, or refresh one that is shown.

    The same arithmetic as the built-in estimate (:func:`polku.profiles.estimate`): so many right answers lift the
    estimate to where a skill counts as shown. Never fewer than the policy asks of a skill, and never more than
    :data:`FAR`: further ahead nobody sees.
    """
    standing, policy = board.standing, board.standing.policy.evidence
    if not standing.open[place]:
        return policy.skill_answers
    answers, p = int(standing.answers[place]), float(standing.p[place])
    lacking = max(policy.skill_answers - answers, 1)
    if np.isnan(p) or policy.shown_at >= 1.0:
        return lacking
    weight = PRIOR_SUCCESS + PRIOR_FAILURE + min(answers, FAR)
    right = math.ceil(round((policy.shown_at - p) * weight / (1.0 - policy.shown_at), 6))
    return min(max(lacking, right), max(lacking, FAR))
