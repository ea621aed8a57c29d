"""``/embed/…``: two fragments for the desktop of a platform, each of which leads to the page that it is a piece of.

A teacher's card says which next steps a group has; a learner's says the next step. They may be framed by the sites that
the settings name, and by nobody else; nothing can be decided in a frame, where another site may stand over a button.
docs/reference/embedding.md describes the addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from polku.paths.bands import Band
from polku.paths.suggester import learner_of
from polku.paths.withheld import lacks_answers
from polku.web.access.family_pages import CardOfGroup, CardOfLearner
from polku.web.api.groups import by_skill, offers_of
from polku.web.pages.asked import requests_of
from polku.web.pages.learner_view import Choice, shown_by_others, view_of
from polku.web.pages.templates import POLICY, page
from polku.web.seeing import asking, opened
from polku.web.service import Held, Service, Writing
from polku.web.viewer import Role

router = APIRouter(prefix="/embed", include_in_schema=False)


@dataclass(frozen=True)
class TeacherCard:
    """What ``embed_teacher.html`` may name.

    Parameters
    ----------
    group : str
        Which group.
    skills : tuple of (mapping of str to str, int)
        Title of each next skill, and how many learners could start on it; in the curriculum's order.
    short_task : int
        Learners whom a short task would help.
    asked : int
        Requests that nobody has answered.
    """

    group: str
    skills: tuple[tuple[Mapping[str, str], int], ...]
    short_task: int
    asked: int


@dataclass(frozen=True)
class LearnerCard:
    """What ``embed_learner.html`` may name.

    Parameters
    ----------
    learner : str
        Whose.
    choice : Choice or None
        The next step; None where the teacher shows it, or nothing can be suggested.
    band : str or None
        Reading band of its sentences.
    whole : str
        Address of the page that it is a piece of.
    """

    learner: str
    choice: Choice | None
    band: Band | None
    whole: str


@router.get("/teacher", response_class=HTMLResponse)
def teacher_card(request: Request, about: CardOfGroup, held: Held, tx: Writing) -> HTMLResponse:
    """Show a group's next steps on a card."""
    offers = offers_of(held, tx, about.subject)
    skills = held.suggester.released(tx).lens.curriculum.skills
    context = TeacherCard(
        group=about.subject,
        skills=tuple((skills[skill].title, len(ids)) for skill, ids in by_skill(held, tx, offers).items()),
        short_task=sum(lacks_answers(offer.path) for offer in offers),
        asked=len(requests_of(held, tx, about.subject)),
    )
    return page("embed_teacher.html", request, context, policy=framed(held))


@router.get("/learner", response_class=HTMLResponse)
def learner_card(request: Request, about: CardOfLearner, held: Held, tx: Writing) -> HTMLResponse:
    """Show a learner's next step on a card."""
    viewer, learner = about
    view = None
    if not shown_by_others(learner_of(tx, learner).grade):
        offer = held.suggester.offer(tx, learner, asked_by=asking(viewer))
        opened(tx, viewer, [offer])
        view = view_of(held, tx, offer)
    context = LearnerCard(
        learner=learner,
        choice=next(iter(view.choices), None) if view else None,
        band=view.band if view else None,
        whole="/family" if viewer.role is Role.GUARDIAN else "/me",
    )
    return page("embed_learner.html", request, context, policy=framed(held))


def framed(held: Service) -> str:
    """Return the content security policy of a fragment: framed by the sites of the settings, and no form in it."""
    sites = " ".join(held.settings.pages.embed_in) or "'none'"
    policy = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {sites}")
    return policy.replace("form-action 'self'", "form-action 'none'")
