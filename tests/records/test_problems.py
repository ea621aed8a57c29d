"""What looks wrong in a file as a whole is counted: each problem planted by hand, beside its innocent neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from polku.exchange import read_responses
from polku.records import DenyRules, Responses, check_columns, problems

Row = tuple[str, str, str, int, float]


def responses(rows: Sequence[Row], *, clock: bool = False) -> Responses:
    """Return responses of (learner, item, skills, time, score)."""
    names = ("learner_id", "item_id", "skill_ids", "answered_at", "correct")
    columns: dict[str, list[object]] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns["response_id"] = [f"r{place:04}" for place in range(len(rows))]
    return Responses.from_columns(columns, clock=clock)


def answers(item: str, scores: Sequence[float]) -> list[Row]:
    return [(f"u{place}", item, "a", place, score) for place, score in enumerate(scores)]


def test_an_ordinary_file_has_none() -> None:
    rows: list[Row] = [("u1", "i1", "a", 1, 1.0), ("u1", "i1", "a", 2, 1.0), ("u1", "i2", "b", 3, 1.0)]
    assert problems.of_responses(responses(rows)) == ()
    assert problems.of_responses(responses([])) == ()
    assert problems.of_order(np.array([0, 1, 0]), np.array([5, 1, 6])) == ()
    assert problems.of_ids(0, 0) == ()


def test_items_that_were_always_right_or_always_wrong_are_counted() -> None:
    rows = [*answers("right", [1.0] * 20), *answers("wrong", [0.0] * 21), *answers("mixed", [1.0] * 20 + [0.0])]
    notes = problems.of_responses(responses(rows))
    assert notes == ("1 items were always right and 1 always wrong, of 3 with at least 20 answers",)


def test_few_answers_and_partial_scores_make_no_item_strange() -> None:
    rows = [*answers("few", [1.0] * 19), *answers("partial", [0.5] * 30)]
    assert problems.of_responses(responses(rows)) == ()


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (("u1", "i1", "b", 2, 1.0), True),
        (("u1", "i1", "a;b", 2, 1.0), True),
        (("u1", "i1", "a", 2, 1.0), False),
        (("u1", "i1", "b", 2, 0.0), False),
        (("u1", "i2", "b", 2, 1.0), False),
        (("u2", "i1", "b", 2, 1.0), False),
    ],
)
def test_an_answer_that_repeats_with_another_skill_is_counted(second: Row, found: bool) -> None:
    notes = problems.of_responses(responses([("u1", "i1", "a", 1, 1.0), second]))
    assert [note.startswith("1 rows repeat the answer before them with another skill") for note in notes] == [
        True
    ] * found


def test_with_a_clock_expanded_rows_share_their_time() -> None:
    apart: list[Row] = [("u1", "i1", "a", 1, 1.0), ("u1", "i1", "b", 2, 1.0)]
    assert problems.of_responses(responses(apart, clock=True)) == ()
    at_once: list[Row] = [("u1", "i1", "a", 1, 1.0), ("u1", "i1", "b", 1, 1.0)]
    assert "likely one response with several skills" in problems.of_responses(responses(at_once, clock=True))[0]


def test_the_share_is_of_transitions_within_learners() -> None:
    rows: list[Row] = [
        ("u1", "i1", "a;b", 1, 1.0),
        ("u1", "i1", "a;c", 2, 1.0),
        ("u1", "i1", "a;c", 3, 1.0),
        ("u1", "i2", "a", 4, 0.0),
        ("u1", "i2", "a;b;c", 5, 0.0),
        ("u2", "i2", "a", 1, 0.0),
    ]
    assert (
        "2 rows repeat the answer before them with another skill (50.0 % of transitions)"
        in (problems.of_responses(responses(rows))[0])
    )


def test_time_that_goes_backwards_is_counted_within_learners_only() -> None:
    learner, at = np.array([0, 1, 0, 1, 0]), np.array([10, 5, 9, 6, 9])
    assert problems.of_order(learner, at) == (
        "1 rows stand below a later answer of the same learner; times decide, not rows",
    )
    assert problems.of_order(np.array([0, 1, 2]), np.array([3, 2, 1])) == ()


def test_a_check_reports_ids_and_order_of_the_file() -> None:
    rows = [("r1", 9, "1"), ("r1", 9, "1"), ("r1", 9, "0"), ("r2", 5, "1"), ("r3", 7, "2")]
    columns = {
        "response_id": pa.array([row[0] for row in rows]),
        "answered_at": pa.array([row[1] for row in rows]),
        "correct": pa.array([row[2] for row in rows]),
    }
    columns |= {name: pa.array(["x"] * len(rows)) for name in ("learner_id", "item_id", "skill_ids")}
    checked = check_columns(columns, DenyRules())
    assert len(checked.responses) + len(checked.refused) + checked.repeated == len(rows)
    assert checked.notes == (
        "1 rows repeat a response id with the same content; each id counts once",
        "1 rows use a response id again with other content; they are refused",
        "1 rows stand below a later answer of the same learner; times decide, not rows",
    )


def test_expansion_planted_in_real_answers_is_found(data_dir: Path) -> None:
    whole = read_responses(data_dir / "assistments2009").responses.of_learners(np.arange(2491) < 300)
    assert not [note for note in problems.of_responses(whole) if "another skill" in note]
    frame = whole.to_frame()
    frame["skill_ids"] = frame["skill_ids"].str.split(";")
    wide = frame.explode("skill_ids", ignore_index=True)
    wide["response_id"] = [f"{place:06}" for place in range(len(wide))]
    wide["answered_at"] = wide["known_at"] = np.arange(len(wide))
    extra = len(wide) - len(whole)
    note = problems.of_responses(Responses.from_frame(wide, clock=False))[-1]
    found = int(note.split()[0])
    assert "rows repeat the answer before them with another skill (17.3 % of transitions)" in note
    assert extra <= found <= extra + 5  # a question answered twice alike looks the same
