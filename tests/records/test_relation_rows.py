"""Rows that say who may see whom: what holds, what is refused and why."""

from __future__ import annotations

import datetime as dt

import pytest

from polku.records import DenyRules
from polku.records.refused import Refusal
from polku.records.relations import OBJECTS, Kind, Permit, Relation, check_permit, check_protected, check_relation

DENY = DenyRules()
ROW: dict[str, object] = {
    "subject": " G1 ",
    "kind": "guardian",
    "object_type": "learner",
    "object_id": "anna",
    "starts_on": "2025-08-01",
    "ends_on": "2026-05-30",
    "restricted": "no",
}


def test_a_sound_row() -> None:
    assert check_relation(ROW, DENY) == Relation(
        "G1", Kind.GUARDIAN, "learner", "anna", dt.date(2025, 8, 1), dt.date(2026, 5, 30)
    )


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"subject": ""}, "subject", "missing"),
        ({"subject": "010190-123A"}, "subject", "identity_code"),
        ({"kind": "friend"}, "kind", "not_one_of"),
        ({"kind": ""}, "kind", "missing"),
        ({"object_type": "group"}, "object_type", "not_one_of"),
        ({"kind": "principal"}, "object_type", "not_one_of"),
        ({"object_id": "a\x00b"}, "object_id", "control_character"),
        ({"starts_on": ""}, "starts_on", "missing"),
        ({"starts_on": "1.8.2025"}, "starts_on", "bad_date"),
        ({"ends_on": "2025-07-31"}, "ends_on", "ends_before_start"),
        ({"restricted": "perhaps"}, "restricted", "not_one_of"),
    ],
)
def test_what_is_refused_says_where_and_why(change: dict[str, object], column: str, reason: str) -> None:
    found = check_relation(ROW | change, DENY)
    assert isinstance(found, Refusal)
    assert (found.column, found.reason.value) == (column, reason)
    assert found.explanation


@pytest.mark.parametrize(("word", "flag"), [("1", True), ("TRUE", True), ("yes", True), ("", False), (None, False)])
def test_words_for_a_restriction(word: object, flag: bool) -> None:
    found = check_relation(ROW | {"restricted": word}, DENY)
    assert isinstance(found, Relation)
    assert found.restricted is flag
    assert found.is_open(dt.date(2025, 9, 1)) is not flag


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_relates_to_something(kind: Kind) -> None:
    for object_type in OBJECTS[kind]:
        assert isinstance(check_relation(ROW | {"kind": kind.value, "object_type": object_type}, DENY), Relation)


def test_a_permit_has_an_end() -> None:
    row = {"permit_id": "P1", "subject": "R1", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}
    assert check_permit(row, DENY) == Permit("P1", "R1", dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    found = check_permit(row | {"ends_on": ""}, DENY)
    assert isinstance(found, Refusal)
    assert found.column == "ends_on"


def test_a_protected_learner_is_named_by_an_id() -> None:
    assert check_protected({"learner_id": "anna"}, DENY) == {"learner_id": "anna"}
    assert isinstance(check_protected({"learner_id": "010190-123A"}, DENY), Refusal)
