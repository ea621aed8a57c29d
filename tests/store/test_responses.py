from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from polku.errors import ConflictError
from polku.records import Responses
from polku.store import Store
from polku.testing.store import sample

MARCH = 1_772_000_000_000_000


def changed(responses: Responses, rows: int, **columns: str | float) -> Responses:
    frame = responses.to_frame().head(rows).assign(**columns)
    return Responses.from_frame(frame, clock=responses.clock)


def with_clock(count: int) -> Responses:
    numbers = np.arange(count)
    return Responses.from_columns(
        {
            "response_id": [f"r{number}" for number in numbers],
            "learner_id": [f"l{number % 50}" for number in numbers],
            "item_id": [f"i{number % 7}" for number in numbers],
            "skill_ids": ["äö;å" for _ in numbers],
            "answered_at": MARCH + numbers * 1_000_003,
            "known_at": MARCH + numbers * 1_000_003 + 17,
            "correct": (numbers % 3) / 3,
        }
    )


def test_an_empty_store_gives_empty_responses(any_store: Store) -> None:
    with any_store.read() as tx:
        assert len(tx.responses.all()) == len(tx.responses.of(["l0"])) == tx.responses.count() == 0
        assert tx.responses.learners() == []


def test_every_column_comes_back_bit_for_bit(any_store: Store) -> None:
    responses = with_clock(100)
    with any_store.begin() as tx:
        assert tx.responses.add(responses) == (100, 0, [])
    with any_store.read() as tx:
        back = tx.responses.all()
    assert back.hash == responses.hash
    assert back.clock
    assert (back.duration_s, back.school_id) == (None, None)


def test_more_than_one_batch(any_store: Store) -> None:
    responses = with_clock(20_050)
    with any_store.begin() as tx:
        tx.responses.add(responses.rows(np.arange(100)))
        steps: list[tuple[int, int]] = []
        assert tx.responses.add(responses, on_step=lambda *step: steps.append(step)) == (19_950, 100, [])
        assert steps == [(20_000, 20_050), (20_050, 20_050)]
        assert tx.responses.add(responses) == (0, 20_050, [])
        assert tx.responses.count() == 20_050


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.lists(st.integers(0, 11), min_size=1), min_size=1, max_size=6))
def test_any_order_of_any_parts_adds_up(any_store: Store, parts: list[list[int]]) -> None:
    """However a file is cut up and repeated, what is kept is the set of its responses."""
    store = any_store.for_provider(f"{any_store.provider_id} {json.dumps(parts)}")
    responses = sample()
    with store.begin() as tx:
        accepted = sum(tx.responses.add(responses.rows(part)).accepted for part in parts)
    kept = sorted({row for part in parts for row in part})
    with store.read() as tx:
        assert tx.responses.all().hash == responses.rows(kept).hash
    assert accepted == len(kept)


def test_a_conflict_says_what_differs_and_keeps_the_new_content(any_store: Store) -> None:
    responses = sample()
    other = changed(responses, 2, correct=0.5, item_id="elsewhere")
    with any_store.begin() as tx:
        tx.responses.add(responses)
        added = tx.responses.add(other, source="late.csv")
        assert added == (0, 0, ["r-0-0", "r-0-1"])
        first, second = tx.refused.list()
        assert tx.responses.all().hash == responses.hash
    assert (first.source, first.reason, first.column) == ("late.csv", "conflict", "item_id, correct")
    assert json.loads(second.row)["item_id"] == "elsewhere"


def test_new_repeated_and_conflicting_rows_in_one_batch(any_store: Store) -> None:
    responses = sample()
    with any_store.begin() as tx:
        tx.responses.add(responses.rows(range(6)))
        mixed = Responses.concat([changed(responses, 1, skill_ids="c"), responses.rows(range(1, 12))])
        assert tx.responses.add(mixed) == (6, 5, ["r-0-0"])


@pytest.mark.parametrize("column", ["duration_s", "school_id"])
def test_a_value_that_goes_missing_is_other_content(any_store: Store, column: str) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        without = Responses.from_frame(sample().to_frame().drop(columns=column), clock=False)
        assert len(tx.responses.add(without).conflicts) == len(sample())
        assert {row.column for row in tx.refused.list()} == {column}


def test_the_same_conflict_again_is_kept_once(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        for _ in range(3):
            tx.responses.add(changed(sample(), 1, correct=0.5))
        assert tx.refused.count() == 1


def test_order_numbers_and_clock_times_do_not_mix(any_store: Store, open_store: Callable[[str], Store]) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
        with pytest.raises(ConflictError, match="carry order numbers"):
            tx.responses.add(with_clock(3))
        assert tx.responses.add(Responses.concat([with_clock(0)])) == (0, 0, [])
    with open_store("town").begin() as tx:
        assert tx.responses.add(with_clock(3)).accepted == 3


def test_of_some_learners(any_store: Store) -> None:
    responses = with_clock(3_000)
    wanted = [*(f"l{number}" for number in range(20)), *(f"nobody-{number}" for number in range(1_000))]
    with any_store.begin() as tx:
        tx.responses.add(responses)
        assert tx.responses.of(wanted + wanted).hash == responses.of_learners(wanted).hash
        assert tx.responses.count("l3") == 60
        assert tx.responses.learners() == list(responses.learners)


def test_after_a_fold_key_ties_broken_by_id(any_store: Store) -> None:
    ids = ["a", "B", "b", "ä", "Z"]
    tied = Responses.from_columns(
        {
            "response_id": ids,
            "learner_id": ["l0"] * 5,
            "item_id": ["i"] * 5,
            "skill_ids": ["s"] * 5,
            "answered_at": [4, 4, 4, 4, 3],
            "known_at": [5, 5, 5, 5, 6],
            "correct": [1.0] * 5,
        },
        clock=False,
    )
    with any_store.begin() as tx:
        tx.responses.add(tied)
        beyond = {one.response_id: list(tx.responses.after("l0", one.fold_key).response_id) for one in tied}
        assert len(tx.responses.after("l0", None)) == 5
        assert len(tx.responses.after("l1", None)) == 0
    assert beyond == {"B": ["a", "b", "ä", "Z"], "a": ["b", "ä", "Z"], "b": ["ä", "Z"], "ä": ["Z"], "Z": []}


def test_what_was_added_before_an_error_is_undone(any_store: Store) -> None:
    def add_then_fail() -> None:
        with any_store.begin() as tx:
            tx.responses.add(sample("kept-not"))
            tx.responses.add(with_clock(1))

    with any_store.begin() as tx:
        tx.responses.add(sample())
    with pytest.raises(ConflictError, match="order numbers"):
        add_then_fail()
    with any_store.read() as tx:
        assert tx.responses.all().hash == sample().hash


def test_recorded_responses_cannot_be_changed(any_store: Store, refuses: Callable[[Store, str], str]) -> None:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    assert "append-only" in refuses(any_store, "UPDATE responses SET correct = 1")


def test_times_are_integer_microseconds_in_the_database(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(with_clock(1))
    own = text("SELECT answered_at, known_at, recorded_at FROM responses WHERE provider_id = :own")
    with any_store.engine.connect() as connection:
        frame = pd.read_sql_query(own, connection, params={"own": any_store.provider_id})
    assert frame[["answered_at", "known_at"]].to_numpy().tolist() == [[MARCH, MARCH + 17]]
    assert set(frame.dtypes) == {np.dtype("int64")}


def test_hearing_of_the_same_answer_again_later_is_a_repeat(any_store: Store) -> None:
    first = with_clock(3)
    later = changed(first, 3, known_at=MARCH + 10**12)
    with any_store.begin() as tx:
        tx.responses.add(first)
        assert tx.responses.add(later) == (0, 3, [])
        assert tx.responses.all().hash == first.hash
