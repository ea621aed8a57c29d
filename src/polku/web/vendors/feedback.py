"""What a vendor is told about its own tasks: difficulty, discrimination, difference between groups. Nobody else's.

Figures are those of :func:`polku.training.item_table.item_table`, with its limits: under ten learners a task has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from polku.curriculum import Curriculum
from polku.home import Home
from polku.store.transaction import Transaction

LEAST_SHOWN: Final = 10
"""Learners under which a task has no figures, as in :mod:`polku.training.item_table`."""
FIGURES: Final = ("share_right", "difficulty", "difficulty_se", "discrimination", "discrimination_se")


@dataclass(frozen=True)
class Feedback:
    """What answers say of one task.

    Parameters
    ----------
    item_id : str
        Which.
    offered : bool
        Whether the catalogue still offers it.
    learners : int or None
        Learners who answered; None under ten.
    figures : mapping of str to float or None
        By :data:`FIGURES`; None where too few answered to say.
    note : str
        What is worth a look.
    dif : str or None
        Its class and what became of it, where groups of equal standing were found to fare differently on it.
    """

    item_id: str
    offered: bool
    learners: int | None
    figures: Mapping[str, float | None]
    note: str
    dif: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        said = {"item_id": self.item_id, "offered": self.offered, "learners": self.learners}
        return {**said, **self.figures, "note": self.note, "dif": self.dif}


def feedback(home: Home, tx: Transaction, vendor: str, curriculum: Curriculum) -> list[Feedback]:
    """Return what answers say of each task that a vendor provides or provided, in order of item id.

    Parameters
    ----------
    home : Home
        Where items under review are listed.
    tx : Transaction
        May be one that only reads.
    vendor : str
        Whose tasks.
    curriculum : Curriculum
        Gives each skill's area.
    """
    from polku.training.item_table import item_table  # brings what only a fit or an audit computes

    entries = tx.catalogue.of(vendor)
    reviewed = _reviewed(home, tx.provider_id)
    responses = tx.responses.all()
    found: dict[str, dict[Any, Any]] = {}
    if entries and len(responses):
        table = item_table(responses, curriculum)
        own = table[table["item_id"].isin([one.item_id for one in entries])]
        plain = own.astype(object).where(own.notna(), None)
        found = {str(row["item_id"]): row for row in plain.to_dict("records")}
    return [_said(one.item_id, not one.withdrawn, found.get(one.item_id), reviewed) for one in entries]


def _reviewed(home: Home, provider_id: str) -> dict[str, str]:
    """Return what became of each item that was put under review, and is not back."""
    from polku.fairness.items import Review  # the same

    said = {"": "class C: under review", "left_out": "class C: left out"}
    entries = Review.load(home).entries
    return {one.item_id: said[one.outcome] for one in entries if one.provider_id == provider_id and one.outcome in said}


def _said(item_id: str, offered: bool, row: Mapping[Any, Any] | None, reviewed: Mapping[str, str]) -> Feedback:
    """Return what may be said of one task."""
    few = row is None or row["learners"] < LEAST_SHOWN
    figures = {name: None if few or row is None else row[name] for name in FIGURES}
    note = "too few answers to say" if few or row is None else str(row["note"])
    learners = None if few or row is None else int(row["learners"])
    return Feedback(item_id, offered, learners, figures, note, None if few else reviewed.get(item_id))
