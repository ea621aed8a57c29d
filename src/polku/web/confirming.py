"""Which confirmations go out, and what the other side calls the learner, the class and the objective in them.

A confirmation is a teacher's own statement, handed over as such. Nothing else counts as one: not a suggestion that was
accepted, not evidence, not a profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from polku.curriculum import Curriculum
from polku.exchange.case_terms import identifier
from polku.exchange.oneroster_out import Seat, Statement
from polku.records import Reason
from polku.records.confirmed import Confirmed
from polku.records.relations import TEACHING
from polku.store import Transaction
from polku.store.holds import RESTRICTION


@dataclass
class Sorted:
    """Confirmations that go out, and those that do not, each with its reason."""

    accepted: list[Confirmed] = field(default_factory=list)
    refused: list[tuple[Confirmed, Reason]] = field(default_factory=list)


def sort(tx: Transaction, confirmations: Iterable[Confirmed], curriculum: Curriculum, known: Collection[str]) -> Sorted:
    """Return which confirmations go out.

    One goes out where whoever confirmed taught the learner on that day, the curriculum has the objective, the other
    side knows the learner, and the use of the learner's data is not restricted.

    Parameters
    ----------
    tx : Transaction
        Whose relations.
    confirmations : iterable of Confirmed
        As handed over.
    curriculum : Curriculum
        The provider's.
    known : collection of str
        Learners that the other side knows.
    """
    made = Sorted()
    for one in confirmations:
        why = _why_not(tx, one, curriculum)
        if why is None and one.learner_id not in known:
            why = Reason.UNKNOWN_REFERENCE
        if why is None:
            made.accepted.append(one)
        else:
            made.refused.append((one, why))
    return made


def statements(
    confirmations: Iterable[Confirmed], curriculum: Curriculum, seats: Mapping[str, Seat]
) -> list[Statement]:
    """Return confirmations with what a register calls everything in them."""
    return [
        Statement(one, seats[one.learner_id], objective_of(curriculum, one.skill_id), one.skill_id)
        for one in confirmations
    ]


def objective_of(curriculum: Curriculum, skill_id: str) -> str:
    """Return what a skill is called outside: the identifier of its CASE item."""
    return identifier(curriculum.content.id, "skills", skill_id)


def _why_not(tx: Transaction, one: Confirmed, curriculum: Curriculum) -> Reason | None:
    if one.skill_id not in curriculum.skills:
        return Reason.NOT_ONE_OF
    reach = tx.relations.reach(one.confirmed_by, TEACHING, one.confirmed_on)
    learner = tx.roster.learner(one.learner_id)
    group = learner.group_id if learner else None
    taught = one.learner_id in reach.learners or (group is not None and group in reach.groups)
    restricted = any(hold.kind == RESTRICTION for hold in tx.holds.bearing(one.learner_id, None))
    return None if taught and not restricted else Reason.NOT_ALLOWED


def seats_of(tx: Transaction, source: str) -> dict[str, Seat]:
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
