"""``/healthz`` and ``/readyz``: is the process up, and can it answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request

from polku.errors import NotReadyError, PolkuError
from polku.web import readiness
from polku.web.access import Open
from polku.web.operation import Operation
from polku.web.shapes import Shape

router = APIRouter(tags=["health"])


class Health(Shape):
    """The process is up."""

    status: Literal["ok"] = "ok"
    """Always."""


class RefusedRelease(Shape):
    """A release that is newer than what serves, and does not hold."""

    number: int
    """Counts the provider's releases."""
    bundle: str
    """What was released."""
    because: str
    """What does not hold."""


class Ready(Shape):
    """The store answers and what suggestions stand on is loaded, verified and tried."""

    status: Literal["ok"] = "ok"
    """Always."""
    rung: Literal["model", "prerequisite_rule"]
    """What suggestions stand on."""
    bundle: str | None
    """The bundle that serves; null where none is released."""
    migration: str
    """The version of the store."""
    refused: RefusedRelease | None
    """A newer release that is not served since it does not hold: what served before goes on. Null is well."""


@router.get("/healthz")
def healthz(_access: Open) -> Health:
    """Answer that the process is up. Open to anybody: it tells nothing."""
    return Health()


@router.get("/readyz")
def readyz(_access: Open, request: Request) -> Ready:
    """Answer while the store can be read and the released bundle is loaded, verified and tried; 503 otherwise.

    Says no as soon as the service was told to stop, while it still answers what comes in.
    """
    operation: Operation = request.app.state.operation
    operation.metrics.ready.set(0)
    if operation.leaving:
        raise NotReadyError("the service is stopping", hint="ask another one")
    try:
        stand = readiness.look(request.app.state.service)
    except PolkuError as error:
        raise NotReadyError(f"suggestions have nothing to stand on: {error.what}", hint=error.hint) from error
    operation.metrics.ready.set(1)
    fault = stand.fault
    refused = fault and RefusedRelease(number=fault.number, bundle=fault.bundle_id, because=fault.what)
    return Ready(rung=stand.rung, bundle=stand.bundle, migration=stand.migration, refused=refused)
