"""Who is who in a demonstration: somebody at home, a principal and a researcher, so that each persona has a page."""

from __future__ import annotations

import datetime as dt
from typing import Final

from polku.records.relations import Kind, Permit, Relation
from polku.store.transaction import Transaction

GUARDIAN, PRINCIPAL, RESEARCHER, PERMIT = "G001", "P001", "demo-researcher", "demo-permit"
GRADES: Final = (8, 5, 2)
"""A child of each of these grades is at one home: two with a page of their own, and one whom the teacher shows."""
YEAR: Final = dt.timedelta(365)


def settle(tx: Transaction, today: dt.date) -> list[Relation]:
    """Say who is at home with whom, who leads a school and who researches; return the relations.

    Parameters
    ----------
    tx : Transaction
        One that may write, on a store with a roster.
    today : date
        The demonstration's day: everything is open on it.
    """
    frame, since = tx.roster.learners(), today - YEAR
    children = [frame[frame["grade"] == grade]["learner_id"].tolist()[:1] for grade in GRADES]
    schools = sorted(set(frame["school_id"].dropna()))[:1]
    made = [
        *(Relation(GUARDIAN, Kind.GUARDIAN, "learner", one, since, None) for found in children for one in found),
        *(Relation(PRINCIPAL, Kind.PRINCIPAL, "school", school, since, None) for school in schools),
    ]
    tx.relations.replace(made)
    tx.relations.permit([Permit(PERMIT, RESEARCHER, since, today + YEAR)])
    return made
