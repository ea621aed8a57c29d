"""Few rows become responses by plain Python, many by columns: both ways give the same, and refuse the same."""

from __future__ import annotations

from typing import Any

import pytest

from polku.store import bulk

SOUND: dict[str, Any] = {
    "response_id": "r1",
    "learner_id": "l1",
    "item_id": "i1",
    "skill_ids": "A;B",
    "answered_at": 5,
    "known_at": 6,
    "clock": False,
    "correct": 1.0,
}


def rows(*changes: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        tuple((SOUND | {"response_id": f"r{n}"} | one).get(name) for name in bulk.CONTENT)
        for n, one in enumerate(changes)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        [{}],
        [{"skill_ids": "B;A"}],
        [{"skill_ids": "A;A"}],
        [{"skill_ids": "Å;ä;A"}],
        [{"correct": -0.0}],
        [{"correct": 0.25}],
        [{"answered_at": -3}],
        [{}, {"known_at": 1}],
        [{}, {"answered_at": 1}],
        [{"learner_id": "l2"}, {"learner_id": "l1"}],
        [{"learner_id": "l10"}, {"learner_id": "l9"}],
        [{"item_id": "i2"}, {"item_id": "i1"}],
        [{"duration_s": 2.5}, {}],
        [{"school_id": "S1"}, {}],
        [{"school_id": "S1"}, {"school_id": "S2"}],
        [{"group_id": "7A"}, {}],
        [{}, {}, {"response_id": "Ä"}],
    ],
)
def test_few_rows_are_what_many_rows_would_be(changes: list[dict[str, Any]]) -> None:
    given = rows(*changes)
    few, many = bulk._few(given), bulk._many(given)
    assert few.hash == many.hash
    assert few.to_frame().equals(many.to_frame())
    assert bulk.from_rows(list(reversed(given))).hash == many.hash


@pytest.mark.parametrize(
    "changes",
    [
        [{"correct": 1.5}],
        [{"correct": -0.1}],
        [{"correct": float("nan")}],
        [{"skill_ids": ";"}],
        [{"skill_ids": ""}],
        [{"response_id": "r"}, {"response_id": "r"}],
        [{"clock": True, "answered_at": -(2**62)}],
        [{"clock": True, "known_at": 2**62}],
    ],
)
def test_rows_that_are_not_sound_go_the_way_that_says_why(changes: list[dict[str, Any]]) -> None:
    assert not bulk._is_sound(rows(*changes))
