"""Who is shown a suggestion: the offer's log says who asked, and each first look by a person is logged."""

from __future__ import annotations

from collections.abc import Iterable

from polku.store.transaction import Transaction
from polku.store.values import Offer, Opened
from polku.web.viewer import Role, Viewer

PEOPLE = frozenset({Role.LEARNER, Role.GUARDIAN, Role.TEACHER})
"""Who sees a suggestion by being answered; a service fetches for somebody, who says so when they open it."""


def asking(viewer: Viewer) -> dict[str, str]:
    """Return who asks, for the log of what is offered."""
    return {"viewer": viewer.subject, "role": viewer.role.value}


def opened(tx: Transaction, viewer: Viewer, offers: Iterable[Offer]) -> None:
    """Record that somebody is shown these offers, reasons and evidence with them; the first look counts."""
    opened_by(tx, ((viewer, one) for one in offers))


def opened_by(tx: Transaction, shown: Iterable[tuple[Viewer, Offer]]) -> None:
    """Record what several are shown, as :func:`opened`."""
    tx.suggestions.see_all(
        [
            Opened([each.suggestion_id for each in one.suggestions], one.learner_id, viewer.subject, viewer.role.value)
            for viewer, one in shown
            if not viewer.signed_in or viewer.role in PEOPLE
        ]
    )
