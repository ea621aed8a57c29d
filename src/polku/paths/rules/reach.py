"""Reach: how far the goals come if this is practised next, by looking ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polku.paths.lookahead import Outlook, belief, built_in, cleared, joined
from polku.paths.standing import Standing
from polku.paths.terrain import Mask, Numbers, positions

DECIMALS = 9
"""Steps that are alike score alike, whatever the order of additions."""
LONG_AGO = 400.0
"""Days since a skill was met, where nobody knows."""


def reach(standing: Standing) -> Numbers:
    """Return how far the goals come by each next step, shape (n,).

    What a step brings is by how much the goals' expected knowledge at a later check is higher with it than without,
    when the steps after it are made the best of (:mod:`polku.paths.lookahead`). 1 is what one task can bring at most:
    on one goal of which nothing is known and everything before it is. Goals are those that people have set, else the
    learner's level; where nobody says how many steps are left, there are half as many as skills to try. Only what is
    on the way to a goal is tried; everything else has 0.
    """
    value, goals = np.zeros(len(standing.terrain)), _goals(standing)
    if not len(goals):
        return value
    rested = np.where(np.isnan(standing.days), LONG_AGO, standing.days)
    places = np.array(positions(standing.terrain.with_beneath(goals.tolist())), dtype=np.intp)
    known = _known(standing, rested)
    tried = _tried(standing, places, known)
    if not len(tried):
        return value
    back = np.full(len(value) + 1, len(places))
    back[places] = np.arange(len(places))
    outlook = Outlook(
        known[np.newaxis, places], rested[np.newaxis, places], back[standing.terrain.before[places]], back[goals]
    )
    look = standing.policy.lookahead
    left = max(2, len(tried) // 2) if standing.horizon is None else max(1, standing.horizon)
    steps = min(look.steps, left)
    found = outlook.values(np.append(back[tried], len(places)), steps, look)[0]
    brings = (found[:-1] - found[-1]) * len(goals) / look.learning
    value[tried] = np.clip(np.round(brings, DECIMALS), 0.0, 1.0)
    return value


def _goals(standing: Standing) -> NDArray[np.intp]:
    """Return the goals looked ahead to: those set by people, else the open ones of the level, else anything open."""
    aims = standing.aims if standing.aims is not None else standing.open & level_of(standing)
    if not aims.any():
        aims = standing.open
    return np.flatnonzero(aims)[: standing.policy.lookahead.goals]


def level_of(standing: Standing) -> Mask:
    """Return the skills of the lowest grade, from the learner's own upwards, that has anything open, shape (n,)."""
    ahead = standing.open & standing.lifts
    grade = standing.terrain.grade
    lowest: Mask = ahead & (grade == grade[ahead].min(initial=np.inf))
    return lowest


def _known(standing: Standing, rested: Numbers) -> Numbers:
    """Return the belief about every skill; what is taken as met counts as shown."""
    policy = standing.policy
    look = policy.lookahead
    own = built_in(standing.right, standing.answers) if standing.modelled else standing.p
    known = belief(own, standing.answers, rested, standing.terrain.before, look)
    if standing.modelled:
        model = np.where(np.isnan(standing.p), known, cleared(standing.p, look))
        known = joined(known, model, standing.answers, look)
    taken = (standing.implied | standing.presumed) & ~standing.told
    return np.maximum(known, np.where(taken, policy.evidence.shown_at, 0.0))


def _tried(standing: Standing, places: NDArray[np.intp], known: Numbers) -> NDArray[np.intp]:
    """Return the skills to try: those on the way that nothing holds back, where many the most promising.

    What has been shown is tried as well when somebody says how many steps are left: it may need to be met again.
    """
    ancestors, holding = standing.terrain.ancestors, standing.holding_bits
    free = np.array([not ancestors[place] & holding for place in places.tolist()], dtype=np.bool_)
    wanted = standing.open[places] if standing.horizon is None else np.ones(len(places), dtype=np.bool_)
    found = places[free & wanted]
    most = standing.policy.lookahead.tried
    if len(found) > most:
        least = np.append(known, 1.0)[standing.terrain.before[found]].min(axis=1)
        promise = (1.0 - known[found]) * (standing.policy.lookahead.unready + least)
        found = np.sort(found[np.argsort(-promise, kind="stable")[:most]])
    return found
