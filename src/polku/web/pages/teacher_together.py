"""``/groups/{id}/together``: what the suggestions of one skill rest on, before any of them is accepted with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from polku.web.access import SeesGroup
from polku.web.access.rules import hidden_from
from polku.web.api.groups import offers_of
from polku.web.pages.navigation import place_of, with_query
from polku.web.pages.teacher_groups import Together, together
from polku.web.pages.templates import page
from polku.web.seeing import opened
from polku.web.service import Held, Writing
from polku.web.shapes import VISIBLE, PathId

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class TogetherPage:
    """What ``teacher_together.html`` shows: the evidence of one skill's suggestions, before any is accepted.

    Parameters
    ----------
    group : str
        Id of the group.
    found : Together
        The skill, and the learners who could take it up.
    """

    group: str
    found: Together


@router.get("/groups/{group_id:path}/together", response_model=None)
def together_view(
    request: Request,
    viewer: SeesGroup,
    held: Held,
    tx: Writing,
    group_id: PathId,
    skill: Annotated[str, Query(max_length=200, pattern=VISIBLE)] = "",
) -> HTMLResponse | RedirectResponse:
    """Show what each suggestion of one skill rests on, so that they may be accepted together. Looking is logged."""
    offers = offers_of(held, tx, group_id, without=hidden_from(viewer, tx))
    decided, drift = tx.decisions.of_each([one.learner_id for one in offers]), held.suggester.cohesion(tx, group_id)
    groups = together(held.suggester.released(tx).lens.curriculum, offers, decided, None, drift=drift)
    found = next((one for one in groups if one.skill_id == skill), None)
    if found is None:
        # In the meantime the groups have formed otherwise.
        address = with_query(place_of("groups", group_id), lang=request.query_params.get("lang"))
        return RedirectResponse(address, status_code=303)
    shown = {line.learner_id for line in found.lines}
    opened(tx, viewer, [one for one in offers if one.learner_id in shown])
    return page("teacher_together.html", request, TogetherPage(group_id, found))
