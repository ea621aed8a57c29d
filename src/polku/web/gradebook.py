"""Confirmed results to a register's gradebook: what changed since the last run, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

from polku.exchange.oneroster_gradebook import Gradebook
from polku.exchange.oneroster_out import Statement
from polku.exchange.oneroster_put import Put, puts
from polku.store import Store
from polku.web.ledger import Ledger, Outcome, hand_over


def send(
    store: Store,
    source: str,
    gradebook: Gradebook,
    statements: Sequence[Statement],
    on_step: Callable[[int, int], None] = lambda *_: None,
) -> Outcome:
    """Hand confirmations over to a register; what it has already, in the same words, is not sent again.

    Parameters
    ----------
    store : Store
        Where it is written down what went out.
    source : str
        Name of the register.
    gradebook : Gradebook
        What asks it.
    statements : sequence of Statement
        What teachers confirmed.
    on_step : callable, optional
        Told how many objects of all are done.
    """
    ledger = Ledger(store, source, f"put {gradebook.version}")
    learners = {one.seat.student: one.confirmed.learner_id for one in statements}

    def put(one: Put) -> bool:
        key, said = f"{one.kind}/{one.id}", hashlib.sha256(json.dumps(one.body, sort_keys=True).encode()).hexdigest()
        if (ledger.entry(key) or {}).get("said") == said:
            return False
        gradebook.put(one)  # its id is the same each time, so that a run that stops here may send it again
        student = one.body["result"]["student"]["sourcedId"] if one.kind == "results" else None
        ledger.write(key, None if student is None else learners[student], {"said": said})
        return True

    return hand_over(list(puts(statements, gradebook.version)), put, on_step)
