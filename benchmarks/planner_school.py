"""A model of mastery trained on another school: another curriculum, other learners, the other law of learning."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from planner_course import ITEMS, Class, Float, draw_class
from planner_graphs import generated
from planner_lines import reachable
from polku.simulate.config import LawName

OTHER: dict[LawName, LawName] = {"strength": "states", "states": "strength"}
SEED, LEARNERS, STEPS = 55_000, 120, 20


@cache
def another_school(law: LawName) -> Callable[[Class], Float]:
    """Return a model for a school in which people learn by `law`, trained where they learn by the other one.

    A logistic regression of the next answers on a skill on the answers so far, those on what it builds on, and days.
    """
    going = draw_class(generated("elsewhere", 30, 4, seed=97), OTHER[law], LEARNERS, SEED, steps=STEPS)
    rows, right = [], []
    for _ in range(STEPS):
        chosen = reachable(going)
        rows.append(_inputs(going)[going.everyone, chosen])
        going.step(chosen)
        right += [correct for who, _, _, correct in going.seen.log[-ITEMS:] if len(who) == LEARNERS]
    inputs = np.concatenate([row for row in rows for _ in range(ITEMS)])
    model = LogisticRegression(max_iter=1_000).fit(inputs, np.concatenate(right))

    def estimate(learners: Class) -> Float:
        found = _inputs(learners)
        p: Float = model.predict_proba(found.reshape(-1, found.shape[-1]))[:, 1].reshape(found.shape[:2])
        return p

    return estimate


def _inputs(learners: Class) -> Float:
    """Return what the model looks at, for each learner and skill, shape (L, S, F)."""
    seen, before = learners.seen, learners.course.before
    p = seen.p
    least = np.where(before >= 0, p[:, np.maximum(before, 0)], 1.0).min(axis=2)
    level = np.broadcast_to(p.mean(axis=1, keepdims=True), p.shape)
    days = np.log1p(learners.day - np.nan_to_num(seen.last, nan=learners.day - 400.0))
    return np.stack([p, np.log1p(seen.answers), np.log1p(seen.run), days, least, level], axis=2)
