"""``/``: a group's next steps, and one learner's path with its reasons."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.errors import InputError
from polku.paths.bands import BANDS, Band
from polku.paths.days import day_of, in_words
from polku.paths.rewording import reworded
from polku.paths.weighing import weighed
from polku.paths.withheld import lacks_answers
from polku.store.transaction import Transaction
from polku.store.values import Decision, Offer
from polku.web.access.pages import DECIDES_ON_PAGE, DecidesOnPage, SeesPage, own
from polku.web.api.groups import by_skill, offers_of
from polku.web.pages.templates import page
from polku.web.seeing import asking, opened
from polku.web.service import Held, Service, Writing
from polku.web.shapes import VISIBLE, described
from polku.web.wording import language_of

router = APIRouter(include_in_schema=False)
Asked = Annotated[str | None, Query(max_length=200, pattern=VISIBLE)]
DECISIONS = ("accept", "skip", "reject")
TEACHER = "teacher at this machine"
LARGEST_FORM = 4096


class Decided(NamedTuple):
    """What people decided about one learner's suggestions.

    Parameters
    ----------
    latest : dict of str to str
        Decision by suggestion.
    aside : list of Decision
        Rejections that hold, one a skill.
    just_now : Decision or None
        The one that this page was asked to confirm.
    """

    latest: dict[str, str]
    aside: list[Decision]
    just_now: Decision | None


@router.get("/", response_class=HTMLResponse)
def start(  # noqa: PLR0913, PLR0917 - one for each part of the query, and what every page needs
    request: Request,
    viewer: SeesPage,
    held: Held,
    tx: Writing,
    group: Asked = None,
    learner: Asked = None,
    recorded: Asked = None,
    band: Band | None = None,
) -> HTMLResponse:
    """Show the groups, one group's next steps, and one learner's path."""
    mine = own(viewer, tx, held.now())
    groups = mine.groups
    chosen, learner = mine.chosen(group, learner)
    offers = offers_of(held, tx, chosen) if chosen else []
    shown = next((offer for offer in offers if offer.learner_id == learner), None)
    if learner and shown is None:
        shown = held.suggester.offer(tx, learner, asked_by=asking(viewer))
    opened(tx, viewer, [shown] if shown else [])
    path = described(shown) if shown else None
    known = held.suggester.released(tx).lens.curriculum.skills
    values = {
        "groups": groups,
        "group": chosen,
        "own_learners": mine.learners,
        "may_decide": not viewer.signed_in or viewer.role in DECIDES_ON_PAGE.grants,
        "skills": [(known[skill].title, ids) for skill, ids in by_skill(held, tx, offers).items()],
        "short_task": [offer.learner_id for offer in offers if lacks_answers(offer.path)],
        "learner": learner,
        "path": reworded(path, band, held.suggester.texts) if path and band else path,
        "band": band,
        "bands": BANDS,
        "weighed": weighed,
        "decided": _decided(tx, shown, recorded),
        "decisions": DECISIONS,
        "titles": {skill: known[skill].title for skill in known},
        "demo_day": _demo_day(held, request),
    }
    kept = {name: value for name, value in (("group", chosen), ("learner", learner), ("band", band)) if value}
    return page("start.html", request, values, kept=kept)


@router.post("/decide")
def decide(
    viewer: DecidesOnPage,
    tx: Writing,
    form: Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")],
) -> RedirectResponse:
    """Record a decision made on the page, and show the page again."""
    if len(form) > LARGEST_FORM:
        raise InputError("the form is too large", got=f"{len(form)} bytes")
    fields = parse_qs(form.decode("utf-8", "replace"))
    given = {name: values[-1] for name, values in fields.items()}
    by, role = viewer.speaks_as(TEACHER, "teacher")
    made = tx.decisions.add(given.get("suggestion", ""), given.get("decision", ""), by, role)
    back = {name: given[name] for name in ("group", "learner", "lang", "band") if name in given}
    return RedirectResponse(f"/?{urlencode(back | {'recorded': made})}#learner", status_code=303)


def _decided(tx: Transaction, offer: Offer | None, recorded: str | None) -> Decided:
    """Return what was decided about a learner's suggestions."""
    made = [] if offer is None else tx.decisions.of(offer.learner_id)
    holds = set() if offer is None else {one.skill_id for one in tx.decisions.rejected(offer.learner_id)}
    rejections = {one.skill_id: one for one in made if one.decision == "reject" and one.skill_id in holds}
    return Decided(
        latest={one.suggestion_id: one.decision for one in made},
        aside=list(rejections.values()),
        just_now=next((one for one in made if one.decision_id == recorded), None),
    )


def _demo_day(held: Service, request: Request) -> str | None:
    """Return the day that a demonstration lives on; None for a service that lives today."""
    if not held.demo:
        return None
    return in_words(day_of(held.now()))[language_of(request, held.settings.language)]
