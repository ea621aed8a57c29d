"""``/v1/learners/{id}/tasks``: real tasks behind a next step, "I already know this" and the short diagnostic."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from polku.web.access import Role, SeesLearner, Viewer
from polku.web.service import Held, Writing
from polku.web.shapes import VISIBLE, PathId, Shape
from polku.web.vendors import LIFE_S, Offering, offer_tasks
from polku.web.vendors.offering import Wish

router = APIRouter(prefix="/v1/learners", tags=["learners"])
OPEN_FOR = frozenset({Role.LEARNER, Role.SERVICE})
"""Who gets links: what is opened by one is answered in the learner's name."""
MOST = 3
"""Tasks at once: as many as steps are suggested."""


class TaskShape(Shape):
    """One task of a vendor."""

    item_id: str
    """The task; answers to it name it so."""
    vendor: str
    """Who provides it."""
    vendor_name: str
    """The same as people know it."""
    title: str
    """As people see it."""
    lang: str
    """Its language; empty where it has no words."""
    interaction: str
    """Type of interaction as QTI names it; may be empty."""
    met: bool
    """Whether the learner answered it before."""
    launch: str | None
    """Address that opens it; null for who looks on. It holds a pseudonym and nothing about anybody."""


class TasksShape(Shape):
    """Tasks on one skill for one learner; none where no vendor has a fitting one, or suggestions rest."""

    learner_id: str
    """For whom."""
    skill_id: str
    """On what."""
    purpose: Literal["step", "check", "diagnostic"]
    """What for."""
    tasks: list[TaskShape]
    """Best first. Among tasks that fit equally well each had the same chance, whoever provides it."""
    launch_seconds: int
    """Seconds for which a launch opens."""


@router.get("/{learner_id:path}/tasks")
def tasks(
    viewer: SeesLearner,
    held: Held,
    tx: Writing,
    learner_id: PathId,
    skill: Annotated[str, Query(max_length=200, pattern=VISIBLE, description="Skill to work on")],
    purpose: Annotated[
        Literal["step", "check", "diagnostic"],
        Query(description="A next step to practise, a check of what is known already, or the short diagnostic"),
    ] = "step",
    lang: Annotated[
        Literal["fi", "sv", "en"] | None, Query(description="Of the tasks; default: the installation's")
    ] = None,
) -> TasksShape:
    """Return tasks to do on a skill, each with a signed link that opens it at its vendor.

    For a next step they are about as hard as practice helps most; to check or to find out, of typical difficulty. What
    was not met before comes first. Asked again with nothing new, the tasks are the same. Results come back by the
    doors that everybody uses, under the pseudonym that the link names; see docs/joining.md.
    """
    wish = Wish(learner_id, skill, purpose, lang or held.settings.language, MOST, opens=_opens(viewer))
    found = offer_tasks(held.home, held.suggester, tx, wish, int(time.time()))
    shown = [_shape(one) for one in found]
    return TasksShape(learner_id=learner_id, skill_id=skill, purpose=purpose, tasks=shown, launch_seconds=LIFE_S)


def _opens(viewer: Viewer) -> bool:
    return not viewer.signed_in or viewer.role in OPEN_FOR


def _shape(one: Offering) -> TaskShape:
    return TaskShape(
        item_id=one.entry.item_id,
        vendor=one.vendor.id,
        vendor_name=one.vendor.definition.name,
        title=one.entry.title,
        lang=one.entry.language,
        interaction=one.entry.interaction,
        met=one.met,
        launch=one.launch,
    )
