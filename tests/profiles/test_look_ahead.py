"""No row sees its own answer or a later one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polku.profiles import FeatureSet
from polku.records import Responses
from strategies import EVERYTHING, SKILLS, patient, responses, rows_of


@patient
@given(data=responses(), share=st.floats(0.0, 0.99))
def test_later_answers_leave_earlier_rows_alone(data: Responses, share: float) -> None:
    starts = data.learner_start
    cut = starts[:-1] + (share * np.diff(starts)).astype(np.int64)
    later = np.arange(len(data)) >= cut[data.learner]
    turned = replace(data, correct=np.where(later, 1.0 - data.correct, data.correct))
    unaware = ~later
    unaware[cut] = True  # the first row whose own answer is turned
    assert rows_of(turned)[unaware].tobytes() == rows_of(data)[unaware].tobytes()


@patient
@given(data=responses())
def test_what_comes_later_might_as_well_not_be_there(data: Responses) -> None:
    ends = data.learner_start[1:] - 1
    earlier = np.setdiff1d(np.arange(len(data)), ends)
    if len(earlier):
        assert rows_of(data.rows(earlier)).tobytes() == rows_of(data)[earlier].tobytes()


@patient
@given(data=responses(clock=True))
def test_a_late_arrival_is_not_known_before(data: Responses) -> None:
    """A response answered first and known last changes nothing but rows after its arrival."""
    rows = rows_of(data)
    held_back = data.known_at > data.answered_at
    for row in np.flatnonzero(held_back)[:3]:
        without = np.delete(np.arange(len(data)), row)
        before = without[without < row]
        assert rows_of(data.rows(without))[: len(before)].tobytes() == rows[before].tobytes()


@patient
@given(data=responses())
def test_first_rows_know_nothing_but_difficulty(data: Responses) -> None:
    firsts = rows_of(data)[data.learner_start[:-1]]
    silent = replace(data, correct=np.zeros(len(data)))
    assert firsts.tobytes() == rows_of(silent)[data.learner_start[:-1]].tobytes()
    assert len(EVERYTHING.columns) == firsts.shape[1]
    assert set(data.skills) <= set(SKILLS)


@patient
@given(data=responses(), share=st.floats(0.0, 0.99))
def test_the_time_an_answer_takes_is_known_only_after_it(data: Responses, share: float) -> None:
    seconds = np.full(len(data), 5.0) if data.duration_s is None else np.nan_to_num(data.duration_s, nan=5.0)
    starts = data.learner_start
    cut = starts[:-1] + (share * np.diff(starts)).astype(np.int64)
    later = np.arange(len(data)) >= cut[data.learner]
    timed, slower = (replace(data, duration_s=each) for each in (seconds, np.where(later, seconds + 60.0, seconds)))
    unaware = ~later
    unaware[cut] = True  # the first row that itself took longer
    assert rows_of(slower)[unaware].tobytes() == rows_of(timed)[unaware].tobytes()
    if not unaware.all():
        assert rows_of(slower).tobytes() != rows_of(timed).tobytes()


@patient
@given(data=responses())
def test_durations_change_nothing_that_is_on(shipped: FeatureSet, data: Responses) -> None:
    untimed = replace(data, duration_s=None)
    assert rows_of(untimed, shipped).tobytes() == rows_of(data, shipped).tobytes()
