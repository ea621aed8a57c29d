"""What endpoints and pages share: the service of whose data a request is about, and one transaction per request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request

from polku.errors import ForbiddenError
from polku.store.transaction import Transaction
from polku.web.repeatable import begin_repeat
from polku.web.tenants import Clock, Service, Tenants

__all__ = ["Clock", "Held", "Reading", "Service", "Tenants", "Writing", "reading", "service", "tenants", "writing"]


def tenants(request: Request) -> Tenants:
    """Return the providers that the application serves."""
    held: Tenants = request.app.state.tenants
    return held


def service(request: Request) -> Service:
    """Return the service of the caller's provider; without sign-in that is the provider of the settings.

    Nothing in the request says which but who signed in: no header, no path, no host.

    Raises
    ------
    ForbiddenError
        If callers sign in and this one has not, or their provider is none of the platform's.
    """
    held = tenants(request)
    if held.settings.access.sign_in == "none":
        return held.default
    viewer = getattr(request.state, "viewer", None)
    if viewer is None:
        raise ForbiddenError("nobody is signed in, so whose data this is about cannot be told", hint="sign in")
    return held.of(viewer.provider_id)


def writing(request: Request) -> Iterator[Transaction]:
    """Give one transaction to one request: committed before the answer goes out, undone on an error."""
    with service(request).store.begin() as tx:
        begin_repeat(request, tx)
        yield tx


def reading(request: Request) -> Iterator[Transaction]:
    """Give one consistent state of the store to one request, without waiting for anybody who writes."""
    with service(request).store.read() as tx:
        yield tx


# Without the scope, FastAPI would end the transaction after the answer has gone out: see docs/reference/api.md.
Held = Annotated[Service, Depends(service)]
Writing = Annotated[Transaction, Depends(writing, scope="function")]
Reading = Annotated[Transaction, Depends(reading, scope="function")]
