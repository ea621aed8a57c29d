"""The people of a demonstration: each persona that a page offers has something to see."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from polku.cli.demo_people import GUARDIAN, PRINCIPAL, RESEARCHER, settle
from polku.records import Roster
from polku.store import Store
from polku.web.access.personas import PERMIT, usual_subject
from polku.web.viewer import Role

TODAY = dt.date(2026, 6, 5)
GRADES = {"l1": 5, "l2": 8, "l3": 8, "l4": 9}


def test_somebody_is_at_home_leads_a_school_and_researches(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"learner_id": one, "grade": grade, "group_id": "A", "school_id": "S2" if grade == 5 else "S1"}
        for one, grade in GRADES.items()
    ]
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "demo") as store, store.begin() as tx:
        tx.roster.replace(Roster.of(rows))
        made = settle(tx, TODAY)
        assert [(one.subject, one.object_id) for one in made] == [(GUARDIAN, "l2"), (GUARDIAN, "l1"), (PRINCIPAL, "S1")]
        assert usual_subject(tx, Role.GUARDIAN, TODAY) == GUARDIAN
        assert usual_subject(tx, Role.PRINCIPAL, TODAY) == PRINCIPAL
        assert usual_subject(tx, Role.RESEARCHER, TODAY) == RESEARCHER
        assert tx.relations.is_permitted(RESEARCHER, PERMIT, TODAY)


def test_without_a_roster_there_is_nobody_to_be_at_home_with(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "demo") as store, store.begin() as tx:
        assert settle(tx, TODAY) == []
