"""Sealing the log: numbers and hashes for what requests appended.

Requests append entries without a number. One sealer per provider at a time gives the committed ones
their numbers, in order of time, and chains them: each entry's hash covers its number, its content and
the hash of the entry before. What an entry says is covered through its commitment only, so that the
chain stays whole when a payload is erased.
"""

from __future__ import annotations

from sqlalchemy import bindparam

from polku.home import digest
from polku.store import tables
from polku.store.tenant import AnyRow, Tenant
from polku.store.values import GENESIS, ChainHead

_LOG = tables.log


def seal(tenant: Tenant) -> ChainHead:
    """Give the committed entries that have none their number and hash; return the new head."""
    tenant.claim("seal")
    last = head(tenant)
    statement = tenant.select(_LOG).where(_LOG.c.seq.is_(None)).order_by(_LOG.c.appended_at, _LOG.c.entry_id)
    sealed = []
    for row in tenant.rows(statement):
        number = last.seq + 1
        hashed = entry_hash(tenant.provider_id, number, last.hash, row)
        sealed.append({"entry": row.entry_id, "seq": number, "previous": last.hash, "hash": hashed})
        last = ChainHead(number, hashed)
    tenant.update(_LOG, _LOG.c.entry_id == bindparam("entry"), sealed)
    return last


def head(tenant: Tenant) -> ChainHead:
    """Return the last sealed entry, or number 0 with the hash that every chain starts from."""
    statement = tenant.select(_LOG, _LOG.c.seq, _LOG.c.hash).where(_LOG.c.seq.is_not(None))
    row = tenant.first(statement.order_by(_LOG.c.seq.desc()))
    return ChainHead(0, GENESIS) if row is None else ChainHead(row.seq, row.hash)


def entry_hash(provider_id: str, seq: int, previous: str, row: AnyRow) -> str:
    """Return the hash of one entry at its place in the chain.

    Parameters
    ----------
    provider_id : str
        Whose log it is.
    seq : int
        The entry's number, from 1.
    previous : str
        Hash of the entry before.
    row : row
        ``entry_id, kind, commitment, appended_at``.
    """
    content = (row.entry_id, row.kind, row.commitment, row.appended_at)
    return digest(*map(str, (provider_id, seq, previous, *content)))
