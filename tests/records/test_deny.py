"""What may never be kept is not kept."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from polku.errors import DefinitionError
from polku.records import DenyRules

DENY = DenyRules(columns={"behaviour_note": "behaviour", "käytös": "behaviour", "HETU": "identity"})


@pytest.mark.parametrize(
    "name", ["behaviour_note", "Behaviour Note", " behaviour-note ", "BEHAVIOUR__NOTE", "KÄYTÖS", "hetu"]
)
def test_names_are_denied_however_they_are_written(name: str) -> None:
    assert DENY.rule(name) in {"behaviour", "identity"}


@pytest.mark.parametrize("name", ["behaviour", "note", "learner_id", ""])
def test_other_names_are_not(name: str) -> None:
    assert DENY.rule(name) is None


def test_the_denied_among_some_columns() -> None:
    assert DENY.denied(["learner_id", "Hetu", "correct"]) == {"Hetu": "identity"}


@pytest.mark.parametrize(
    "code", ["010190-123A", "010190+123a", "311299A999Y", "150305B123X", "id_010190-123A_x", "a 010190-123A."]
)
def test_identity_codes_are_found_in_any_text(code: str) -> None:
    assert DENY.holds(code)
    assert "123" not in DENY.redact(code).replace("[removed: personal identity code]", "")


@pytest.mark.parametrize(
    "text", ["010190-123", "410190-123A", "2010190-123A", "550e8400-e29b-41d4-a716-446655440000", "MA79.S3.01"]
)
def test_ids_that_only_look_a_little_like_codes_are_left_alone(text: str) -> None:
    assert not DENY.holds(text)
    assert DENY.redact(text) == text


def test_a_row_is_kept_without_what_is_denied_however_deep() -> None:
    row = {
        "learner_id": "anna 010190-123A",
        "Hetu": None,
        "extra": {"behaviour note": "late", "list": ["010190-123A", 1.5]},
        "score": float("nan"),
        "when": dt.date(2025, 3, 1),
        7: "\ud800",
        "huge": 16**5000,
    }
    kept = json.loads(DENY.row_json(row))  # type: ignore[arg-type]  # a key that is no text, as JSON libraries may give
    code = "[removed: personal identity code]"
    assert kept == {
        "learner_id": f"anna {code}",
        "Hetu": "[removed: identity]",
        "extra": {"behaviour note": "[removed: behaviour]", "list": [code, 1.5]},
        "score": "nan",
        "when": "2025-03-01",
        "7": "?",
        "huge": "0x1" + "0" * 5000,
    }


def test_a_line_break_before_a_code_does_not_hide_it() -> None:
    assert "123A" not in DENY.row_json({"note": "see\n010190-123A"})


def test_rules_of_ones_own_replace_the_default() -> None:
    deny = DenyRules(values=(("phone number", r"\+358[0-9]{6,}"),))
    assert deny.redact("call +358401234567") == "call [removed: phone number]"
    assert not deny.holds("010190-123A")


@pytest.mark.parametrize("pattern", ["(", r"(?=x)", r"(a)\1"])
def test_a_pattern_must_be_understood_by_both_readers(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="pattern of rule 'odd' cannot be used"):
        DenyRules(values=(("odd", pattern),))
