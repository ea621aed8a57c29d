"""What endpoints and pages share: the service of one home, and one transaction per request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from polku.home import Home
from polku.paths.suggester import Suggester
from polku.records import DenyRules
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.transaction import Transaction

Clock = Callable[[], int]


@dataclass(frozen=True, eq=False)
class Service:
    """What is loaded once.

    Parameters
    ----------
    home, settings : Home, Settings
        Where definitions are, and how this installation runs.
    store : Store
        Everything that is kept.
    suggester : Suggester
        Profiles, models and paths.
    deny : DenyRules
        What is kept nowhere.
    now : callable
        Returns microseconds UTC.
    demo : bool
        Whether `now` is a day of a demonstration.
    """

    home: Home
    settings: Settings
    store: Store
    suggester: Suggester
    deny: DenyRules
    now: Clock
    demo: bool = False


def service(request: Request) -> Service:
    """Return what the application holds."""
    held: Service = request.app.state.service
    return held


def writing(request: Request) -> Iterator[Transaction]:
    """Give one transaction to one request: committed before the answer goes out, undone on an error."""
    with service(request).store.begin() as tx:
        yield tx


def reading(request: Request) -> Iterator[Transaction]:
    """Give one consistent state of the store to one request, without waiting for anybody who writes."""
    with service(request).store.read() as tx:
        yield tx


# Without the scope, FastAPI would end the transaction after the answer has gone out: see docs/reference/api.md.
Held = Annotated[Service, Depends(service)]
Writing = Annotated[Transaction, Depends(writing, scope="function")]
Reading = Annotated[Transaction, Depends(reading, scope="function")]
