"""Appending to the log: a commitment that stays, a payload that can be erased."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from polku.store import tables
from polku.store.jsontext import written
from polku.store.packing import packed
from polku.store.tenant import Tenant

SALT_BYTES = 32
_ENTRY = ("entry_id", "kind", "commitment", "appended_at")
_PAYLOAD = ("entry_id", "learner_id", "salt", "payload")


class Log:
    """The append-only log of one provider, as requests see it: they only add.

    Numbering and chaining is the sealer's business (:mod:`polku.store.chain`).

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def append(self, kind: str, payload: Mapping[str, Any], learner_id: str | None = None) -> str:
        """Append one entry.

        Parameters
        ----------
        kind : str
            "offered", "decided", "erased", …
        payload : mapping
            What happened, as JSON can hold it.
        learner_id : str, optional
            Whose payload it is: erasing this learner erases it.

        Returns
        -------
        str
            The entry's id.
        """
        entry_id, salt, text = secrets.token_hex(16), secrets.token_bytes(SALT_BYTES), written(payload)
        self._tenant.later(tables.log, _ENTRY, [(entry_id, kind, commitment(salt, text), self._tenant.now())])
        self._tenant.later(tables.log_payloads, _PAYLOAD, [(entry_id, learner_id, salt, packed(text))])
        return entry_id

    def unsealed(self) -> tuple[int, int | None]:
        """Return how many entries wait for the sealer, and since when the oldest does, in microseconds UTC."""
        table = tables.log
        statement = self._tenant.select(table, func.count(), func.min(table.c.appended_at)).where(table.c.seq.is_(None))
        (found,) = self._tenant.rows(statement)
        return int(found[0]), found[1]


def commitment(salt: bytes, payload: str) -> str:
    """Return SHA-256(salt ‖ payload): it proves what was said, and says nothing once the salt is gone.

    Examples
    --------
    >>> commitment(b"salt", "{}")[:8]
    'd7c765b3'
    """
    return hashlib.sha256(salt + payload.encode()).hexdigest()
