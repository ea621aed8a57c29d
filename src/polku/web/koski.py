"""What a Koski document means for a learner's goals, put into their path settings by a teacher of theirs.

Goals that are done fall out of what is led to, and the syllabus is the one that the study right names. Where goals
follow from a decision, they stay as the decision has them. No estimate changes, and of the document nothing is kept:
what is settled is what anybody could have settled by hand, and the log says who did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from polku.errors import ForbiddenError
from polku.exchange.koski_goals import Goals
from polku.paths.settled import Settled
from polku.records.relations import TEACHING
from polku.store import Transaction
from polku.store.holds import RESTRICTION


def proposed(tx: Transaction, learner_id: str, goals: Goals) -> Mapping[str, Any] | None:
    """Return a learner's path settings as they would be; None where nothing follows.

    Parameters
    ----------
    tx : Transaction
        Whose settings.
    learner_id : str
        Whose document it is.
    goals : Goals
        What the document means.
    """
    learner = tx.roster.learner(learner_id)
    if learner is None or any(one.kind == RESTRICTION for one in tx.holds.bearing(learner_id, None)):
        return None
    latest = tx.path_settings.latest("learner", learner_id)
    own = {} if latest is None else dict(latest.content)
    holds = Settled.merged(one.content for one in tx.path_settings.layers(learner_id, learner.group_id))
    if holds.decided or own.get("decision"):
        return None
    said: dict[str, Any] = {}
    if holds.goals and len(left := goals.open_among(holds.goals)) < len(holds.goals):
        said["goals"] = list(left)
    if goals.syllabus not in {None, holds.syllabus}:
        said["syllabus"] = goals.syllabus
    return own | said if said else None


def settle(tx: Transaction, learner_id: str, content: Mapping[str, Any], by: str, day: dt.date) -> None:
    """Put settings that a teacher of the learner agreed with.

    Raises
    ------
    ForbiddenError
        If nobody of that id teaches the learner on that day.
    """
    learner, reach = tx.roster.learner(learner_id), tx.relations.reach(by, TEACHING, day)
    if learner is None or not (learner_id in reach.learners or learner.group_id in reach.groups):
        raise ForbiddenError("who settles goals teaches the learner", hint="give --by a teacher of theirs")
    tx.path_settings.put("learner", learner_id, content, by=by, role="teacher")
