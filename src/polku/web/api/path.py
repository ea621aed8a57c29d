"""``/v1/learners/{id}/path``: the suggested next steps of one learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from polku.paths.bands import Band
from polku.paths.rewording import reworded
from polku.store.stamps import Stamp
from polku.store.transaction import Transaction
from polku.web.access import SeesLearnerThen
from polku.web.access.rules import KINDS, refused
from polku.web.kept import Kept, Remembering, key_of, read_of, stamp_of, together_of
from polku.web.seeing import asking, opened
from polku.web.service import Service, service
from polku.web.shapes import VISIBLE, PathId, PathShape, as_json, described
from polku.web.viewer import Viewer

router = APIRouter(prefix="/v1/learners", tags=["learners"], route_class=Remembering)


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, checked; the answer is made by it, and made anew when something is new.

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

    def make(self, tx: Transaction, viewer: Viewer, before: Stamp, now: int) -> Kept:
        """Return the answer for somebody who may see it; `before` is the learner's stamp in this transaction."""
        suggester = self.held.suggester
        offer = suggester.offer(tx, self.learner_id, goal=self.goal, steps=self.steps, asked_by=asking(viewer))
        opened(tx, viewer, [offer])
        stamp, said = before._replace(offered_at=offer.offered_at), described(offer)
        said = said if self.band is None else reworded(said, self.band, suggester.texts)
        return Kept(as_json(said), stamp, self.held, suggester.released(tx), now, self.make)


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
        before = stamp_of(tx, held, viewer, learner_id)  # first: what comes in meanwhile is then new next time
        if viewer.signed_in and viewer.role in KINDS and not any(before.access):
            raise refused()  # it ended since it was remembered; kept, the answer would be given for longer
        return question.make(tx, viewer, before, now)

    made = await together_of(request).run(held.store, work, learner_id)
    request.app.state.kept.keep(key_of(request, viewer), made, viewer)
    return Response(made.body, media_type="application/json")
