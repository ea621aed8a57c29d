"""``/xapi``: what is known of an agent or an activity, and statements of what was suggested and decided."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from polku.errors import InputError
from polku.web.access import Feeds, Subscribes
from polku.web.offered_statements import offered, platform_of
from polku.web.service import Held, Writing
from polku.web.statement_answers import Looked, answered, bad, version, wanted_of
from polku.web.statement_query import One, asked
from polku.web.xapi_requests import HEADER, VERSIONS

router = APIRouter(prefix="/xapi", tags=["xapi"])
Json = dict[str, Any]
_NAMES = ("mbox", "mbox_sha1sum", "openid", "account")


@router.get("/agents", response_model=Json)
def agents(request: Request, _viewer: Feeds, agent: Annotated[str, Query(max_length=4000)] = "") -> Json | Response:
    """Return a Person for an agent: what the caller said, since nothing that names people is kept beside it."""
    if version(request) is None:
        return bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    try:
        asked({"agent": agent})
    except InputError as error:
        return bad(error.what, error.hint)
    said: Json = msgspec.json.decode(agent)
    return {"objectType": "Person", **{name: [said[name]] for name in (*_NAMES, "name") if name in said}}


@router.get("/activities", response_model=Json)
def activities(
    request: Request, _viewer: Feeds, activity: Annotated[str, Query(alias="activityId", max_length=2000)] = ""
) -> Json | Response:
    """Return an Activity by its IRI; its definition stays in the statements that hold it."""
    if version(request) is None:
        return bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    try:
        asked({"activity": activity})
    except InputError as error:
        return bad(error.what, error.hint)
    return {"objectType": "Activity", "id": activity}


@router.get("/suggestions/statements", response_model=Json)
def suggested(request: Request, viewer: Subscribes, held: Held, tx: Writing) -> Response:
    """Return statements of what was suggested and decided, a page at a time, as any record store gives its own.

    Narrowed and ordered as `/xapi/statements`: a store that keeps up asks with `ascending=true` and, as `since`, the
    `stored` of the last that it has, and follows `more`. Who accepted, exchanged, skipped, declined or put aside what;
    no scores and no reasons. A decision that was taken back comes as its voiding. Nothing of learners who object to
    profiling. Whose statements are shown is written down as a look at their data.
    """
    wanted = wanted_of(request)
    if isinstance(wanted, Response):
        return wanted
    if isinstance(wanted, One):
        return bad("these statements are asked for by page", "since, until, agent, verb, activity, limit, ascending")
    curriculum = held.suggester.released(tx).lens.curriculum
    page = offered(tx, platform_of(str(request.base_url).rstrip("/"), curriculum), wanted)
    more = f"/xapi/suggestions/statements?{page.more}" if page.more else ""
    return answered(request, Looked(tx, viewer, held.now()), page.shown, more)
