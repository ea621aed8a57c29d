"""What was published about whom, kept in the enclave as fingerprints, so that no two tables can be differenced."""

from __future__ import annotations

import os
from typing import Self

from sqlalchemy import Engine, select

from polku.fairness.differencing import Fingerprint
from polku.fairness.vault import PUBLISHED, append, open_vault
from polku.store.engine import begin
from polku.store.store import utc_now


class Ledger:
    """One provider's published tables, oldest first.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of the enclave; use :meth:`open`.
    provider_id : str
        The provider whose tables these are; no other's are seen.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> ids, clubs = np.array(["a", "b"], dtype=object), {"club": np.array(["x", "y"], dtype=object)}
    >>> with tempfile.TemporaryDirectory() as folder, Ledger.open(f"{folder}/b.db", "demo") as ledger:
    ...     ledger.add(Fingerprint.of("paths", ids, clubs, "demo"))
    ...     ledger.add(Fingerprint.of("paths", ids, clubs, "demo"))
    ...     len(ledger.published())
    1
    """

    def __init__(self, engine: Engine, provider_id: str) -> None:
        self._engine = engine
        self._provider_id = provider_id

    @classmethod
    def open(cls, url: str | os.PathLike[str], provider_id: str) -> Self:
        """Open the ledger in the enclave at `url`, making its table where needed.

        Raises
        ------
        InputError
            If the address names no known engine.
        NotReadyError
            If the database cannot be reached or written.
        """
        return cls(open_vault(url, provider_id), provider_id)

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._engine.dispose()

    def add(self, fingerprint: Fingerprint) -> None:
        """Remember a table; one of the same kind, learners and groups is remembered once."""
        content = fingerprint.to_json()
        own = PUBLISHED.c.provider_id == self._provider_id
        with begin(self._engine, write=True) as connection:
            if connection.execute(select(PUBLISHED.c.number).where(own, PUBLISHED.c.fingerprint == content)).first():
                return
            row = {"fingerprint": content, "published_at": utc_now()}
            append(connection, PUBLISHED, self._provider_id, row)

    def published(self) -> list[Fingerprint]:
        """Return what was published so far, oldest first."""
        statement = select(PUBLISHED.c.fingerprint).where(PUBLISHED.c.provider_id == self._provider_id)
        with begin(self._engine, write=False) as connection:
            rows = connection.execute(statement.order_by(PUBLISHED.c.number)).all()
        return [Fingerprint.from_json(row.fingerprint) for row in rows]
