"""What vendors provide: tasks, the skills they ask for, and who brought which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from polku.store import tables
from polku.store.bulk import SEPARATOR
from polku.store.tenant import AnyRow, Tenant, chunks

_TABLE = tables.catalogue
_NAMES = ("item_id", "vendor", "skill_ids", "title", "language", "difficulty", "interaction", "withdrawn")


class Entry(NamedTuple):
    """One task of a vendor's catalogue.

    Parameters
    ----------
    item_id, vendor : str
        Which task, whose.
    skill_ids : tuple of str
        What it asks for.
    title : str
        As people see it.
    language : str
        Its language; empty where it has no words.
    difficulty : float or None
        Log-odds at which half of average learners fail it, as its vendor says; None where it says nothing.
    interaction : str
        Type of interaction, such as ``choice``; may be empty.
    withdrawn : bool
        Whether it is offered no longer. What was answered on it still counts.
    """

    item_id: str
    vendor: str
    skill_ids: tuple[str, ...]
    title: str
    language: str = ""
    difficulty: float | None = None
    interaction: str = ""
    withdrawn: bool = False


class Catalogue:
    """Tasks of one education provider's vendors.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def replace(self, vendor: str, entries: Sequence[Entry]) -> int:
        """Make some tasks a vendor's whole catalogue; those that it no longer has are withdrawn, not forgotten.

        The item bank learns their skills, so that what is answered on them counts.

        Returns
        -------
        int
            How many were withdrawn.
        """
        kept = {one.item_id for one in entries}
        gone = [one._replace(withdrawn=True) for one in self.of(vendor) if not (one.item_id in kept or one.withdrawn)]
        rows = [(*one[:2], SEPARATOR.join(one.skill_ids), *one[3:]) for one in (*entries, *gone)]
        if rows:
            self._tenant.replace(_TABLE, _NAMES, rows)
            known = [(one.item_id, SEPARATOR.join(one.skill_ids), one.title) for one in entries]
            if known:
                self._tenant.replace(tables.items, ("item_id", "skill_ids", "title"), known)
        return len(gone)

    def on(self, skill_id: str) -> list[Entry]:
        """Return the tasks that are offered and ask for one skill and no other."""
        found = self._tenant.select(_TABLE).where(_TABLE.c.skill_ids == skill_id, _TABLE.c.withdrawn.is_(False))
        return [_entry(row) for row in self._tenant.rows(found.order_by(_TABLE.c.item_id))]

    def of(self, vendor: str) -> list[Entry]:
        """Return everything that a vendor has or had, in order of item id."""
        found = self._tenant.select(_TABLE).where(_TABLE.c.vendor == vendor)
        return [_entry(row) for row in self._tenant.rows(found.order_by(_TABLE.c.item_id))]

    def owners(self, item_ids: Sequence[str]) -> dict[str, str]:
        """Return who brought which of some items; the item bank's own are nobody's, which is written as ``""``."""
        owners: dict[str, str] = {}
        for table, named in ((tables.items, False), (_TABLE, True)):
            for part in chunks(item_ids):
                columns = (table.c.item_id, *((table.c.vendor,) if named else ()))
                for row in self._tenant.rows(self._tenant.select(table, *columns).where(table.c.item_id.in_(part))):
                    owners[row.item_id] = row.vendor if named else ""
        return owners

    def counts(self) -> dict[str, int]:
        """Return how many tasks each vendor offers."""
        offered: dict[str, int] = {}
        for row in self._tenant.rows(self._tenant.select(_TABLE, _TABLE.c.vendor, _TABLE.c.withdrawn)):
            offered[row.vendor] = offered.get(row.vendor, 0) + (not row.withdrawn)
        return offered


def _entry(row: AnyRow) -> Entry:
    return Entry(
        row.item_id,
        row.vendor,
        tuple(row.skill_ids.split(SEPARATOR)),
        row.title,
        row.language,
        row.difficulty,
        row.interaction,
        bool(row.withdrawn),
    )
