"""A register's gradebook, written as a client: one object a request, with a token for nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from polku.exchange.oneroster_put import Put
from polku.exchange.oneroster_rest import WRITING, Access, Connection


class Gradebook(Connection):
    """A register's gradebook, written.

    Parameters
    ----------
    access, wait, transport
        As of :class:`~polku.exchange.oneroster_rest.Connection`.
    """

    def __init__(
        self,
        access: Access,
        wait: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(access, WRITING.get(access.version, ""), wait, transport)

    def put(self, one: Put) -> None:
        """Hand one object over.

        Raises
        ------
        NotFoundError
            If the register has no such collection.
        InputError
            If it refuses.
        NotReadyError
            If it cannot be reached, or stays busy.
        """
        self.ask("PUT", self.address(f"{one.kind}/{one.id}"), one.body)
