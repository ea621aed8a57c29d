"""xAPI statements read back by who sent them: one by its id, or a page of those that fit."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from polku.exchange import xapi
from polku.store.provenance import Provenance
from polku.store.transaction import Transaction
from polku.web.statement_fits import agents, fits, target
from polku.web.statement_query import MOST, One, Wanted
from polku.web.streaming import source_of
from polku.web.viewer import Viewer
from polku.web.xapi_requests import instant

_GONE: Final = {"homePage": "https://polku.invalid/removed", "name": "removed"}
"""Stands for an actor that was known by an address alone, so that what is read back is valid."""
_FARTHEST: Final = 8
"""Statements about statements about statements that are followed."""


class Shown(NamedTuple):
    """A statement as it is read back, and whom it names."""

    said: dict[str, Any]
    learner_id: str | None


class Page(NamedTuple):
    """Statements, and the query of the page that follows; empty where none does."""

    shown: list[Shown]
    more: str


def shown(tx: Transaction, viewer: Viewer, wanted: One) -> Shown | None:
    """Return a statement of the caller's; one that was voided only where it is asked for as such."""
    source = source_of(viewer, xapi.NAME)
    found = tx.provenance.get(source, wanted.statement_id)
    if found is None or found.content is None or tx.provenance.voided(source, wanted.statement_id) != wanted.voided:
        return None
    return Shown(_whole(found), found.learner_id)


def listed(tx: Transaction, viewer: Viewer, wanted: Wanted) -> Page:
    """Return a page of the caller's statements that were not voided, in the order that is asked for."""
    source, fitting, place = source_of(viewer, xapi.NAME), list[Shown](), wanted.begins()
    while True:
        page = tx.provenance.kept(source, MOST, place, ascending=wanted.ascending)
        for one in page.rows:
            if wanted.ends(one.taken_at):
                return Page(fitting, "")
            if len(fitting) == wanted.limit:
                return Page(fitting, "" if place is None else wanted.more(place))
            if _fits(tx, source, _whole(one), wanted):
                fitting.append(Shown(_whole(one), one.learner_id))
            place = (one.taken_at, one.element_id)
        if page.last is None:
            return Page(fitting, "")
        place = page.last


def _fits(tx: Transaction, source: str, said: dict[str, Any], wanted: Wanted) -> bool:
    """Return whether a statement fits, or one that it is about, however far that leads."""
    for _ in range(_FARTHEST):
        if fits(said, wanted):
            return True
        about = target(said)
        found = None if about is None else tx.provenance.get(source, about)
        if found is None or found.content is None:
            return False
        said = _whole(found)
    return False


def _whole(one: Provenance) -> dict[str, Any]:
    """Return a statement with what a server adds to it."""
    said: dict[str, Any] = msgspec.json.decode(one.content or "{}")
    stored = instant(one.taken_at)
    for context in (said.get("context"), said["object"].get("context")):
        _as_lists(context or {})
    for part in agents(said, related=True):
        if not {"account", "member"} & part.keys():
            part["account"] = _GONE
    authority = {"objectType": "Agent", "account": {"homePage": "https://polku.invalid/sources", "name": one.source}}
    added = {"id": one.element_id, "stored": stored, "authority": authority, "version": said.get("version", "1.0.0")}
    return {"timestamp": stored, **said, **added}


def _as_lists(context: dict[str, Any]) -> None:
    """Write activities of a context as lists, also where one came alone (Data 2.4.6.2)."""
    listed = context.get("contextActivities", {})
    for kind, given in listed.items():
        listed[kind] = given if isinstance(given, list) else [given]
