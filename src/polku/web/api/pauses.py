"""``…/pause`` and ``/v1/pauses``: suggestions rest for a learner, a group, or everybody; the rest works as before."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict

from polku.paths.suggester import learner_of
from polku.store.holds import PAUSE
from polku.store.transaction import Transaction
from polku.store.values import Hold
from polku.web.access import Administers, GuidesGroup, SpeaksForLearner, Viewer
from polku.web.api.groups import members_of
from polku.web.paging import PAGE, After, Limit, paged
from polku.web.said import Said, begins
from polku.web.service import Held, Reading, Service, Writing
from polku.web.shapes import PathId, Shape

router = APIRouter(prefix="/v1", tags=["pauses"])
Why = Annotated[str | None, Query(max_length=1000, pattern=r"^[^\x00]*$", description="In whoever lifts it's words")]


class PauseIn(Said):
    """Suggestions are to rest."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"by": "T07", "role": "teacher", "reason": "project week", "until": "2026-12-01"}}
    )

    until: date | None = None
    """The first day without the pause; null until somebody lifts it."""


class HoldShape(Shape):
    """What is held back, from whom, by whom."""

    hold_id: str
    """Its id."""
    kind: Literal["pause", "objection", "restriction"]
    """What it is."""
    scope: Literal["learner", "group", "provider"]
    """For whom: one learner, a group, or everybody of the provider."""
    subject: str
    """Id of the learner, group or provider."""
    on_hold: bool
    """False for what lifts it."""
    until: int | None
    """When it ends by itself: microseconds since 1970 in UTC."""
    reason: str | None
    """In their words."""
    by: str
    """Who said so."""
    role: str
    """As what."""
    at: int
    """When: microseconds since 1970 in UTC."""

    @classmethod
    def of(cls, hold: Hold) -> HoldShape:
        """Return a hold as it is shown."""
        return cls.model_validate(hold._asdict())


class PausesShape(Shape):
    """Every pause of now."""

    switched_off: bool
    """Whether suggestions rest for everybody."""
    pauses: list[HoldShape]
    """Each, oldest first; one page."""
    next: str | None
    """`after` of the next page; null on the last."""


@router.get("/pauses")
def pauses(_viewer: Administers, tx: Reading, limit: Limit = PAGE, after: After = None) -> PausesShape:
    """Return whose suggestions rest now, by whose word, why and until when."""
    found = tx.holds.now(PAUSE)
    page, following = paged(found, lambda one: one.hold_id, after, limit)
    switched_off = any(one.scope == "provider" for one in found)
    return PausesShape(switched_off=switched_off, pauses=list(map(HoldShape.of, page)), next=following)


@router.put("/pauses")
def switch_off(viewer: Administers, held: Held, tx: Writing, pause: PauseIn) -> HoldShape:
    """Switch suggestions off for everybody: the off-switch.

    Answers are still taken in, pages open, every endpoint answers; paths follow the curriculum's order and say so.
    """
    return _pause(tx, held, viewer, ("provider", tx.provider_id), pause)


@router.delete("/pauses")
def switch_on(viewer: Administers, held: Held, tx: Writing, reason: Why = None) -> HoldShape:
    """Let suggestions go on for everybody."""
    return _lift(tx, held, viewer, ("provider", tx.provider_id), reason)


@router.put("/learners/{learner_id:path}/pause")
def pause_learner(viewer: SpeaksForLearner, held: Held, tx: Writing, learner_id: PathId, pause: PauseIn) -> HoldShape:
    """Let a learner's suggestions rest; the learner, those at home and the teacher may each say so."""
    learner_of(tx, learner_id)
    return _pause(tx, held, viewer, ("learner", learner_id), pause)


@router.delete("/learners/{learner_id:path}/pause")
def resume_learner(
    viewer: SpeaksForLearner, held: Held, tx: Writing, learner_id: PathId, reason: Why = None
) -> HoldShape:
    """Let a learner's suggestions go on."""
    return _lift(tx, held, viewer, ("learner", learner_id), reason)


@router.put("/groups/{group_id:path}/pause")
def pause_group(viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, pause: PauseIn) -> HoldShape:
    """Let a group's suggestions rest."""
    members_of(tx, group_id)
    return _pause(tx, held, viewer, ("group", group_id), pause)


@router.delete("/groups/{group_id:path}/pause")
def resume_group(viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, reason: Why = None) -> HoldShape:
    """Let a group's suggestions go on."""
    return _lift(tx, held, viewer, ("group", group_id), reason)


def _pause(tx: Transaction, held: Service, viewer: Viewer, about: tuple[str, str], pause: PauseIn) -> HoldShape:
    by, role = pause.speaker(viewer, held.deny)
    put = tx.holds.put(PAUSE, *about, by=by, role=role, reason=pause.reason, until=begins(pause.until))
    return HoldShape.of(put)


def _lift(tx: Transaction, held: Service, viewer: Viewer, about: tuple[str, str], reason: str | None) -> HoldShape:
    held.deny.refuse(reason, "the reason")
    by, role = viewer.speaks_as(None, None)
    return HoldShape.of(tx.holds.lift(PAUSE, *about, by=by, role=role, reason=reason))
