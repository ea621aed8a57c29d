"""The item bank."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from polku.records import Items
from polku.store import tables
from polku.store.bulk import SEPARATOR
from polku.store.tenant import Tenant, chunks

_TABLE = tables.items


class ItemBank:
    """Tasks, the skills they ask for and their titles.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def replace(self, items: Items) -> None:
        """Make `items` the whole item bank, beside what vendors' catalogues hold: their tasks stay as they are."""
        provided = self._tenant.select(tables.catalogue, tables.catalogue.c.item_id)
        self._tenant.delete(_TABLE, _TABLE.c.item_id.not_in(provided))
        names = ("item_id", "skill_ids", "title")
        rows = zip(*(items.frame[name] for name in names), strict=True)
        self._tenant.insert_new(_TABLE, names, [(item, SEPARATOR.join(skills), title) for item, skills, title in rows])

    def all(self) -> Items:
        """Return the item bank in order of item id."""
        rows = self._tenant.rows(self._tenant.select(_TABLE).order_by(_TABLE.c.item_id))
        return Items(
            pd.DataFrame(
                {
                    "item_id": pd.Series([row.item_id for row in rows], dtype="str"),
                    "skill_ids": pd.Series([tuple(row.skill_ids.split(SEPARATOR)) for row in rows], dtype=object),
                    "title": pd.Series([row.title for row in rows], dtype="str"),
                }
            )
        )

    def on(self, skill_id: str) -> list[str]:
        """Return the ids of the items that ask for one skill and no other, in order."""
        statement = self._tenant.select(_TABLE, _TABLE.c.item_id).where(_TABLE.c.skill_ids == skill_id)
        return [row.item_id for row in self._tenant.rows(statement.order_by(_TABLE.c.item_id))]

    def titles(self, item_ids: Sequence[str]) -> dict[str, str]:
        """Return the titles of some items by id; those that the bank does not know are left out."""
        found: dict[str, str] = {}
        for part in chunks(item_ids):
            statement = self._tenant.select(_TABLE, _TABLE.c.item_id, _TABLE.c.title)
            found |= {row.item_id: row.title for row in self._tenant.rows(statement.where(_TABLE.c.item_id.in_(part)))}
        return found

    def count(self) -> int:
        """Return how many items there are."""
        return self._tenant.count(_TABLE)
