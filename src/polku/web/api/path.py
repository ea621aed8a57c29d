"""``/v1/learners/{id}/path``: the suggested next steps of one learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from polku.paths.bands import Band
from polku.paths.released import Released
from polku.paths.rewording import reworded
from polku.store.transaction import Transaction
from polku.store.values import Offer
from polku.web.access import SeesLearnerThen
from polku.web.access.rules import KINDS, refused
from polku.web.kept import Anew, Kept, Remembering, key_of, read_of, stamps_of, together_of
from polku.web.seeing import asking, opened_by
from polku.web.service import Service, service
from polku.web.shapes import VISIBLE, PathId, PathShape, as_json, described

router = APIRouter(prefix="/v1/learners", tags=["learners"], route_class=Remembering)


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, checked.

    Parameters
    ----------
    held : Service
        Of the learner's provider.
    learner_id : str
        Whose path.
    goal, steps, band
        As the endpoint takes them.
    """

    held: Service
    learner_id: str
    goal: str | None
    steps: int
    band: Band | None

    @property
    def alike(self) -> tuple[int, str | None, int]:
        """Return what has to be equal for paths to be planned in one go."""
        return id(self.held), self.goal, self.steps

    def answer(self, offer: Offer, asked: Anew, released: Released) -> Kept:
        """Return the answer."""
        stamp, said = asked.stamp._replace(offered_at=offer.offered_at), described(offer)
        said = said if self.band is None else reworded(said, self.band, self.held.suggester.texts)
        return Kept(as_json(said), stamp, self.held, released, asked.now, self, make)


def make(tx: Transaction, asked: Sequence[Anew]) -> list[Kept]:
    """Return the answers to questions of learners, each another one, for people who may see them."""
    found: dict[str, Kept] = {}
    for alike in dict.fromkeys(one.question.alike for one in asked):
        those = [one for one in asked if one.question.alike == alike]
        first: Question = those[0].question
        offers = first.held.suggester.offers(
            tx,
            [one.question.learner_id for one in those],
            goal=first.goal,
            steps=first.steps,
            asked_by=[asking(one.viewer) for one in those],
        )
        opened_by(tx, zip((one.viewer for one in those), offers, strict=True))
        for one, offer in zip(those, offers, strict=True):
            found[offer.learner_id] = one.question.answer(offer, one, first.held.suggester.serving)
    return [found[one.question.learner_id] for one in asked]


@router.get("/{learner_id:path}/path", response_model=PathShape)
async def path(
    request: Request,
    viewer: SeesLearnerThen,
    learner_id: PathId,
    goal: Annotated[str | None, Query(max_length=200, pattern=VISIBLE, description="Skill to lead to")] = None,
    steps: Annotated[int, Query(ge=1, le=50, description="Longest path")] = 5,
    band: Annotated[Band | None, Query(description="Reading band, years of age; default: by the grade")] = None,
) -> Response:
    """Return two or three next steps to choose from and the path they lead along, each with its reasons.

    A suggestion, never a decision. The offer is logged; asked again with nothing new, it is the same offer. What
    the learner reads is what those at home read.
    """
    held = await run_in_threadpool(service, request)

    question = Question(held, learner_id, goal, steps, band)

    def work(tx: Transaction) -> Kept:
        now = held.now()
        tx.reads.add([read_of(request, viewer, learner_id, now)])
        (before,) = stamps_of(tx, held, [(viewer, learner_id)])  # first: what comes in meanwhile is new next time
        if viewer.signed_in and viewer.role in KINDS and not any(before.access):
            raise refused()  # it ended since it was remembered; kept, the answer would be given for longer
        return make(tx, [Anew(question, viewer, before, now)])[0]

    made = await together_of(request).run(held.store, work, learner_id)
    request.app.state.kept.keep(key_of(request, viewer), made, viewer)
    return Response(made.body, media_type="application/json")
