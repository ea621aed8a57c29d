"""``/me``: a learner's own page: two or three next steps to choose from, what was shown so far, and a way to ask.

The learner chooses, skips, puts aside, chooses something else, asks for help or for a short check, or says one of a few
fixed things about a suggestion. What is asked goes to who teaches the learner and stands on nobody else's page. In
grades 1 and 2 the page says that the teacher shows the next steps; the teacher opens it for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.errors import InputError, NotFoundError, nearest
from polku.paths.bands import BANDS, Band
from polku.paths.suggester import learner_of
from polku.store.decisions import UNDO
from polku.store.requests import CHOICES, REVIEW
from polku.store.transaction import Transaction
from polku.web.access.family_pages import Asks, Chooses, OwnPage, Sent, TakesBack
from polku.web.pages.asked import OpenRequest, open_requests
from polku.web.pages.learner_tasks import with_resources, with_tasks
from polku.web.pages.learner_view import View, shown_by_others, view_of
from polku.web.pages.templates import page
from polku.web.seeing import asking, opened
from polku.web.service import Held, Service, Writing
from polku.web.shapes import VISIBLE
from polku.web.viewer import Role
from polku.web.wording import language_of

router = APIRouter(include_in_schema=False)
DAY = 86_400_000_000
Did = Literal["accept", "edit", "skip", "reject", "undo", "help", "check", "comment", "back"]
"""What somebody just did on the page; only then it is said."""
ON_PAGE = ("accept", "edit", "skip", "reject", UNDO)
"""What a learner decides about a suggestion."""
Asked = Annotated[str | None, Query(max_length=200, pattern=VISIBLE)]


@dataclass(frozen=True)
class LearnerPage:
    """What ``learner.html`` may name.

    Parameters
    ----------
    learner : str
        Whose page it is.
    acts : bool
        Whether whoever looks may choose and ask: the learner. Who teaches them looks only.
    view : View or None
        What is suggested; None where the teacher shows it.
    band : str
        Reading band of every sentence.
    bands : tuple of str
        All of them: the page can be read in another.
    kept : str or None
        The band that was asked for; forms and links keep it.
    asked : tuple of OpenRequest
        What the learner asked for.
    remarks : tuple of str
        What can be said about a suggestion.
    done : str or None
        What was just done.
    undo : tuple of (str, str) or None
        Suggestion and decision that were just recorded and can be taken back.
    """

    learner: str
    acts: bool
    view: View | None
    band: Band
    bands: tuple[Band, ...]
    kept: Band | None
    asked: tuple[OpenRequest, ...]
    remarks: tuple[str, ...]
    done: Did | None
    undo: tuple[str, str] | None


@router.get("/me", response_class=HTMLResponse)
def own_page(
    request: Request,
    about: OwnPage,
    held: Held,
    tx: Writing,
    band: Band | None = None,
    done: Did | None = None,
    of: Asked = None,
) -> HTMLResponse:
    """Show a learner's own page."""
    viewer, learner = about
    listed = learner_of(tx, learner)
    acts = viewer.role is Role.LEARNER or not viewer.signed_in
    view = None
    if not (viewer.role is Role.LEARNER and shown_by_others(listed.grade)):
        offer = held.suggester.offer(tx, learner, asked_by=asking(viewer))
        opened(tx, viewer, [offer])
        view = view_of(held, tx, offer, band)
        language = language_of(request, held.settings.language)
        view = with_resources(held, tx, view, language)
        if acts and viewer.signed_in:
            view = with_tasks(held, tx, view, language)
    context = LearnerPage(
        learner=learner,
        acts=acts,
        view=view,
        band=view.band if view else BANDS[0],
        bands=BANDS,
        kept=band,
        asked=tuple(one for one in open_requests(held, tx, [learner]) if one.role == Role.LEARNER) if acts else (),
        remarks=CHOICES,
        done=done,
        undo=_undo(tx, learner, of) if acts else None,
    )
    return page("learner.html", request, context)


@router.post("/me/choose")
def choose(sent: Chooses, held: Held, tx: Writing) -> RedirectResponse:
    """Record what the learner decided about a suggestion, and show the page again."""
    said = sent.only("suggestion", "decision", "skill", "of")
    decision, suggestion = said.get("decision", ""), said.get("suggestion", "")
    by, role = sent.viewer.speaks_as(sent.subject, Role.LEARNER.value)
    if decision not in ON_PAGE:
        raise InputError("a learner decides nothing of this kind", got=decision, hint=nearest(decision, ON_PAGE))
    if decision == UNDO:
        _refuse_others(tx, sent, said.get("of", ""))
        tx.decisions.undo(said["of"], by, role, within=held.settings.trail.undo_days * DAY)
        return _back(sent, "undo")
    replacement = said.get("skill") if decision == "edit" else None
    if decision == "edit":
        _refuse_unknown(held, tx, replacement)
    made = tx.decisions.add(suggestion, decision, by, role, replacement=replacement)
    return _back(sent, decision, of=made)


@router.post("/me/ask")
def ask(sent: Asks, held: Held, tx: Writing) -> RedirectResponse:
    """Ask who teaches the learner: for help, for a short check, or say one of the fixed things about a suggestion."""
    said = sent.only("learner", "kind", "skill", "choice")
    learner_of(tx, sent.subject)
    kind, skill = said.get("kind", ""), said.get("skill") or None
    if kind == REVIEW:
        raise InputError("a review is asked for by those at home", hint="ask for help")
    if skill is not None:
        _refuse_unknown(held, tx, skill)
    by, role = sent.viewer.speaks_as(sent.subject, Role.LEARNER.value)
    tx.requests.ask(kind, sent.subject, by=by, role=role, skill_id=skill, choice=said.get("choice"))
    return _back(sent, kind)


@router.post("/me/take-back")
def take_back(sent: TakesBack, tx: Writing) -> RedirectResponse:
    """Take a request of the learner's own back."""
    said = sent.only("request")
    by, _ = sent.viewer.speaks_as(sent.subject, Role.LEARNER.value)
    tx.requests.answer(said["request"], by)
    return _back(sent, "back")


def _undo(tx: Transaction, learner: str, decision_id: str | None) -> tuple[str, str] | None:
    """Return the decision that the page was asked to confirm, if it stands."""
    found = next((one for one in tx.decisions.of(learner) if one.decision_id == decision_id), None)
    return None if found is None else (found.suggestion_id, found.decision_id)


def _refuse_others(tx: Transaction, sent: Sent, decision_id: str) -> None:
    """Refuse to take back a decision that is not about the suggestion by which the learner was let in."""
    about = {
        one.decision_id for one in tx.decisions.history(sent.subject) if one.suggestion_id == sent.fields["suggestion"]
    }
    if decision_id not in about:
        raise NotFoundError("this decision is about no such suggestion", got=decision_id, hint="open the page again")


def _refuse_unknown(held: Service, tx: Transaction, skill: str | None) -> None:
    held.suggester.released(tx).lens.curriculum.index(skill or "")


def _back(sent: Sent, done: str, **more: str) -> RedirectResponse:
    """Lead back to the page, which says what was done."""
    whose = {} if sent.viewer.signed_in else {"learner": sent.subject}
    return RedirectResponse(f"/me?{urlencode({**whose, **sent.back, 'done': done, **more})}", status_code=303)
