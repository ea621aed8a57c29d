"""Which column was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.errors import DefinitionError, InputError
from polku.exchange.headers import ignored_note, require
from polku.records import DenyRules
from polku.records.columns import REQUIRED

FILE = Path("folder/responses.csv")
DENY = DenyRules(columns={"student_name": "names"})


def hint_for(*found: str) -> str | None:
    with pytest.raises(InputError, match=r"responses\.csv: no column") as caught:
        require(FILE, found, REQUIRED, DENY)
    return caught.value.hint


def others_than(*names: str) -> list[str]:
    return [name for name in REQUIRED if name not in names]


@pytest.mark.parametrize(
    ("needed", "found"),
    [
        ("learner_id", "user_id"),
        ("learner_id", "Student ID"),
        ("learner_id", "learnerid"),
        ("learner_id", "Learner_ID"),
        ("item_id", "problem_id"),
        ("item_id", "item"),
        ("skill_ids", "skill_id"),
        ("skill_ids", "KC"),
        ("answered_at", "timestamp"),
        ("answered_at", "answeredAt"),
        ("correct", "score"),
        ("correct", "corect"),
        ("response_id", "id"),
        ("response_id", "responce_id"),
    ],
)
def test_one_missing_column_names_the_nearest(needed: str, found: str) -> None:
    assert hint_for(*others_than(needed), found) == f"did you mean {needed} by {found!r}?"


def test_several_missing_columns_name_each() -> None:
    hint = hint_for(*others_than("learner_id", "item_id"), "user", "task_id")
    assert hint == "did you mean learner_id by 'user'? did you mean item_id by 'task_id'?"


def test_a_usual_name_goes_before_one_that_only_looks_alike() -> None:
    assert hint_for(*others_than("correct"), "correctly", "score") == "did you mean correct by 'score'?"


def test_a_denied_column_is_never_proposed() -> None:
    deny = DenyRules(columns={"user_id": "accounts"})
    with pytest.raises(InputError, match="no column learner_id") as caught:
        require(FILE, [*others_than("learner_id"), "user_id"], REQUIRED, deny)
    assert caught.value.hint == f"the header needs {', '.join(REQUIRED)}"


@pytest.mark.parametrize(
    ("header", "word"), [("response_id;learner_id", "semicolons"), ("response_id\tlearner_id", "TABs")]
)
def test_one_field_with_other_separators_says_so(header: str, word: str) -> None:
    assert word in str(hint_for(header))


def test_a_header_of_data_is_counted_and_not_shown() -> None:
    with pytest.raises(InputError, match="6 columns, none of them known") as caught:
        require(FILE, ["r1", "anna", "i1", "a;b", "2025-03-01T10:00:00Z", "1"], REQUIRED, DENY)
    assert "anna" not in str(caught.value)


def test_a_very_wide_header_is_cut() -> None:
    with pytest.raises(InputError, match="no column correct") as caught:
        require(FILE, [*others_than("correct"), *(f"x{place}" for place in range(999))], REQUIRED, DENY)
    assert len(str(caught.value.got)) == 300


def test_all_there_is_fine_in_any_order() -> None:
    require(FILE, [*reversed(REQUIRED), "more"], REQUIRED, DENY)


def test_rules_that_deny_what_is_needed_are_named() -> None:
    with pytest.raises(DefinitionError, match="rule 'ids' denies the column item_id, which every file needs"):
        require(FILE, REQUIRED, REQUIRED, DenyRules(columns={"Item ID": "ids"}))


def test_columns_without_use_are_told_but_denied_ones_are_not_repeated() -> None:
    assert ignored_note(["correct", "device", "student_name", "colour"], REQUIRED, DENY) == (
        "ignored columns: device, colour",
    )
    assert ignored_note(REQUIRED, REQUIRED, DENY) == ()
