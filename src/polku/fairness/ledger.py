"""What was published about whom, kept in the enclave as fingerprints, so that no two tables can be differenced."""

from __future__ import annotations

import os
from typing import Self

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, Text, func, insert, select

from polku.fairness.background import open_enclave
from polku.fairness.differencing import Fingerprint
from polku.store.engine import begin
from polku.store.store import utc_now

_metadata = MetaData()
_published = Table(
    "background_published",
    _metadata,
    Column("provider_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)


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
        return cls(open_enclave(url, _metadata), provider_id)

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._engine.dispose()

    def add(self, fingerprint: Fingerprint) -> None:
        """Remember a table; one of the same kind, learners and groups is remembered once."""
        content = fingerprint.to_json()
        own = _published.c.provider_id == self._provider_id
        with begin(self._engine, write=True) as connection:
            if connection.execute(select(_published.c.number).where(own, _published.c.fingerprint == content)).first():
                return
            last = connection.execute(select(func.coalesce(func.max(_published.c.number), 0)).where(own)).scalar_one()
            row = {"provider_id": self._provider_id, "number": last + 1, "fingerprint": content}
            connection.execute(insert(_published), [{**row, "published_at": utc_now()}])

    def published(self) -> list[Fingerprint]:
        """Return what was published so far, oldest first."""
        statement = select(_published.c.fingerprint).where(_published.c.provider_id == self._provider_id)
        with begin(self._engine, write=False) as connection:
            rows = connection.execute(statement.order_by(_published.c.number)).all()
        return [Fingerprint.from_json(row.fingerprint) for row in rows]
