"""``/v1/receipts`` and ``/v1/sources``: what streams delivered, and quarantine taken in after a fix."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from polku.errors import NotFoundError
from polku.web.access import Administers, Feeds
from polku.web.paging import PAGE, After, Limit
from polku.web.repeatable import Repeatable
from polku.web.replaying import replay
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import PathId, Shape
from polku.web.streaming import ReceiptShape, links_of, source_of

router = APIRouter(prefix="/v1", tags=["sources"], route_class=Repeatable)


class ReceiptsShape(Shape):
    """Receipts, latest first."""

    receipts: list[ReceiptShape]
    """One page."""
    next: str | None
    """`after` of the next page; null on the last."""


@router.get("/receipts")
def listed(
    _viewer: Administers,
    tx: Reading,
    source: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = PAGE,
    after: After = None,
) -> ReceiptsShape:
    """Return what streams delivered, of one source or all, the latest first."""
    found = tx.receipts.list(source, limit + 1, after)
    following = found[limit - 1].receipt_id if len(found) > limit else None
    return ReceiptsShape(receipts=[ReceiptShape.of(one) for one in found[:limit]], next=following)


@router.get("/receipts/{receipt_id}")
def one(viewer: Feeds, tx: Reading, receipt_id: PathId) -> ReceiptShape:
    """Return a receipt of one's own delivery."""
    found = tx.receipts.get(receipt_id)
    if found is None or (viewer.signed_in and found.source != source_of(viewer, found.standard)):
        raise NotFoundError("no such receipt", got=receipt_id, hint="the answer to a delivery names its receipt")
    return ReceiptShape.of(found)


@router.post("/sources/{source}/replays")
def replayed(viewer: Administers, held: Held, tx: Writing, source: PathId) -> ReceiptShape:
    """Take in what lies in a source's quarantine and holds by now, after the item bank or the rules were mended.

    What still does not hold stays where it is. Doing it again changes nothing.
    """
    items = tx.items.all()
    return ReceiptShape.of(replay(tx, source, links_of(tx, held, items), items, held.deny, by=viewer.subject))
