"""Whether the service can answer now: store reached, migrated, the release verified and tried, not on its way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from polku.errors import NotReadyError
from polku.store import migrate
from polku.store.engine import begin
from polku.web.service import Service
from polku.web.steady import Fault, Steady


@dataclass(frozen=True)
class Stand:
    """What a ready service stands on.

    Parameters
    ----------
    rung : {"model", "prerequisite_rule"}
        What suggestions stand on.
    bundle : str or None
        The bundle that serves.
    migration : str
        The version of the store.
    fault : Fault or None
        A newer release that does not hold.
    """

    rung: Literal["model", "prerequisite_rule"]
    bundle: str | None
    migration: str
    fault: Fault | None


def look(service: Service) -> Stand:
    """Return what the service stands on now.

    Raises
    ------
    NotReadyError
        If the store cannot be read or is of another version.
    PolkuError
        If the release does not hold and nothing served before.
    """
    with begin(service.store.engine, write=False) as connection:
        version = migrate.current(connection)
    if version != migrate.HEAD:
        hint = "start the service anew: it migrates, or says that it is the older one"
        raise NotReadyError("the store is of another version", got=f"{version}, not {migrate.HEAD}", hint=hint)
    suggester = service.suggester
    with service.store.read() as tx:
        released = suggester.released(tx)
    if isinstance(suggester, Steady) and not suggester.tried:
        raise NotReadyError("the release has not been tried yet", hint="ask again")
    fault = suggester.fault if isinstance(suggester, Steady) else None
    return Stand("prerequisite_rule" if released.model is None else "model", released.bundle_id, version, fault)
