"""What a teacher's buttons do: decide, take back, accept together, pause, lead to a goal.

Every form goes the way of the interface (:mod:`polku.web.api`), so that a page can do nothing that a platform cannot,
and is followed by the page it came from.
"""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from polku.errors import InputError, NotFoundError, nearest
from polku.paths.days import day_of
from polku.store.decisions import DECISIONS, UNDO
from polku.store.transaction import Transaction
from polku.web.access import GuidesGroup, GuidesLearner, Role
from polku.web.access.pages import DecidesOnPage
from polku.web.api import pauses, suggestions
from polku.web.api.groups import members_of
from polku.web.pages.forms import Fields, Form, speaking
from polku.web.pages.navigation import place_of
from polku.web.pages.teacher_wishes import take_back, wishes, wishes_of_suggestion
from polku.web.pages.teacher_words import reason_of
from polku.web.service import Held, Service, Writing
from polku.web.shapes import PathId

router = APIRouter(include_in_schema=False)


@router.post("/decide")
def decide(viewer: DecidesOnPage, held: Held, tx: Writing, form: Form) -> RedirectResponse:
    """Record a decision about a suggestion, or take one back."""
    fields = Fields.of(form)
    about, decision = fields.get("suggestion"), fields.get("decision")
    if decision == UNDO:
        take_back(viewer, held, tx, about, fields.get("made"))
        return fields.back("/")
    if decision not in DECISIONS:
        raise InputError("there is no such decision", got=decision, hint=nearest(decision, DECISIONS))
    if decision == "edit" and not fields.get("replacement"):
        raise InputError("an edit names the step that comes instead", got="none", hint="choose one, or skip this one")
    weeks = fields.number("weeks") if decision == "pause" else None
    said_in = suggestions.DecisionIn.model_validate(
        {
            "decision": decision,
            "reason": reason_of(fields.get("reason")) if decision == "reject" else None,
            "replacement": (fields.get("replacement").split(" ", 1)[0] or None) if decision == "edit" else None,
            "until": day_of(held.now()) + dt.timedelta(weeks=weeks) if weeks else None,
            **speaking(viewer),
        }
    )
    made = suggestions.decide(viewer, held, tx, about, said_in)
    if said_in.replacement and viewer.role is not Role.LEARNER:
        wishes_of_suggestion(viewer, held, tx, about).pin(said_in.replacement)
    return fields.back("/", done=made.decision_id)


@router.post("/groups/{group_id:path}/accepted")
def accept_together(viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, form: Form) -> RedirectResponse:
    """Accept suggestions whose evidence was shown on the page before; or take such an acceptance back."""
    fields = Fields.of(form)
    back = place_of("groups", group_id)
    if fields.get("decision") == UNDO:
        _take_back(viewer, held, tx, group_id, fields.all("made"))
        return fields.back(back)
    chosen = fields.all("suggestion")
    if not chosen:
        return fields.back(back)
    said = suggestions.AcceptedIn.model_validate({"suggestion_ids": chosen, **speaking(viewer)})
    made = suggestions.accept_together(viewer, held, tx, group_id, said)
    return fields.back(back, done=".".join(made.decision_ids))


@router.post("/groups/{group_id:path}/pause")
def pause_group(viewer: GuidesGroup, held: Held, tx: Writing, group_id: PathId, form: Form) -> RedirectResponse:
    """Let a group's suggestions rest, or go on."""
    fields = Fields.of(form)
    said = pauses.PauseIn.model_validate(speaking(viewer))
    if fields.get("pause") == "off":
        pauses.resume_group(viewer, held, tx, group_id)
    else:
        pauses.pause_group(viewer, held, tx, group_id, said)
    return fields.back(place_of("groups", group_id))


@router.post("/learners/{learner_id:path}/pause")
def pause_learner(viewer: GuidesLearner, held: Held, tx: Writing, learner_id: PathId, form: Form) -> RedirectResponse:
    """Let a learner's suggestions rest, or go on."""
    fields = Fields.of(form)
    said = pauses.PauseIn.model_validate(speaking(viewer))
    if fields.get("pause") == "off":
        pauses.resume_learner(viewer, held, tx, learner_id)
    else:
        pauses.pause_learner(viewer, held, tx, learner_id, said)
    return fields.back(place_of("learners", learner_id))


@router.post("/learners/{learner_id:path}/goal")
def lead_to(viewer: GuidesLearner, held: Held, tx: Writing, learner_id: PathId, form: Form) -> RedirectResponse:
    """Make a skill a goal of a learner's path, or no longer one."""
    fields = Fields.of(form)
    skill, off = fields.get("skill").split(" ", 1)[0], fields.get("goal") == "off"
    wishes(viewer, held, tx, learner_id).aim(skill, off=off)
    said = {} if off else {"goal": skill, "of": learner_id}
    return fields.back(place_of("learners", learner_id), **said)


def _take_back(viewer: GuidesGroup, held: Service, tx: Transaction, group_id: str, made: list[str]) -> None:
    """Take back decisions about suggestions to members of a group, all of them or none."""
    standing = tx.decisions.of_each([one.learner_id for one in members_of(tx, group_id)])
    about = {one.decision_id: one.suggestion_id for own in standing.values() for one in own}
    for one in made:
        if one not in about:
            raise NotFoundError("nobody in this group was decided about so", got=one, hint="open the group again")
        take_back(viewer, held, tx, about[one], one)
