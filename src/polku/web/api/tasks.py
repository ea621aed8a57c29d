"""``/v1/learners/{id}/tasks`` and ``/resources``: what a next step may be done with, preferring nobody's."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from polku.curriculum.resources import Suited
from polku.paths.days import day_of
from polku.paths.suggester import learner_of
from polku.web.access import Role, SeesLearner, Viewer
from polku.web.resources import LEVELS, ORDER, resources_behind
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import VISIBLE, PathId, Shape
from polku.web.vendors import LIFE_S, Offering, offer_tasks
from polku.web.vendors.offering import Asker, Wish

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
    """Best first. Vendors whose tasks fit equally well took turns, in an order that was drawn."""
    launch_seconds: int
    """Seconds for which a launch opens."""


class ResourceShape(Shape):
    """One open learning resource."""

    title: str
    """In the reader's language, where it has one."""
    publisher: str
    """Who published it; may be empty."""
    licence: str
    """As its catalogue states it."""
    url: str
    """Where it is. It opens at its publisher's and says nothing about anybody."""
    types: list[str]
    """Learning resource types, in the catalogue's words."""
    langs: list[str]
    """Languages of its materials."""
    age_from: int | None
    """Youngest that it is for, where said."""
    age_to: int | None
    """Oldest that it is for, where said."""
    accessibility: list[str]
    """What makes it accessible, in the catalogue's words."""
    aligned: Literal["objective", "module", "subject"]
    """How closely it is aligned to the skill."""
    target: dict[str, str]
    """Why it is here: title, by language, of what it is aligned to."""


class ResourcesShape(Shape):
    """Open learning resources that a skill may be worked on with; none where the catalogue has none."""

    learner_id: str
    """For whom; decides the turn of publishers and nothing else."""
    skill_id: str
    """On what."""
    day: dt.date
    """For which day: the next has turns of its own."""
    order: list[str]
    """What decided the order, the first that differs. Nothing else did."""
    resources: list[ResourceShape]
    """At most three."""


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
    found = offer_tasks(held.home, tx, wish, Asker.of(held.suggester, tx, learner_id), int(time.time()))
    shown = [_shape(one) for one in found]
    return TasksShape(learner_id=learner_id, skill_id=skill, purpose=purpose, tasks=shown, launch_seconds=LIFE_S)


@router.get("/{learner_id:path}/resources")
def resources(
    _viewer: SeesLearner,
    held: Held,
    tx: Reading,
    learner_id: PathId,
    skill: Annotated[str, Query(max_length=200, pattern=VISIBLE, description="Skill to work on")],
    lang: Annotated[
        Literal["fi", "sv", "en"] | None, Query(description="Of the reader; default: the installation's")
    ] = None,
) -> ResourcesShape:
    """Return open learning resources behind a step, whoever published them.

    The closest to the objective first, then those in the reader's language, without hazards, and with accessibility
    said. What is equal in all of these takes turns, a publisher at a time, in an order drawn for the learner and the
    day: how much a publisher has, and how often something was opened, make no difference.
    """
    learner_of(tx, learner_id)
    held.suggester.released(tx).lens.curriculum.index(skill)
    language = lang or held.settings.language
    found = resources_behind(held, tx, learner_id, [skill], language)[skill]
    return ResourcesShape(
        learner_id=learner_id,
        skill_id=skill,
        day=day_of(held.now()),
        order=list(ORDER),
        resources=[_resource(one, language) for one in found],
    )


def _resource(one: Suited, language: str) -> ResourceShape:
    found = one.resource
    return ResourceShape(
        title=found.title.get(language) or next(iter(found.title.values()), found.id),
        publisher=found.maker,
        licence=found.licence,
        url=found.url,
        types=list(found.kinds),
        langs=list(found.languages),
        age_from=found.ages[0],
        age_to=found.ages[1],
        accessibility=list(found.accessibility),
        aligned=LEVELS[one.level],
        target=dict(one.target),
    )


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
