"""``/family``: what a child sees, read only, for those at home; a way to ask for a review, and to object to profiling.

The sentences are the child's own: there is no second text for adults, and no alert. What the child asked for privately
stands on no page here. No school and no group is named, so that a protected identity stays protected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.errors import InputError
from polku.paths.bands import BANDS, Band
from polku.paths.suggester import learner_of
from polku.store.holds import OBJECTION
from polku.store.requests import REVIEW
from polku.store.transaction import Transaction
from polku.web.access.family_pages import AsksAtHome, PageAtHome, Sent, learners_of
from polku.web.pages.asked import OpenRequest, open_requests
from polku.web.pages.learner_view import View, shown_by_others, view_of
from polku.web.pages.templates import page
from polku.web.seeing import asking, opened
from polku.web.service import Held, Writing
from polku.web.viewer import Role

router = APIRouter(include_in_schema=False)
Did = Literal["review", "objected", "taken_back", "back"]
"""What somebody just did on the page."""


@dataclass(frozen=True)
class FamilyPage:
    """What ``guardian.html`` may name.

    Parameters
    ----------
    learner : str
        Which child is shown.
    children : tuple of str
        All whose page the viewer may open today.
    view : View or None
        What the child sees; None in the grades in which the teacher shows it.
    band : str
        Reading band of every sentence: the child's.
    review : OpenRequest or None
        A review that was asked for and is not answered.
    objected : bool
        Whether somebody objected to profiling.
    done : str or None
        What was just done.
    """

    learner: str
    children: tuple[str, ...]
    view: View | None
    band: Band
    review: OpenRequest | None
    objected: bool
    done: Did | None


@router.get("/family", response_class=HTMLResponse)
def family(request: Request, about: PageAtHome, held: Held, tx: Writing, done: Did | None = None) -> HTMLResponse:
    """Show those at home what a child sees."""
    viewer, learner = about
    listed = learner_of(tx, learner)
    view = None
    if not shown_by_others(listed.grade):
        offer = held.suggester.offer(tx, learner, asked_by=asking(viewer))
        opened(tx, viewer, [offer])
        view = view_of(held, tx, offer)
    reviews = [one for one in open_requests(held, tx, [learner]) if one.kind == REVIEW]
    context = FamilyPage(
        learner=learner,
        children=tuple(learners_of(viewer, tx, held.now())),
        view=view,
        band=view.band if view else BANDS[0],
        review=next(iter(reviews), None),
        objected=_objected(tx, learner, listed.group_id),
        done=done,
    )
    return page("guardian.html", request, context)


@router.post("/family/ask")
def ask(sent: AsksAtHome, tx: Writing) -> RedirectResponse:
    """Ask who teaches the child to look at it together."""
    sent.only("learner")
    learner_of(tx, sent.subject)
    by, role = sent.viewer.speaks_as(None, Role.GUARDIAN.value)
    tx.requests.ask(REVIEW, sent.subject, by=by, role=role)
    return _back(sent, "review")


@router.post("/family/objection")
def object_to_profiling(sent: AsksAtHome, tx: Writing) -> RedirectResponse:
    """Object to profiling for a child, or take that back; the options stay as many, and nobody is worse off."""
    said = sent.only("learner", "objects")
    listed, objects = learner_of(tx, sent.subject), said.get("objects")
    if objects not in {"yes", "no"}:
        raise InputError("an objection is made or taken back", got=objects, hint="yes or no")
    by, role = sent.viewer.speaks_as(None, Role.GUARDIAN.value)
    wanted = objects == "yes"
    if wanted != _objected(tx, sent.subject, listed.group_id):
        change = tx.holds.put if wanted else tx.holds.lift
        change(OBJECTION, "learner", sent.subject, by=by, role=role)
    return _back(sent, "objected" if wanted else "taken_back")


def _objected(tx: Transaction, learner: str, group: str | None) -> bool:
    return any(one.kind == OBJECTION for one in tx.holds.bearing(learner, group))


def _back(sent: Sent, done: Did) -> RedirectResponse:
    query = {"learner": sent.subject, **sent.back, "done": done}
    return RedirectResponse(f"/family?{urlencode(query)}", status_code=303)
