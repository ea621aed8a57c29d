"""The fields of a table of responses, without behaviour: what the functions of this room pass around."""

from __future__ import annotations

from dataclasses import dataclass

from polku.records.codes import Codes, Floats, Objects, Offsets, Times

REQUIRED = ("response_id", "learner_id", "item_id", "skill_ids", "answered_at", "correct")
OPTIONAL = ("known_at", "duration_s", "school_id", "group_id")
COLUMNS = REQUIRED + OPTIONAL
SEPARATOR = ";"


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of n responses over vocabularies; :class:`~polku.records.Responses` says what each holds."""

    learners: Objects
    learner: Codes
    items: Objects
    item: Codes
    skills: Objects
    skill: Codes
    skill_start: Offsets
    answered_at: Times
    known_at: Times
    clock: bool
    correct: Floats
    response_id: Objects
    duration_s: Floats | None = None
    school_id: Objects | None = None
    group_id: Objects | None = None
