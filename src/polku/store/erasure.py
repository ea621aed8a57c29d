"""Erasing one learner."""

from __future__ import annotations

from polku.store import chain, tables
from polku.store.log import Log
from polku.store.tenant import Tenant
from polku.store.values import Erased


def erase(tenant: Tenant, learner_id: str, by: str | None = None) -> Erased:
    """Delete every row that names the learner; empty the log entries; append and seal ``erased``.

    Every table with a ``learner_id`` is covered, because they are found by that column. Nothing about the learner can
    arrive by half meanwhile: whoever folds this profile, seals or writes to the log waits, and this waits for them.
    """
    tenant.claim("answers")  # whoever folds everybody reads all answers first and keeps profiles later
    tenant.claim("profile", learner_id)
    tenant.claim("seal")  # before the log, as the sealer does, so that the two cannot block each other for good
    tenant.lock(tables.log)
    payloads = tables.log_payloads
    statement = tenant.select(payloads, payloads.c.entry_id).where(payloads.c.learner_id == learner_id)
    entries = sorted(row.entry_id for row in tenant.rows(statement))
    rows = {
        table.name: tenant.delete(table, table.c.learner_id == learner_id)
        for table in reversed(tables.metadata.sorted_tables)
        if "learner_id" in table.c
    }
    Log(tenant).append("erased", {"entries": entries} | ({} if by is None else {"by": by}))
    chain.seal(tenant)  # at once, so that no verification in between misses a payload
    return Erased(rows, len(entries))
