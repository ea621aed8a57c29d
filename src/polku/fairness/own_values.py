"""What the enclave holds of one person, for that person: the one reading that serves nobody else.

No figure is made of it and nothing is joined to it. Each look is logged as every other read of the enclave is.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from polku.fairness.vault import READS, VALUES, account, append, open_vault
from polku.schemas.settings import Settings
from polku.store.engine import begin

PURPOSE = "a person asks what is held about them"


class OwnValue(NamedTuple):
    """One attribute as it was handed over: by what file, and when (microseconds UTC)."""

    attribute: str
    value: str
    source: str
    written_at: int


def own_values(settings: Settings, learner_id: str, *, now: int) -> list[OwnValue]:
    """Return what the enclave holds of one learner, and log the look.

    Parameters
    ----------
    settings : Settings
        Where the enclave is, and whose learner this is.
    learner_id : str
        Who asks, or is asked for by those who may.
    now : int
        Microseconds UTC.
    """
    own = (VALUES.c.provider_id == settings.provider_id, VALUES.c.learner_id == learner_id)
    columns = (VALUES.c[name] for name in OwnValue._fields)
    engine = open_vault(settings.background, settings.provider_id)
    try:
        with begin(engine, write=True) as connection:
            found = [OwnValue(*row) for row in connection.execute(select(*columns).where(*own).order_by("attribute"))]
            said = {"purpose": PURPOSE, "learners": 1, "read_at": now, "reader": account()}
            append(connection, READS, settings.provider_id, said)
    finally:
        engine.dispose()
    return found
