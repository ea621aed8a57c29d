"""Who is shown a suggestion: the offer's log says who asked, and each first look by a person is logged."""

from __future__ import annotations

from collections.abc import Iterable

from polku.store.transaction import Transaction
from polku.store.values import Offer
from polku.web.viewer import Role, Viewer

PEOPLE = frozenset({Role.LEARNER, Role.GUARDIAN, Role.TEACHER})
"""Who sees a suggestion by being answered; a service fetches for somebody, who says so when they open it."""


def asking(viewer: Viewer) -> dict[str, str]:
    """Return who asks, for the log of what is offered."""
    return {"viewer": viewer.subject, "role": viewer.role.value}


def opened(tx: Transaction, viewer: Viewer, offers: Iterable[Offer]) -> None:
    """Record that somebody is shown these offers, reasons and evidence with them; the first look counts."""
    if viewer.signed_in and viewer.role not in PEOPLE:
        return
    for one in offers:
        ids = [suggestion.suggestion_id for suggestion in one.suggestions]
        tx.suggestions.see(ids, one.learner_id, viewer=viewer.subject, role=viewer.role.value)
