"""What the service says, as frozen dataclasses; fields that this version does not know are passed over."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken in."""

    index: int
    reason: str
    column: str
    explanation: str


@dataclass(frozen=True)
class Taken:
    """What became of the rows of one request; the four add up to them."""

    accepted: int
    repeated: int
    refused: tuple[RefusedRow, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence in three languages."""

    id: str
    fi: str
    sv: str
    en: str


@dataclass(frozen=True)
class Step:
    """One step of a path."""

    skill_id: str
    title: Mapping[str, str]
    kind: str
    grade_level: bool | None
    supports: str | None
    score: float
    terms: Mapping[str, float]
    reasons: tuple[Sentence, ...]
    next_step: Sentence | None
    what_if: tuple[Sentence, ...]


@dataclass(frozen=True)
class Option(Step):
    """A next step to choose; ``suggestion_id`` is what a decision is about."""

    suggestion_id: str | None


@dataclass(frozen=True)
class Path:
    """What is suggested to one learner now. A suggestion, never a decision."""

    learner_id: str
    offered_at: int
    rung: str
    stands_on: Sentence
    band: str
    options: tuple[Option, ...]
    path: tuple[Step, ...]
    notes: tuple[Sentence, ...]


@dataclass(frozen=True)
class Skill:
    """What the answers say of one skill."""

    skill_id: str
    title: Mapping[str, str]
    answers: int
    mastery: float | None
    sd: float | None
    last_answered_at: int | None


@dataclass(frozen=True)
class Profile:
    """What one learner's answers add up to."""

    learner_id: str
    grade: int | None
    answers: int
    source: str
    bundle: str | None
    skills: tuple[Skill, ...]


@dataclass(frozen=True)
class SharedStep:
    """Learners who could work on the same skill next."""

    skill_id: str
    learner_ids: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The next steps of a group's learners."""

    group_id: str
    together: tuple[SharedStep, ...]
    learners: tuple[Path, ...]
    next: str | None


@dataclass(frozen=True)
class Decision:
    """That a decision was recorded."""

    decision_id: str


@dataclass(frozen=True)
class SuggestionLife:
    """One suggestion and what became of it."""

    suggestion_id: str
    skill_id: str
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Life:
    """One page of the suggestions made to a learner, newest first."""

    learner_id: str
    suggestions: tuple[SuggestionLife, ...]
    next: str | None


@dataclass(frozen=True)
class Webhook:
    """A system that is told of new suggestions."""

    webhook_id: str
    url: str
    created_by: str
    created_at: int


@dataclass(frozen=True)
class NewWebhook(Webhook):
    """The same, with the secret that signs events; shown this once."""

    secret: str


@dataclass(frozen=True)
class Webhooks:
    """Every system that is told."""

    webhooks: tuple[Webhook, ...]


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one webhook."""

    event_id: str
    state: str
    attempts: int
    fault: str | None
    suggestion_ids: tuple[str, ...]


@dataclass(frozen=True)
class Deliveries:
    """One page of the events of a webhook."""

    deliveries: tuple[Delivery, ...]
    next: str | None


@dataclass(frozen=True)
class Receipt:
    """What one delivery of a stream held; the counts of what became of its elements add up to them."""

    receipt_id: str
    source: str
    standard: str
    digest: str
    elements: int
    accepted: int
    repeated: int
    voidings: int
    voided: int
    without_effect: Mapping[str, int]
    refused: Mapping[str, int]
    dropped: Mapping[str, int]
    flags: Mapping[str, int]
    received_by: str
    received_at: int


@dataclass(frozen=True)
class Receipts:
    """One page of receipts, latest first."""

    receipts: tuple[Receipt, ...]
    next: str | None


@dataclass(frozen=True)
class ItemFeedback:
    """What answers say of one task; figures are None where fewer than ten learners answered."""

    item_id: str
    offered: bool
    learners: int | None
    share_right: float | None
    difficulty: float | None
    difficulty_se: float | None
    discrimination: float | None
    discrimination_se: float | None
    note: str
    dif: str | None


@dataclass(frozen=True)
class Feedback:
    """One page of what answers say of a vendor's own tasks, in order of id."""

    vendor: str
    items: tuple[ItemFeedback, ...]
    next: str | None


def read(kind: type[Value], said: Any) -> Value:
    """Return what a JSON value says, as a value of one type.

    Parameters
    ----------
    kind : type
        One of the dataclasses above.
    said : Any
        What came out of JSON.

    Raises
    ------
    KeyError, TypeError
        If it is not of this type.

    Examples
    --------
    >>> read(SharedStep, {"skill_id": "MA79.S2.01", "learner_ids": ["L1"], "unknown": 0})
    SharedStep(skill_id='MA79.S2.01', learner_ids=('L1',))
    """
    made: Value = _read(kind, said)
    return made


def _read(kind: Any, said: Any) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return None if said is None else _read(next(one for one in inner if one is not types.NoneType), said)
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in said)
    if is_dataclass(kind):
        made: Any = kind  # a class: it came out of a type hint
        hints = _hints(made)
        return made(**{one.name: _read(hints[one.name], said[one.name]) for one in fields(made)})
    return said


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
