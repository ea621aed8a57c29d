"""What a teacher is told of a class beside the suggestions: what is new, and what came of accepted steps."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from polku.paths.days import day_of
from polku.store.holds import UNPROFILED
from polku.store.transaction import Transaction
from polku.store.values import Decision, Hold, Offer
from polku.web.said import begins
from polku.web.viewer import Viewer

DAY: Final = 86_400_000_000
USUALLY: Final = 7 * DAY
"""How far back a teacher looks who has not looked before."""
FARTHEST: Final = 60 * DAY
"""How far back accepted steps are followed."""
RIGHT: Final = 0.5
"""Share of a task's points from which an answer counts as right."""
CLASS_VIEW: Final = "/groups/{group_id}"
"""What the log of looks calls the class view."""


@dataclass(frozen=True)
class Followed:
    """An accepted step, and the answers on it since.

    Parameters
    ----------
    learner_id, skill_id : str
        Whose, and which.
    at : int
        When it was accepted, microseconds UTC.
    answers, right : int
        Answers on the skill since then, and how many of them were right. They are counted, never set against others.
    """

    learner_id: str
    skill_id: str
    at: int
    answers: int
    right: int


@dataclass(frozen=True)
class Changes:
    """What is new of a class.

    Parameters
    ----------
    since : int
        Since when, microseconds UTC.
    by_look : bool
        Whether that is when the teacher last looked on an earlier day; else it is a week ago.
    answers : mapping of str to int
        New answers by learner; learners without any are left out.
    offered : frozenset of str
        Learners to whom something was suggested anew.
    followed : tuple of Followed
        Accepted steps, the newest first.
    """

    since: int
    by_look: bool
    answers: Mapping[str, int]
    offered: frozenset[str]
    followed: tuple[Followed, ...]

    @property
    def answered(self) -> int:
        """Return how many answers are new in all."""
        return sum(self.answers.values())


def changes_of(
    tx: Transaction,
    viewer: Viewer,
    offers: Collection[Offer],
    decided: Mapping[str, Sequence[Decision]],
    holds: Iterable[Hold],
    now: int,
) -> Changes:
    """Return what is new of a class since the teacher last looked.

    Of learners who object to profiling, or whose data may not be used, no answer is counted.

    Parameters
    ----------
    tx : Transaction
        One that may read.
    viewer : Viewer
        Who looks.
    offers : collection of Offer
        What is suggested to the class now.
    decided : mapping of str to sequence of Decision
        Decisions that stand, by learner: of the whole class.
    holds : iterable of Hold
        What is held back now.
    now : int
        Microseconds UTC.
    """
    used = set(decided) - {one.subject for one in holds if one.kind in UNPROFILED}
    looked = tx.news.looked(viewer.subject, CLASS_VIEW, decided, _this_morning(now))
    since = now - USUALLY if looked is None else looked
    accepted = _accepted({name: made for name, made in decided.items() if name in used}, now - FARTHEST)
    answers = tx.news.answers(used, min([since, *(one.at for one in accepted)])) if tx.responses.clock() else []
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    at = {(one.learner_id, one.skill_id): one.at for one in accepted}
    for one in answers:
        for skill in one.skill_ids:
            key = (one.learner_id, skill)
            if key in at and one.answered_at > at[key]:
                total[key] += 1
                right[key] += one.correct >= RIGHT
    followed = (Followed(who, skill, when, total[who, skill], right[who, skill]) for (who, skill), when in at.items())
    return Changes(
        since=since,
        by_look=looked is not None,
        answers=Counter(one.learner_id for one in answers if one.known_at > since),
        offered=frozenset(one.learner_id for one in offers if one.offered_at > since),
        followed=tuple(sorted(followed, key=lambda one: -one.at)),
    )


def _accepted(decided: Mapping[str, Sequence[Decision]], since: int) -> list[Decision]:
    """Return the last acceptance of each learner and skill, unless something else was decided of it later."""
    last: dict[tuple[str, str], Decision] = {}
    for made in decided.values():
        for one in made:
            last[one.learner_id, one.skill_id] = one
    return [one for one in last.values() if one.decision == "accept" and one.at >= since]


def _this_morning(now: int) -> int:
    day: dt.date = day_of(now)
    return begins(day) or now
