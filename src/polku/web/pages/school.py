"""``/school``: what the learners of one school show together, for its principal and the provider's administrator.

No learner, no teacher and no class stands on it, and nothing is in order of merit.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from polku.curriculum.values import Objective
from polku.errors import NotFoundError
from polku.paths.days import day_of, in_words
from polku.store.transaction import Transaction
from polku.web.access.names import SeesSchool, SeesSchools
from polku.web.access.rules import KINDS
from polku.web.aggregates import Aggregates
from polku.web.api.aggregates import Kept
from polku.web.pages.charts import Numbers
from polku.web.pages.navigation import place_of, with_query
from polku.web.pages.school_charts import Words, decisions, heat_maps, trends
from polku.web.pages.sections import Section
from polku.web.pages.templates import page
from polku.web.service import Held, Reading, Service
from polku.web.shapes import PathId
from polku.web.viewer import Role, Viewer
from polku.web.wording import language_of, naturally, sayer

EN_DASH = "\N{EN DASH}"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class SchoolsPage:
    """What ``schools.html`` shows.

    Parameters
    ----------
    schools : tuple of str
        Those that the viewer may open, in the order of their names.
    """

    schools: tuple[str, ...]


@dataclass(frozen=True)
class SchoolPage:
    """What ``school.html`` shows.

    Parameters
    ----------
    school : str
        Whose learners.
    schools : tuple of str
        Those that the viewer may open instead; the school among them.
    made : str
        The day of the figures, in words.
    least : int
        Fewest learners of a cell that is told.
    sections : tuple of Section
        Charts by what they are about; without any, nothing has been answered yet.
    """

    school: str
    schools: tuple[str, ...]
    made: str
    least: int
    sections: tuple[Section, ...]


@router.get("/school", response_class=HTMLResponse)
def schools(request: Request, viewer: SeesSchools, held: Held, tx: Reading) -> Response:
    """Show the schools to choose from; who may open one school only is shown that one."""
    listed = schools_of(viewer, held, tx)
    if len(listed) == 1:
        language = language_of(request, held.settings.language)
        return RedirectResponse(with_query(place_of("school", listed[0]), lang=language), status_code=303)
    return page("schools.html", request, SchoolsPage(listed))


@router.get("/school/{school_id:path}", response_class=HTMLResponse)
def school(request: Request, viewer: SeesSchool, held: Held, tx: Reading, school_id: PathId) -> HTMLResponse:
    """Show what one school's learners show together; the tables stand for a day."""
    listed = schools_of(viewer, held, tx)
    if school_id not in listed:
        raise NotFoundError("no such school", got=school_id)
    kept: Kept = request.app.state.aggregates
    made, language = kept.of(held, tx).of_school(school_id), language_of(request, held.settings.language)
    words = Words(sayer(held.suggester.texts, language), language, Numbers(language))
    sections = tuple(one for one in _sections(made, held, tx, words) if one.figures)
    return page(
        "school.html", request, SchoolPage(school_id, listed, in_words(made.day)[language], made.least, sections)
    )


def schools_of(viewer: Viewer, held: Service, tx: Transaction) -> tuple[str, ...]:
    """Return the schools that a viewer may open: a principal their own of today, an administrator the provider's."""
    if viewer.role is Role.PRINCIPAL:
        return tuple(naturally(tx.relations.reach(viewer.subject, KINDS[viewer.role], day_of(held.now())).schools))
    return tuple(naturally(tx.roster.learners()["school_id"].dropna().unique()))


def _sections(made: Aggregates, held: Service, tx: Transaction, words: Words) -> list[Section]:
    curriculum, say = held.suggester.released(tx).lens.curriculum, words.say

    def named(about: str) -> str:
        known = curriculum.objectives.get(about) or curriculum.modules.get(about)
        if known is None:
            return about
        title = known.title.get(words.language, "")
        if isinstance(known, Objective):  # T5 stands for another objective in each stage
            return f"{known.label.get(words.language, about)} ({known.band.replace('-', EN_DASH)}) {title}"
        return f"{about} {title}"

    place = {name: number for number, name in enumerate([*curriculum.objectives, *curriculum.modules])}
    covered = sorted(made.coverage, key=lambda row: (place.get(row.about, len(place)), row.about, row.grade))
    used = decisions(made.suggestions, words)
    section = Section.worded
    return [
        section("coverage", tuple(heat_maps(covered, "coverage", named, words)), say),
        section("answered", tuple(trends(made.months, "answered", say("research.school.answered"), words)), say),
        section("covered", tuple(trends(made.months, "covered", say("research.school.covered"), words)), say),
        section("offered", tuple(trends(made.months, "offered", say("research.school.offered"), words)), say),
        section("decisions", () if used is None else (used,), say),
        section("growth", tuple(trends(made.growth, "success", say("research.school.growth"), words, "growth")), say),
    ]
