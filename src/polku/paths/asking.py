"""The short diagnostic of a learner in the store: which skill to ask about now, by which task.

Every answer counts, whoever asked for it, so nothing is kept of a diagnostic and it can be left at any time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from polku.curriculum import Curriculum
from polku.paths.diagnosis import diagnose
from polku.paths.settled import Settled
from polku.profiles.replaced import in_skills_of
from polku.records import Responses
from polku.schemas.policy import PathPolicy
from polku.store.transaction import Transaction

RIGHT = 0.5
"""Score from which an answer counts as right."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a short diagnostic asks one learner now.

    Parameters
    ----------
    asked : int
        Answers that it goes by.
    ask : str or None
        Skill to ask about; None when enough is known to suggest steps.
    item_id : str or None
        A task of the bank on this skill alone, not met before if there is one; None where the bank has none.
    """

    asked: int
    ask: str | None
    item_id: str | None


def next_question(
    tx: Transaction,
    learner_id: str,
    curriculum: Curriculum,
    policy: PathPolicy,
    *,
    grade: int | None,
    goals: Collection[str] = (),
    settled: Settled,
) -> Question:
    """Return what to ask a learner next.

    Parameters
    ----------
    tx : Transaction
        May be one that only reads.
    learner_id : str
        Whose.
    curriculum, policy
        As :func:`polku.paths.diagnose` takes them.
    grade : int or None
        The learner's.
    goals : collection of str
        Asked for now; by default what is settled.
    settled : Settled
        What holds for the learner: its goals matter, what is locked is not asked about.
    """
    answers = in_skills_of(curriculum, tx.responses.of([learner_id]))
    asked = answered(answers, curriculum)
    if len(asked) >= policy.diagnostic.most:
        return Question(len(asked), None, None)
    goals = goals or settled.goals or ()
    ask = diagnose(curriculum, policy, asked, grade=grade, goals=goals, locked=settled.locked or ()).ask
    return Question(len(asked), ask, None if ask is None else _item(tx, ask, answers))


def answered(answers: Responses, curriculum: Curriculum) -> list[tuple[str, bool]]:
    """Return the skill that each answer says most about, its first, and whether it was right, in order of time."""
    said = [(one.answered_at, one.response_id, one.skill_ids, one.correct) for one in answers]
    firsts = [(next((name for name in names if name in curriculum), None), score) for *_, names, score in sorted(said)]
    return [(name, score >= RIGHT) for name, score in firsts if name is not None]


def _item(tx: Transaction, skill_id: str, answers: Responses) -> str | None:
    """Return the first task on a skill alone that the learner has not met, else the first."""
    bank, met = tx.items.on(skill_id), {one.item_id for one in answers}
    return next((item for item in bank if item not in met), bank[0] if bank else None)
