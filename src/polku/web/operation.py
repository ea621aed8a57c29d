"""What one process holds about running: figures, traces, whether it is leaving, what is to be done last."""

from __future__ import annotations

from collections.abc import Callable

from polku.home import Home
from polku.schemas.running import Running
from polku.store import Store
from polku.web.observe.metrics import Metrics
from polku.web.observe.traces import Traces
from polku.web.observe.watching import watch
from polku.web.patience import hurry
from polku.web.steady import Steady
from polku.web.tenants import Clock


class Operation:
    """How one process runs.

    Parameters
    ----------
    running : Running
        What the operator set.
    traces : Traces, optional
        Default: as the settings say.

    Examples
    --------
    >>> operation = Operation(Running())
    >>> operation.leaving
    False
    """

    def __init__(self, running: Running, traces: Traces | None = None) -> None:
        self.running = running
        self.metrics = Metrics()
        self.traces = traces or (Traces.started() if running.traces else Traces())
        self.leaving = False
        self._last: list[Callable[[], None]] = [self.traces.stop]

    def attend(self, store: Store) -> None:
        """Watch what a store does, and make it give up early."""
        watch(store.engine, self.metrics, self.traces)
        hurry(store.engine, self.running.store_seconds, self.running.request_seconds)

    def suggester(self, home: Home, now: Clock) -> Steady:
        """Return a suggester whose releases are verified and tried, and which is counted."""
        return Steady(home, now, self.metrics, self.traces)

    def at_stop(self, last: Callable[[], None]) -> None:
        """Have something done when the last request has been answered; what was given last comes first."""
        self._last.append(last)

    def leave(self) -> None:
        """Say from now on that the service is not ready: no new callers are to be sent here."""
        self.leaving = True
        self.metrics.ready.set(0)

    def close(self) -> None:
        """End: say so, then do what is to be done last."""
        self.leave()
        while self._last:
            self._last.pop()()
