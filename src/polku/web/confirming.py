"""Which confirmations go out, and what the register calls the learner, the class and the objective in them.

A confirmation is a teacher's own statement, handed over as such. Nothing else counts as one: not a suggestion that was
accepted, not evidence, not a profile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from polku.curriculum import Curriculum
from polku.exchange.case_terms import identifier
from polku.exchange.oneroster_out import Seat, Statement
from polku.records import Reason
from polku.records.confirmed import Confirmed
from polku.records.relations import TEACHING
from polku.store import Transaction


@dataclass
class Sorted:
    """Confirmations that go out, and those that do not, each with its reason."""

    statements: list[Statement] = field(default_factory=list)
    refused: list[tuple[Confirmed, Reason]] = field(default_factory=list)


def sort(tx: Transaction, confirmations: Iterable[Confirmed], curriculum: Curriculum, source: str) -> Sorted:
    """Return which confirmations go out to a register.

    One goes out where whoever confirmed taught the learner on that day, the curriculum has the objective, and the
    register knows the learner in a class.

    Parameters
    ----------
    tx : Transaction
        Whose relations and register.
    confirmations : iterable of Confirmed
        As handed over.
    curriculum : Curriculum
        The provider's.
    source : str
        Name of the register.
    """
    seats = _seats(tx, source)
    made = Sorted()
    for one in confirmations:
        why = _why_not(tx, one, curriculum)
        if why is not None:
            made.refused.append((one, why))
        elif one.learner_id not in seats:
            made.refused.append((one, Reason.UNKNOWN_REFERENCE))
        else:
            objective = identifier(curriculum.content.id, "skills", one.skill_id)
            made.statements.append(Statement(one, seats[one.learner_id], objective, one.skill_id))
    return made


def _why_not(tx: Transaction, one: Confirmed, curriculum: Curriculum) -> Reason | None:
    if one.skill_id not in curriculum.skills:
        return Reason.NOT_ONE_OF
    reach = tx.relations.reach(one.confirmed_by, TEACHING, one.confirmed_on)
    learner = tx.roster.learner(one.learner_id)
    group = learner.group_id if learner else None
    taught = one.learner_id in reach.learners or (group is not None and group in reach.groups)
    return None if taught else Reason.NOT_ALLOWED


def _seats(tx: Transaction, source: str) -> dict[str, Seat]:
    """Return where a register knows each learner: the class that is their group, else the first they are in."""
    terms = {one.sourced_id: one.content["terms"] for one in tx.register.all(source, "classes")}
    schools = {one.sourced_id: one.content["school"] for one in tx.register.all(source, "classes")}
    groups = {row.learner_id: row.group_id for row in tx.roster.learners().itertuples()}
    seats: dict[str, Seat] = {}
    for one in tx.register.all(source, "enrollments"):
        said, key = one.content, str(one.learner_id)
        if said["role"] != "learner" or one.ended_at is not None or not terms.get(said["class"]):
            continue
        school = schools[said["class"]] or said["school"] or ""
        if key not in seats or groups.get(key) == said["class"]:
            seats[key] = Seat(said["user"], said["class"], school, terms[said["class"]][0])
    return seats
