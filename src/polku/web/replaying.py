"""Quarantine, tried again: what holds by now is taken in, through the same door."""

from __future__ import annotations

import hashlib

from polku.errors import NotFoundError
from polku.exchange.links import Links
from polku.exchange.streams import STANDARDS
from polku.records import DenyRules, Items, Refusal
from polku.store.receipts import Receipt
from polku.store.sources import Delivery
from polku.store.transaction import Transaction


def replay(tx: Transaction, source: str, links: Links, items: Items, deny: DenyRules, *, by: str) -> Receipt:
    """Take in what lies in a source's quarantine and holds by now.

    Parameters
    ----------
    tx : Transaction
        One that may write.
    source : str
        Whose quarantine.
    links, items : Links, Items
        What ids mean now, and what the item bank knows now.
    deny : DenyRules
        What is kept nowhere.
    by : str
        Who asked for it.

    Returns
    -------
    Receipt
        Of what was tried again; what is still refused stays in quarantine as it was.

    Raises
    ------
    NotFoundError
        If the source never sent anything in a standard that can be replayed.
    """
    standard = STANDARDS.get(tx.receipts.standard_of(source) or "")
    if standard is None:
        raise NotFoundError("no such source of a stream", got=source, hint="GET /v1/receipts names those that sent")
    held = tx.sources.waiting(source)
    rows = [content.encode() for _, content, _ in held]
    tried = [(kept, standard.element(row, links, deny, None)) for kept, row in zip(held, rows, strict=True)]
    good = [(kept, one) for kept, one in tried if not isinstance(one, Refusal)]
    delivery = Delivery(source, standard.name, tx.receipts.new_id(), deny, items, live=False, replay=True)
    delivery.tally.refused.update(one.reason.value for _, one in tried if isinstance(one, Refusal))
    tx.sources.release(kept[0] for kept, _ in good)
    tx.sources.take([one for _, one in good], delivery, lambda place: good[place][0][2])
    digest = hashlib.sha256(b"\n".join(rows)).hexdigest()
    return tx.receipts.add(
        delivery.receipt_id, delivery.tally, source=source, standard=standard.name, digest=digest, by=by
    )
