"""``/v1/responses``: answers come in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from polku.store.values import Amended
from polku.web.access import Feeds
from polku.web.amending import corrected
from polku.web.intake import Outcome, take_in
from polku.web.problems import problem
from polku.web.repeatable import Repeatable
from polku.web.said import Said
from polku.web.service import Held, Writing
from polku.web.shapes import PathId, Shape
from polku.web.vendors import rows_named

router = APIRouter(prefix="/v1/responses", tags=["responses"], route_class=Repeatable)
ID = {"type": "string", "maxLength": 200}
TIME = "ISO 8601 with zone, or an integer order number; one provider uses one of the two."
CONTENT: dict[str, Any] = {
    "item_id": ID,
    "skill_ids": {
        "type": "array",
        "items": ID,
        "description": "May be left out where the item bank names the item's skills.",
    },
    "answered_at": {"type": ["string", "integer"], "description": TIME},
    "correct": {"type": ["number", "boolean"], "minimum": 0, "maximum": 1},
    "duration_s": {"type": ["number", "null"], "minimum": 0},
    "school_id": ID | {"type": ["string", "null"]},
    "group_id": ID | {"type": ["string", "null"]},
}
# Only described: rows are checked by polku.records, so that a bad one is refused by itself and kept.
Row = Annotated[
    Any,
    WithJsonSchema(
        {
            "title": "Response",
            "type": "object",
            "required": ["response_id", "learner_id", "item_id", "answered_at", "correct"],
            "properties": {
                "response_id": ID | {"description": "Unique within the provider; sending it again is safe."},
                "learner_id": ID | {"description": "Pseudonymous. A personal identity code is refused."},
                **CONTENT,
            },
        }
    ),
]


class Changes(BaseModel):
    """The columns of an answer that should be otherwise; what is left out stays, null empties what may be empty."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    item_id: Annotated[Any, WithJsonSchema(CONTENT["item_id"])] = None
    """The task; the item bank's skills go with it where none are sent."""
    skill_ids: Annotated[Any, WithJsonSchema(CONTENT["skill_ids"])] = None
    """All skills that the task asks for."""
    answered_at: Annotated[Any, WithJsonSchema(CONTENT["answered_at"])] = None
    """When it was answered, in the provider's kind of time."""
    correct: Annotated[Any, WithJsonSchema(CONTENT["correct"])] = None
    """0, 1 or a score between."""
    duration_s: Annotated[Any, WithJsonSchema(CONTENT["duration_s"])] = None
    """Seconds spent."""
    school_id: Annotated[Any, WithJsonSchema(CONTENT["school_id"])] = None
    """Where it was answered."""
    group_id: Annotated[Any, WithJsonSchema(CONTENT["group_id"])] = None
    """In which group it was answered."""


class VoidIn(Said):
    """Why an answer is taken back."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"by": "T07", "role": "teacher", "reason": "entered for the wrong pupil"}}
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
    """In their words. Identity codes, health, welfare, absence, behaviour and moods are refused and kept nowhere."""


class CorrectionIn(VoidIn):
    """What should be otherwise in an answer, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"by": "T07", "role": "teacher", "reason": "read wrongly", "changes": {"correct": 1}}
        }
    )

    changes: Changes
    """What should be otherwise."""


class ResponsesIn(BaseModel):
    """Responses to take in."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "example": {
                "responses": [
                    {
                        "response_id": "r-1001",
                        "learner_id": "L0001",
                        "item_id": "MA79.S3.01-i2",
                        "skill_ids": ["MA79.S3.01"],
                        "answered_at": "2026-05-20T09:15:00+03:00",
                        "correct": 1,
                    }
                ]
            }
        },
    )

    responses: list[Row]
    """In any order; the service's settings say how many at most."""


class RefusedRow(Shape):
    """One row that was not taken in; it is kept in quarantine with the same reason."""

    index: int
    """Place in the request, from 0."""
    reason: str
    """Code for programs."""
    column: str
    """The field at fault; empty when it is the whole row."""
    explanation: str
    """The reason as a sentence."""


class Taken(Shape):
    """What became of a request's rows; accepted, repeated, refused and conflicts add up to the rows sent."""

    accepted: int
    """Rows that are new."""
    repeated: int
    """Rows that were stored already."""
    refused: list[RefusedRow]
    """Rows that do not hold."""
    conflicts: list[str]
    """Ids that are stored with another answer, once for each row; what is stored stays."""

    @classmethod
    def of(cls, outcome: Outcome) -> Taken:
        """Return an outcome as it is shown."""
        refused = [
            RefusedRow(index=place, reason=one.reason.value, column=one.column, explanation=one.explanation)
            for place, one in sorted(outcome.refused.items())
        ]
        return cls(accepted=outcome.accepted, repeated=outcome.repeated, refused=refused, conflicts=outcome.conflicts)


@router.post("", response_model=Taken)
def take(viewer: Feeds, held: Held, tx: Writing, sent: ResponsesIn) -> Taken | JSONResponse:
    """Take in responses. Sending them again changes nothing.

    Each row is checked by the rules of the file readers: rows that hold are taken in, the others are kept in
    quarantine and listed with their reasons. A known `response_id` with another answer is a conflict: what was
    stored stays, what was sent is kept aside. A request of nothing but conflicts answers 409, one in which no row
    could be used 422; what was refused is kept all the same.
    """
    most = held.settings.service.max_responses
    if len(sent.responses) > most:
        got, detail = len(sent.responses), f"send {most} at most"
        return problem(413, "too-large", "too many responses at once", got=str(got), detail=detail)
    taken = Taken.of(take_in(tx, rows_named(tx, viewer, sent.responses), held.deny, held.now()))
    if taken.accepted or taken.repeated or not sent.responses:
        return taken
    # Returned rather than raised: the transaction is committed, and with it what was kept aside.
    if taken.conflicts:
        return problem(409, "conflict", "these ids are stored with other answers", **taken.model_dump())
    return problem(422, "invalid-input", "no row could be used", **taken.model_dump())


class AmendedShape(Shape):
    """What became of a correction or void."""

    response_id: str
    """Which answer."""
    kind: Literal["correct", "void"]
    """What was asked for."""
    number: int
    """How many times the answer has been corrected or taken back."""
    repeated: bool
    """Whether the answer was so already; then nothing was recorded."""


@router.post("/{response_id:path}/corrections")
def correct(viewer: Feeds, held: Held, tx: Writing, response_id: PathId, correction: CorrectionIn) -> AmendedShape:
    """Correct an answer. What was sent first stays written; from now on the correction holds, also after a void.

    The learner's profile is folded anew when somebody next asks for it. The same again changes nothing. Whose
    answer it is cannot be corrected: take it back, and send the other learner's under an id of its own.
    """
    by, role = correction.speaker(viewer, held.deny)
    sent = {name: getattr(correction.changes, name) for name in correction.changes.model_fields_set}
    content = corrected(tx, response_id, sent, held.deny)
    return _amended(tx.responses.correct(content, by=by, role=role, reason=correction.reason))


@router.post("/{response_id:path}/void")
def void(viewer: Feeds, held: Held, tx: Writing, response_id: PathId, said: VoidIn) -> AmendedShape:
    """Take an answer back: it counts no longer. It stays written, and a later correction brings it back."""
    by, role = said.speaker(viewer, held.deny)
    return _amended(tx.responses.void(response_id, by=by, role=role, reason=said.reason))


def _amended(done: Amended) -> AmendedShape:
    kind: Literal["correct", "void"] = "correct" if done.kind == "correct" else "void"
    return AmendedShape(response_id=done.response_id, kind=kind, number=done.number, repeated=done.repeated)
