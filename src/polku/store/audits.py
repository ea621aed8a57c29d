"""Audits, each of one stored bundle."""

from __future__ import annotations

from polku.home import digest
from polku.store import tables
from polku.store.tenant import Tenant
from polku.store.values import StoredAudit

_AUDIT = (tables.audits.c.audit_id, tables.audits.c.bundle_id, tables.audits.c.content, tables.audits.c.added_at)


class Audits:
    """Stored audits, numbered in the order they were added.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def add(self, audit_json: str, bundle_id: str) -> str:
        """Store an audit of a stored bundle.

        Parameters
        ----------
        audit_json : str
            The audit as JSON text.
        bundle_id : str
            The bundle that was audited.

        Returns
        -------
        str
            The audit's id.

        Raises
        ------
        NotFoundError
            If no such bundle is stored.
        """
        self._tenant.require_bundle(bundle_id, "an audit")
        number = self._tenant.next_number(tables.audits)
        audit_id = digest(str(number), bundle_id, audit_json)[:32]
        row = {"audit_id": audit_id, "bundle_id": bundle_id, "number": number, "content": audit_json}
        self._tenant.insert(tables.audits, [{**row, "added_at": self._tenant.now()}])
        return audit_id

    def get(self, audit_id: str) -> StoredAudit | None:
        """Return one audit, or None."""
        row = self._tenant.first(
            self._tenant.select(tables.audits, *_AUDIT).where(tables.audits.c.audit_id == audit_id)
        )
        return None if row is None else StoredAudit(*row)

    def latest(self, bundle_id: str | None = None) -> StoredAudit | None:
        """Return the last audit added, of one bundle or of any; None when there is none."""
        statement = self._tenant.select(tables.audits, *_AUDIT).order_by(tables.audits.c.number.desc())
        if bundle_id is not None:
            statement = statement.where(tables.audits.c.bundle_id == bundle_id)
        row = self._tenant.first(statement)
        return None if row is None else StoredAudit(*row)

    def last_of_each(self, most: int) -> list[StoredAudit]:
        """Return the last audit of each bundle, of at most so many bundles, in the order they were added."""
        number, bundle = tables.audits.c.number, tables.audits.c.bundle_id
        rows = self._tenant.rows(self._tenant.select(tables.audits, number, bundle).order_by(number.desc()))
        last: dict[str, int] = {}
        for row in rows:
            last.setdefault(row.bundle_id, row.number)
        wanted = sorted(last.values())[-most:]
        statement = self._tenant.select(tables.audits, *_AUDIT).where(number.in_(wanted)).order_by(number)
        return [StoredAudit(*row) for row in self._tenant.rows(statement)]
