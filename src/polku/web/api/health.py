"""``/healthz`` and ``/readyz``: is the process up, and can it answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from polku.errors import NotReadyError, PolkuError
from polku.web.service import Held
from polku.web.shapes import Shape

router = APIRouter(tags=["health"])


class Health(Shape):
    """The process is up."""

    status: Literal["ok"] = "ok"
    """Always."""


class Ready(Shape):
    """The store answers and what suggestions stand on is loaded."""

    status: Literal["ok"] = "ok"
    """Always."""
    rung: Literal["model", "prerequisite_rule"]
    """What suggestions stand on."""
    bundle: str | None
    """The released bundle; null where none is."""


@router.get("/healthz")
def healthz() -> Health:
    """Answer that the process is up. Open to anybody: it tells nothing."""
    return Health()


@router.get("/readyz")
def readyz(held: Held) -> Ready:
    """Answer once the store can be read and the released bundle is loaded and verified; 503 until then."""
    try:
        with held.store.read() as tx:
            released = held.suggester.released(tx)
    except PolkuError as error:
        raise NotReadyError("suggestions have nothing to stand on", got=error.what, hint=error.hint) from error
    return Ready(rung="prerequisite_rule" if released.model is None else "model", bundle=released.bundle_id)
