"""Roster, items, profiles, quarantine, and the erasure of one learner from all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from polku.errors import InputError
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Roster
from polku.records.elements import Evidence
from polku.records.relations import Kind, Relation
from polku.store import Learner, Read, Store, tables
from polku.store.rostered import Rostered
from polku.store.sources import Delivery
from polku.testing.store import offer, sample

ROSTER = Roster(
    learners=pd.DataFrame(
        {
            "learner_id": ["l0", "l1", "ä", "Z"],
            "grade": pd.array([7, 8, None, 9], dtype="Int64"),
            "group_id": ["7A", "7A", None, "9B"],
            "school_id": ["s1", "s1", None, "s2"],
        }
    ).astype({"learner_id": "str", "group_id": "str", "school_id": "str"}),
    teachers=pd.DataFrame(
        {
            "teacher_id": ["t1", "t1", "t2"],
            "group_id": ["7A", "9B", "7A"],
            "starts_on": [date(2026, 8, 11), date(2026, 8, 11), date(2026, 10, 1)],
            "ends_on": [None, date(2027, 6, 5), date(2026, 10, 31)],
        }
    ).astype({"teacher_id": "str", "group_id": "str", "starts_on": object, "ends_on": object}),
)


def test_the_roster_comes_back_as_given(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.roster.replace(ROSTER)
        pd.testing.assert_frame_equal(
            tx.roster.learners(), ROSTER.learners.sort_values("learner_id", key=lambda ids: ids, ignore_index=True)
        )
        pd.testing.assert_frame_equal(tx.roster.teachers(), ROSTER.teachers)
        assert tx.roster.count() == 4


def test_an_empty_roster(any_store: Store) -> None:
    with any_store.begin() as tx:
        empty = Roster(tx.roster.learners(), tx.roster.teachers())
        assert list(empty.learners) == ["learner_id", "grade", "group_id", "school_id"]
        tx.roster.replace(ROSTER)
        tx.roster.replace(empty)
        assert tx.roster.groups() == []
        assert len(tx.roster.learners()) == len(tx.roster.teachers()) == 0


def test_groups_and_learners_by_id(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.roster.replace(ROSTER)
        assert tx.roster.groups() == ["7A", "9B"]
        assert tx.roster.group("7A") == [Learner("l0", 7, "7A", "s1"), Learner("l1", 8, "7A", "s1")]
        assert tx.roster.group("none") == []
        assert tx.roster.learner("ä") == Learner("ä", None, None, None)
        assert tx.roster.learner("nobody") is None


def test_replacing_the_roster_drops_who_left(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.roster.replace(ROSTER)
        tx.roster.replace(Roster(ROSTER.learners.head(1), ROSTER.teachers.head(0)))
        assert (tx.roster.count(), len(tx.roster.teachers())) == (1, 0)


def test_items_come_back_in_order(any_store: Store) -> None:
    items = Items(
        pd.DataFrame({"item_id": ["b", "a"], "skill_ids": [("s1", "s2"), ("s1",)], "title": ["Yhtälöt", ""]}).astype(
            {"item_id": "str", "title": "str"}
        )
    )
    with any_store.begin() as tx:
        tx.items.replace(items)
        tx.items.replace(items)
        assert tx.items.count() == 2
        assert tx.items.all().skills == {"a": ("s1",), "b": ("s1", "s2")}
        assert (tx.items.on("s1"), tx.items.on("s2")) == (["a"], []), "on this skill alone"
        pd.testing.assert_frame_equal(tx.items.all().frame, items.frame.iloc[::-1].reset_index(drop=True))


def test_a_profile_is_kept_per_feature_set_and_item_statistics(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.profiles.claim("l0")
        assert (tx.profiles.get("l0", "f1", "i1"), tx.profiles.last_key("l0", "f1", "i1")) == (None, None)
        tx.profiles.put("l0", "f1", "i1", (5, 4, "r1"), b"\x00old")
        tx.profiles.put("l0", "f1", "i1", (7, 6, "r2"), b"\x00new")
        tx.profiles.put("l0", "f2", "i1", None, b"")
    with any_store.read() as tx:
        assert (tx.profiles.get("l0", "f1", "i1"), tx.profiles.get("l0", "f2", "i1")) == (b"\x00new", b"")
        assert tx.profiles.last_key("l0", "f1", "i1") == (7, 6, "r2")
        assert tx.profiles.last_key("l0", "f2", "i1") is None
        assert tx.profiles.get("l0", "f1", "i2") is tx.profiles.get("l1", "f1", "i1") is None


def test_many_profiles_at_once(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.profiles.put_many("f", "i", [])
        tx.profiles.put_many("f", "i", [(f"l{number}", (number, 0, "r"), bytes([number])) for number in range(200)])
        assert tx.profiles.count() == 200
        assert tx.profiles.get("l7", "f", "i") == b"\x07"


REFUSALS = Refused.of(
    [
        Refusal(7, Reason.NO_ZONE, "answered_at", "the time has no zone", '{"learner_id": "l0"}'),
        Refusal(3, Reason.FIELD_COUNT, "", "too many fields", '["a", "b"]'),
        Refusal(9, Reason.MISSING, "learner_id", "the value is missing", '{"learner_id": null}'),
    ]
)


def test_quarantine_keeps_every_row_once_with_its_reason(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert [tx.refused.add(REFUSALS, "a.csv"), tx.refused.add(REFUSALS, "a.csv")] == [3, 0]
        assert tx.refused.add(REFUSALS, "b.csv") == 3
        assert tx.refused.count() == 6
        kept = tx.refused.list()
    assert {(row.source, row.line, row.reason) for row in kept} >= {
        ("a.csv", 7, "no_zone"),
        ("b.csv", 3, "field_count"),
    }
    assert all(json.loads(row.row) is not None and row.at > 0 for row in kept)


def test_every_table_that_names_a_learner_is_erased(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(ROSTER)
        tx.relations.replace(
            Relation("g1", Kind.GUARDIAN, "learner", one, date(2026, 8, 1), None) for one in ("l0", "l1")
        )
        tx.relations.protect(["l0", "l1"])
        tx.refused.add(REFUSALS, "a.csv")
        tx.outbox.subscribe("https://platform.example/events", "platform", lambda _, secret: secret)
    first, _ = offer(any_store, "l0", "a", "b")
    with any_store.begin() as tx:
        tx.suggestions.see([first], "l0", viewer="g1", role="guardian")
        tx.decisions.add(first, "pause", "t1", "teacher")
        tx.responses.void("r-0-0", by="t1", role="teacher", reason="read wrongly")
        tx.path_settings.put("learner", "l0", {"load": 2}, by="t1", role="teacher")
        tx.holds.put("pause", "learner", "l0", by="t1", role="teacher")
        tx.reads.add([Read("l0", "g1", "guardian", "path", 7)])
        tx.profiles.put("l0", "f", "i", None, b"")
        tx.requests.ask("help", "l0", by="l0", role="learner")
        tx.launches.subject("math-lab", "l0")
        tx.launches.add("l0", "a", "step", [("math-lab", "t1", {"math-lab": 1})])
        delivery = Delivery("platform", "xapi", "receipt-1", DenyRules(), Items.of([]))
        element = Evidence("e-1", "d1", learner_id="l0", item_id="i", skill_ids=("a",), correct=1.0)
        tx.sources.take([element], delivery, lambda _: '{"learner_id": "l0"}')
        tx.register.take("register", "users", [(Rostered("u-1", "l0", {}), False)], "receipt-1")
    erased = any_store.erase("l0")
    named = {table.name for table in tables.metadata.tables.values() if "learner_id" in table.c}
    assert set(erased.rows) == named
    assert all(erased.rows.values()), "each table held something of this learner"
    assert not any(any_store.erase("l0").rows.values())
    with any_store.read() as tx:
        assert tx.responses.learners() == ["l1", "l2"]
        assert [one.object_id for one in tx.relations.all()] == ["l1"] == sorted(tx.relations.protected())
        assert tx.roster.learner("l0") is None
        assert tx.refused.count() == 2


def test_nothing_of_an_erased_payload_stays_in_the_file(any_store: Store, tmp_path: Path) -> None:
    """SQLite only: PostgreSQL keeps dead rows until it vacuums."""
    if any_store.engine.dialect.name != "sqlite":
        return
    offer(any_store, "l0", "a-skill-nobody-else-has")

    def found() -> bool:
        return any(b"a-skill-nobody-else-has" in path.read_bytes() for path in tmp_path.iterdir())

    assert found()
    any_store.erase("l0")
    assert not found()


@pytest.mark.parametrize("provider", ["", " \t"])
def test_a_store_without_a_provider_is_refused(any_store: Store, provider: str) -> None:
    with pytest.raises(InputError, match="bound to one provider"):
        any_store.for_provider(provider)


def test_the_same_ids_of_two_providers_stay_apart(any_store: Store, open_store: Callable[[str], Store]) -> None:
    town = open_store("town")
    with any_store.begin() as tx:
        tx.roster.replace(ROSTER)
        tx.profiles.put("l0", "f", "i", None, b"city")
        tx.refused.add(REFUSALS, "a.csv")
    with town.begin() as tx:
        assert (tx.roster.groups(), tx.roster.learner("l0"), tx.refused.count()) == ([], None, 0)
        tx.profiles.put("l0", "f", "i", None, b"town")
        tx.roster.replace(Roster(ROSTER.learners.head(1), ROSTER.teachers))
    with any_store.read() as tx:
        assert (tx.roster.count(), tx.profiles.get("l0", "f", "i")) == (4, b"city")
