"""Members of a course as proposals: who would teach whom, and nobody sees anybody by it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from polku.exchange.lti_members import Member, Members
from polku.records.relations import TEACHING, Kind, Relation
from polku.store import Store
from polku.web.lti.members import Proposed, proposals

TODAY = dt.date(2026, 3, 5)


def learner(name: str, *, active: bool = True) -> Member:
    return Member(f"u-{name}", name, "learner", active)


def teacher(name: str, *, active: bool = True) -> Member:
    return Member(f"u-{name}", name, "teacher", active)


def proposed(store: Store, *members: Member) -> Proposed:
    with store.read() as tx:
        return proposals(tx, [Members(list(members), Counter(name=len(members)), 1)], TODAY)


def test_a_course_that_is_a_group_is_proposed_as_one_and_opens_nothing(store: Store) -> None:
    made = proposed(store, learner("anna"), learner("olli"), teacher("T2"), teacher("T3"))
    assert made.relations == [Relation(who, Kind.TEACHER, "group", "7A", TODAY, None) for who in ("T2", "T3")]
    assert made.counts == {"learners": 2, "teachers": 2, "dropped: name": 4, "without an id": 1}
    with store.read() as tx:
        assert tx.relations.all() == []
        assert tx.relations.reach("T2", TEACHING, TODAY).groups == frozenset()


def test_a_course_that_is_a_part_of_a_group_is_proposed_by_learner(store: Store) -> None:
    made = proposed(store, learner("anna"), teacher("T2"))
    assert made.relations == [Relation("T2", Kind.TEACHER, "learner", "anna", TODAY, None)]


def test_what_holds_already_is_no_proposal(store: Store) -> None:
    made = proposed(store, learner("anna"), learner("olli"), teacher("T1"))
    assert made.relations == []
    assert made.counts["proposals that hold already"] == 1


def test_who_ended_is_elsewhere_or_is_something_else_is_counted_alone(store: Store) -> None:
    mentor = Member("u-m", "m", None, True)
    nobody = Member("u-x", "", "teacher", True)
    made = proposed(
        store, learner("stranger"), learner("olli", active=False), teacher("T2", active=False), mentor, nobody
    )
    assert made.relations == []
    assert made.counts == {
        "learners": 1,
        "learners whom the roster does not name": 1,
        "in another role": 1,
        "ended, or not named as the registration asks": 3,
        "dropped: name": 5,
        "without an id": 1,
    }
