"""``/metrics``: figures for Prometheus, to this machine and named collectors."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from polku.errors import NotReadyError
from polku.store import Store
from polku.web.access import Scraped
from polku.web.operation import Operation
from polku.web.service import Service

router = APIRouter(tags=["health"])


@router.get("/metrics", include_in_schema=False)  # no part of the interface: its form is Prometheus' own
def metrics(_access: Scraped, request: Request) -> Response:
    """Return what the process counted: requests, offers, folds, refused rows, faults; and how far the log is sealed.

    To this machine, and to the networks that ``[service] scrapers`` names: there is none unless somebody names one.
    """
    operation: Operation = request.app.state.operation
    service: Service = request.app.state.service
    measure_log(operation, service.store, service.now())
    return Response(operation.metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})


def measure_log(operation: Operation, store: Store, now: int) -> None:
    """Set how many log entries wait for the sealer, and for how long; of a store that is away both are unknown.

    Parameters
    ----------
    operation : Operation
        Whose figures to set.
    store : Store
        The provider's whose log it is.
    now : int
        Microseconds UTC.
    """
    entries: float
    try:
        with store.read() as tx:
            entries, oldest = tx.log.unsealed()
    except NotReadyError:
        entries, oldest = float("nan"), None
    operation.metrics.unsealed.set(entries)
    operation.metrics.unsealed_age.set(0 if oldest is None else max(now - oldest, 0) / 1e6)
