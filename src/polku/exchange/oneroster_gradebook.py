"""A register's gradebook, written as a client: one object a request, with a token for nothing else."""

from __future__ import annotations

from polku.exchange.oneroster_put import Put
from polku.exchange.oneroster_rest import WRITING, Connection


class Gradebook(Connection):
    """A register's gradebook, written.

    Parameters
    ----------
    access, wait, transport
        As of :class:`~polku.exchange.oneroster_rest.Connection`.
    """

    scopes = WRITING

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
