"""Who may see whom, as it is kept: dates, restrictions, protected identities, permits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest

from polku.errors import NotFoundError
from polku.records import Roster
from polku.records.relations import TEACHING, Kind, Permit, Relation
from polku.store import Store
from polku.store.relations import Reach
from polku.store.tenant import AT_ONCE
from polku.store.values import Learner

DAY = dt.date(2026, 2, 10)
LONG_AGO, YESTERDAY, TOMORROW = DAY - dt.timedelta(300), DAY - dt.timedelta(1), DAY + dt.timedelta(1)
GUARDIAN = frozenset({Kind.GUARDIAN})


def guards(learner: str, starts: dt.date = LONG_AGO, ends: dt.date | None = None, restricted: bool = False) -> Relation:
    return Relation("G1", Kind.GUARDIAN, "learner", learner, starts, ends, restricted)


def reach(learners: Iterable[str] = (), groups: Iterable[str] = (), schools: Iterable[str] = ()) -> Reach:
    return Reach(frozenset(learners), frozenset(groups), frozenset(schools))


def test_a_relation_opens_from_its_first_day_to_its_last_unless_restricted(any_store: Store) -> None:
    made = [
        guards("open"),
        guards("first day", DAY),
        guards("last day", ends=DAY),
        guards("ended", ends=YESTERDAY),
        guards("not begun", TOMORROW),
        guards("restricted", restricted=True),
        Relation("G2", Kind.GUARDIAN, "learner", "another's", LONG_AGO, None),
    ]
    with any_store.begin() as tx:
        tx.relations.replace(made)
    with any_store.read() as tx:
        assert tx.relations.reach("G1", GUARDIAN, DAY).learners == {"open", "first day", "last day"}
        assert tx.relations.all() == made
        open_now = {one.object_id for one in made if one.subject == "G1" and one.is_open(DAY)}
    assert open_now == {"open", "first day", "last day"}


def test_only_the_kinds_of_the_role_count_and_the_rosters_teachers_are_among_them(any_store: Store) -> None:
    teachers = [
        {"teacher_id": "T1", "group_id": "7A", "starts_on": LONG_AGO, "ends_on": None},
        {"teacher_id": "T1", "group_id": "8A", "starts_on": LONG_AGO, "ends_on": YESTERDAY},
    ]
    with any_store.begin() as tx:
        tx.roster.replace(Roster.of([], teachers))
        tx.relations.replace(
            [
                Relation("T1", Kind.GUARDIAN, "learner", "own child", LONG_AGO, None),
                Relation("T1", Kind.SUBSTITUTE, "group", "7B", YESTERDAY, TOMORROW),
                Relation("T1", Kind.SPECIAL_EDUCATION, "learner", "eino", LONG_AGO, None),
                Relation("T1", Kind.PRINCIPAL, "school", "S1", LONG_AGO, None),
            ]
        )
    with any_store.read() as tx:
        assert tx.relations.reach("T1", TEACHING, DAY) == reach({"eino"}, {"7A", "7B"})
        assert tx.relations.reach("T1", GUARDIAN, DAY) == reach({"own child"})
        assert tx.relations.reach("T1", {Kind.PRINCIPAL}, DAY) == reach(schools={"S1"})
        assert tx.relations.reach("T1", (), DAY) == reach()


def test_handing_over_anew_replaces_everything(any_store: Store) -> None:
    for made in ([guards("anna"), guards("eino")], [guards("aino")]):
        with any_store.begin() as tx:
            tx.relations.replace(made)
    with any_store.read() as tx:
        assert tx.relations.all() == [guards("aino")]


def related(store: Store, learner: str | None = None) -> list[tuple[dict[str, Any], int, dict[str, Any] | None]]:
    """Return what the log says of relations that were, of one learner or of all."""
    with store.read() as tx:
        rows = (
            tx.rights.held(learner)["log_payloads"]
            if learner
            else [{"payload": one} for one in tx.rights.said("related")]
        )
    return [(row["payload"]["related"], row["payload"]["until"], row["payload"]["now"]) for row in rows]


def test_a_relation_that_ended_or_changed_stays_told_in_the_learners_export(any_store: Store) -> None:
    for made in ([guards("anna"), guards("eino")], [guards("anna", ends=YESTERDAY), guards("aino")]):
        with any_store.begin() as tx:
            tx.relations.replace(made)
    ((was, until, now),) = related(any_store, "anna")
    assert (was["subject"], was["kind"], was["starts_on"], was["ends_on"]) == ("G1", "guardian", str(LONG_AGO), None)
    assert until > 0
    assert now == was | {"ends_on": str(YESTERDAY)}
    assert [now for _, _, now in related(any_store, "eino")] == [None]
    assert related(any_store, "aino") == []
    any_store.seal()
    assert any_store.verify_log().whole
    any_store.erase("anna")
    assert related(any_store, "anna") == []


def test_who_taught_a_group_stays_told(any_store: Store) -> None:
    row = {"teacher_id": "T1", "group_id": "7A", "starts_on": LONG_AGO, "ends_on": None}
    for teachers in ([row], [row], [{**row, "ends_on": YESTERDAY}], []):
        with any_store.begin() as tx:
            tx.roster.replace(Roster.of([], teachers))
    assert sorted(str(was["ends_on"]) for was, _, _ in related(any_store)) == [str(YESTERDAY), "None"]


def test_protected_learners_are_those_named_last(any_store: Store) -> None:
    for named in (["b", "a", "a"], ["b"]):
        with any_store.begin() as tx:
            tx.relations.protect(named)
    with any_store.read() as tx:
        assert tx.relations.protected() == {"b"}


def test_a_permit_is_a_researchers_own_and_runs_between_its_days(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.relations.permit([Permit("P1", "R1", DAY, DAY), Permit("P2", "R1", TOMORROW, TOMORROW)])
    with any_store.read() as tx:
        found = {
            (who, permit, day): tx.relations.is_permitted(who, permit, day)
            for who, permit in (("R1", "P1"), ("R1", "P2"), ("R2", "P1"), ("R1", "P3"))
            for day in (YESTERDAY, DAY, TOMORROW)
        }
    assert {key for key, holds in found.items() if holds} == {("R1", "P1", DAY), ("R1", "P2", TOMORROW)}


def test_pseudonyms_hold_under_one_permit_and_stay_when_it_is_handed_over_anew(any_store: Store) -> None:
    permits = [Permit("P1", "R1", DAY, DAY), Permit("P1", "R2", DAY, DAY), Permit("P2", "R1", DAY, DAY)]
    with any_store.begin() as tx:
        tx.relations.permit(permits)
        one, two = (tx.relations.pseudonym(permit, "S1") for permit in ("P1", "P2"))
        tx.relations.permit([*permits, Permit("P3", "R1", DAY, DAY)])
        assert tx.relations.pseudonym("P1", "S1") == one != two
        assert tx.relations.pseudonym("P1", "S2") != one
        with pytest.raises(NotFoundError, match="no such permit"):
            tx.relations.pseudonym("P9", "S1")


def test_an_erased_learner_is_in_no_relation_and_no_list(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.relations.replace([guards("anna"), guards("eino")])
        tx.relations.protect(["anna", "eino"])
    any_store.erase("anna")
    with any_store.read() as tx:
        assert [one.object_id for one in tx.relations.all()] == ["eino"]
        assert tx.relations.protected() == {"eino"}


def test_another_providers_relations_open_nothing(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.relations.replace([guards("anna")])
        tx.relations.protect(["anna"])
        tx.relations.permit([Permit("P1", "R1", DAY, DAY)])
    with any_store.for_provider("another").begin() as tx:
        assert not tx.relations.reach("G1", GUARDIAN, DAY).learners
        assert not tx.relations.protected()
        assert not tx.relations.is_permitted("R1", "P1", DAY)


def test_offers_are_counted_by_learner(any_store: Store) -> None:
    option = {"skill_id": "s", "kind": "continue"}
    with any_store.begin() as tx:
        for learner, options in (("b", 2), ("a", 1)):
            path = {"rung": "curriculum_order", "options": [option] * options, "path": []}
            tx.suggestions.offer(
                learner, path=path, candidates=[], scores={}, propensity={}, policy_hash="p", bundle_id=None
            )
    with any_store.read() as tx:
        assert tx.figures.offered() == {"a": 1, "b": 2}


def lines(store: Store) -> list[tuple[object, ...]]:
    with store.read() as tx:
        frame = tx.roster.learners().astype(object)
    return [tuple(row) for row in frame.where(frame.notna(), None).itertuples(index=False)]


def test_a_register_renews_those_whom_it_knows_and_nobody_else(any_store: Store) -> None:
    before: list[dict[str, object]] = [
        {"learner_id": name, "grade": 7, "group_id": "7A", "school_id": None} for name in ("anna", "eino", "elsewhere")
    ]
    teachers = Roster.of([], [{"teacher_id": "T1", "group_id": "8A", "starts_on": LONG_AGO, "ends_on": None}]).teachers
    many = [Learner(f"x{one:05d}", None, None, "s1") for one in range(2 * AT_ONCE + 1)]
    with any_store.begin() as tx:
        tx.roster.replace(Roster.of(before))
        known = ["anna", "eino", *(one.learner_id for one in many)]
        tx.roster.renew(known, (one for one in [Learner("anna", 8, "8A", "s1"), *many]), teachers)
    found = lines(any_store)
    assert found[:2] == [("anna", 8, "8A", "s1"), ("elsewhere", 7, "7A", None)], "eino is known, and named no longer"
    assert found[2:] == [tuple(one) for one in many]
    with any_store.read() as tx:
        assert tx.roster.teachers()["teacher_id"].tolist() == ["T1"]


def test_the_log_tells_each_relation_that_ends_once_and_of_equal_ones_as_many_as_go(any_store: Store) -> None:
    twice, stays, moved = guards("anna"), guards("eino"), guards("aino", ends=TOMORROW)
    with any_store.begin() as tx:
        tx.relations.replace([twice, twice, stays, guards("aino")])
        tx.relations.replace([twice, moved, stays])
    with any_store.read() as tx:
        assert list(tx.relations.each()) == tx.relations.all() == [twice, moved, stays]
    assert [now for _, _, now in related(any_store, "anna")] == [None]
    assert [now["ends_on"] for _, _, now in related(any_store, "aino") if now] == [TOMORROW.isoformat()]
    assert related(any_store, "eino") == []
