"""Receipts: what each delivery of a stream held, for its sender to compare with what was sent."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from sqlalchemy import and_, or_

from polku.records.elements import Tally
from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.tenant import AnyRow, Tenant

_TABLE = tables.receipts


class Receipt(NamedTuple):
    """One delivery: when, from where, how its elements ended; the counts add up to `elements`.

    Without a digest it has not been read to its end: it is under way, or broke off after so many elements.
    """

    receipt_id: str
    source: str
    standard: str
    digest: str
    elements: int
    counts: dict[str, Any]
    received_by: str
    received_at: int

    @property
    def finished(self) -> bool:
        """Return whether the delivery was read to its end."""
        return self.digest != ""


class Receipts:
    """Receipts of one provider.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    @staticmethod
    def new_id() -> str:
        """Return an id for a receipt that is yet to be written: what comes by it says so at once."""
        return str(uuid.uuid4())

    def add(self, receipt_id: str, tally: Tally, *, source: str, standard: str, digest: str, by: str) -> Receipt:
        """Write a receipt.

        Parameters
        ----------
        receipt_id : str
            As :meth:`new_id` gave it.
        tally : Tally
            How the elements ended.
        source, standard : str
            From where, in which standard.
        digest : str
            SHA-256 of the content as it came; empty while more of it is to come.
        by : str
            Who handed it over.
        """
        row = Receipt(receipt_id, source, standard, digest, tally.elements, counts(tally), by, self._tenant.now())
        self._tenant.insert(_TABLE, [{**row._asdict(), "counts": canonical(row.counts)}])
        return row

    def go_on(self, receipt_id: str, tally: Tally, *, source: str, standard: str, by: str, digest: str = "") -> Receipt:
        """Write a receipt as :meth:`add` does, in place of what it said while more was to come.

        One that is finished is never written again.
        """
        self._tenant.delete(_TABLE, _TABLE.c.receipt_id == receipt_id, _TABLE.c.digest == "")
        return self.add(receipt_id, tally, source=source, standard=standard, digest=digest, by=by)

    def get(self, receipt_id: str) -> Receipt | None:
        """Return one receipt."""
        row = self._tenant.first(self._tenant.select(_TABLE).where(_TABLE.c.receipt_id == receipt_id))
        return None if row is None else _receipt(row)

    def list(self, source: str | None = None, limit: int = 100, after: str | None = None) -> list[Receipt]:
        """Return receipts, of one source or all, latest first: those after one, or from the first where it is gone."""
        found = self._tenant.select(_TABLE)
        if source is not None:
            found = found.where(_TABLE.c.source == source)
        last = None if after is None else self.get(after)
        if last is not None:
            at, name = _TABLE.c.received_at, _TABLE.c.receipt_id
            found = found.where(or_(at < last.received_at, and_(at == last.received_at, name > last.receipt_id)))
        rows = self._tenant.rows(found.order_by(_TABLE.c.received_at.desc(), _TABLE.c.receipt_id).limit(limit))
        return [_receipt(row) for row in rows]

    def standard_of(self, source: str) -> str | None:
        """Return the standard that a source last sent, None where it sent nothing yet."""
        found = self.list(source, 1)
        return found[0].standard if found else None


def counts(tally: Tally) -> dict[str, Any]:
    """Return a tally as a receipt says it.

    Examples
    --------
    >>> counts(Tally(accepted=2))["accepted"]
    2
    """
    return {
        "accepted": tally.accepted,
        "repeated": tally.repeated,
        "voidings": tally.voidings,
        "voided": tally.voided,
        "without_effect": dict(sorted(tally.without_effect.items())),
        "refused": dict(sorted(tally.refused.items())),
        "dropped": dict(sorted(tally.dropped.items())),
        "flags": dict(sorted(tally.flags.items())),
    }


def _receipt(row: AnyRow) -> Receipt:
    return Receipt(*row)._replace(counts=parse(row.counts))
