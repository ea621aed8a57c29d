"""Predictions laid out for an audit: order does not matter, schools are units when there are enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from polku.fairness.sample import Sample


def frame_of(learners: int, schools: int | None, rows: int = 2) -> pd.DataFrame:
    number = np.repeat(np.arange(learners), rows)
    frame = pd.DataFrame(
        {
            "learner_id": [f"l{n:03d}" for n in number],
            "y_true": (np.arange(len(number)) % 3 == 0).astype(float),
            "y_prob": np.linspace(0.1, 0.9, len(number)),
            "weight": 1.0,
        }
    )
    return frame if schools is None else frame.assign(school_id=[f"s{n % schools}" for n in number])


def test_the_order_of_rows_plays_no_part() -> None:
    frame = frame_of(30, 25)
    one, other = Sample.of(frame, 20), Sample.of(frame.sample(frac=1, random_state=1), 20)
    assert one.hash == other.hash
    assert np.array_equal(one.unit, other.unit)


def test_another_answer_is_another_sample() -> None:
    frame = frame_of(10, None)
    assert Sample.of(frame, 20).hash != Sample.of(frame.assign(y_true=1 - frame["y_true"]), 20).hash


@pytest.mark.parametrize(("schools", "units"), [(None, 60), (19, 60), (20, 20), (30, 30)])
def test_schools_are_units_from_twenty_on(schools: int | None, units: int) -> None:
    sample = Sample.of(frame_of(60, schools), 20)
    assert len(set(sample.unit.tolist())) == units
    assert int(sample.unit.max()) + 1 == units


def test_a_learner_without_a_school_is_a_unit_alone() -> None:
    frame = frame_of(60, 20)
    frame.loc[frame["learner_id"].isin(["l000", "l001"]), "school_id"] = None
    sample = Sample.of(frame, 20)
    assert int(sample.unit.max()) + 1 == 22


@pytest.mark.parametrize(("schools", "known"), [(None, False), (1, True), (19, True), (20, False)])
def test_schools_too_few_for_units_are_kept_beside_them(schools: int | None, known: bool) -> None:
    sample = Sample.of(frame_of(60, schools), 20)
    assert (sample.few_schools is not None) == known
    if sample.few_schools is not None:
        assert len(set(sample.few_schools.tolist())) == schools


def test_the_school_of_a_learner_is_part_of_the_data() -> None:
    frame = frame_of(60, 6)
    moved = frame.assign(school_id=frame["school_id"].where(frame["learner_id"] != "l003", "s5"))
    alone = frame.assign(school_id=frame["school_id"].where(frame["learner_id"] != "l003"))
    assert len({Sample.of(one, 20).hash for one in (frame, moved, alone)}) == 3
    found = Sample.of(alone, 20).few_schools
    assert found is not None
    assert found[:5].tolist() == [0, 1, 2, -1, 4]


def test_equal_scores_are_one_run() -> None:
    frame = frame_of(2, None).assign(y_prob=[0.5, 0.2, 0.5, 0.9])
    assert Sample.of(frame, 20).tie.tolist() == [0, 1, 1, 2]
