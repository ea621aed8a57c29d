"""``/v1/learners/{id}/…``: what is held, and what may be said against it: objection, restriction, erasure, a move."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import from_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict

from polku.errors import NotFoundError
from polku.fairness import forget_learner
from polku.store.holds import OBJECTION, RESTRICTION
from polku.store.transaction import Transaction
from polku.web.access import Administers, OwnsData, SpeaksForLearner, Viewer, Withdraws
from polku.web.api.pauses import HoldShape, Why
from polku.web.export import export_of, readable
from polku.web.said import Said
from polku.web.service import Held, Service, Writing
from polku.web.shapes import Id, PathId, Shape
from polku.web.wording import language_of

router = APIRouter(prefix="/v1/learners", tags=["rights"])
HTML_ONLY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The page is handed out as a file, so its style stands in it; nothing else may load."""


class RightIn(Said):
    """Somebody makes use of a right."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"by": "L0001", "role": "learner", "reason": "I choose my own tasks"}}
    )


class MoveIn(Said):
    """A learner goes on in another group or school of the same provider."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"by": "A01", "role": "administrator", "group_id": "8B", "school_id": "S2"}}
    )

    group_id: Id | None = None
    """The new group; null for none yet."""
    school_id: Id | None = None
    """The new school; null for none yet."""


class MovedShape(Shape):
    """Where a learner goes on."""

    learner_id: str
    """Who."""
    group_id: str | None
    """In which group."""
    school_id: str | None
    """In which school."""


class ErasedShape(Shape):
    """What an erasure removed. No id is repeated."""

    rows: dict[str, int]
    """Rows by table."""
    entries: int
    """Entries of the log that no longer say anything; their hashes stay."""
    background: int
    """Values in the audit's enclave."""
    predictions: int
    """Predictions that candidates for release keep beside this service."""


@router.get("/{learner_id:path}/export", response_model=None, responses={200: {"content": {"text/html": {}}}})
def export(
    request: Request,
    viewer: OwnsData,
    held: Held,
    tx: Writing,
    learner_id: PathId,
    form: Annotated[Literal["json", "html"], Query(description="As data, or as a page to read")] = "json",
) -> dict[str, Any] | HTMLResponse:
    """Return everything held about a learner: answers, profile, suggestions with their reasons, who has looked.

    As a page in Finnish, Swedish or English (`?lang=`, else the browser's). Teachers are not answered: the background
    that audits use is told to nobody but the person.
    """
    made = export_of(held.settings, held.suggester, tx, learner_id, by=viewer.subject, role=viewer.role.value)
    if form == "json":
        return made
    language = language_of(request, held.settings.language)
    headers = {"Content-Security-Policy": HTML_ONLY, "Content-Language": language}
    return HTMLResponse(readable(made, held.suggester.texts, language), headers=headers)


@router.put("/{learner_id:path}/objection")
def object_to_profiling(
    viewer: SpeaksForLearner, held: Held, tx: Writing, learner_id: PathId, right: RightIn
) -> HoldShape:
    """Object to profiling: kept profiles are deleted at once, none is made or read, and models learn nothing from it.

    Nobody is worse off: the path follows the curriculum's order with as many options, every endpoint answers as before.
    """
    return _put(tx, held, viewer, (OBJECTION, learner_id), right)


@router.delete("/{learner_id:path}/objection")
def withdraw_objection(viewer: Withdraws, held: Held, tx: Writing, learner_id: PathId, reason: Why = None) -> HoldShape:
    """Take an objection back: the answers are all there, so the next path reads them again."""
    return _lift(tx, held, viewer, (OBJECTION, learner_id), reason)


@router.put("/{learner_id:path}/restriction")
def restrict(viewer: SpeaksForLearner, held: Held, tx: Writing, learner_id: PathId, right: RightIn) -> HoldShape:
    """Restrict the use of a learner's data: they are kept, used for nothing, and shown in the export alone."""
    return _put(tx, held, viewer, (RESTRICTION, learner_id), right)


@router.delete("/{learner_id:path}/restriction")
def lift_restriction(viewer: Withdraws, held: Held, tx: Writing, learner_id: PathId, reason: Why = None) -> HoldShape:
    """Lift a restriction."""
    return _lift(tx, held, viewer, (RESTRICTION, learner_id), reason)


@router.put("/{learner_id:path}/place")
def move(viewer: Administers, held: Held, tx: Writing, learner_id: PathId, place: MoveIn) -> MovedShape:
    """Put a learner into another group or school of the provider; what they have shown goes with them."""
    by, role = place.speaker(viewer, held.deny)
    tx.rights.move(learner_id, group_id=place.group_id, school_id=place.school_id, by=by, role=role)
    return MovedShape(learner_id=learner_id, group_id=place.group_id, school_id=place.school_id)


@router.delete("/{learner_id:path}")
def erase(request: Request, viewer: Administers, held: Held, learner_id: PathId) -> ErasedShape:
    """Delete everything held about a learner, enclave and candidates' files included; the log keeps that it was done.

    Under a public task erasure is for what the law no longer asks to be kept: the administrator answers for that.
    """
    done = forget_learner(held.home, held.settings, held.store, learner_id, by=viewer.subject)
    held.recall.forget(learner_id)
    from_thread.run_sync(request.app.state.kept.forget, viewer.provider_id, learner_id)  # the event loop's alone
    if done.nothing:
        raise NotFoundError("nothing is held about such a learner", hint="see the id of the platform")
    counts = {"background": done.background, "predictions": done.predictions}
    return ErasedShape(rows=done.erased.rows, entries=done.erased.entries, **counts)


def _put(tx: Transaction, held: Service, viewer: Viewer, what: tuple[str, str], right: RightIn) -> HoldShape:
    by, role = right.speaker(viewer, held.deny)
    kind, learner_id = what
    if not any(tx.rights.held(learner_id).values()):
        raise NotFoundError("nothing is held about such a learner", got=learner_id, hint="see the id of the platform")
    return HoldShape.of(tx.holds.put(kind, "learner", learner_id, by=by, role=role, reason=right.reason))


def _lift(tx: Transaction, held: Service, viewer: Viewer, what: tuple[str, str], reason: str | None) -> HoldShape:
    held.deny.refuse(reason, "the reason")
    by, role = viewer.speaks_as(None, None)
    kind, learner_id = what
    return HoldShape.of(tx.holds.lift(kind, "learner", learner_id, by=by, role=role, reason=reason))
