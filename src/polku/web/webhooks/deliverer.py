"""Emptying the outbox: at least once, with waits that grow, and dead letters at the end.

An event is lent for a while, sent, then marked. Whoever is killed between sending and marking leaves it due again, and
it is sent once more under the same id: receivers tell by it that they know the event.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import Final, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from polku.errors import PolkuError
from polku.schemas.interface import WebhookSettings
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.outbox import Delivery, Webhook
from polku.web.tenants import Tenants
from polku.web.webhooks.sending import send

log = logging.getLogger("polku.web")
TOGETHER: Final = 20
"""Events lent at a time."""
LONGEST_WAIT_S: Final = 6 * 3600
SECOND: Final = 1_000_000


class Round(NamedTuple):
    """What one round did.

    Parameters
    ----------
    delivered, failed, dead : int
        Events that were taken; that will be sent again; that will not.
    """

    delivered: int = 0
    failed: int = 0
    dead: int = 0


class Deliverer:
    """Delivers what one provider's outbox holds.

    Parameters
    ----------
    store : Store
        The provider's.
    settings : WebhookSettings
        How often, how long.
    loopback : bool
        Whether webhooks on this machine are called.
    chance : random.Random
        Shortens waits, so that many that failed together do not come again together.
    """

    def __init__(self, store: Store, settings: WebhookSettings, *, loopback: bool, chance: random.Random) -> None:
        self._store, self._settings = store, settings
        self._loopback, self._chance = loopback, chance

    @classmethod
    def of(cls, settings: Settings, store: Store, chance: random.Random | None = None) -> Deliverer:
        """Return the deliverer that an installation's settings describe; nothing of this machine in production."""
        loopback = settings.webhooks.loopback and not settings.production
        return cls(store, settings.webhooks, loopback=loopback, chance=chance or random.Random())

    def round(self) -> Round:
        """Send everything that is due once."""
        done = Round()
        while taken := self._take():
            hooks = self._hooks()
            for one in taken:
                done = Round(*map(sum, zip(done, self._deliver(one, hooks.get(one.webhook_id)), strict=True)))
        with self._store.begin() as tx:
            tx.outbox.tidy()
        return done

    def wait_s(self, attempts: int) -> float:
        """Return the seconds to wait after so many attempts: doubling, with up to a half taken off by chance."""
        longest = min(self._settings.first_wait_seconds * 2 ** (attempts - 1), LONGEST_WAIT_S)
        return float(longest * self._chance.uniform(0.5, 1))

    def _take(self) -> list[Delivery]:
        lease_s = TOGETHER * self._settings.answer_seconds * 2
        with self._store.begin() as tx:
            return tx.outbox.take(TOGETHER, int(lease_s * SECOND))

    def _hooks(self) -> dict[str, Webhook]:
        with self._store.read() as tx:
            return {one.webhook_id: one for one in tx.outbox.webhooks()}

    def _deliver(self, one: Delivery, hook: Webhook | None) -> Round:
        if hook is None:
            return Round()
        fault = send(hook, one, seconds=self._settings.answer_seconds, loopback=self._loopback)
        dead = one.attempts >= self._settings.attempts
        with self._store.begin() as tx:
            if fault is None:
                tx.outbox.delivered(one)
                return Round(delivered=1)
            tx.outbox.failed(one, fault, None if dead else int(self.wait_s(one.attempts) * SECOND))
        return Round(dead=1) if dead else Round(failed=1)


class Delivering:
    """Delivers in the background, for every provider at work.

    Parameters
    ----------
    deliverers : callable
        Returns those whose outboxes to empty now.
    every_s : float
        Seconds between two rounds; 0 for never.
    """

    def __init__(self, deliverers: Callable[[], Iterable[Deliverer]], every_s: float) -> None:
        self._deliverers, self._every_s = deliverers, every_s
        self._stop = Event()
        self._thread: Thread | None = None

    @classmethod
    def of(cls, tenants: Tenants) -> Delivering:
        """Return that of the providers that a process serves."""

        def deliverers() -> list[Deliverer]:
            return [Deliverer.of(one.settings, one.store) for one in tenants.at_work()]

        return cls(deliverers, tenants.settings.webhooks.every_seconds)

    def start(self) -> None:
        """Begin, where the settings say so."""
        if self._thread is None and self._every_s:
            self._stop.clear()
            self._thread = Thread(target=self._work, name="polku-webhooks", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop after what is under way; what is left stays in the outbox."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)
            self._thread = None

    def round(self) -> None:
        """Empty each outbox once; one that cannot be emptied now waits for the next round."""
        for one in self._deliverers():
            try:
                one.round()
            except (PolkuError, SQLAlchemyError) as error:
                log.error("events could not be delivered: %s", type(error).__name__)  # noqa: TRY400 - a traceback quotes values

    def _work(self) -> None:
        while not self._stop.wait(self._every_s):
            self.round()
