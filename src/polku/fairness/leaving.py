"""What the background enclave holds of a provider that leaves: counted, handed over, deleted.

Handing over is a read, and logged as one. The rows are the provider's own: nobody else is shown them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from polku.fairness.background import Background
from polku.fairness.vault import SCHEMA, open_vault
from polku.schemas.settings import Settings
from polku.store import leaving

PURPOSE: Final = "the provider leaves: everything is handed over to it"


def background_holdings(settings: Settings) -> dict[str, int]:
    """Return how many rows each table of the enclave holds of the settings' provider."""
    with _vault(settings) as engine:
        return leaving.holdings(engine, settings.provider_id, schema=SCHEMA)


def hand_over_background(settings: Settings, folder: Path) -> dict[str, int]:
    """Write the provider's part of the enclave to a folder, as :func:`polku.store.leaving.hand_over`; log the read."""
    with Background.open(settings.background, settings.provider_id) as door:
        door.read(PURPOSE)
    with _vault(settings) as engine:
        return leaving.hand_over(engine, settings.provider_id, folder, schema=SCHEMA)


def remove_background(settings: Settings, expected: Mapping[str, int]) -> dict[str, int]:
    """Delete the provider's part of the enclave, its logs included, as :func:`polku.store.leaving.remove`."""
    with _vault(settings) as engine:
        return leaving.remove(engine, settings.provider_id, expected, schema=SCHEMA)


@contextmanager
def _vault(settings: Settings) -> Iterator[Engine]:
    engine = open_vault(settings.background, settings.provider_id)
    try:
        yield engine
    finally:
        engine.dispose()
