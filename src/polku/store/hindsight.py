"""Histories as they were known before each amendment, for training: no row sees a correction made after it."""

from __future__ import annotations

from collections.abc import Collection

from polku.records.earlier import Version
from polku.store import bulk, tables
from polku.store.effective import Changes
from polku.store.holds import unprofiled
from polku.store.tenant import Tenant

_AMENDMENTS, _RECORDED = tables.amendments, tables.responses
_CONTENT = tuple(_RECORDED.c[name] for name in bulk.CONTENT)
_ITEM, _KNOWN = bulk.CONTENT.index("item_id"), bulk.CONTENT.index("known_at")


class Hindsight:
    """What was known of one provider's learners before their answers were amended.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def versions(self, without: Collection[str] = ()) -> list[Version]:
        """Return of each amended learner the answers as they were known before each of the amendments.

        Learners of whom no profile may be made are left out, and so are answers to the items `without`.
        """
        statement = self._tenant.select(_AMENDMENTS, _AMENDMENTS.c.learner_id, _AMENDMENTS.c.known_at).distinct()
        out = unprofiled(self._tenant)
        moments = sorted({(row.learner_id, row.known_at) for row in self._tenant.rows(statement)})
        return [self._version(*one, without) for one in moments if one[0] not in out]

    def _version(self, learner_id: str, until: int, without: Collection[str]) -> Version:
        own = self._tenant.select(_RECORDED, *_CONTENT).where(_RECORDED.c.learner_id == learner_id)
        recorded = [tuple(row) for row in self._tenant.rows(own)]
        changes = Changes.read(self._tenant, learners=[learner_id], known_by=until - 1)
        rows = [row for row in changes.applied(recorded) if row[_KNOWN] < until and row[_ITEM] not in without]
        return Version(learner_id, until, bulk.from_rows(rows))
