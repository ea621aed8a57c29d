"""Validations, each of one stored bundle."""

from __future__ import annotations

from polku.home import digest
from polku.store import tables
from polku.store.tenant import Tenant
from polku.store.values import StoredValidation

_VALIDATION = tuple(tables.validations.c[name] for name in StoredValidation._fields)


class Validations:
    """Stored validations, numbered in the order they were added.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def add(self, content: str, bundle_id: str, verdict: str) -> str:
        """Store a validation of a stored bundle.

        Parameters
        ----------
        content : str
            The validation as JSON text.
        bundle_id : str
            The bundle that was validated.
        verdict : str
            What it came to: "pass" or "refused".

        Returns
        -------
        str
            The validation's id, a hash over its number, bundle and content.

        Raises
        ------
        NotFoundError
            If no such bundle is stored.
        """
        self._tenant.require_bundle(bundle_id, "a validation")
        number = self._tenant.next_number(tables.validations)
        validation_id = digest(str(number), bundle_id, content)[:32]
        row = {"validation_id": validation_id, "bundle_id": bundle_id, "number": number, "verdict": verdict}
        self._tenant.insert(tables.validations, [{**row, "content": content, "added_at": self._tenant.now()}])
        return validation_id

    def get(self, validation_id: str) -> StoredValidation | None:
        """Return one validation, or None."""
        statement = self._tenant.select(tables.validations, *_VALIDATION)
        row = self._tenant.first(statement.where(tables.validations.c.validation_id == validation_id))
        return None if row is None else StoredValidation(*row)

    def latest(self, bundle_id: str) -> StoredValidation | None:
        """Return the last validation added of a bundle; None when there is none."""
        table = tables.validations
        statement = self._tenant.select(table, *_VALIDATION).where(table.c.bundle_id == bundle_id)
        row = self._tenant.first(statement.order_by(table.c.number.desc()))
        return None if row is None else StoredValidation(*row)
