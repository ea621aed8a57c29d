"""Steps in a row that returned to something earlier, as offers and decisions tell."""

from __future__ import annotations

import pytest

from polku.paths.repairs import repairs_in_a_row
from polku.store.values import Decision, Suggestion


def offer(at: int, *options: str) -> list[Suggestion]:
    """Return the options of one offer; a skill that begins with r is a repair."""
    return [
        Suggestion(f"{skill}{at}", "anna", place, skill, KINDS[skill[0]], 1.0, 1.0, "model", "hash", None, at)
        for place, skill in enumerate(options)
    ]


def decided(suggestion_id: str, decision: str) -> Decision:
    return Decision("d", suggestion_id, "anna", "", decision, "T1", "teacher", None, None, 99)


KINDS = {"r": "repair", "c": "continue", "s": "stretch"}
THREE = [*offer(30, "r3", "c"), *offer(20, "r2", "c"), *offer(10, "r1", "c")]


@pytest.mark.parametrize(
    ("practised", "count"),
    [
        ({"r1": 11, "r2": 21, "r3": 31}, 3),
        ({"r1": 11, "r2": 21}, 2),  # the last was offered and not taken
        ({"r1": 11, "r3": 31}, 2),
        ({"r1": 9, "r2": 20, "r3": 31}, 1),  # answered before it was offered, or at that moment
        ({"r1": 11, "r2": 21, "r3": 31, "c": 35}, 0),
        ({"r1": 11, "c": 15, "r2": 21, "r3": 31}, 2),
        ({}, 0),
    ],
)
def test_a_step_is_taken_when_its_skill_is_practised_after_the_offer(practised: dict[str, int], count: int) -> None:
    assert repairs_in_a_row(THREE, [], practised) == count


def test_without_a_clock_what_people_accepted_counts() -> None:
    accepted = [decided(name, "accept") for name in ("r110", "r220", "r330")]
    assert repairs_in_a_row(THREE, accepted, {}) == 3
    assert repairs_in_a_row(THREE, accepted[1:], {}) == 2
    assert repairs_in_a_row(THREE, [*accepted, decided("c30", "accept"), decided("r330", "skip")], {}) == 0


def test_what_was_accepted_comes_before_what_was_practised() -> None:
    assert repairs_in_a_row(THREE, [decided("r330", "accept")], {"c": 35, "r2": 21}) == 1
    assert repairs_in_a_row(THREE, [decided("c30", "accept")], {"r1": 11, "r2": 21, "r3": 31}) == 0


def test_a_step_that_somebody_replaced_ends_the_row() -> None:
    assert repairs_in_a_row(THREE, [decided("r220", "edit")], {"r1": 11, "r2": 21, "r3": 31}) == 1


@pytest.mark.parametrize("decision", ["skip", "reject", "pause"])
def test_what_was_only_put_off_was_not_taken(decision: str) -> None:
    assert repairs_in_a_row(THREE, [decided("r330", decision)], {"r1": 11, "r2": 21}) == 2


def test_the_same_skill_offered_again_is_one_step() -> None:
    again = [*offer(30, "r1", "c"), *offer(20, "r1", "s"), *offer(10, "r1", "c")]
    assert repairs_in_a_row(again, [], {"r1": 31}) == 1


def test_nothing_was_ever_offered() -> None:
    assert repairs_in_a_row([], [], {"r1": 1}) == 0
