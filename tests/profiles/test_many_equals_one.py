"""Many equals one: batch, one at a time, bulk, in any order of arrival, with a snapshot in the middle; bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.profiles import FeatureSet, Profile, profiles_of
from polku.records import Responses
from polku.testing.extractors import CURRICULUM, STATISTICS
from strategies import EVERYTHING, columns, empty, patient, responses, rows_of


def one_at_a_time(data: Responses, features: FeatureSet, *, by_bytes: bool = False) -> tuple[bytes, dict[str, Profile]]:
    """Read before each response, then update; optionally through bytes between any two."""
    profiles = {learner: empty(features) for learner in data.learners}
    rows = []
    for response in data:
        profile = profiles[response.learner_id]
        if by_bytes:
            profile = Profile.from_bytes(profile.to_bytes(), features, STATISTICS, CURRICULUM)
        now = response.answered_at if data.clock else None
        rows.append(profile.read(response.item_id, response.skill_ids, now))
        profile.update(response)
        profiles[response.learner_id] = profile
    return np.array(rows).tobytes(), profiles


@patient
@given(data=responses(), by_bytes=st.booleans())
def test_batch_equals_one_at_a_time(data: Responses, by_bytes: bool) -> None:
    rows, profiles = one_at_a_time(data, EVERYTHING, by_bytes=by_bytes)
    assert rows_of(data).tobytes() == rows
    bulk = dict(profiles_of(data, EVERYTHING, STATISTICS, CURRICULUM))
    assert {learner: profile.to_bytes() for learner, profile in bulk.items()} == {
        learner: profile.to_bytes() for learner, profile in profiles.items()
    }


@patient
@given(data=responses())
def test_the_shipped_features_are_the_same_in_batch_and_online(shipped: FeatureSet, data: Responses) -> None:
    assert rows_of(data, shipped).tobytes() == one_at_a_time(data, shipped)[0]


@patient
@given(data=st.data(), clock=st.booleans())
def test_order_of_arrival_does_not_matter(data: st.DataObject, clock: bool) -> None:
    drawn = data.draw(columns(clock=clock))
    order = data.draw(st.permutations(range(len(drawn["response_id"]))))
    shuffled = {name: [values[place] for place in order] for name, values in drawn.items()}
    one, other = (Responses.from_columns(each, clock=clock) for each in (drawn, shuffled))
    assert rows_of(one).tobytes() == rows_of(other).tobytes()


@patient
@given(data=responses(), share=st.floats(0.0, 1.0))
def test_bulk_may_be_cut_anywhere(data: Responses, share: float) -> None:
    for learner, whole in profiles_of(data, EVERYTHING, STATISTICS, CURRICULUM):
        theirs = data.of_learners([learner])
        cut = round(share * len(theirs))
        profile = empty()
        profile.fold(theirs.rows(np.arange(cut)))
        profile.fold(theirs.rows(np.arange(cut, len(theirs))))
        assert profile.to_bytes() == whole.to_bytes()


@patient
@given(data=responses())
def test_learners_do_not_touch_each_other(data: Responses) -> None:
    alone = [rows_of(data.of_learners([learner])) for learner in data.learners]
    assert np.concatenate(alone).tobytes() == rows_of(data).tobytes()


def test_an_empty_batch_has_no_rows() -> None:
    nothing = Responses.from_columns({name: [] for name in columns_of_nothing()}, clock=True)
    assert rows_of(nothing).shape == (0, len(EVERYTHING.columns))
    assert not list(profiles_of(nothing, EVERYTHING, STATISTICS, CURRICULUM))


def columns_of_nothing() -> list[str]:
    return ["response_id", "learner_id", "item_id", "skill_ids", "answered_at", "correct"]


@pytest.mark.long
@patient
@given(data=responses(max_rows=300))
def test_batch_equals_one_at_a_time_over_long_histories(data: Responses) -> None:
    assert rows_of(data).tobytes() == one_at_a_time(data, EVERYTHING)[0]
