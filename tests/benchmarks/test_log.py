"""The log that every peer is given."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from peers.contest import Division, Entry, log_of
from peers.log import Floats, Log, earlier, with_fallback
from peers.memory import MARK, peak_memory, set_back
from polku.records import Responses

SMALL = Log.of([0, 0, 1, 2], [0, 1, 0, 2], [[0], [0, 1], [0], [1]], [1.0, 0.0, 1.0, 0.0], [0, 0, 1, 1])


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    SMALL.write(tmp_path / "log.npz")
    back = Log.read(tmp_path / "log.npz")
    for part in fields(Log):
        np.testing.assert_array_equal(getattr(back, part.name), getattr(SMALL, part.name))


def test_rows_keep_their_skills_and_the_codes_of_the_whole() -> None:
    some = SMALL.rows(SMALL.fold == 1)
    assert some.item.tolist() == [0, 2]
    assert some.skill.tolist() == [0, 1]
    assert some.row_of_tag.tolist() == [0, 1]
    assert some.sizes.tolist() == SMALL.sizes.tolist() == [3, 2, 3]


def test_a_log_of_responses_has_one_row_a_response() -> None:
    responses = Responses.from_columns(
        {
            "response_id": ["a", "b", "c"],
            "learner_id": ["x", "x", "y"],
            "item_id": ["i", "j", "i"],
            "skill_ids": ["s", "s;t", "s"],
            "answered_at": [1, 2, 3],
            "correct": [1.0, 0.0, 1.0],
        },
        clock=False,
    )
    log = log_of(responses, np.array([0, 0, 1]))
    assert len(log) == 3
    assert log.combination.tolist() == [0, 1, 0]
    assert log.skill_start.tolist() == [0, 1, 3, 4]


@pytest.mark.parametrize("seed", range(3))
def test_earlier_sums_are_those_of_a_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    key, values = rng.integers(0, 7, 60), rng.random(60)
    by_hand = [values[:row][key[:row] == key[row]].sum() for row in range(60)]
    np.testing.assert_allclose(earlier(key, values), by_hand, atol=1e-12)


def test_an_item_not_seen_takes_the_mean_of_its_combination_else_of_all() -> None:
    train = SMALL.rows(np.array([True, True, False, False]))
    values: Floats = np.array([1.0, 3.0, 99.0])
    assert with_fallback(values, train, SMALL).tolist() == [1.0, 3.0, 1.0, 2.0]


def test_unseen_are_those_of_one_fold_only() -> None:
    division = Division(Path("some"), Path(), SMALL, folds=2, near_twins=0)
    assert division.unseen(SMALL.item, 3).tolist() == [False, True, False, True]
    assert division.name == "some"


def test_a_whole_run_is_reading_and_the_mean_fold() -> None:
    entry = Entry("some", np.zeros(1), 1.0, {"fit_s": [2.0, 4.0], "predict_s": [0.5, 0.5]})
    assert entry.whole_s == pytest.approx(4.5)


def test_peak_memory_notices_what_was_held_and_can_begin_anew() -> None:
    if not MARK.exists():
        pytest.skip("this system cannot set the mark back")
    set_back()
    before = peak_memory()
    held = np.ones(30_000_000)
    top = peak_memory()
    assert top > before + 0.5 * held.nbytes
    del held
    set_back()
    assert 0 < peak_memory() <= top
