"""What was suggested to a learner and what became of it, one line for each thing that happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from polku.curriculum import Curriculum
from polku.store.decisions import UNDO
from polku.store.holds import RESTRICTION
from polku.store.transaction import Transaction

MOST: Final = 40
"""Lines shown; the interface has all of them."""


class Happened(NamedTuple):
    """One thing that happened.

    Parameters
    ----------
    at : int
        When, microseconds UTC.
    what : str
        "offered", a decision, or "undo".
    titles : tuple of mapping
        Titles of the skills that it is about, by language.
    role : str
        As what somebody decided; empty for an offer.
    reason : str
        Code of a fixed reason, or somebody's words; empty where there is none.
    instead : mapping of str to str or None
        Title of the skill chosen instead.
    stands : bool
        False once it was taken back.
    """

    at: int
    what: str
    titles: tuple[Mapping[str, str], ...]
    role: str = ""
    reason: str = ""
    instead: Mapping[str, str] | None = None
    stands: bool = True


def history_of(tx: Transaction, curriculum: Curriculum, learner_id: str) -> tuple[Happened, ...]:
    """Return what happened, the newest first.

    While the use of the learner's data is restricted, what was before is not told: it was made from the answers.
    """
    holds = tx.holds.bearing(learner_id, None)
    since = max((one.at for one in holds if one.kind == RESTRICTION), default=0)

    def title(skill: str) -> Mapping[str, str]:
        known = curriculum.skills.get(skill)
        return known.title if known else dict.fromkeys(("fi", "sv", "en"), skill)

    offered: dict[int, list[str]] = {}
    for one in tx.suggestions.of(learner_id):
        offered.setdefault(one.offered_at, []).append(one.skill_id)
    told = [Happened(at, "offered", tuple(map(title, skills))) for at, skills in offered.items()]
    made = tx.decisions.history(learner_id)
    undone = {one.takes_back for one in made}
    told += [
        Happened(
            one.at,
            one.decision,
            (title(one.skill_id),),
            one.role,
            one.reason or "",
            title(one.replacement) if one.replacement else None,
            one.decision != UNDO and one.decision_id not in undone,
        )
        for one in made
    ]
    return tuple(sorted((one for one in told if one.at >= since), key=lambda one: -one.at)[:MOST])
