"""``/patterns``: every piece of the pages with its states, on made-up data; for those who build pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from polku.errors import NotFoundError, nearest
from polku.web.access import Local
from polku.web.pages import pattern_pages
from polku.web.pages.charts import Figure, Numbers
from polku.web.pages.learner import LearnerPage
from polku.web.pages.pattern_charts import STATES, drawn
from polku.web.pages.pattern_pages import Material, class_page, learner_page
from polku.web.pages.teacher_class import ClassPage
from polku.web.pages.templates import page
from polku.web.service import Service, tenants
from polku.web.shapes import PathId
from polku.web.wording import language_of, sayer

router = APIRouter(include_in_schema=False)
ROWS = 8
"""Of a table of a whole class; its chips are all there."""


@dataclass(frozen=True)
class PatternsPage:
    """What ``patterns.html`` shows.

    Parameters
    ----------
    charts_of : dict of str to list of Figure
        Charts by state: "empty", "one", "many", "long".
    learners : dict of str to list of str
        Ids of a group by the same states.
    rows : dict of str to list of (str, str)
        Lines of a table by the same states.
    states : tuple of str
        In which a class and a learner's own page are shown whole.
    """

    charts_of: dict[str, list[Figure]]
    learners: dict[str, list[str]]
    rows: dict[str, list[tuple[str, str]]]
    states: tuple[str, ...]


@router.get("/patterns", response_class=HTMLResponse)
def patterns(request: Request, _access: Local) -> HTMLResponse:
    """Show the pieces, in a demonstration or where nobody signs in.

    Raises
    ------
    NotFoundError
        Where the platform's people sign in: there is nothing of theirs here.
    """
    held = _held(request)
    language = language_of(request, held.settings.language)
    say, numbers = sayer(held.suggester.texts, language), Numbers(language)
    charts = {state: list(drawn(state, say, numbers)) for state in STATES}
    learners: dict[str, list[str]] = {"empty": [], "one": ["L0001"], "many": [f"L{n:04}" for n in range(1, 36)]}
    learners["long"] = ["oppija-" + "pitkätunniste" * 4, "L" + "0" * 60]
    with held.store.read() as tx:
        curriculum = held.suggester.released(tx).lens.curriculum
    objectives = [one.title[language] for one in curriculum.objectives.values()]
    rows = {state: list(zip(ids[:ROWS], objectives, strict=False)) for state, ids in learners.items()}
    context = PatternsPage(charts, learners, rows, pattern_pages.STATES)
    return page("patterns.html", request, context, held=held)


@router.get("/patterns/{kind}/{state}", response_class=HTMLResponse)
def whole(request: Request, _access: Local, kind: PathId, state: PathId) -> HTMLResponse:
    """Show a class ("class") or a learner's own page ("me") in a state, or what stands where something went wrong.

    Raises
    ------
    NotFoundError
        If there is no such page or state; names the nearest.
    """
    held = _held(request)
    if (kind, state) == ("class", "error"):
        return page("trouble.html", request, {"kind": "trouble"}, held=held)
    pages: dict[str, tuple[str, Callable[[str, Material], ClassPage | LearnerPage]]] = {
        "class": ("teacher_class.html", class_page),
        "me": ("learner.html", learner_page),
    }
    if kind not in pages or state not in pattern_pages.STATES:
        raise NotFoundError("no such pattern", got=state, hint=nearest(state, pattern_pages.STATES))
    template, made = pages[kind]
    with held.store.read() as tx:
        skills = list(held.suggester.released(tx).lens.curriculum.skills.values())
    return page(template, request, made(state, Material(skills, held.suggester.texts)), held=held)


def _held(request: Request) -> Service:
    """Return the service where it shows patterns.

    Raises
    ------
    NotFoundError
        Where the platform's people sign in: there is nothing of theirs here.
    """
    held = tenants(request).default
    if held.settings.access.sign_in == "oidc":
        raise NotFoundError("there are no patterns here")
    return held
