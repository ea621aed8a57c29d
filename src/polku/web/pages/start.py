"""``/``: leads everybody to the first page of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from polku.web.access import Anyone, Role
from polku.web.pages.navigation import home_of, place_of, with_query
from polku.web.shapes import VISIBLE

router = APIRouter(include_in_schema=False)
Asked = Annotated[str | None, Query(max_length=200, pattern=VISIBLE)]


@router.get("/")
def start(request: Request, viewer: Anyone, group: Asked = None, learner: Asked = None) -> RedirectResponse:
    """Lead to the viewer's first page; a link to a group or learner that was kept leads there still."""
    lang = request.query_params.get("lang")
    home, query = home_of(viewer), {}
    if viewer.role is Role.TEACHER or not viewer.signed_in:
        named = {"learners": learner, "groups": group}
        home = next((place_of(kind, one) for kind, one in named.items() if one), home)
        query = {"band": request.query_params.get("band")} if learner else {}
    elif learner:
        query = {"learner": learner}
    return RedirectResponse(with_query(home, **query, lang=lang), status_code=303)
