"""Everything held, a move, a new school year: nothing forgotten, nothing lost."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest
from sqlalchemy import select

from polku.errors import ConflictError, InputError, NotFoundError
from polku.records import DenyRules, Items, Reason, Refusal, Refused, Roster
from polku.records.elements import Evidence
from polku.records.relations import Kind, Relation
from polku.store import Read, Store, tables
from polku.store.engine import begin
from polku.store.rights import evidence_of
from polku.store.rostered import Rostered
from polku.store.sources import Delivery
from polku.testing.store import offer, sample

BY = {"by": "A01", "role": "administrator"}
SUMMER = 1_780_660_800_000_000
"""5 June 2026."""


def learners(**grades: int | None) -> pd.DataFrame:
    lines = {"learner_id": list(grades), "grade": list(grades.values()), "group_id": "7A", "school_id": "S1"}
    return pd.DataFrame(lines).astype({"grade": "Int64"})


def teachers(*ends: dt.date | None) -> pd.DataFrame:
    begun = dt.date(2025, 8, 1)
    lines = {"teacher_id": "T07", "group_id": [f"7{place}" for place, _ in enumerate(ends)]}
    return pd.DataFrame(lines | {"starts_on": begun, "ends_on": list(ends)}, dtype=object)


def settle(store: Store) -> None:
    """Fill every table that may name a learner, as far as the public ways go."""
    store._clock = lambda: SUMMER
    with store.begin() as tx:
        tx.responses.add(sample())
        tx.roster.replace(Roster(learners(l0=7, l1=9, l2=None), teachers(None)))
        tx.relations.replace([Relation("G1", Kind.GUARDIAN, "learner", "l0", dt.date(2025, 8, 1), None)])
        tx.relations.protect(["l0"])
        tx.refused.add(Refused.of([Refusal(2, Reason.MISSING, "item_id", "", '{"learner_id": "l0"}')]), "a.csv")
        tx.outbox.subscribe("https://platform.example/events", "platform", lambda _, secret: secret)
        tx.responses.void("r-0-0", by="T07", role="teacher", reason="wrong key")
        tx.profiles.put("l0", "features", "items", None, b"\x00profile")
        tx.path_settings.put("learner", "l0", {"load": 2}, by="T07", role="teacher")
        tx.holds.put("pause", "learner", "l0", by="T07", role="teacher")
        tx.reads.add([Read("l0", "T07", "teacher", "path", SUMMER)])
        tx.requests.ask("help", "l0", by="l0", role="learner")
        tx.launches.subject("math-lab", "l0")
        tx.launches.add("l0", "a", "step", [("math-lab", "t1", {"math-lab": 1})])
        delivery = Delivery("platform", "xapi", "receipt-1", DenyRules(), Items.of([]))
        element = Evidence("e-1", "d1", learner_id="l0", item_id="i", skill_ids=("a",), correct=1.0)
        tx.sources.take([element], delivery, lambda _: "{}")
        tx.register.take("register", "users", [(Rostered("u-1", "l0", {}), False)], "receipt-1")
    first, _ = offer(store, "l0", "a", "b")
    with store.begin() as tx:
        tx.decisions.add(first, "accept", "T07", "teacher")
        tx.suggestions.see([first], "l0", viewer="T07", role="teacher")


def test_every_row_of_every_table_is_in_the_export(any_store: Store) -> None:
    settle(any_store)
    with any_store.read() as tx:
        held = tx.rights.held("l0")
    naming = [table for table in tables.metadata.sorted_tables if "learner_id" in table.c]
    assert set(held) == {table.name for table in naming}
    with begin(any_store.engine, write=False) as connection:
        for table in naming:
            own = (table.c.provider_id == any_store.provider_id) & (table.c.learner_id == "l0")
            stored = connection.execute(select(table).where(own)).all()
            keys = [column.name for column in table.primary_key if column.name != "provider_id"]
            found = {tuple(str(row[key]) for key in keys) for row in held[table.name]}
            assert found == {tuple(str(getattr(row, key)) for key in keys) for row in stored}, table.name
    assert [name for name, rows in held.items() if not rows] == [], "every table was filled, so the test says something"
    json.dumps(held)


def test_what_is_stored_as_json_is_given_as_what_it_holds(any_store: Store) -> None:
    settle(any_store)
    with any_store.read() as tx:
        held = tx.rights.held("l0")
    assert held["path_settings"][0]["content"] == {"load": 2}
    assert {"offered", "decided"} <= {
        "offered" if "path" in one["payload"] else "decided" for one in held["log_payloads"]
    }
    assert held["profiles"][0]["content"] == "AHByb2ZpbGU="


def test_evidence_can_be_read_in_again(any_store: Store) -> None:
    settle(any_store)
    with any_store.read() as tx:
        rows = evidence_of(list(tx.responses.of(["l0"])))
    assert len(rows) == 3, "a void answer is no evidence"
    assert {row["learner_id"] for row in rows} == {"l0"}
    assert rows[0]["skill_ids"] in (["a"], ["a", "b"])


def test_a_move_takes_what_was_shown_along(any_store: Store) -> None:
    settle(any_store)
    with any_store.begin() as tx:
        tx.rights.move("l0", group_id="8B", school_id="S2", **BY)
        moved = tx.roster.learner("l0")
        assert moved is not None
        assert (moved.grade, moved.group_id, moved.school_id) == (7, "8B", "S2")
        assert tx.responses.count("l0") == 3
        with pytest.raises(NotFoundError, match="names no such learner"):
            tx.rights.move("nobody", group_id=None, school_id=None, **BY)
    any_store.seal()
    assert any_store.verify_log().whole


def test_a_new_school_year(any_store: Store) -> None:
    settle(any_store)
    with any_store.begin() as tx:
        substitute = Relation("T08", Kind.SUBSTITUTE, "group", "7A", dt.date(2026, 1, 7), dt.date(2026, 12, 1))
        tx.relations.replace([*tx.relations.all(), substitute])
        tx.roster.replace(Roster(learners(l0=7, l1=9, l2=None), teachers(None, dt.date(2025, 12, 20))))
        done = tx.rights.roll_over(2026, **BY)
        assert done == (2, 1, 1, 2)
        frame = tx.roster.learners()
        ends = sorted(tx.roster.teachers()["ends_on"])
        guardian, teaching = (one.ends_on for one in tx.relations.all())
    assert frame["learner_id"].tolist() == ["l0", "l2"], "who was in the last grade left"
    assert frame["grade"].tolist() == [8, pd.NA]
    assert frame["group_id"].isna().all()
    assert ends == [dt.date(2025, 12, 20), dt.date(2026, 7, 31)]
    assert (guardian, teaching) == (None, dt.date(2026, 7, 31)), "those at home stay related"
    with any_store.read() as tx:
        assert tx.responses.count() == 11, "evidence stays, that of those who left too"


def test_a_school_year_begins_once_and_not_in_another_century(any_store: Store) -> None:
    settle(any_store)
    with any_store.begin() as tx:
        for year in (2025, 2028):
            with pytest.raises(InputError, match="this year or the next"):
                tx.rights.roll_over(year, **BY)
        tx.rights.roll_over(2026, **BY)
        with pytest.raises(ConflictError, match="begun already"):
            tx.rights.roll_over(2026, **BY)
        assert tx.rights.roll_over(2027, **BY).up == 2


def test_who_comes_from_elsewhere_is_put_on_the_roster_once(any_store: Store) -> None:
    with any_store.begin() as tx:
        assert tx.rights.admit("l7", 8, **BY, said="another city")
        assert not tx.rights.admit("l7", 5, **BY, said="another city")
        known = tx.roster.learner("l7")
    assert known is not None
    assert (known.grade, known.group_id) == (8, None)
