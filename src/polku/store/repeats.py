"""Answers kept for requests that are sent twice: a caller who heard nothing may ask again without a second effect."""

from __future__ import annotations

from typing import Final, NamedTuple

from polku.errors import InputError
from polku.store import tables
from polku.store.tenant import Tenant

KEPT_US: Final = 24 * 3600 * 1_000_000
"""Microseconds for which an answer is kept."""
_TABLE = tables.repeats


class Kept(NamedTuple):
    """An answer that was given before.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        As it was sent.
    media_type : str
        Of the body.
    """

    status: int
    body: bytes
    media_type: str


class Repeats:
    """Answers of one provider's service by caller and idempotency key.

    Kept in the transaction of the request itself: either the effect and its answer are there, or neither.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def find(self, caller: str, key: str, fingerprint: str) -> Kept | None:
        """Return the answer to this request, or None where it is new; the same request at once waits here.

        Parameters
        ----------
        caller, key : str
            Who asks, and the key they gave; another caller's key is another key.
        fingerprint : str
            Hash of what they ask for.

        Raises
        ------
        InputError
            If the key was given with another request before.
        """
        self._tenant.claim("repeats", caller, key)
        since = self._tenant.now() - KEPT_US
        where = (_TABLE.c.caller == caller, _TABLE.c.idempotency_key == key, _TABLE.c.kept_at > since)
        row = self._tenant.first(self._tenant.select(_TABLE).where(*where))
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise InputError("this idempotency key was used for another request", hint="a new key for a new request")
        return Kept(row.status, bytes(row.body), row.media_type)

    def keep(self, caller: str, key: str, fingerprint: str, answer: Kept) -> None:
        """Keep the answer for a day; what is older goes."""
        now = self._tenant.now()
        self._tenant.delete(_TABLE, _TABLE.c.kept_at <= now - KEPT_US)
        said = {"caller": caller, "idempotency_key": key, "fingerprint": fingerprint, "kept_at": now}
        self._tenant.insert(_TABLE, [{**said, **answer._asdict()}])

    def count(self) -> int:
        """Return how many answers are kept."""
        return self._tenant.count(_TABLE)
