"""Readings in the middle of histories are those of a profile that was folded so far, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.profiles import Profile
from polku.profiles.stops import Stops, read_at
from polku.records import Responses
from polku.testing.extractors import CURRICULUM, STATISTICS
from strategies import DAY, EVERYTHING, patient, responses


@st.composite
def stops(draw: st.DrawFn, data: Responses) -> Stops:
    """Draw readings in any order, several at one point, of one or two skills, now or later."""
    rows = draw(st.lists(st.integers(0, len(data) - 1), max_size=8))
    sets = [draw(st.sets(st.sampled_from(range(len(data.skills))), min_size=1, max_size=2)) for _ in rows]
    later = [draw(st.sampled_from([0, 0, 3])) * (DAY if data.clock else 1) for _ in rows]
    return Stops(
        np.array(rows, np.int64),
        np.cumsum([0, *map(len, sets)]),
        np.array([skill for one in sets for skill in sorted(one)], np.int32),
        data.answered_at[rows] + np.array(later, np.int64),
    )


@patient
@given(data=responses(), draw=st.data())
def test_readings_are_those_of_a_profile(data: Responses, draw: st.DataObject) -> None:
    asked = draw.draw(stops(data))
    found = read_at(data, asked, EVERYTHING, STATISTICS, CURRICULUM)
    assert found.shape == (len(asked), len(EVERYTHING.columns))
    for place, row in enumerate(asked.row.tolist()):
        profile = Profile.empty(EVERYTHING, STATISTICS, CURRICULUM)
        for earlier in range(int(data.learner_start[data.learner[row]]), row):
            profile.update(data[earlier])
        skills = asked.skills_of(place)
        if len(skills) == 1:
            now = int(asked.now[place]) if data.clock else None
            alone = profile.read_skills([str(data.skills[skills[0]])], now)
            assert alone.tobytes() == found[place : place + 1].tobytes()


@patient
@given(data=responses(), draw=st.data())
def test_a_reading_does_not_see_its_row_or_a_later_one(data: Responses, draw: st.DataObject) -> None:
    asked = draw.draw(stops(data))
    first = int(asked.row.min()) if len(asked) else 0
    turned = data.correct.copy()
    turned[first:] = 1.0 - turned[first:]
    columns = data.to_frame().assign(correct=turned)
    other = Responses.from_frame(columns, clock=data.clock)
    at_first = asked.row == first
    before, after = (read_at(each, asked, EVERYTHING, STATISTICS, CURRICULUM)[at_first] for each in (data, other))
    assert before.tobytes() == after.tobytes()


def test_no_readings_are_no_rows() -> None:
    data = Responses.from_columns(
        {
            "response_id": ["r1"],
            "learner_id": ["anna"],
            "item_id": ["i1"],
            "skill_ids": ["a"],
            "answered_at": [0],
            "correct": [1.0],
        },
        clock=False,
    )
    nothing = np.zeros(0, np.int64)
    asked = Stops(nothing, np.zeros(1, np.int64), nothing.astype(np.int32), nothing)
    assert read_at(data, asked, EVERYTHING, STATISTICS, CURRICULUM).shape == (0, len(EVERYTHING.columns))
    with pytest.raises(InputError, match="a time and skills each"):
        Stops(nothing, np.zeros(2, np.int64), nothing.astype(np.int32), nothing)
