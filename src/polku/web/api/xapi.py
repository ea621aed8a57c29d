"""``/xapi``: statements come in by the rules of xAPI 1.0.3, and can be read back by who sent them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from polku.errors import InputError
from polku.exchange import xapi
from polku.records import Reason, Refusal
from polku.records.elements import Element
from polku.web.access import Feeds, Open
from polku.web.attached import KIND, check_parts, taken_apart
from polku.web.problems import problem
from polku.web.service import Held, Writing
from polku.web.shapes import Shape
from polku.web.statement_answers import Looked, answered, bad, version, wanted_of
from polku.web.statement_query import One
from polku.web.statements import listed, shown
from polku.web.streaming import Sending, body_of, check_many
from polku.web.xapi_requests import HEADER, VERSIONS, version_of

router = APIRouter(prefix="/xapi", tags=["xapi"])
STATEMENT: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Statement",
    "required": ["actor", "verb", "object"],
    "description": "A statement by the rules of xAPI; the actor by an account with a pseudonymous name.",
}
SENT: Final = {"requestBody": {"required": True, "content": {"application/json": {"schema": STATEMENT}}}}
SEVERAL: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"anyOf": [STATEMENT, {"type": "array", "items": STATEMENT}]}}},
    }
}
Body = Annotated[bytes, Depends(body_of)]


class AboutShape(Shape):
    """Which versions are spoken."""

    version: list[str]
    """Versions of xAPI; 2.0 is read tolerantly, and named to who does not ask for 1.0."""


@router.get("/about")
def about(_anybody: Open, request: Request) -> AboutShape:
    """Return the versions of xAPI that are spoken."""
    first = version_of(request.headers.get(HEADER, "")) == 1
    return AboutShape(version=[one for one in VERSIONS if one.startswith("1") or not first])


@router.post("/statements", response_model=list[str], openapi_extra=SEVERAL)
def post(request: Request, viewer: Feeds, held: Held, tx: Writing, body: Body) -> Response:
    """Take in one statement or a batch, whole or not at all; answers with the ids.

    The same id with the same content changes nothing; with other content it is 409. A statement that is not valid is
    400 for the whole batch, and stays in quarantine with its reason. What is valid and says nothing about a skill is
    taken without effect. What is attached (`multipart/mixed`) is checked against its hash, counted, and kept nowhere.
    The header `Polku-Receipt` names the receipt. A request as a form, `?method=…`, is taken as what it stands for.
    """
    return _answered(request, Sending(tx, held, viewer, xapi.NAME, body), body, None)


@router.put("/statements", status_code=204, response_class=Response, openapi_extra=SENT)
def put(
    request: Request,
    viewer: Feeds,
    held: Held,
    tx: Writing,
    body: Body,
    statement_id: Annotated[str | None, Query(alias="statementId", max_length=64)] = None,
) -> Response:
    """Take in one statement under the id of the address."""
    if statement_id is None:
        return bad("statementId is missing", "name the statement's id in the address")
    answer = _answered(request, Sending(tx, held, viewer, xapi.NAME, body), body, statement_id)
    told = {"Polku-Receipt": answer.headers.get("Polku-Receipt", "")}
    return Response(status_code=204, headers=told) if answer.status_code == 200 else answer


@router.get("/statements")
def get(request: Request, viewer: Feeds, held: Held, tx: Writing) -> Response:
    """Return one statement by `statementId` or `voidedStatementId`, or a page of those that the caller sent.

    Narrowed by `verb`, `activity`, `registration`, `agent`, `related_activities`, `related_agents`, `since` and
    `until`; `limit` and `ascending` say how many and in which order, `more` leads on, `format` says how they are
    written. Personal data that a statement held are gone from it, and so is what was attached. Whose statements are
    shown is written down as a look at their data.
    """
    wanted = wanted_of(request)
    if isinstance(wanted, Response):
        return wanted
    if isinstance(wanted, One):
        one = shown(tx, viewer, wanted)
        if one is None:
            return problem(404, "not-found", "no such statement", got=wanted.statement_id)
        return answered(request, Looked(tx, viewer, held.now()), [one], None)
    page = listed(tx, viewer, wanted)
    more = f"/xapi/statements?{page.more}" if page.more else ""
    return answered(request, Looked(tx, viewer, held.now()), page.shown, more)


def _answered(request: Request, sending: Sending, body: bytes, statement_id: str | None) -> Response:
    """Take in what a request brings, and answer it."""
    if version(request) is None:
        return bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    unknown = set(request.query_params) - ({"statementId"} if statement_id is not None else set())
    if unknown:
        return bad("no such parameter", ", ".join(sorted(unknown))[:200])
    try:
        sent = taken_apart(request.headers.get("content-type", ""), body)
        contents = _contents(sent.statements, statement_id)
        check_parts(contents, sent.parts)
    except InputError as error:
        return bad(error.what, error.hint)
    return _taken(request, sending, contents, sent.parts)


def _contents(body: bytes, statement_id: str | None) -> list[bytes]:
    """Return each statement's JSON, with an id.

    Raises
    ------
    InputError
        If it is no JSON, or of another id than its address.
    """
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError("the body is not JSON in UTF-8", hint="send a statement, or an array of them") from error
    check_many(whole)
    if not isinstance(whole, list) or statement_id is not None:
        whole = [whole]
    if statement_id is not None and isinstance(whole[0], dict):
        given = whole[0].setdefault("id", statement_id)
        if not isinstance(given, str) or given.lower() != statement_id.lower():
            raise InputError("the statement has another id than its address", hint=statement_id)
    for one in whole:
        if isinstance(one, dict):
            one.setdefault("id", str(uuid.uuid4()))
    return [msgspec.json.encode(one) for one in whole]


def _taken(request: Request, sending: Sending, contents: list[bytes], parts: Collection[str]) -> Response:
    """Take statements in, whole or not at all."""
    deny, second = sending.delivery.deny, version(request) == 2
    elements = [xapi.element(one, sending.links, deny, keep=True, second=second, attached=parts) for one in contents]
    refused = _faults(elements, contents, sending)
    if refused is not None:
        status, slug, title, faults = refused
        receipt = sending.refuse(faults)
        first = next(one for one in faults if one.reason is not Reason.BATCH)
        said = {"reason": first.reason.value, "place": first.column, "receipt_id": receipt.receipt_id}
        return problem(status, slug, title, detail=first.explanation, **said)
    if parts:
        sending.delivery.tally.dropped[KIND] += len(parts)
    receipt = sending.take(elements, lambda place: xapi.row(contents[place], deny))
    ids = [one.element_id for one in elements if not isinstance(one, Refusal)]
    return JSONResponse(ids, headers={"Polku-Receipt": receipt.receipt_id})


def _faults(
    elements: list[Element], contents: list[bytes], sending: Sending
) -> tuple[int, str, str, list[Refusal]] | None:
    """Return how a batch that cannot be taken is answered, and a refusal for each of its statements."""
    ids = [None if isinstance(one, Refusal) else one.element_id for one in elements]
    twice = {one for one, times in Counter(ids).items() if one is not None and times > 1}
    conflicts = set(sending.conflicts(elements))
    answer: tuple[int, str, str] | None = None
    if any(isinstance(one, Refusal) for one in elements):
        answer = (400, "invalid-statement", "a statement is not valid")
    elif twice:
        answer = (400, "invalid-statement", "an id occurs twice in the batch")
    elif conflicts:
        answer = (409, "conflict", "a statement with this id and other content is here already")
    if answer is None:
        return None

    def refusal(place: int) -> Refusal:
        one = elements[place]
        if isinstance(one, Refusal):
            return one
        at_fault = one.element_id in twice | conflicts
        reason = Reason.CONFLICT if at_fault else Reason.BATCH
        row = xapi.row(contents[place], sending.delivery.deny) if at_fault else "{}"
        return Refusal(0, reason, "id" if at_fault else "", reason.sentence, row)

    return *answer, [refusal(place) for place in range(len(elements))]
