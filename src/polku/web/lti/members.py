"""Members of a context as proposals: who seems to teach whom. Nobody sees anybody by them until somebody says so.

A platform says who is in a course and as what. That opens nothing here: whom somebody may see, relations say, and these
are handed over by the provider (``polku relations``). What a person reads here and agrees with, they add there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from polku.exchange.lti_members import Member, Members
from polku.records.relations import TEACHING, Kind, Relation
from polku.store import Transaction


@dataclass
class Proposed:
    """What the members of a context would mean.

    Parameters
    ----------
    relations : list of Relation
        Proposals, in order; those that hold already are none.
    counts : Counter of str
        Members by what became of them, and personal data that was dropped, by kind.
    """

    relations: list[Relation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def proposals(tx: Transaction, pages: Iterable[Members], today: dt.date) -> Proposed:
    """Return who of a context's members would teach whom from today on.

    An instructor would teach the group that all of the context's learners are in, else each learner. Members who ended
    are none, and learners whom the roster does not name are counted and nothing else.

    Parameters
    ----------
    tx : Transaction
        Whose roster and relations.
    pages : iterable of Members
        As the platform gives them.
    today : date
        First day of what is proposed.
    """
    made, members = Proposed(), list[Member]()
    for page in pages:
        members += page.members
        made.counts.update({f"dropped: {kind}": many for kind, many in page.dropped.items()})
        made.counts["without an id"] += page.refused
    active = {one.person: one for one in members if one.active and one.person}
    made.counts["ended, or not named as the registration asks"] = len(members) - len(active)
    learners = [one.person for one in active.values() if one.role == "learner"]
    teachers = [one.person for one in active.values() if one.role == "teacher"]
    made.counts |= Counter(learners=len(learners), teachers=len(teachers))
    made.counts["in another role"] = len(active) - len(learners) - len(teachers)
    objects = _objects(tx, learners, made.counts)
    for teacher in sorted(teachers):
        reach = tx.relations.reach(teacher, TEACHING, today)
        known = {"group": reach.groups, "learner": reach.learners}
        for kind, name in objects:
            if name in known[kind]:
                made.counts["proposals that hold already"] += 1
            else:
                made.relations.append(Relation(teacher, Kind.TEACHER, kind, name, today, None))
    made.counts = +made.counts
    return made


def _objects(tx: Transaction, learners: Iterable[str], counts: Counter[str]) -> list[tuple[str, str]]:
    """Return whom a teacher of the context teaches: the group that they all are in, else the learners."""
    found = {name: tx.roster.learner(name) for name in sorted(learners)}
    there = {name: one for name, one in found.items() if one is not None}
    counts["learners whom the roster does not name"] = len(found) - len(there)
    groups = {one.group_id for one in there.values()}
    if len(groups) == 1 and (group := groups.pop()) is not None and len(tx.roster.group(group)) == len(there):
        return [("group", group)]
    return [("learner", name) for name in there]
