"""Counts over what is kept, without reading it row by row."""

from __future__ import annotations

from sqlalchemy import func

from polku.store import tables
from polku.store.tenant import Tenant


class Figures:
    """Counts by learner, for aggregates.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def offered(self) -> dict[str, int]:
        """Return how many options were offered to each learner, in order of learner id."""
        table = tables.suggestions
        statement = self._tenant.select(table, table.c.learner_id, func.count()).group_by(table.c.learner_id)
        return {row.learner_id: int(row[1]) for row in self._tenant.rows(statement.order_by(table.c.learner_id))}
