"""The sealer: numbers and hashes the log of every provider that joined, every so often and once more at the end.

Any number of processes may run one: the store lets one at a time seal a provider's log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from polku.errors import PolkuError
from polku.store import Store
from polku.web.tenants import Tenants

log = logging.getLogger("polku.web")
IDLE_S = 86_400.0
"""Seconds between rounds that seal nothing."""


class Sealer:
    """Seals in the background.

    Parameters
    ----------
    stores : callable
        Returns the stores whose logs to seal now.
    every_s : float
        Seconds between two rounds.
    """

    def __init__(self, stores: Callable[[], Iterable[Store]], every_s: float) -> None:
        self._stores, self._every_s = stores, every_s
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin; the first round comes after the first pause."""
        if self._thread is None:
            self._stop.clear()
            self._thread = Thread(target=self._work, name="polku-sealer", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Seal once more, and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def round(self) -> int:
        """Seal every log once; return how many that could not be sealed now."""
        return sum(not _sealed(store) for store in self._stores())

    def _work(self) -> None:
        while not self._stop.wait(self._every_s):
            self.round()
        self.round()


def sealer_of(tenants: Tenants) -> Sealer:
    """Return the sealer of every provider that joined, whether anybody asked for it since the start or not.

    Where the settings say 0 seconds it does nothing: then ``polku log seal`` does it, from a timer.
    """
    every_s = tenants.settings.trail.seal_seconds
    return Sealer(lambda: tenants.stores() if every_s else [], every_s or IDLE_S)


def _sealed(store: Store) -> bool:
    """Seal one log; a database that is away for a while is tried again next time."""
    try:
        store.seal()
    except (PolkuError, SQLAlchemyError) as error:
        log.error("the log could not be sealed: %s", type(error).__name__)  # noqa: TRY400 - a traceback quotes values
        return False
    return True
