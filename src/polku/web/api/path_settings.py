"""``/v1/learners/{id}/path-settings`` and the same of groups and the provider: what is settled about paths."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from polku.errors import InputError
from polku.paths.settled import SKILLS, Settled, decision_of
from polku.paths.suggester import learner_of
from polku.store.holds import RESTRICTION
from polku.store.transaction import Transaction
from polku.web.access import Administers, GuidesGroup, GuidesLearner, Role, SeesGroup, SeesLearner, Viewer
from polku.web.api.groups import members_of
from polku.web.service import Held, Reading, Service, Writing
from polku.web.shapes import VISIBLE, Id, PathId, Shape

router = APIRouter(prefix="/v1", tags=["path settings"])
NEAR = frozenset({Role.LEARNER, Role.GUARDIAN, Role.TEACHER})
"""Those with whom what a teacher settled for a learner stays, a restriction or not."""
Skills = Annotated[list[Id], Field(max_length=50)]


class PathSettings(BaseModel):
    """What is settled. What is left out or null says nothing: a group's, provider's or the policy's word holds."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    goals: Skills | None = None
    """Skills to lead to; an empty list lifts a group's."""
    pins: Skills | None = None
    """Skills to take up first, in this order; what they build on still comes before them."""
    locked: Skills | None = None
    """Skills to keep away for now."""
    load: Annotated[int, Field(ge=2, le=3)] | None = None
    """Options open at a time."""
    threshold: Annotated[float, Field(ge=0.5, le=0.95)] | None = None
    """Estimated success from which a skill counts as shown."""
    explore: bool | None = None
    """Whether now and then another step of equal standing may be suggested, to learn which steps help; false never."""
    syllabus: Literal["long", "short"] | None = None
    """Upper-secondary mathematics. Here because somebody decided it, never because an estimate says so."""
    drift: Annotated[int, Field(ge=0, le=50)] | None = None
    """How many prerequisites the next skills of a class may lie from its middle one; said for a group."""
    decision: Annotated[str, Field(max_length=200, pattern=VISIBLE)] | None = None
    """Where goals or syllabus follow from a decision, such as an adapted syllabus: its reference, no content. Goals
    beside it and what they build on are then all that is suggested."""


class PathSettingsIn(PathSettings):
    """Settings, and who settles them."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"by": "T07", "role": "teacher", "pins": ["MA79.S3.06"], "locked": [], "explore": False}
        }
    )

    by: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)] | None = None
    """Who: an id of the platform, no name and no personal identity code. Where callers sign in, the token says it."""
    role: Literal["teacher", "administrator"] | None = None
    """As what. Where callers sign in, the token says it."""


class PathSettingsShape(Shape):
    """What is settled for one learner or group."""

    settled: PathSettings
    """What was put here itself."""
    holds: PathSettings
    """What holds after the wider settings: of each, the nearest that says something."""
    by: str | None
    """Who settled it last; null where nobody did."""
    at: int | None
    """When, in microseconds since 1970 in UTC."""


@router.get("/learners/{learner_id:path}/path-settings")
def of_learner(viewer: SeesLearner, tx: Reading, learner_id: PathId) -> PathSettingsShape:
    """Return what is settled about a learner's paths, and what holds with the group's and the provider's.

    While the use of the learner's data is restricted, what was settled for the learner alone is told to the learner,
    those at home and those who teach them; anybody else is told what the group and the provider settled.
    """
    group_id = learner_of(tx, learner_id).group_id
    return _shape(tx, "learner", learner_id, group_id, own=viewer.role in NEAR or not _restricted(tx, learner_id))


@router.put("/learners/{learner_id:path}/path-settings")
def settle_learner(
    viewer: GuidesLearner, held: Held, tx: Writing, learner_id: PathId, settings: PathSettingsIn
) -> PathSettingsShape:
    """Settle a learner's paths anew: everything said before is replaced, stays in the history, and the log says who."""
    group_id = learner_of(tx, learner_id).group_id
    _put(held, tx, viewer, ("learner", learner_id), settings)
    return _shape(tx, "learner", learner_id, group_id)


@router.get("/groups/{group_id:path}/path-settings")
def of_group(_viewer: SeesGroup, tx: Reading, group_id: PathId) -> PathSettingsShape:
    """Return what is settled about the paths of a group."""
    members_of(tx, group_id)
    return _shape(tx, "group", group_id, group_id)


@router.put("/groups/{group_id:path}/path-settings")
def settle_group(
    viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, settings: PathSettingsIn
) -> PathSettingsShape:
    """Settle a group's paths anew; what is settled for a learner holds before it."""
    members_of(tx, group_id)
    _put(held, tx, viewer, ("group", group_id), settings)
    return _shape(tx, "group", group_id, group_id)


@router.get("/path-settings")
def of_provider(_viewer: Administers, tx: Reading) -> PathSettingsShape:
    """Return what is settled about the paths of all the provider's learners."""
    return _shape(tx, "provider", tx.provider_id, None)


@router.put("/path-settings")
def settle_provider(viewer: Administers, held: Held, tx: Writing, settings: PathSettingsIn) -> PathSettingsShape:
    """Settle the paths of all the provider's learners anew; a group's or a learner's settings hold before it."""
    _put(held, tx, viewer, ("provider", tx.provider_id), settings)
    return _shape(tx, "provider", tx.provider_id, None)


def _put(held: Service, tx: Transaction, viewer: Viewer, about: tuple[str, str], settings: PathSettingsIn) -> None:
    """Check the skills and whoever settles; then store and log."""
    if not viewer.signed_in and (settings.by is None or settings.role is None):
        raise InputError("without sign-in the request says who settles", hint="give by and role")
    by, role = viewer.speaks_as(settings.by, settings.role)
    held.deny.refuse(settings.decision, "the decision's reference")
    if held.deny.holds(by):
        raise InputError("a personal identity code is kept nowhere", hint="name the person by the platform's id")
    curriculum = held.suggester.released(tx).lens.curriculum
    said = settings.model_dump(exclude={"by", "role"}, exclude_none=True)
    for skill in (skill for name in SKILLS for skill in said.get(name, ())):
        curriculum.index(skill)
    both = set(said.get("locked", ())) & {*said.get("pins", ()), *said.get("goals", ())}
    if both:
        raise InputError(
            "a skill cannot be led to and kept away", got=", ".join(sorted(both)), hint="settle one of them"
        )
    tx.path_settings.put(*about, said, by=by, role=role)


def _restricted(tx: Transaction, learner_id: str) -> bool:
    return any(one.kind == RESTRICTION for one in tx.holds.bearing(learner_id, None))


def _shape(tx: Transaction, scope: str, subject: str, group_id: str | None, *, own: bool = True) -> PathSettingsShape:
    """Return what is settled; without what was settled for a learner alone where `own` is false."""
    latest = tx.path_settings.latest(scope, subject) if own else None
    layers = [one.content for one in tx.path_settings.layers(subject if own and scope == "learner" else None, group_id)]
    return PathSettingsShape(
        settled=PathSettings(**({} if latest is None else latest.content)),
        holds=PathSettings(**_plain(Settled.merged(layers)), decision=decision_of(layers)),
        by=None if latest is None else latest.by,
        at=None if latest is None else latest.at,
    )


def _plain(settled: Settled) -> dict[str, Any]:
    said = asdict(settled).items()
    return {name: list(one) if isinstance(one, tuple) else one for name, one in said if name != "decided"}
