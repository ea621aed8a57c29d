"""The store: opens, hands out transactions, seals and verifies the log."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from polku.errors import InputError
from polku.schemas.rights import RetentionSettings
from polku.schemas.settings import Settings
from polku.store import chain, erasure
from polku.store.engine import begin, create, of_tenant, settle
from polku.store.migrate import to_head
from polku.store.protection import require_protection, require_server
from polku.store.retention import Expired, expire
from polku.store.tenant import Tenant
from polku.store.transaction import Transaction
from polku.store.values import ChainHead, Erased, LogReport
from polku.store.verify import verify


def utc_now() -> int:
    """Return the time in integer microseconds UTC."""
    return time.time_ns() // 1000


class Store:
    """Everything kept for one provider, on SQLite or PostgreSQL.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Engine of a migrated database; use :meth:`open`.
    provider_id : str
        The provider (tenant) this store is bound to; it sees nothing of any other.
    clock : callable, optional
        Returns now in microseconds UTC.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Store.open(f"sqlite:///{folder.name}/polku.db", "demo") as store:
    ...     with store.begin() as tx:
    ...         tx.responses.count()
    0
    >>> folder.cleanup()
    """

    def __init__(self, engine: Engine, provider_id: str, clock: Callable[[], int] = utc_now) -> None:
        if not provider_id.strip():
            raise InputError("a store is bound to one provider", got=repr(provider_id), hint="give the provider's id")
        self.engine = of_tenant(engine, provider_id)
        self.provider_id = provider_id
        self._clock = clock

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str],
        provider_id: str,
        *,
        owner: str | None = None,
        clock: Callable[[], int] = utc_now,
    ) -> Store:
        """Open a store, creating or migrating it where needed.

        Parameters
        ----------
        url : str or path
            ``sqlite:///file``, ``postgresql://…``, or the path of an SQLite file (made with its folder).
        provider_id : str
            The provider to be bound to.
        owner : str, optional
            The same PostgreSQL database under the role that owns its tables, where `url` connects as another; used
            for migrations alone.
        clock : callable, optional
            Returns now in microseconds UTC; for tests.

        Raises
        ------
        InputError
            If the URL names no known engine or `provider_id` is blank.
        NotReadyError
            If the database cannot be reached or written, or is newer than this version of Polku.
        """
        engine = create(url)
        with ExitStack() as closing:
            closing.callback(engine.dispose)
            to_head(engine, None if owner is None else create(owner))
            opened = cls(engine, provider_id, clock)
            closing.pop_all()
        return opened

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """Open the store of an installation.

        Raises
        ------
        NotReadyError
            As :meth:`open`; in production also if the store is an SQLite file, or the database would show this role
            more than one tenant.
        """
        if settings.production:
            require_server(settings.store, embedded=settings.access.embedded)
        with ExitStack() as closing:
            store = closing.enter_context(cls.open(settings.store, settings.provider_id, owner=settings.store_owner))
            if settings.production:
                require_protection(store.engine)
            closing.pop_all()
        return store

    def for_provider(self, provider_id: str) -> Store:
        """Return another provider's store on the same database and connections."""
        return Store(self.engine, provider_id, self._clock)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that may write; committed when the block ends, undone when it raises."""
        with self._within(write=True) as tenant:
            yield Transaction(tenant)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that only reads, on one consistent state."""
        with self._within(write=False) as tenant:
            yield Transaction(tenant)

    def seal(self) -> ChainHead:
        """Give the log's committed entries their number and hash; return the new head, for export."""
        with self._within(write=True) as tenant:
            return chain.seal(tenant)

    def chain_head(self) -> ChainHead:
        """Return number and hash of the last sealed entry, to be kept outside the store."""
        with self._within(write=False) as tenant:
            return chain.head(tenant)

    def verify_log(self, exported: ChainHead | None = None) -> LogReport:
        """Find any altered, missing or reordered entry.

        Parameters
        ----------
        exported : ChainHead, optional
            A head exported earlier: with it, a truncated or rewritten log shows too.
        """
        with self._within(write=False) as tenant:
            return verify(tenant, exported)

    def erase(self, learner_id: str, *, by: str | None = None) -> Erased:
        """Delete everything held about one learner and log that it was done.

        Log entries stay, without payload and salt: what they committed to can no longer be known. The entry that
        says so names who asked, where `by` does.
        """
        with self._within(write=True) as tenant:
            erased = erasure.erase(tenant, learner_id, by)
        settle(self.engine)
        return erased

    def expire(self, terms: RetentionSettings) -> Expired:
        """Delete what is older than its term and log that it was done; a second time nothing is left to delete."""
        with self._within(write=True) as tenant:
            done = expire(tenant, terms)
        settle(self.engine)
        return done

    @contextmanager
    def _within(self, *, write: bool) -> Iterator[Tenant]:
        with begin(self.engine, write=write) as connection:
            tenant = Tenant(connection, self.provider_id, self._clock)
            yield tenant
            tenant.flush()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()
