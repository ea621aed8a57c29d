"""``/groups/{id}``: a class's next steps, by the skill that learners could take up next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.paths.withheld import lacks_answers
from polku.store.holds import PAUSE
from polku.store.values import Decision, Hold
from polku.web.access import Anyone, SeesGroup
from polku.web.access.pages import own
from polku.web.access.rules import hidden_from
from polku.web.api.groups import members_of
from polku.web.pages.asked import OpenRequest, open_requests
from polku.web.pages.navigation import place_of, with_query
from polku.web.pages.teacher_groups import Title, Together, together
from polku.web.pages.teacher_news import Changes, changes_of
from polku.web.pages.teacher_words import REASONS, WEEKS
from polku.web.pages.templates import page
from polku.web.service import Held, Reading, Writing
from polku.web.shapes import VISIBLE, PathId

router = APIRouter(include_in_schema=False)
Done = Annotated[str | None, Query(max_length=1200, pattern=VISIBLE)]


@dataclass(frozen=True)
class ClassPage:
    """What ``teacher_class.html`` shows.

    Parameters
    ----------
    group : str
        Id of the group; empty where there is none to show.
    groups : tuple of str
        The groups that the viewer may open.
    own_learners : tuple of str
        Learners whom the viewer teaches alone.
    together : tuple of Together
        The class by next skill: as few groups as own options allow, no rank, no name, for now only.
    short_task : tuple of str
        Learners of whom there are too few answers.
    nothing : tuple of str
        Learners to whom nothing can be suggested now.
    changes : Changes or None
        What is new.
    requests : tuple of OpenRequest
        What learners and those at home have asked and nobody answered yet; ``asked.html`` shows it.
    paused : tuple of Hold
        Pauses of the group or of some of its learners.
    titles : mapping of str to mapping
        Title of each skill that is named, by language.
    reasons, weeks : tuple
        What may be chosen from.
    done : tuple of Decision
        Decisions just made, to be confirmed and taken back.
    led : tuple of (str, str) or None
        Learner and skill of a goal that was just set.
    """

    group: str
    groups: tuple[str, ...]
    own_learners: tuple[str, ...]
    together: tuple[Together, ...] = ()
    short_task: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    changes: Changes | None = None
    requests: tuple[OpenRequest, ...] = ()
    paused: tuple[Hold, ...] = ()
    titles: Mapping[str, Title] | None = None
    reasons: tuple[str, ...] = REASONS
    weeks: tuple[int, ...] = WEEKS
    done: tuple[Decision, ...] = ()
    led: tuple[str, str] | None = None


@router.get("/groups", response_model=None)
def groups(request: Request, viewer: Anyone, held: Held, tx: Reading) -> HTMLResponse | RedirectResponse:
    """Lead to the first of the viewer's groups; say what to do where there is none."""
    mine = own(viewer, tx, held.now())
    if mine.groups:
        address = with_query(place_of("groups", mine.groups[0]), lang=request.query_params.get("lang"))
        return RedirectResponse(address, status_code=303)
    return page("teacher_class.html", request, ClassPage("", (), tuple(mine.learners)))


@router.get("/groups/{group_id:path}", response_class=HTMLResponse)
def class_view(  # noqa: PLR0913, PLR0917 - what every page needs, and what was just done
    request: Request,
    viewer: SeesGroup,
    held: Held,
    tx: Writing,
    group_id: PathId,
    done: Done = None,
    goal: Done = None,
    of: Done = None,
) -> HTMLResponse:
    """Show a class by next skill, what is new, and who has asked for something."""
    hidden, mine = hidden_from(viewer, tx), own(viewer, tx, held.now())
    members = [one for one in members_of(tx, group_id) if one.learner_id not in hidden]
    offers = held.recall.offers(held.suggester, tx, [one.learner_id for one in members])
    decided, holds = tx.decisions.of_each([one.learner_id for one in offers]), tx.holds.now()
    changes = changes_of(tx, viewer, offers, decided, holds, held.now())
    curriculum = held.suggester.released(tx).lens.curriculum
    context = ClassPage(
        group=group_id,
        groups=tuple(mine.groups),
        own_learners=tuple(mine.learners),
        together=together(curriculum, offers, decided, changes, drift=held.suggester.cohesion(tx, group_id)),
        short_task=tuple(one.learner_id for one in offers if lacks_answers(one.path)),
        nothing=tuple(one.learner_id for one in offers if not one.path["options"]),
        changes=changes,
        requests=open_requests(held, tx, list(decided)),
        paused=_pauses(holds, group_id, decided),
        titles={name: skill.title for name, skill in curriculum.skills.items()},
        done=_done(done, decided),
        led=(of, goal) if of in decided and goal in curriculum.skills and of and goal else None,
    )
    return page("teacher_class.html", request, context)


def _done(said: str | None, decided: Mapping[str, Sequence[Decision]]) -> tuple[Decision, ...]:
    asked = set((said or "").split("."))
    return tuple(one for made in decided.values() for one in made if one.decision_id in asked)


def _pauses(holds: Iterable[Hold], group_id: str, members: Mapping[str, object]) -> tuple[Hold, ...]:
    named = {("group", group_id), *(("learner", one) for one in members)}
    return tuple(one for one in holds if one.kind == PAUSE and (one.scope, one.subject) in named)
