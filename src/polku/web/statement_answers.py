"""How questions about statements are answered: refused, or written as asked and put down as a look at data."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime
from typing import NamedTuple

import msgspec
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from polku.errors import InputError
from polku.store.transaction import Transaction
from polku.store.values import Read
from polku.web.attached import mixed
from polku.web.problems import problem
from polku.web.statement_fits import formed
from polku.web.statement_query import One, Wanted, asked
from polku.web.statements import Shown
from polku.web.viewer import Viewer
from polku.web.xapi_requests import HEADER, VERSIONS, version_of


def wanted_of(request: Request) -> Wanted | One | Response:
    """Return what a question asks for, or the answer to one that makes no sense."""
    if version(request) is None:
        return bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    try:
        return asked(request.query_params)
    except InputError as error:
        return bad(error.what, error.hint)


class Looked(NamedTuple):
    """Who looks, and when."""

    tx: Transaction
    viewer: Viewer
    at: int


def answered(request: Request, by: Looked, found: list[Shown], more: str | None) -> Response:
    """Return statements as they are asked for, and write down whose data were looked at.

    Parameters
    ----------
    request : Request
        Says how they are written.
    by : Looked
        Who looks.
    found : list of Shown
        The statements.
    more : str or None
        Address of the page that follows; None where one statement was asked for by its id.
    """
    form, languages = request.query_params.get("format", "exact"), request.headers.get("accept-language", "")
    said = [formed(one.said, form, languages) for one in found]
    seen, (tx, viewer, at) = {one.learner_id for one in found}, by
    what = request.scope["route"].path
    tx.reads.add(Read(name, viewer.subject, viewer.role.value, what, at) for name in seen if name is not None)
    whole = said[0] if more is None else {"statements": said, "more": more}
    headers = {} if more is not None else {"Last-Modified": format_datetime(_stored(found[0]), usegmt=True)}
    if request.query_params.get("attachments") != "true":
        return JSONResponse(whole, headers=headers)
    content, kind = mixed(msgspec.json.encode(whole))
    return Response(content, headers={**headers, "Content-Type": kind})


def _stored(one: Shown) -> dt.datetime:
    return dt.datetime.fromisoformat(one.said["stored"]).replace(microsecond=0)


def version(request: Request) -> int | None:
    """Return the major version that a request speaks, None where it is none of ours."""
    return version_of(request.headers.get(HEADER, ""))


def bad(title: str, detail: str | None) -> JSONResponse:
    """Return the answer to a request that is not as the standard asks."""
    return problem(400, "invalid-request", title, detail=detail or None)
