"""The items that wait for a person: out of the evidence until somebody returns them, with name and reason.

The list is ``models/items_under_review.csv``: a definition that changes what children's paths stand on, so it lies
where people see it. :func:`polku.cli.dif` adds to it; only a person takes an item off it, and that stays written.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Literal

from polku.errors import ConflictError, DefinitionError, InputError, NotFoundError, nearest
from polku.home import Home

FILE = "items_under_review.csv"
Outcome = Literal["", "returned", "left_out"]
OUTCOMES: tuple[Outcome, ...] = ("", "returned", "left_out")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One item on the list.

    Parameters
    ----------
    provider_id, item_id : str
        Whose item.
    since : str
        ISO date on which it was put on the list.
    found : str
        What was found, about the item and a group.
    outcome : {"", "returned", "left_out"}
        Empty while it waits: the item is out of the evidence. "returned" puts it back, "left_out" keeps it out.
    reviewed_by, reason : str
        Who decided, and why. Empty while it waits.
    """

    provider_id: str
    item_id: str
    since: str
    found: str
    outcome: Outcome = ""
    reviewed_by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Review:
    """The list, of every provider of a home.

    Parameters
    ----------
    entries : tuple of Reviewed
        In the order in which they were put on it.

    Examples
    --------
    >>> review = Review().add("demo", {"i1": "gender girl: class C"}, date(2026, 6, 5))
    >>> review.out("demo")
    ('i1',)
    >>> review.decide("demo", "i1", "returned", by="M. Aalto", reason="read aloud since May").out("demo")
    ()
    """

    entries: tuple[Reviewed, ...] = ()

    @classmethod
    def load(cls, home: Home) -> Review:
        """Read the list of a home; empty where there is none yet.

        Raises
        ------
        DefinitionError
            If a column is missing, an outcome is unknown, an item stands twice, or a decision lacks name or reason.
        """
        path = home.models / FILE
        if not path.is_file():
            return cls()
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = [field.name for field in fields(Reviewed)]
        if any(list(row) != names or None in row.values() for row in rows):
            raise DefinitionError(f"{path} has other columns", got=", ".join(map(str, rows[0])), hint=", ".join(names))
        entries = tuple(_checked(row, path) for row in rows)
        keys = [(entry.provider_id, entry.item_id) for entry in entries]
        twice = [item for number, (provider, item) in enumerate(keys) if (provider, item) in keys[:number]]
        if twice:
            raise DefinitionError(f"{path}: an item stands there twice", got=twice[0], hint="keep one line of it")
        return cls(entries)

    def save(self, home: Home) -> Path:
        """Write the list, whole or not at all; returns its path."""
        path = home.models / FILE
        draft = path.with_suffix(".csv.new")
        with draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [field.name for field in fields(Reviewed)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(entry) for entry in self.entries)
        draft.replace(path)
        return path

    def out(self, provider_id: str) -> tuple[str, ...]:
        """Return the items that are out of a provider's evidence, in order of id."""
        mine = (entry for entry in self.entries if entry.provider_id == provider_id and entry.outcome != "returned")
        return tuple(sorted(entry.item_id for entry in mine))

    def add(self, provider_id: str, found: Mapping[str, str], on: date) -> Review:
        """Put items on the list; what a person has decided about an item holds, and is not overruled here.

        Parameters
        ----------
        provider_id : str
            Whose items.
        found : mapping of str to str
            What was found, by item id.
        on : date
            Today.
        """
        known = {entry.item_id for entry in self.entries if entry.provider_id == provider_id}
        new = [Reviewed(provider_id, item, on.isoformat(), why) for item, why in found.items() if item not in known]
        return Review((*self.entries, *new))

    def decide(self, provider_id: str, item_id: str, outcome: Outcome, *, by: str, reason: str) -> Review:
        """Write down what a person decided about an item.

        Raises
        ------
        NotFoundError
            If the item is not on the list.
        ConflictError
            If somebody has already decided the same.
        InputError
            If the outcome is none, or name or reason is blank.
        """
        if not outcome or not by.strip() or not reason.strip():
            raise InputError("a decision on an item needs an outcome, a name and a reason", hint="--by and --reason")
        mine = {entry.item_id: entry for entry in self.entries if entry.provider_id == provider_id}
        if item_id not in mine:
            raise NotFoundError("the item is not under review", got=item_id, hint=nearest(item_id, mine))
        if mine[item_id].outcome == outcome:
            raise ConflictError(f"the item is {outcome} already", got=item_id, hint=f"by {mine[item_id].reviewed_by}")
        decided = replace(mine[item_id], outcome=outcome, reviewed_by=by.strip(), reason=reason.strip())
        return Review(tuple(decided if entry == mine[item_id] else entry for entry in self.entries))


def _checked(row: dict[str, str], path: Path) -> Reviewed:
    """Read a line; refuse one that says something nobody could act on."""
    outcome = next((known for known in OUTCOMES if known == row["outcome"]), None)
    if outcome is None:
        raise DefinitionError(f"{path}: no such outcome", got=row["outcome"], hint="empty, returned or left_out")
    entry = Reviewed(
        *(row["provider_id"], row["item_id"], row["since"], row["found"]),
        outcome=outcome,
        reviewed_by=row["reviewed_by"],
        reason=row["reason"],
    )
    if not entry.provider_id or not entry.item_id:
        raise DefinitionError(f"{path}: a line without provider or item", got=entry.item_id or "no item")
    if entry.outcome and not (entry.reviewed_by.strip() and entry.reason.strip()):
        raise DefinitionError(f"{path}: a decision without name or reason", got=entry.item_id, hint="say who and why")
    return entry
