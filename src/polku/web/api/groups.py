"""``/v1/groups/{id}``: a group's learners, by the skill suggested next."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import APIRouter
from fastapi.responses import Response

from polku.errors import NotFoundError, nearest
from polku.paths.cohesion import gather
from polku.paths.withheld import lacks_answers
from polku.store.transaction import Transaction
from polku.store.values import Learner, Offer
from polku.web.access import SeesGroup
from polku.web.access.rules import hidden_from
from polku.web.paging import PAGE, After, Limit, paged
from polku.web.seeing import opened
from polku.web.service import Held, Service, Writing
from polku.web.shapes import PathId, PathShape, Shape, as_json, described

router = APIRouter(prefix="/v1/groups", tags=["groups"])


class Together(Shape):
    """Learners who could start on the same skill now."""

    skill_id: str
    """The skill suggested first."""
    learner_ids: list[str]
    """To whom, in order of id."""


class SharedStep(Shape):
    """Learners who could work on the same skill next, each by an option of their own."""

    skill_id: str
    """The skill: for some the first of their options, for others another of them."""
    learner_ids: list[str]
    """Who; the order says nothing."""


class GroupShape(Shape):
    """The next steps of a group's learners."""

    group_id: str
    """Which group."""
    by_skill: list[Together]
    """For the moment, in the curriculum's order; says nothing of anybody's standing."""
    together: list[SharedStep]
    """As few groups as own options allow, for now only: by next skill, never by anybody's standing."""
    drift: int | None
    """How many prerequisites their skills may lie from the middle of the class, as far as own options allow: the
    group's setting, else the policy's; null where nobody is bound."""
    short_task_helps: list[str]
    """Learners with too few answers for more than the curriculum's order: `GET /v1/learners/{learner_id}/diagnostic`
    says what to ask them."""
    learners: list[PathShape]
    """Each learner's options and path, in order of id; one page."""
    next: str | None
    """`after` of the next page; null on the last."""


@router.get("/{group_id:path}/suggestions", response_model=GroupShape)
def suggestions(
    viewer: SeesGroup, held: Held, tx: Writing, group_id: PathId, limit: Limit = PAGE, after: After = None
) -> Response:
    """Return each learner's options, and who could start on the same skill now.

    Learners come in pages; who could work together is said of the whole group on each.
    """
    offers = offers_of(held, tx, group_id, without=hidden_from(viewer, tx))
    page, following = paged(offers, lambda one: one.learner_id, after, limit)
    opened(tx, viewer, page)
    curriculum, drift = held.suggester.released(tx).lens.curriculum, held.suggester.cohesion(tx, group_id)
    shared = gather(curriculum, {one.learner_id: skills_of(one) for one in offers}, drift)
    said = {
        "group_id": group_id,
        "by_skill": [{"skill_id": one, "learner_ids": ids} for one, ids in by_skill(held, tx, offers).items()],
        "together": [{"skill_id": one.skill_id, "learner_ids": one.learners} for one in shared],
        "drift": drift,
        "short_task_helps": [offer.learner_id for offer in offers if lacks_answers(offer.path)],
        "learners": [described(offer) for offer in page],
        "next": following,
    }
    return Response(as_json(said), media_type="application/json")


def offers_of(held: Service, tx: Transaction, group_id: str, *, without: Collection[str] = frozenset()) -> list[Offer]:
    """Offer every learner of a group their path, but for some.

    Raises
    ------
    NotFoundError
        If the roster has no such group.
    """
    named = [one.learner_id for one in members_of(tx, group_id)]
    return held.recall.offers(held.suggester, tx, [one for one in named if one not in without])


def members_of(tx: Transaction, group_id: str) -> list[Learner]:
    """Return the learners of a group.

    Raises
    ------
    NotFoundError
        If the roster has no such group.
    """
    listed = tx.roster.group(group_id)
    if not listed:
        raise NotFoundError("no such group", got=group_id, hint=nearest(group_id, tx.roster.groups()))
    return listed


def skills_of(offer: Offer) -> list[str]:
    """Return the skills of an offer's options, the suggested one first."""
    return [one["skill_id"] for one in offer.path["options"]]


def by_skill(held: Service, tx: Transaction, offers: list[Offer]) -> dict[str, list[str]]:
    """Return learner ids by the first option's skill, skills in curriculum order."""
    found: dict[str, list[str]] = {}
    for offer in offers:
        for option in offer.path["options"][:1]:
            found.setdefault(option["skill_id"], []).append(offer.learner_id)
    order = held.suggester.released(tx).lens.curriculum.order
    return {skill: found[skill] for skill in order if skill in found}
