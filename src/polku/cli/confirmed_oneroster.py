"""``polku confirmed --to ADDRESS``: results for a register's gradebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from polku.cli.desk import Desk, bar, say
from polku.cli.oneroster import SECRET
from polku.errors import InputError
from polku.exchange.oneroster_gradebook import Gradebook
from polku.exchange.oneroster_out import Seat
from polku.exchange.oneroster_rest import Access
from polku.store import Transaction
from polku.web import gradebook
from polku.web.confirming import Sorted, seats_of, statements
from polku.web.ledger import Outcome

Known = Mapping[str, Seat]
Read = Callable[[Callable[[Transaction], Known]], tuple[Sorted, Known, dict[str, int]]]


def access_of(url: str, token_url: str | None, client: str | None, version: str) -> Access:
    """Return how a gradebook is reached; the secret is the environment's.

    Raises
    ------
    InputError
        If an option or the secret is missing.
    """
    secret = os.environ.get(SECRET, "")
    for value, option in ((token_url, "--token-url"), (client, "--client")):
        if not value:
            raise InputError(f"a gradebook needs {option}", hint="polku confirmed --help")
    if not secret:
        raise InputError("the client's secret is not set", hint=f"set {SECRET} in the environment")
    return Access(url, token_url or "", client or "", secret, version)


def to_gradebook(desk: Desk, access: Access, source: str, read: Read) -> tuple[Outcome, Sorted, dict[str, int]]:
    """Hand results over to a register's gradebook.

    Raises
    ------
    InputError
        If its address or version is none that is spoken.
    """
    with Gradebook(access) as book:
        made, seats, reasons = read(lambda tx: seats_of(tx, source))
        said = statements(made.accepted, desk.curriculum, seats)
        bare = sum(one.given is None for one in made.accepted) if access.version == "1.1" else 0
        if bare:
            say(f"not sent: {bare:,} without a figure of the teacher's; version 1.1 has no results in words")
        with bar("sending, objects") as on_step:
            return gradebook.send(desk.store, source, book, said, on_step), made, reasons
