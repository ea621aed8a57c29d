"""``/v1/suggestions/{id}/decision``: what people decide. The system decides nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from polku.errors import InputError
from polku.web.access import Local
from polku.web.service import Held, Writing
from polku.web.shapes import VISIBLE, Id, PathId, Shape

router = APIRouter(prefix="/v1/suggestions", tags=["suggestions"])


class DecisionIn(BaseModel):
    """A teacher's or a learner's word on one suggestion."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "example": {"decision": "reject", "by": "T07", "role": "teacher", "reason": "done on paper"}
        },
    )

    decision: Literal["accept", "edit", "skip", "reject", "pause"]
    """What was decided. A rejected skill stays away for its time, `rejected_days` of the policy, unless there is new
    evidence on it or it is accepted again."""
    by: Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)]
    """Who decided: an id of the platform, no name and no personal identity code."""
    role: Literal["teacher", "learner"]
    """As what."""
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] | None = None
    """In their words."""
    replacement: Id | None = None
    """For an edit: the skill chosen instead."""


class DecisionShape(Shape):
    """The record of a decision."""

    decision_id: str
    """Its id in the log."""


@router.post("/{suggestion_id}/decision", status_code=201)
def decide(_access: Local, held: Held, tx: Writing, suggestion_id: PathId, decision: DecisionIn) -> DecisionShape:
    """Record what a teacher or learner decided about a suggestion; it is logged, and a rejection holds at once."""
    if held.deny.holds(decision.by):
        raise InputError("a personal identity code is kept nowhere", hint="name the person by the platform's id")
    if decision.replacement is not None:
        held.suggester.released(tx).lens.curriculum.index(decision.replacement)
    made = tx.decisions.add(
        suggestion_id,
        decision.decision,
        decision.by,
        decision.role,
        None if decision.reason is None else held.deny.redact(decision.reason),
        replacement=decision.replacement,
    )
    return DecisionShape(decision_id=made)
