"""Verifying the log: what was altered, removed or moved since it was sealed, and where.

Nothing in the log is trusted on the way: whoever altered it may have written anything, a text where a
number belongs included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polku.errors import PolkuError
from polku.store import tables
from polku.store.chain import entry_hash
from polku.store.jsontext import parse
from polku.store.log import commitment
from polku.store.packing import unpacked
from polku.store.tenant import AnyRow, Tenant
from polku.store.values import GENESIS, ChainHead, LogProblem, LogReport

_LOG, _PAYLOADS = tables.log, tables.log_payloads


def verify(tenant: Tenant, exported: ChainHead | None = None) -> LogReport:
    """Walk the log and report every altered, missing or reordered entry.

    Parameters
    ----------
    tenant : Tenant
        Whose log.
    exported : ChainHead, optional
        A head exported earlier: with it, a truncated or rewritten log shows too.
    """
    rows = tenant.rows(tenant.select(_LOG).where(_LOG.c.seq.is_not(None)).order_by(_LOG.c.seq))
    sealed = [row for row in rows if isinstance(row.seq, int)]
    problems = [
        LogProblem(0, row.entry_id, "altered: its number is none") for row in rows if not isinstance(row.seq, int)
    ]
    problems += [*_broken_links(tenant.provider_id, sealed), *_broken_payloads(tenant, sealed)]
    last = ChainHead(sealed[-1].seq, sealed[-1].hash) if sealed else ChainHead(0, GENESIS)
    if exported is not None:
        problems += _differences(sealed, last, exported)
    return LogReport(last, tenant.count(_LOG, _LOG.c.seq.is_(None)), tuple(sorted(problems, key=lambda one: one.seq)))


def _broken_links(provider_id: str, sealed: Iterable[AnyRow]) -> Iterator[LogProblem]:
    last = ChainHead(0, GENESIS)
    for row in sealed:
        if row.seq > last.seq + 1:
            yield LogProblem(last.seq + 1, None, f"missing: entries {last.seq + 1} to {row.seq - 1}")
        elif row.previous != last.hash:
            yield LogProblem(row.seq, row.entry_id, "reordered: it does not follow the entry before it")
        if row.hash != entry_hash(provider_id, row.seq, row.previous, row):
            yield LogProblem(row.seq, row.entry_id, "altered: its content is not what was sealed")
        last = ChainHead(row.seq, row.hash)


def _broken_payloads(tenant: Tenant, sealed: Iterable[AnyRow]) -> Iterator[LogProblem]:
    promised = {row.entry_id: row for row in sealed}
    present: set[str] = set()
    erased: set[str] = set()
    columns = (_PAYLOADS.c.entry_id, _PAYLOADS.c.salt, _PAYLOADS.c.payload)
    for said in tenant.stream(tenant.select(_PAYLOADS, *columns)):
        entry = promised.get(said.entry_id)
        if entry is None:  # not sealed yet
            continue
        present.add(said.entry_id)
        if not _keeps(said, entry.commitment):
            yield LogProblem(entry.seq, said.entry_id, "altered: its payload is not what was committed to")
        elif entry.kind == "erased":
            erased.update(parse(unpacked(said.payload))["entries"])
    for entry_id in promised.keys() - present - erased:
        gone = "missing: its payload is gone and no entry says it was erased"
        yield LogProblem(promised[entry_id].seq, entry_id, gone)


def _keeps(said: AnyRow, promise: str) -> bool:
    """Return whether salt and payload are what the entry committed to."""
    if not isinstance(said.salt, bytes) or not isinstance(said.payload, bytes):
        return False
    try:
        return commitment(said.salt, unpacked(said.payload)) == promise
    except PolkuError:  # damaged
        return False


def _differences(sealed: Iterable[AnyRow], last: ChainHead, exported: ChainHead) -> Iterator[LogProblem]:
    """Compare with a head exported earlier: the one thing that whoever holds the store cannot change."""
    if last.seq < exported.seq:
        yield LogProblem(last.seq + 1, None, f"truncated: entries up to {exported.seq} were exported")
    for row in sealed:
        if row.seq == exported.seq and row.hash != exported.hash:
            yield LogProblem(row.seq, row.entry_id, "rewritten: the exported head is another one")
