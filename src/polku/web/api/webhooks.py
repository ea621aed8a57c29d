"""``/v1/webhooks``: systems that are told of new suggestions, by ids alone."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from polku.store.outbox import Delivery, Webhook
from polku.web.access import Role, Subscribes, Viewer
from polku.web.paging import PAGE, After, Limit
from polku.web.repeatable import Repeatable
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import VISIBLE, PathId, Shape
from polku.web.webhooks.address import LONGEST, target_of
from polku.web.webhooks.sealed import Seal

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=Repeatable)
State = Literal["due", "delivered", "dead"]


class WebhookIn(BaseModel):
    """Who is to be told."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"example": {"url": "https://hooks.example/polku"}},
    )

    url: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=VISIBLE)]
    """Where events are posted: https, on the open internet. On this machine only outside production."""


class WebhookShape(Shape):
    """A system that is told."""

    webhook_id: str
    """Its id."""
    url: str
    """Where events are posted."""
    created_by: str
    """Who asked for it."""
    created_at: int
    """When: microseconds since 1970 in UTC."""

    @classmethod
    def of(cls, hook: Webhook) -> WebhookShape:
        """Return a webhook as it is shown: without its secret."""
        return cls.model_validate({name: getattr(hook, name) for name in cls.model_fields})


class NewWebhookShape(WebhookShape):
    """A system that is told from now on."""

    secret: str
    """Signs what it is told (Standard Webhooks). Shown this once."""


class WebhooksShape(Shape):
    """Every system that is told; there are 20 at most."""

    webhooks: list[WebhookShape]
    """In order of id. A service sees those that it asked for itself."""


class DeliveryShape(Shape):
    """One event on its way to one webhook."""

    event_id: str
    """The same however often it is sent."""
    state: State
    """To be sent, taken, or given up."""
    attempts: int
    """How many times it was sent."""
    fault: str | None
    """Why the last attempt did not succeed."""
    made_at: int
    """When the suggestion was made: microseconds since 1970 in UTC."""
    due_at: int
    """When it is sent next, or was to be sent last."""
    suggestion_ids: list[str]
    """What it tells of."""

    @classmethod
    def of(cls, one: Delivery) -> DeliveryShape:
        """Return a delivery as it is shown."""
        named = {name: getattr(one, name) for name in cls.model_fields if name != "suggestion_ids"}
        return cls.model_validate({**named, "suggestion_ids": json.loads(one.body)["data"]["suggestion_ids"]})


class DeliveriesShape(Shape):
    """Events of one webhook, oldest first; what ended is kept for 30 days."""

    deliveries: list[DeliveryShape]
    """One page."""
    next: str | None
    """`after` of the next page; null on the last."""


class RevivedShape(Shape):
    """Dead letters that are sent again."""

    again: int
    """How many."""


@router.get("")
def webhooks(viewer: Subscribes, tx: Reading) -> WebhooksShape:
    """Return who is told of new suggestions."""
    return WebhooksShape(webhooks=[WebhookShape.of(one) for one in tx.outbox.webhooks(_own(viewer))])


@router.post("", status_code=201)
def subscribe(viewer: Subscribes, held: Held, tx: Writing, asked: WebhookIn) -> NewWebhookShape:
    """Have a system told of every suggestion offered from now on: ids only, signed, at least once.

    The event is `{"id", "type": "suggestions.offered", "at", "data": {"learner_id", "suggestion_ids"}}`. After an
    answer other than 2xx it is sent again with growing waits; a redirect is not followed. Repeats have the same
    `webhook-id`.
    """
    settings = held.settings
    target_of(asked.url, loopback=settings.webhooks.loopback and not settings.production)
    made = tx.outbox.subscribe(asked.url, viewer.subject, Seal.of(held.home, settings).sealed)
    return NewWebhookShape(**made._asdict())


@router.delete("/{webhook_id}", status_code=204)
def unsubscribe(viewer: Subscribes, tx: Writing, webhook_id: PathId) -> None:
    """Tell a system nothing more; what it was still to be told is deleted."""
    tx.outbox.webhook(webhook_id, _own(viewer))
    tx.outbox.unsubscribe(webhook_id)


@router.get("/{webhook_id}/deliveries")
def deliveries(
    viewer: Subscribes,
    tx: Reading,
    webhook_id: PathId,
    state: Annotated[State | None, Query(description="Only those; `dead` are dead letters")] = None,
    limit: Limit = PAGE,
    after: After = None,
) -> DeliveriesShape:
    """Return what a system was told, is to be told, and what was given up."""
    tx.outbox.webhook(webhook_id, _own(viewer))
    found = tx.outbox.deliveries(webhook_id, state, after=after or "", limit=limit + 1)
    following = found[limit - 1].event_id if len(found) > limit else None
    return DeliveriesShape(deliveries=[DeliveryShape.of(one) for one in found[:limit]], next=following)


@router.post("/{webhook_id}/redeliveries", status_code=202)
def redeliver(viewer: Subscribes, tx: Writing, webhook_id: PathId) -> RevivedShape:
    """Send every dead letter of a webhook again, as after its receiver was mended."""
    tx.outbox.webhook(webhook_id, _own(viewer))
    return RevivedShape(again=tx.outbox.revive(webhook_id))


def _own(viewer: Viewer) -> str | None:
    """Return whose webhooks are shown: a service's own; to an administrator everybody's."""
    return viewer.subject if viewer.role is Role.SERVICE else None
