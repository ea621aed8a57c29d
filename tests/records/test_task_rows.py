"""Rows of a vendor's catalogue."""

from __future__ import annotations

import math

import pytest

from polku.records import DenyRules, Reason, Refusal
from polku.records.tasks import CatalogueTask, check_task

ROW: dict[str, object] = {"item_id": "t1", "skill_ids": "b;a", "title": "Fractions", "language": "fi"}


def test_a_sound_row_is_a_task() -> None:
    made = check_task({**ROW, "difficulty": "-0.5", "interaction": "choice"}, DenyRules())
    assert made == CatalogueTask("t1", ("a", "b"), "Fractions", "fi", -0.5, "choice")
    assert check_task({"item_id": "t1", "skill_ids": ["a"]}, DenyRules()) == CatalogueTask("t1", ("a",))


def test_a_share_right_becomes_log_odds() -> None:
    made = check_task({**ROW, "share_right": 0.8}, DenyRules())
    assert isinstance(made, CatalogueTask)
    assert made.difficulty == pytest.approx(math.log(0.25))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"item_id": ""}, Reason.MISSING),
        ({"skill_ids": ""}, Reason.NO_SKILLS),
        ({"language": "de"}, Reason.NOT_ONE_OF),
        ({"difficulty": "hard"}, Reason.NOT_A_NUMBER),
        ({"difficulty": True}, Reason.NOT_A_NUMBER),
        ({"difficulty": float("inf")}, Reason.NOT_A_NUMBER),
        ({"difficulty": 11}, Reason.OUT_OF_RANGE),
        ({"share_right": 1.0}, Reason.OUT_OF_RANGE),
        ({"share_right": "0"}, Reason.OUT_OF_RANGE),
    ],
)
def test_what_does_not_hold_is_refused_with_its_reason(changed: dict[str, object], reason: Reason) -> None:
    made = check_task(ROW | changed, DenyRules())
    assert isinstance(made, Refusal)
    assert (made.reason, made.column) == (reason, next(iter(changed)))
