"""Counts over what is kept, without reading it row by row."""

from __future__ import annotations

from sqlalchemy import func

from polku.store import tables
from polku.store.tenant import Tenant

_DAY = 86_400_000_000


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

    def offered_on(self) -> list[tuple[str, int]]:
        """Return each learner with each day on which something was offered, as the day's first microsecond in UTC."""
        table = tables.suggestions
        day = table.c.offered_at - table.c.offered_at % _DAY
        statement = self._tenant.select(table, table.c.learner_id, day).distinct()
        return [(row.learner_id, int(row[1])) for row in self._tenant.rows(statement.order_by(table.c.learner_id, day))]
