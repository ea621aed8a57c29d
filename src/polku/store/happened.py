"""What was offered and decided in the order in which it happened, for systems that keep up with it."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import literal, null, tuple_

from polku.store import tables
from polku.store.decisions import UNDO
from polku.store.tenant import AnySelect, Tenant, chunks

Place = tuple[int, str]
_OFFERS, _DECISIONS = tables.suggestions, tables.decisions
_OFFERED: Final = (
    *(_OFFERS.c.offered_at.label("at"), _OFFERS.c.suggestion_id.label("event_id"), literal("offer").label("what")),
    *(_OFFERS.c.suggestion_id, _OFFERS.c.learner_id, _OFFERS.c.skill_id, null().label("takes_back")),
)
_DECIDED: Final = (
    *(_DECISIONS.c.decided_at.label("at"), _DECISIONS.c.decision_id.label("event_id")),
    *(_DECISIONS.c.decision.label("what"), _DECISIONS.c.suggestion_id, _DECISIONS.c.learner_id),
    *(_DECISIONS.c.skill_id, _DECISIONS.c.takes_back),
)


class Happened(NamedTuple):
    """One thing that happened to one suggestion.

    Parameters
    ----------
    at : int
        Microseconds UTC.
    event_id : str
        Of the option or the decision.
    what : str
        "offer", a decision, or "undo".
    suggestion_id, learner_id, skill_id : str
        Of the suggestion.
    takes_back : str or None
        The decision that was taken back.
    was : str
        What that had decided; empty where nothing was taken back.
    """

    at: int
    event_id: str
    what: str
    suggestion_id: str
    learner_id: str
    skill_id: str
    takes_back: str | None = None
    was: str = ""


def happened(tenant: Tenant, limit: int, after: Place | None = None, *, ascending: bool = True) -> list[Happened]:
    """Return what happened, in order of time and id; decisions that were taken back since are told by their undoing.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    limit : int
        At most so many are looked at; fewer may come back.
    after : (int, str), optional
        Only what follows this time and id.
    ascending : bool
        Whether the oldest come first.
    """
    offered = _page(tenant, tenant.select(_OFFERS, *_OFFERED), (limit, after, ascending))
    decided = _page(tenant, tenant.select(_DECISIONS, *_DECIDED), (limit, after, ascending))
    both = sorted((*offered, *decided), key=lambda one: (one.at, one.event_id), reverse=not ascending)[:limit]
    undone = _undone(tenant, [one.event_id for one in both])
    was = _words(tenant, [one.takes_back for one in both if one.takes_back is not None])
    return [
        one._replace(was=was.get(one.takes_back or "", ""), what="" if one.event_id in undone else one.what)
        for one in both
    ]


def _page(tenant: Tenant, found: AnySelect, by: tuple[int, Place | None, bool]) -> list[Happened]:
    limit, after, ascending = by
    at, name = found.selected_columns["at"], found.selected_columns["event_id"]
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1]))
        found = found.where(tuple_(at, name) > place if ascending else tuple_(at, name) < place)
    order = (at, name) if ascending else (at.desc(), name.desc())
    names = Happened._fields[:-1]
    rows = tenant.rows(found.order_by(*order).limit(limit))
    return [Happened(*(getattr(row, one) for one in names)) for row in rows]


def _undone(tenant: Tenant, ids: list[str]) -> set[str]:
    """Return which decisions were taken back."""
    column = _DECISIONS.c.takes_back
    return {
        row.takes_back
        for part in chunks(sorted(ids))
        for row in tenant.rows(tenant.select(_DECISIONS, column).where(column.in_(part)))
    }


def _words(tenant: Tenant, ids: list[str]) -> dict[str, str]:
    """Return what decisions decided, by id."""
    name, word = _DECISIONS.c.decision_id, _DECISIONS.c.decision
    return {
        row.decision_id: row.decision
        for part in chunks(sorted(ids))
        for row in tenant.rows(tenant.select(_DECISIONS, name, word).where(name.in_(part), word != UNDO))
    }
