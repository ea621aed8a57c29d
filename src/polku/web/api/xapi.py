"""``/xapi``: statements come in by the rules of xAPI 1.0.3, and can be read back by who sent them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from polku.errors import InputError
from polku.exchange import xapi
from polku.records import Reason, Refusal
from polku.records.elements import Element
from polku.store.values import Read
from polku.web.access import Feeds, Open
from polku.web.problems import problem
from polku.web.service import Held, Writing
from polku.web.shapes import Shape
from polku.web.statements import VERSIONS, Wanted, asked, listed, shown, version_of
from polku.web.streaming import Sending, body_of

router = APIRouter(prefix="/xapi", tags=["xapi"])
HEADER: Final = "X-Experience-API-Version"
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
    """Versions of xAPI; 2.0 is read tolerantly."""


@router.get("/about")
def about(_anybody: Open) -> AboutShape:
    """Return the versions of xAPI that are spoken."""
    return AboutShape(version=list(VERSIONS))


@router.post("/statements", response_model=list[str], openapi_extra=SEVERAL)
def post(request: Request, viewer: Feeds, held: Held, tx: Writing, body: Body) -> Response:
    """Take in one statement or a batch, whole or not at all; answers with the ids.

    The same id with the same content changes nothing; with other content it is 409. A statement that is not valid is
    400 for the whole batch, and stays in quarantine with its reason. What is valid and says nothing about a skill is
    taken without effect. The header `Polku-Receipt` names the receipt.
    """
    refused = _refused(request)
    if refused is not None:
        return refused
    sending = Sending(tx, held, viewer, xapi.NAME, body)
    contents = _contents(body, None)
    return contents if isinstance(contents, Response) else _taken(request, sending, contents, tx, held)


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
    refused = _refused(request)
    if refused is not None:
        return refused
    if statement_id is None:
        return _bad("statementId is missing", "name the statement's id in the address")
    sending = Sending(tx, held, viewer, xapi.NAME, body)
    contents = _contents(body, statement_id)
    if isinstance(contents, Response):
        return contents
    answer = _taken(request, sending, contents, tx, held)
    return Response(status_code=204, headers=dict(_told(answer))) if answer.status_code == 200 else answer


@router.get("/statements")
def get(request: Request, viewer: Feeds, held: Held, tx: Writing) -> JSONResponse:
    """Return one statement by `statementId` or `voidedStatementId`, or a page of those that the caller sent.

    Narrowed by `verb`, `activity`, `registration`, `agent`, `since` and `until`; `limit` and `ascending` say how many
    and in which order, `more` leads on. Personal data that a statement held are gone from it. Whose statements are
    shown is written down as a look at their data.
    """
    if _version(request) is None:
        return _bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    try:
        wanted = asked(request.query_params)
    except InputError as error:
        return _bad(error.what, str(error.hint or ""))
    if isinstance(wanted, Wanted):
        said, seen = listed(tx, viewer, wanted)
    else:
        one = shown(tx, viewer, *wanted)
        if one is None:
            return problem(404, "not-found", "no such statement", got=wanted[0])
        said, seen = one.said, [one.learner_id]
    what, now = "/xapi/statements", held.now()
    tx.reads.add(Read(name, viewer.subject, viewer.role.value, what, now) for name in {*seen} if name is not None)
    return JSONResponse(said, headers=_headers(request, held))


def _headers(request: Request, held: Held) -> dict[str, str]:
    """Return what every answer says: the version that was spoken, and up to when all is there."""
    through = dt.datetime.fromtimestamp(held.now() / 1_000_000, dt.UTC).isoformat(timespec="milliseconds")
    version = "2.0.0" if _version(request) == 2 else VERSIONS[0]
    return {HEADER: version, "X-Experience-API-Consistent-Through": through.replace("+00:00", "Z")}


def _version(request: Request) -> int | None:
    return version_of(request.headers.get(HEADER, ""))


def _refused(request: Request) -> Response | None:
    """Return the answer to a request that is not as the standard asks, whatever it holds."""
    if _version(request) is None:
        return _bad(f"{HEADER} is missing, or of a version that is not spoken", ", ".join(VERSIONS))
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return _bad("statements come as application/json", "what is attached stays where its fileUrl says")
    return None


def _bad(title: str, detail: str) -> JSONResponse:
    return problem(400, "invalid-request", title, detail=detail or None)


def _contents(body: bytes, statement_id: str | None) -> list[bytes] | Response:
    """Return each statement's JSON, with an id."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return _bad("the body is not JSON in UTF-8", "send a statement, or an array of them")
    if not isinstance(whole, list) or statement_id is not None:
        whole = [whole]
    if statement_id is not None and isinstance(whole[0], dict):
        given = whole[0].setdefault("id", statement_id)
        if not isinstance(given, str) or given.lower() != statement_id.lower():
            return _bad("the statement has another id than its address", statement_id)
    for one in whole:
        if isinstance(one, dict):
            one.setdefault("id", str(uuid.uuid4()))
    return [msgspec.json.encode(one) for one in whole]


def _taken(request: Request, sending: Sending, contents: list[bytes], tx: Writing, held: Held) -> Response:
    """Take statements in, whole or not at all."""
    second = _version(request) == 2
    elements = [xapi.element(one, sending.links, held.deny, keep=True, second=second) for one in contents]
    refused = _faults(elements, contents, sending, tx, held)
    if refused is not None:
        status, slug, title, faults = refused
        receipt = sending.refuse(faults)
        first = next(one for one in faults if one.reason is not Reason.BATCH)
        said = {"reason": first.reason.value, "place": first.column, "receipt_id": receipt.receipt_id}
        return problem(status, slug, title, detail=first.explanation, **said)
    receipt = sending.take(elements, lambda place: xapi.row(contents[place], held.deny))
    ids = [one.element_id for one in elements if not isinstance(one, Refusal)]
    return JSONResponse(ids, headers={**_headers(request, held), "Polku-Receipt": receipt.receipt_id})


def _faults(
    elements: list[Element], contents: list[bytes], sending: Sending, tx: Writing, held: Held
) -> tuple[int, str, str, list[Refusal]] | None:
    """Return how a batch that cannot be taken is answered, and a refusal for each of its statements."""
    ids = [None if isinstance(one, Refusal) else one.element_id for one in elements]
    twice = {one for one in ids if one is not None and ids.count(one) > 1} if len(set(ids)) < len(ids) else set()
    conflicts = set(tx.sources.conflicts(sending.delivery.source, elements))
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
        row = xapi.row(contents[place], held.deny) if at_fault else "{}"
        return Refusal(0, reason, "id" if at_fault else "", reason.sentence, row)

    return *answer, [refusal(place) for place in range(len(elements))]


def _told(answer: Response) -> list[tuple[str, str]]:
    """Return the headers of an answer that are about the delivery."""
    return [(name, answer.headers[name]) for name in (HEADER, "Polku-Receipt") if name in answer.headers]
