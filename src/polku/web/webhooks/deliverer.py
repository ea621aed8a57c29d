"""Emptying the outbox: at least once, with waits that grow, and dead letters at the end.

An event is lent for a while, sent, then marked. Whoever is killed between sending and marking leaves it due again, and
it is sent once more under the same id: receivers tell by it that they know the event.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event, Thread
from typing import Final, NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from polku.errors import InputError, PolkuError
from polku.home import Home
from polku.schemas.interface import WebhookSettings
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.outbox import Delivery, Webhook
from polku.web.tenants import Tenants
from polku.web.webhooks.sealed import Seal
from polku.web.webhooks.sending import send

log = logging.getLogger("polku.web")
Result = TypeVar("Result")
LANES: Final = 16
"""Webhooks that are called at a time; each gets one event after the other."""
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
    seal : Seal
        Opens the secrets that events are signed with.
    chance : random.Random
        Shortens waits, so that many that failed together do not come again together.
    """

    def __init__(
        self, store: Store, settings: WebhookSettings, *, loopback: bool, seal: Seal, chance: random.Random
    ) -> None:
        self._store, self._settings, self._seal = store, settings, seal
        self._loopback, self._chance = loopback, chance

    @classmethod
    def of(cls, home: Home, settings: Settings, store: Store, chance: random.Random | None = None) -> Deliverer:
        """Return the deliverer that an installation's settings describe; nothing of this machine in production."""
        loopback = settings.webhooks.loopback and not settings.production
        seal = Seal.of(home, settings)
        return cls(store, settings.webhooks, loopback=loopback, seal=seal, chance=chance or random.Random())

    def round(self) -> Round:
        """Send everything that is due once, to many webhooks at a time; return when each has had its turn."""
        with ThreadPoolExecutor(LANES, "polku-webhook") as pool:
            done = list(pool.map(self.lane, self.waited_for()))
        with self._store.begin() as tx:
            tx.outbox.tidy()
        return Round(*map(sum, zip(Round(), *done, strict=True)))

    @property
    def provider_id(self) -> str:
        """Return whose outbox it is."""
        return self._store.provider_id

    def waited_for(self) -> list[str]:
        """Return the webhooks for which something is due."""
        with self._store.read() as tx:
            return tx.outbox.waited_for()

    def lane(self, webhook_id: str) -> Round:
        """Send what is due for one webhook, one event after the other; where nobody answers, the rest waits."""
        done = Round()
        while taken := self._take(webhook_id):
            hook = self._hook(webhook_id)
            made = self._deliver(taken[0], hook)
            done = Round(*map(sum, zip(done, made, strict=True)))
            if not made.delivered:
                return done
        return done

    def wait_s(self, attempts: int) -> float:
        """Return the seconds to wait after so many attempts: doubling, with up to a half taken off by chance."""
        longest = min(self._settings.first_wait_seconds * 2 ** (attempts - 1), LONGEST_WAIT_S)
        return float(longest * self._chance.uniform(0.5, 1))

    def _take(self, webhook_id: str) -> list[Delivery]:
        lease_s = self._settings.answer_seconds * 4
        with self._store.begin() as tx:
            return tx.outbox.take(webhook_id, 1, int(lease_s * SECOND))

    def _hook(self, webhook_id: str) -> Webhook | None:
        with self._store.read() as tx:
            return next((one for one in tx.outbox.webhooks() if one.webhook_id == webhook_id), None)

    def _deliver(self, one: Delivery, hook: Webhook | None) -> Round:
        if hook is None:
            return Round()
        fault = self._send(one, hook)
        dead = one.attempts >= self._settings.attempts
        with self._store.begin() as tx:
            if fault is None:
                tx.outbox.delivered(one)
                return Round(delivered=1)
            tx.outbox.failed(one, fault, None if dead else int(self.wait_s(one.attempts) * SECOND))
        return Round(dead=1) if dead else Round(failed=1)

    def _send(self, one: Delivery, hook: Webhook) -> str | None:
        try:
            ready = hook._replace(secret=resealed(self._store, self._seal, hook))
        except InputError as error:
            return error.what
        return send(ready, one, seconds=self._settings.answer_seconds, loopback=self._loopback)


def resealed(store: Store, seal: Seal, hook: Webhook) -> str:
    """Return the secret of a webhook, after sealing it with the newest key where it was not.

    Parameters
    ----------
    store : Store
        The provider's.
    seal : Seal
        The installation's.
    hook : Webhook
        As it is kept.

    Raises
    ------
    InputError
        If its secret cannot be opened.
    """
    secret = seal.opened(hook.webhook_id, hook.secret)
    if not seal.is_current(hook.secret):
        with store.begin() as tx:
            tx.outbox.reseal(hook, seal.sealed(hook.webhook_id, secret))
    return secret


class Delivering:
    """Delivers in the background, for every provider: each webhook in a lane of its own, so none waits for another.

    Parameters
    ----------
    deliverers : callable
        Returns those whose outboxes to empty now.
    every_s : float
        Seconds between two looks for what is due; 0 for never.
    """

    def __init__(self, deliverers: Callable[[], Iterable[Deliverer]], every_s: float) -> None:
        self._deliverers, self._every_s = deliverers, every_s
        self._stop = Event()
        self._thread: Thread | None = None
        self._lanes = ThreadPoolExecutor(LANES, "polku-webhook")
        self._under_way: dict[tuple[str, str], Future[Round | None]] = {}

    @classmethod
    def of(cls, tenants: Tenants, home: Home) -> Delivering:
        """Return that of the providers that a process serves, loaded or not."""

        def deliverers() -> list[Deliverer]:
            return [Deliverer.of(home, tenants.settings, one) for one in tenants.stores()]

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
        self._lanes.shutdown(wait=True, cancel_futures=True)

    def round(self) -> list[Future[Round | None]]:
        """Begin a lane for each webhook that something is due for and that has none yet; return those begun."""
        self._under_way = {lane: work for lane, work in self._under_way.items() if not work.done()}
        begun = {}
        for one in self._deliverers():
            for webhook_id in _tried(one.waited_for) or ():
                lane = (one.provider_id, webhook_id)
                if lane not in self._under_way:
                    begun[lane] = self._lanes.submit(_tried, partial(one.lane, webhook_id))
        self._under_way |= begun
        return list(begun.values())

    def _work(self) -> None:
        while not self._stop.wait(self._every_s):
            self.round()


def _tried(work: Callable[[], Result]) -> Result | None:
    """Do some work; where the database cannot be used now, it waits for the next round."""
    try:
        return work()
    except (PolkuError, SQLAlchemyError) as error:
        log.error("events could not be delivered: %s", type(error).__name__)  # noqa: TRY400 - a traceback quotes values
        return None
