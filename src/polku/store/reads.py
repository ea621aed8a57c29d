"""Who looked at whose data: rows that are only ever added, and go by their own time of keeping."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from polku.store import tables
from polku.store.tenant import Tenant
from polku.store.values import Read

_TABLE = tables.reads
_NAMES = ("read_id", "learner_id", "viewer", "role", "what", "read_at")


class Reads:
    """The log of reads of one provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def add(self, reads: Iterable[Read]) -> int:
        """Add reads; return how many.

        Their ids begin with the time, so that the newest stand together and adding stays quick however many there are.
        """
        rows = [
            (f"{one.at:016x}{secrets.token_hex(8)}", one.learner_id, one.viewer, one.role, one.what, one.at)
            for one in reads
        ]
        self._tenant.later(_TABLE, _NAMES, rows)
        return len(rows)

    def of(self, learner_id: str) -> list[Read]:
        """Return who looked at one learner's data, oldest first."""
        columns = (_TABLE.c.learner_id, _TABLE.c.viewer, _TABLE.c.role, _TABLE.c.what, _TABLE.c.read_at)
        statement = self._tenant.select(_TABLE, *columns).where(_TABLE.c.learner_id == learner_id)
        return [Read(*row) for row in self._tenant.rows(statement.order_by(_TABLE.c.read_at, _TABLE.c.read_id))]

    def count(self) -> int:
        """Return how many reads are kept."""
        return self._tenant.count(_TABLE)
