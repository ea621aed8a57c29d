"""``/v1/vendors/{vendor}/feedback``: what answers say of a vendor's own tasks."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter, Request

from polku.paths.days import day_of
from polku.web.access import SeesVendor
from polku.web.paging import PAGE, After, Limit, paged
from polku.web.service import Held, Reading
from polku.web.shapes import PathId, Shape
from polku.web.vendors import Feedback, feedback, vendor_of

router = APIRouter(prefix="/v1/vendors", tags=["vendors"])


class ItemFeedback(Shape):
    """What answers say of one task; figures are null where fewer than ten learners answered."""

    item_id: str
    """Which."""
    offered: bool
    """Whether the catalogue still offers it."""
    learners: int | None
    """Learners who answered it."""
    share_right: float | None
    """Share of their first answers that were right."""
    difficulty: float | None
    """In log-odds; 0 where half of average learners succeed."""
    difficulty_se: float | None
    """Its standard error."""
    discrimination: float | None
    """1 is the typical task's, 0 tells nothing; null under thirty learners."""
    discrimination_se: float | None
    """Its standard error."""
    note: str
    """What is worth a look; empty where nothing is."""
    dif: str | None
    """Where groups of equal standing fared differently on it: the class, and what became of it."""


class FeedbackShape(Shape):
    """What answers say of one vendor's tasks; it stands for a day."""

    vendor: str
    """Whose."""
    items: list[ItemFeedback]
    """Those that are or were in its catalogue, in order of id; one page."""
    next: str | None
    """`after` of the next page; null on the last."""


class KeptFeedback:
    """The feedback of each vendor's day: made once, so that two looks cannot be subtracted to find one answer."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], tuple[object, list[Feedback]]] = {}
        self._lock = Lock()

    def of(self, held: Held, tx: Reading, vendor: str) -> list[Feedback]:
        """Return a vendor's feedback of today."""
        key, day = (tx.provider_id, vendor), day_of(held.now())
        with self._lock:
            known, made = self._made.get(key, (None, []))
            if known != day:
                made = feedback(held.home, tx, vendor, held.suggester.released(tx).lens.curriculum)
                self._made[key] = (day, made)
            return made


@router.get("/{vendor}/feedback")
def of_vendor(
    request: Request,
    _viewer: SeesVendor,
    held: Held,
    tx: Reading,
    vendor: PathId,
    limit: Limit = PAGE,
    after: After = None,
) -> FeedbackShape:
    """Return difficulty, discrimination and differences between groups of each of a vendor's own tasks.

    Nothing of another vendor's tasks, nothing of anybody who answered. A token speaks for a vendor by the scope
    `vendor:<id>`.
    """
    found = vendor_of(held.home, vendor)
    kept: KeptFeedback = request.app.state.feedback
    page, following = paged(kept.of(held, tx, found.id), lambda one: one.item_id, after, limit)
    return FeedbackShape(vendor=found.id, items=[ItemFeedback(**one.to_dict()) for one in page], next=following)
