"""Figures for Prometheus, in a registry of their own: counts and times, never of anybody.

The number of series is bounded: a label is a route's template, a class of status, a kind of reason or the start of
a bundle's id. What comes from a request as free text is never a label.
"""

from __future__ import annotations

import threading
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from polku import __version__

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0)
"""Seconds; the limits that the service promises are among them."""
SHOWN: Final = 12
"""Digits of a bundle's id."""


class Metrics:
    """Everything that is counted in one process.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.answered("GET", "/v1/learners/{learner_id}/path", 200, 0.004)
    >>> b'polku_requests_total{method="GET",route="/v1/learners/{learner_id}/path",status="2xx"} 1.0' in metrics.text()
    True
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        request, route = ("method", "route", "status"), ("method", "route")
        self._requests = Counter("polku_requests", "Requests answered", request, registry=registry)
        self._seconds = Histogram(
            "polku_request_seconds", "Time to the answer", route, buckets=BUCKETS, registry=registry
        )
        self._suggestions = Counter(
            "polku_suggestions", "Offers of next steps made or repeated", ("rung",), registry=registry
        )
        self._refused = Counter("polku_refused_rows", "Rows kept in quarantine", ("reason",), registry=registry)
        self._folds = Counter("polku_profile_folds", "Profiles that new answers were folded into", registry=registry)
        self._store_errors = Counter(
            "polku_store_errors", "Statements or connections that failed", ("kind",), registry=registry
        )
        self._faults = Counter(
            "polku_champion_faults", "Released bundles that did not hold and were not served", registry=registry
        )
        self._refusing = Gauge(
            "polku_champion_refused",
            "Providers whose newest release is not served since it does not hold",
            registry=registry,
        )
        self._champion = Gauge(
            "polku_champion_info", "What suggestions stand on", ("bundle", "rung"), registry=registry
        )
        self.unsealed = Gauge("polku_log_unsealed_entries", "Log entries not yet sealed", registry=registry)
        self.unsealed_age = Gauge(
            "polku_log_unsealed_seconds", "Age of the oldest log entry not yet sealed", registry=registry
        )
        self.ready = Gauge("polku_ready", "1 while the service is ready", registry=registry)
        Gauge("polku_build_info", "Version", ("version",), registry=registry).labels(__version__).set(1)
        self._swap = threading.Lock()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request by its route's template."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, f"{status // 100}xx").inc()
        self._seconds.labels(known, route).observe(seconds)

    def suggested(self, rung: str) -> None:
        """Count one offer by what it stands on."""
        self._suggestions.labels(rung).inc()

    def refused(self, reason: str) -> None:
        """Count one row that went to quarantine."""
        self._refused.labels(reason).inc()

    def folded(self, profiles: int = 1) -> None:
        """Count profiles that were folded."""
        self._folds.inc(profiles)

    def store_failed(self, kind: str) -> None:
        """Count one failure of the database by its kind."""
        self._store_errors.labels(kind).inc()

    def champion(self, before: tuple[str | None, str] | None, now: tuple[str | None, str]) -> None:
        """Say what suggestions of one provider stand on from now: bundle and rung, in place of those before.

        Several providers may stand on the same bundle; its series is there while one of them does.
        """
        with self._swap:
            if before is not None:
                self._champion.labels(*_shown(before)).dec()
            self._champion.labels(*_shown(now)).inc()
            if before is not None and not self._champion.labels(*_shown(before))._value.get():  # noqa: SLF001 - the library has no other way to read a gauge
                self._champion.remove(*_shown(before))

    def champion_refused(self, refusing: bool) -> None:
        """Say that a provider's newest release is refused, or no longer."""
        if refusing:
            self._refusing.inc()
            self._faults.inc()
        else:
            self._refusing.dec()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


def _shown(stands_on: tuple[str | None, str]) -> tuple[str, str]:
    bundle, rung = stands_on
    return (bundle or "none")[:SHOWN], rung
