"""Who is told of new suggestions, and the outbox of what they are told.

An event is written in the transaction of the offer itself, so that none is told of an offer that was undone and none
is missed. It goes out at least once: :meth:`Outbox.take` lends it for a while, and what was not marked by then is lent
again.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from polku.errors import ConflictError, NotFoundError
from polku.store import tables
from polku.store.jsontext import canonical
from polku.store.prepared import Prepared
from polku.store.tenant import AnyRow, AnySelect, Tenant

OFFERED: Final = "suggestions.offered"
DUE, DELIVERED, DEAD = STATES = ("due", "delivered", "dead")
MOST_WEBHOOKS: Final = 20
KEPT_US: Final = 30 * 86_400 * 1_000_000
"""Microseconds for which what was delivered or is dead stays visible."""
_HOOKS, _TABLE = tables.webhooks, tables.deliveries
HOOKS = Prepared(_HOOKS, _HOOKS.c.webhook_id, order=(_HOOKS.c.webhook_id,))


class Webhook(NamedTuple):
    """Who is told.

    Parameters
    ----------
    webhook_id, url : str
        Its id, and where events are sent.
    secret : str
        Signs them: ``whsec_`` and base 64, as Standard Webhooks has it; as it is kept, sealed.
    created_by : str
        Subject of whoever asked for it.
    created_at : int
        Microseconds UTC.
    """

    webhook_id: str
    url: str
    secret: str
    created_by: str
    created_at: int


class Delivery(NamedTuple):
    """One event on its way to one webhook.

    Parameters
    ----------
    event_id, webhook_id : str
        What, and to whom.
    body : str
        JSON with ids only.
    state : {"due", "delivered", "dead"}
        Where it stands.
    attempts : int
        How many times it was sent.
    fault : str or None
        Why the last attempt did not succeed.
    made_at, due_at, ended_at : int or None
        Microseconds UTC.
    """

    event_id: str
    webhook_id: str
    body: str
    state: str
    attempts: int
    fault: str | None
    made_at: int
    due_at: int
    ended_at: int | None


class Outbox:
    """Webhooks of one provider and what they are told.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def subscribe(self, url: str, by: str, sealed: Callable[[str, str], str]) -> Webhook:
        """Add a webhook; what is offered from now on is told to it.

        Parameters
        ----------
        url : str
            Where events are sent.
        by : str
            Subject of whoever asks for it.
        sealed : callable
            Returns, of a webhook's id and secret, what may be kept of the secret.

        Returns
        -------
        Webhook
            With the secret itself, this once.

        Raises
        ------
        ConflictError
            If there are as many as there may be.
        """
        self._tenant.claim("webhooks")
        if self._tenant.count(_HOOKS) >= MOST_WEBHOOKS:
            raise ConflictError("there are as many webhooks as there may be", got=MOST_WEBHOOKS, hint="delete one")
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        made = Webhook(secrets.token_hex(16), url, secret, by, self._tenant.now())
        self._tenant.insert(_HOOKS, [{**made._asdict(), "secret": sealed(made.webhook_id, secret)}])
        return made

    def reseal(self, hook: Webhook, kept: str) -> None:
        """Keep the secret of a webhook otherwise: sealed, or with another key; one that was deleted stays so."""
        if hook in self.webhooks():
            self._tenant.put(_HOOKS, [{**hook._asdict(), "secret": kept}])

    def webhooks(self, by: str | None = None) -> list[Webhook]:
        """Return the webhooks in order of id, or those that one caller asked for."""
        columns = tuple(_HOOKS.c[name] for name in Webhook._fields)
        statement = self._tenant.select(_HOOKS, *columns).order_by(_HOOKS.c.webhook_id)
        if by is not None:
            statement = statement.where(_HOOKS.c.created_by == by)
        return [Webhook(*row) for row in self._tenant.rows(statement)]

    def webhook(self, webhook_id: str, by: str | None = None) -> Webhook:
        """Return one webhook.

        Raises
        ------
        NotFoundError
            If there is none by this id, or it is another caller's.
        """
        found = [one for one in self.webhooks(by) if one.webhook_id == webhook_id]
        if not found:
            raise NotFoundError("no such webhook", got=webhook_id, hint="GET /v1/webhooks lists them")
        return found[0]

    def unsubscribe(self, webhook_id: str) -> None:
        """Delete a webhook and what it was still to be told."""
        self._tenant.delete(_TABLE, _TABLE.c.webhook_id == webhook_id)
        self._tenant.delete(_HOOKS, _HOOKS.c.webhook_id == webhook_id)

    def deliveries(
        self, webhook_id: str | None = None, state: str | None = None, *, after: str = "", limit: int = 100
    ) -> list[Delivery]:
        """Return deliveries in order of event id, from one that comes after `after` on."""
        statement = self._chosen().where(_TABLE.c.event_id > after)
        if webhook_id is not None:
            statement = statement.where(_TABLE.c.webhook_id == webhook_id)
        if state is not None:
            statement = statement.where(_TABLE.c.state == state)
        ordered = statement.order_by(_TABLE.c.event_id, _TABLE.c.webhook_id).limit(limit)
        return [Delivery(*row) for row in self._tenant.rows(ordered)]

    def waited_for(self) -> list[str]:
        """Return the webhooks for which something is due, in order of id."""
        due = _TABLE.c.state == DUE, _TABLE.c.due_at <= self._tenant.now()
        statement = self._tenant.select(_TABLE, _TABLE.c.webhook_id).where(*due).distinct()
        return [row.webhook_id for row in self._tenant.rows(statement.order_by(_TABLE.c.webhook_id))]

    def take(self, webhook_id: str, limit: int, lease_us: int) -> list[Delivery]:
        """Lend what is due for one webhook to one deliverer; nobody else gets it before the lease is over.

        Parameters
        ----------
        webhook_id : str
            Whose.
        limit : int
            Most deliveries.
        lease_us : int
            Microseconds after which what was not marked is due again.
        """
        self._tenant.claim("deliveries")
        now = self._tenant.now()
        due = _TABLE.c.state == DUE, _TABLE.c.due_at <= now
        statement = self._chosen().where(_TABLE.c.webhook_id == webhook_id, *due)
        taken = [Delivery(*row) for row in self._tenant.rows(statement.order_by(_TABLE.c.due_at).limit(limit))]
        for one in taken:
            self._change(one, due_at=now + lease_us, attempts=one.attempts + 1)
        return [one._replace(attempts=one.attempts + 1) for one in taken]

    def delivered(self, one: Delivery) -> None:
        """Mark that a webhook took an event."""
        self._change(one, state=DELIVERED, fault=None, ended_at=self._tenant.now())

    def failed(self, one: Delivery, fault: str, again_in_us: int | None) -> None:
        """Mark that a webhook did not take an event.

        Parameters
        ----------
        one : Delivery
            Which.
        fault : str
            Why, without anything that the receiver said.
        again_in_us : int or None
            Microseconds until it is sent again; None makes it a dead letter.
        """
        if again_in_us is None:
            self._change(one, state=DEAD, fault=fault, ended_at=self._tenant.now())
        else:
            self._change(one, fault=fault, due_at=self._tenant.now() + again_in_us)

    def revive(self, webhook_id: str) -> int:
        """Send the dead letters of a webhook again; return how many."""
        dead = self.deliveries(webhook_id, DEAD, limit=10_000)
        for one in dead:
            self._change(one, state=DUE, attempts=0, due_at=self._tenant.now(), ended_at=None)
        return len(dead)

    def standing(self, webhook_id: str) -> dict[str, int]:
        """Return how many events of a webhook stand where."""
        of = _TABLE.c.webhook_id == webhook_id
        return {state: self._tenant.count(_TABLE, of, _TABLE.c.state == state) for state in STATES}

    def tidy(self) -> int:
        """Delete what ended long ago; return how many."""
        return self._tenant.delete(_TABLE, _TABLE.c.ended_at <= self._tenant.now() - KEPT_US)

    def _chosen(self) -> AnySelect:
        return self._tenant.select(_TABLE, *(_TABLE.c[name] for name in Delivery._fields))

    def _change(self, one: Delivery, **values: Any) -> None:
        names = {"event_id": one.event_id, "webhook_id": one.webhook_id}
        where = (_TABLE.c.event_id == one.event_id) & (_TABLE.c.webhook_id == one.webhook_id)
        row: AnyRow | None = self._tenant.first(self._tenant.select(_TABLE).where(where))
        if row is not None:  # a webhook may be deleted, or a learner erased, while its event is under way
            self._tenant.put(_TABLE, [{**row._mapping, **names, **values}])  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def announce(tenant: Tenant, learner_id: str, suggestion_ids: Sequence[str]) -> None:
    """Put into the outbox that a learner was offered suggestions: ids only, nothing about the learner.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection, in the transaction of the offer.
    learner_id : str
        Whom.
    suggestion_ids : sequence of str
        What.
    """
    hooks = HOOKS.rows(tenant)
    if not hooks:
        return
    now = tenant.now()
    event_id = f"{now:016x}{secrets.token_hex(8)}"  # begins with the time, so that ids are in order
    said = {"learner_id": learner_id, "suggestion_ids": list(suggestion_ids)}
    body = canonical({"id": event_id, "type": OFFERED, "at": now, "data": said})
    row = {"event_id": event_id, "learner_id": learner_id, "body": body, "state": DUE, "attempts": 0}
    times = {"made_at": now, "due_at": now}
    tenant.insert(_TABLE, [{**row, **times, "webhook_id": one.webhook_id} for one in hooks])
