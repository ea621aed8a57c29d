"""Retention: what is older than its term goes, what is younger stays, and the log stays whole."""

from __future__ import annotations

import pandas as pd

from polku.records import DenyRules, Items, Refusal, Refused, Roster
from polku.records.elements import Evidence
from polku.records.reasons import Reason
from polku.schemas.rights import RetentionSettings
from polku.store import Read, Store
from polku.store.retention import DAY
from polku.store.rostered import Rostered
from polku.store.sources import Delivery
from polku.testing.store import offer, sample

TERMS = RetentionSettings()
NOBODY = pd.DataFrame({"teacher_id": [], "group_id": [], "starts_on": [], "ends_on": []})


def at(store: Store, day: int) -> None:
    """Let it be that day."""
    store._clock = lambda: day * DAY + 1


def roster(*learners: str) -> Roster:
    lines = {"learner_id": learners, "grade": [8] * len(learners), "group_id": None, "school_id": None}
    return Roster(pd.DataFrame(lines), NOBODY)


def fill(store: Store) -> None:
    """Keep one thing of every kind."""
    first, _ = offer(store, "l0", "a", "b")
    with store.begin() as tx:
        refusal = Refusal(1, Reason.MISSING, "correct", "why", '{"learner_id": "l0"}')
        tx.refused.add(Refused.of([refusal]), "file")
        tx.reads.add([Read("l0", "T07", "teacher", "path", store._clock())])
        tx.profiles.put("l0", "features", "items", None, b"profile")
        tx.decisions.add(first, "accept", "T07", "teacher")
        tx.suggestions.see([first], "l0", viewer="T07", role="teacher")
        tx.holds.put("pause", "learner", "l0", by="T07", role="teacher")
        tx.requests.ask("help", "l0", by="l0", role="learner")


def left(store: Store) -> dict[str, int]:
    with store.read() as tx:
        return {name: len(rows) for name, rows in tx.rights.held("l0").items() if rows}


EVERYTHING = {
    "decisions": 1,
    "holds": 1,
    "log_payloads": 4,
    "profiles": 1,
    "reads": 1,
    "refused": 1,
    "requests": 1,
    "seen": 1,
    "suggestions": 2,
}


def test_each_kind_goes_after_its_own_term(any_store: Store) -> None:
    at(any_store, 0)
    fill(any_store)
    assert left(any_store) == EVERYTHING
    gone: dict[str, int] = {}
    for name, days in sorted(TERMS.model_dump(exclude={"left_days"}).items(), key=lambda pair: pair[1]):
        at(any_store, days)
        assert any_store.expire(TERMS).nothing, f"{name}: not before its time"
        at(any_store, days + 1)
        done = any_store.expire(TERMS)
        gone |= {table: count for table, count in done.rows.items() if count} | {"entries": done.entries}
        assert any_store.expire(TERMS).nothing, f"{name}: a second time there is nothing left"
        assert any_store.verify_log().whole
    of_trail = {"decisions": 1, "seen": 1, "suggestions": 2, "entries": 3}
    assert gone == of_trail | {"profiles": 1, "reads": 1, "refused": 1, "requests": 1}
    assert left(any_store) == {"holds": 1, "log_payloads": 1}, "what is held back holds on, and so does its entry"


def test_what_is_younger_stays(any_store: Store) -> None:
    at(any_store, 0)
    offer(any_store, "l0", "a")
    at(any_store, 500)
    offer(any_store, "l0", "b")
    at(any_store, TERMS.suggestions_days + 1)
    assert any_store.expire(TERMS).rows["suggestions"] == 1
    with any_store.read() as tx:
        assert [one.skill_id for one in tx.suggestions.of("l0")] == ["b"]
        assert tx.suggestions.latest("l0") is not None


def test_a_deletion_is_logged_and_sealed_at_once(any_store: Store) -> None:
    at(any_store, 0)
    fill(any_store)
    before = any_store.seal()
    at(any_store, TERMS.suggestions_days + 1)
    any_store.expire(TERMS)
    report = any_store.verify_log(before)
    assert (report.whole, report.unsealed, report.head.seq) == (True, 0, before.seq + 2)


def test_learners_who_left_go_whole_and_those_on_the_roster_stay(any_store: Store) -> None:
    at(any_store, 0)
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(roster("l0", "l1"))
    offer(any_store, "l2", "a")
    at(any_store, TERMS.left_days + 1)
    done = any_store.expire(TERMS)
    assert done.left == ("l2",)
    with any_store.read() as tx:
        assert list(tx.responses.learners()) == ["l0", "l1"]
    assert any_store.verify_log().whole


def test_without_a_roster_nobody_has_left(any_store: Store) -> None:
    at(any_store, 0)
    with any_store.begin() as tx:
        tx.responses.add(sample())
    at(any_store, TERMS.left_days * 9)
    assert any_store.expire(TERMS).nothing


def test_who_stands_in_a_register_or_a_stream_alone_leaves_too(any_store: Store) -> None:
    """Without one answer or suggestion there was nothing to find them by."""
    at(any_store, 0)
    with any_store.begin() as tx:
        tx.roster.replace(roster("l9"))
        tx.register.take("register", "users", [(Rostered("u-1", "of a register", {}), False)], "receipt-1")
        element = Evidence("e-1", "d1", learner_id="of a stream", item_id="i", skill_ids=("a",), correct=1.0)
        delivery = Delivery("platform", "xapi", "receipt-1", DenyRules(), Items.of([]))
        tx.sources.take([element], delivery, lambda _: '{"learner_id": "of a stream"}')
        tx.requests.ask("help", "who asked", by="who asked", role="learner")
        tx.launches.add("who opened a task", "a", "step", [("math-lab", "t1", {"math-lab": 1})])
    at(any_store, TERMS.left_days)
    assert any_store.expire(TERMS).nothing
    at(any_store, TERMS.left_days + 1)
    gone = ("of a register", "of a stream", "who asked", "who opened a task")
    assert any_store.expire(TERMS).left == gone
    with any_store.read() as tx:
        assert not [rows for one in gone for rows in tx.rights.held(one).values() if rows]


def test_who_was_heard_of_since_has_not_left(any_store: Store) -> None:
    at(any_store, 0)
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(roster("l9"))
    at(any_store, 300)
    offer(any_store, "l0", "a")
    at(any_store, TERMS.left_days + 1)
    assert any_store.expire(TERMS).left == ("l1", "l2")
