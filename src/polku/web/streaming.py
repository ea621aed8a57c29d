"""What the endpoints of streams share: one request's elements through the one door, and its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException, Request
from pydantic import Field

from polku.exchange.links import Links
from polku.records import Items, Refusal
from polku.records.elements import Element
from polku.store.receipts import Receipt
from polku.store.sources import Delivery
from polku.store.transaction import Transaction
from polku.web.service import Service
from polku.web.shapes import Shape
from polku.web.vendors import elements_named
from polku.web.viewer import Viewer

MOST: Final = 10_000
"""Elements of one request; a file of any size is read by ``polku stream``."""


class ReceiptShape(Shape):
    """What a delivery held; `accepted`, `repeated`, `voidings`, `without_effect` and `refused` add up to `elements`."""

    receipt_id: str
    """Its id; every answer that came by it says so."""
    source: str
    """Who sent it."""
    standard: str
    """In which standard."""
    digest: str
    """SHA-256 of what was sent; empty where it is not read to its end."""
    elements: int
    """How many there were."""
    accepted: int
    """New evidence."""
    repeated: int
    """Elements that were here already, with the same content."""
    voidings: int
    """Elements that take another back."""
    voided: int
    """Evidence that was taken back by them."""
    without_effect: dict[str, int] = Field(examples=[{"ungraded": 1}])
    """Sound elements that say nothing about a skill, by why."""
    refused: dict[str, int] = Field(examples=[{"no_skills": 1}])
    """Elements in quarantine, by reason."""
    dropped: dict[str, int] = Field(examples=[{"name": 1}])
    """Kinds of personal data that were in them and are kept nowhere."""
    flags: dict[str, int] = Field(examples=[{"in_the_future": 1}])
    """What was odd without making an element useless."""
    received_by: str
    """Who handed it over."""
    received_at: int
    """When: microseconds since 1970 in UTC."""

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptShape:
        """Return a receipt as it is shown."""
        said: dict[str, Any] = receipt._asdict()
        return cls(**said.pop("counts"), **said)


class Sending:
    """One request's delivery.

    Parameters
    ----------
    tx : Transaction
        The request's own.
    held : Service
        Whose data it is about.
    viewer : Viewer
        Who sends: its subject and the standard are the source.
    standard : str
        Of what is sent.
    body : bytes
        As it came.
    """

    def __init__(self, tx: Transaction, held: Service, viewer: Viewer, standard: str, body: bytes) -> None:
        items: Items = tx.items.all()
        self._tx, self._viewer, self._held = tx, viewer, held
        self._digest = hashlib.sha256(body).hexdigest()
        self.links = links_of(tx, held, items)
        self.delivery = Delivery(source_of(viewer, standard), standard, tx.receipts.new_id(), held.deny, items)

    def take(self, elements: Sequence[Element], row_of: Callable[[int], str]) -> Receipt:
        """Take elements in, and write the receipt."""
        named = elements_named(self._tx, self._viewer, elements, row_of)
        self._tx.sources.take(named, self.delivery, row_of)
        return self._receipt()

    def conflicts(self, elements: Sequence[Element]) -> list[str]:
        """Return the ids among some elements that are there with other content; nothing is written."""
        return self._tx.sources.conflicts(self.delivery.source, elements)

    def refuse(self, refusals: Sequence[Refusal]) -> Receipt:
        """Take nothing in, keep what was at fault, and write the receipt."""
        self._tx.sources.refuse(refusals, self.delivery)
        return self._receipt()

    def _receipt(self) -> Receipt:
        sent = self.delivery
        more = {"source": sent.source, "standard": sent.standard, "digest": self._digest, "by": self._viewer.subject}
        return self._tx.receipts.add(sent.receipt_id, sent.tally, **more)


def source_of(viewer: Viewer, standard: str) -> str:
    """Return the name of the source that a caller's deliveries of a standard are: one source speaks one standard."""
    return f"{standard}:{viewer.subject}"


def links_of(tx: Transaction, held: Service, items: Items) -> Links:
    """Return what ids of other systems mean to a provider."""
    return Links.of(held.suggester.released(tx).lens.curriculum, items.skills)


def check_many(elements: object) -> None:
    """Refuse a request that brings more elements than are held at once, however small each is.

    Parameters
    ----------
    elements : object
        What a request brings, decoded; only a list is counted.

    Raises
    ------
    HTTPException
        With 413, if there are more than :data:`MOST`.

    Examples
    --------
    >>> check_many([{}] * MOST)
    """
    if isinstance(elements, list) and len(elements) > MOST:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


async def body_of(request: Request) -> bytes:
    """Return a request's body as it came."""
    return await request.body()
