"""The item bank."""

from __future__ import annotations

import pandas as pd

from polku.records import Items
from polku.store import tables
from polku.store.bulk import SEPARATOR
from polku.store.tenant import Tenant

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
        """Make `items` the whole item bank."""
        self._tenant.delete(_TABLE)
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

    def count(self) -> int:
        """Return how many items there are."""
        return self._tenant.count(_TABLE)
