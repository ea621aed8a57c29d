"""``/caliper/events``: Caliper envelopes come in."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from polku.exchange import caliper
from polku.exchange.caliper_rules import check_envelope
from polku.exchange.forms import FaultError
from polku.exchange.pieces import opened
from polku.records import Reason, Refusal
from polku.web.access import Feeds
from polku.web.problems import problem
from polku.web.service import Held, Writing
from polku.web.streaming import ReceiptShape, Sending, body_of, check_many

router = APIRouter(prefix="/caliper", tags=["caliper"])
ENVELOPE: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Envelope",
    "required": ["sensor", "sendTime", "dataVersion", "data"],
    "properties": {
        "sensor": {"type": "string", "description": "IRI of the sensor."},
        "sendTime": {"type": "string", "description": "YYYY-MM-DDTHH:MM:SS.sssZ"},
        "dataVersion": {"type": "string", "description": "The context of Caliper 1.1 or 1.2."},
        "data": {
            "type": "array",
            "items": {"type": ["object", "string"]},
            "description": "Events, entities and IRIs; each is checked by itself.",
        },
    },
}
SENT: Final = {"requestBody": {"required": True, "content": {"application/json": {"schema": ENVELOPE}}}}


@router.post("/events", response_model=ReceiptShape, openapi_extra=SENT)
def take(
    request: Request, viewer: Feeds, held: Held, tx: Writing, body: Annotated[bytes, Depends(body_of)]
) -> ReceiptShape | JSONResponse:
    """Take in an envelope of Caliper 1.1 or 1.2. Sending it again changes nothing.

    Grades of items and assessments are evidence; every other event and entity is accepted without effect. What does
    not hold by the standard, or cannot be used yet, is kept in quarantine with its reason; the receipt counts all. An
    envelope that does not hold itself is 400; one of more than 10,000 elements is 413.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return problem(415, "unsupported-media-type", "the body is not declared as JSON", detail="application/json")
    fault = _fault(body)
    sending = Sending(tx, held, viewer, caliper.NAME, body)
    if fault is not None:
        refusal = Refusal(0, fault.reason, fault.place, fault.sentence, caliper.row(body, held.deny))
        receipt = sending.refuse([refusal])
        said = {"reason": fault.reason.value, "place": fault.place, "receipt_id": receipt.receipt_id}
        return problem(400, "invalid-envelope", "the envelope does not hold", detail=fault.sentence, **said)
    found = list(opened(body))
    elements = [
        caliper.element(one, sending.links, held.deny, sent_at=caliper.moment(sent) if sent else None)
        for one, sent in found
    ]
    return ReceiptShape.of(sending.take(elements, lambda place: caliper.row(found[place][0], held.deny)))


def _fault(body: bytes) -> FaultError | None:
    """Return what is wrong with an envelope itself."""
    try:
        sent = msgspec.json.decode(body)
        check_many(sent.get("data") if isinstance(sent, dict) else None)
        check_envelope(sent)
    except (msgspec.DecodeError, RecursionError):
        return FaultError(Reason.NOT_JSON, "")
    except FaultError as error:
        return error
    return None
