"""The suggester of a service that goes on: a release serves once it was verified and tried, else the one before."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from polku.errors import PolkuError
from polku.home import Home
from polku.paths.proposal import Wishes, propose, states_of
from polku.paths.released import Released, Standing
from polku.paths.suggester import Clock, Suggester
from polku.profiles.events import MICROSECONDS_PER_DAY
from polku.records import Response, Responses
from polku.store.transaction import Transaction
from polku.web.observe.metrics import Metrics
from polku.web.observe.traces import Traces

TRY_AGAIN: Final = 30.0
"""Seconds after which a release that did not hold is looked at again: it may have been restored."""
NOBODY: Final = "warm-up"


@dataclass(frozen=True)
class Fault:
    """A release that does not hold.

    Parameters
    ----------
    number : int
        The release's number.
    bundle_id : str
        What was released.
    what : str
        Why it is not served.
    until : float
        When it is looked at again, by the monotonic clock.
    """

    number: int
    bundle_id: str
    what: str
    until: float


class Steady(Suggester):
    """A suggester that verifies and tries every release before it serves, and keeps the one that served before.

    Parameters
    ----------
    home, now
        As for :class:`polku.paths.suggester.Suggester`.
    metrics, traces : Metrics, Traces, optional
        Where it is told what was done; default nowhere.
    """

    def __init__(self, home: Home, now: Clock, metrics: Metrics | None = None, traces: Traces | None = None) -> None:
        super().__init__(home, now)
        self._metrics, self._traces = metrics or Metrics(), traces or Traces()
        self._tried: Released | None = None
        self._told: tuple[str | None, str] | None = None
        self._telling = threading.Lock()
        self.fault: Fault | None = None

    @property
    def tried(self) -> bool:
        """Return whether what serves was tried on an invented learner."""
        return self._tried is not None

    def released(self, tx: Transaction) -> Released:
        """Return what suggestions stand on.

        A newly released bundle is loaded, verified by hash and tried once. While one does not hold, what served
        before goes on serving, and :attr:`fault` says so.

        Raises
        ------
        PolkuError
            If it does not hold and nothing served before.
        """
        before = self._tried
        if before is not None and self._still_refused(tx):
            return before
        try:
            found = super().released(tx)
            if found is not before:
                replay(found)
        except (PolkuError, ValueError, KeyError) as error:
            return self._keep(tx, before, error)
        if found is not before:
            self._serve(found)
        return found

    def standings(self, tx: Transaction, learner_ids: Sequence[str]) -> list[Standing]:
        """Return how learners stand now, as :meth:`Suggester.standings`; a span says how long the fold took."""
        with self._traces.span("fold"):
            return super().standings(tx, learner_ids)

    def _plan(self, *given: Any) -> Any:
        with self._traces.span("plan"):
            planned = super()._plan(*given)
        for one in planned:
            self._metrics.suggested(one.path.rung)
        return planned

    def _still_refused(self, tx: Transaction) -> bool:
        fault = self.fault
        if fault is None or time.monotonic() > fault.until:
            return False
        release = tx.bundles.champion_release()
        return release is not None and release.number == fault.number

    def _keep(self, tx: Transaction, before: Released | None, error: Exception) -> Released:
        """Go on with what served before; raise where nothing did."""
        release = tx.bundles.champion_release()
        self._champion = before if before is not None and before.bundle_id is not None else None
        if before is None or release is None:
            raise error
        what = error.what if isinstance(error, PolkuError) else f"{type(error).__name__} while it was tried"
        if self.fault is None or self.fault.number != release.number:
            self._metrics.champion_refused(True)
        self.fault = Fault(release.number, release.bundle_id, what, time.monotonic() + TRY_AGAIN)
        return before

    def _serve(self, found: Released) -> None:
        self._tried = found
        with self._telling:  # several requests may load the same release at once: it is told once
            if self._told != _stands_on(found):
                self._metrics.champion(self._told, _stands_on(found))
                self._told = _stands_on(found)
        if self.fault is not None:
            self.fault = None
            self._metrics.champion_refused(False)


def replay(released: Released) -> None:
    """Plan the path of an invented learner by `released`, as for any learner, and keep nothing of it.

    A bundle whose parts are sound one by one and do not work together is found here, before anybody waits for it.
    """
    lens, now = released.lens, round(MICROSECONDS_PER_DAY)
    profile = lens.empty()
    profile.fold(Responses.from_responses(invented(lens.curriculum.order)))
    states = states_of(profile, lens.curriculum, released.model, now)
    propose(
        profile,
        states,
        lens.curriculum,
        released.policy,
        Wishes(),
        learner_id=NOBODY,
        modelled=released.model is not None,
        now=now,
    )


def invented(skills: Sequence[str]) -> list[Response]:
    """Return the answers of a learner who never was: two on each of the first skills, the second one right."""
    return [
        Response(f"{NOBODY}-{place}", NOBODY, f"{NOBODY}-{place}", (skill,), place, place, float(place % 2))
        for place, skill in enumerate(one for skill in skills[:20] for one in (skill, skill))
    ]


def _stands_on(released: Released) -> tuple[str | None, str]:
    return released.bundle_id, "prerequisite_rule" if released.model is None else "model"
