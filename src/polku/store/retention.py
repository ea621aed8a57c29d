"""What has been kept long enough: deleted by kind and age, each deletion counted and logged."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from polku.schemas.rights import RetentionSettings
from polku.store import chain, erasure, tables
from polku.store.log import Log
from polku.store.tenant import Tenant, chunks

DAY = 86_400_000_000
"""Microseconds of a day."""


class Expired(NamedTuple):
    """What went because its time was over.

    Parameters
    ----------
    rows : dict of str to int
        Rows by table, without those of learners who left.
    entries : int
        Log entries whose payload went.
    left : tuple of str
        Learners who left long enough ago: everything about them went.
    """

    rows: dict[str, int]
    entries: int
    left: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Return whether nothing was due."""
        return not (any(self.rows.values()) or self.entries or self.left)


def expire(tenant: Tenant, terms: RetentionSettings) -> Expired:
    """Delete what is older than its term.

    A suggestion goes with everything decided about it and with what the log says of it, under one ``erased`` entry, so
    that the chain stays whole. A learner has left when a roster is there and does not name them; without a roster
    nobody has.
    """
    now = tenant.now()
    left = _left(tenant, now - terms.left_days * DAY)
    for learner_id in left:
        erasure.erase(tenant, learner_id)
    aged = {
        tables.refused: tables.refused.c.refused_at < now - terms.quarantine_days * DAY,
        tables.reads: tables.reads.c.read_at < now - terms.reads_days * DAY,
        tables.profiles: tables.profiles.c.stored_at < now - terms.profiles_days * DAY,
        tables.requests: tables.requests.c.asked_at < now - terms.suggestions_days * DAY,
        tables.launches: tables.launches.c.offered_at < now - terms.suggestions_days * DAY,
    }
    rows = {table.name: tenant.delete(table, old) for table, old in aged.items()}
    trail, entries = _trail(tenant, now - terms.suggestions_days * DAY)
    done = Expired(rows | trail, entries, left)
    if not done.nothing:
        Log(tenant).append("expired", {"rows": done.rows, "entries": entries, "left": len(left)})
        chain.seal(tenant)
    return done


def _left(tenant: Tenant, before: int) -> tuple[str, ...]:
    """Return the learners whom the roster does not name and of whom nothing was recorded since `before`."""
    if not tenant.count(tables.learners):
        return ()
    named = {row.learner_id for row in tenant.rows(tenant.select(tables.learners, tables.learners.c.learner_id))}
    last: dict[str, int] = {}
    for table, column in _LAST_HEARD.items():
        heard = tenant.select(table, table.c.learner_id, func.max(table.c[column]).label("at"))
        for row in tenant.rows(heard.where(table.c.learner_id.is_not(None)).group_by(table.c.learner_id)):
            last[row.learner_id] = max(last.get(row.learner_id, row.at), row.at)
    return tuple(sorted(learner for learner, at in last.items() if learner not in named and at < before))


_LAST_HEARD = {
    tables.responses: "recorded_at",
    tables.suggestions: "offered_at",
    tables.decisions: "decided_at",
    tables.requests: "asked_at",
    tables.launches: "offered_at",
    tables.elements: "taken_at",
    tables.rostered: "seen_at",
}
"""When each table last heard of somebody: who stands in none but one of these is found as well."""


def _trail(tenant: Tenant, before: int) -> tuple[dict[str, int], int]:
    """Delete the trail of suggestions older than `before`, their decisions and views first."""
    tenant.claim("seal")
    tenant.lock(tables.log)
    old = tables.suggestions.c.offered_at < before
    ids = select(tables.suggestions.c.suggestion_id).where(tables.suggestions.c.provider_id == tenant.provider_id, old)
    of_these: dict[str, ColumnElement[bool]] = {
        "seen": tables.seen.c.suggestion_id.in_(ids),
        "decisions": tables.decisions.c.suggestion_id.in_(ids),
    }
    rows = {name: tenant.delete(tables.metadata.tables[name], which) for name, which in of_these.items()}
    rows["suggestions"] = tenant.delete(tables.suggestions, old)
    return rows, _payloads(tenant, before)


def _payloads(tenant: Tenant, before: int) -> int:
    """Empty the log's old entries about learners that no row refers to, and log that they are empty."""
    payloads, log = tables.log_payloads, tables.log
    aged = select(log.c.entry_id).where(log.c.provider_id == tenant.provider_id, log.c.appended_at < before)
    which = tenant.select(payloads, payloads.c.entry_id).where(
        payloads.c.learner_id.is_not(None), payloads.c.entry_id.in_(aged)
    )
    kept = [
        select(table.c.entry_id).where(table.c.provider_id == tenant.provider_id)
        for table in tables.metadata.tables.values()
        if "entry_id" in table.c and table not in {log, payloads}
    ]
    for one in kept:
        which = which.where(payloads.c.entry_id.not_in(one))
    entries = sorted(row.entry_id for row in tenant.rows(which))
    for part in chunks(entries):
        tenant.delete(payloads, payloads.c.entry_id.in_(part))
    if entries:
        Log(tenant).append("erased", {"entries": entries})
    return len(entries)
