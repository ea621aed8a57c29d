"""Folds of learners: seeded, even, twins together, written down and read back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.records import Responses
from polku.training import folds_frame, learner_folds, read_folds


@given(k=st.integers(2, 8), seed=st.integers(0, 2**31), pairs=st.integers(0, 15))
def test_folds_are_even_and_keep_groups_whole(responses: Responses, k: int, seed: int, pairs: int) -> None:
    groups = np.arange(40, dtype=np.int32)
    groups[1 : 2 * pairs : 2] = groups[0 : 2 * pairs : 2]
    groups = np.unique(groups, return_inverse=True)[1].astype(np.int32)
    folds = learner_folds(responses, k, seed, groups=groups)
    sizes = np.bincount(folds, minlength=k)
    assert sizes.max() - sizes.min() <= 2
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in np.unique(groups))


def test_the_seed_decides(responses: Responses) -> None:
    first = learner_folds(responses, 5, seed=1)
    assert first.tolist() == learner_folds(responses, 5, seed=1).tolist()
    assert first.tolist() != learner_folds(responses, 5, seed=2).tolist()


@pytest.mark.parametrize("k", [0, 1, 41])
def test_impossible_numbers_of_folds_are_refused(responses: Responses, k: int) -> None:
    with pytest.raises(InputError, match="separate learners"):
        learner_folds(responses, k, seed=0)


def test_twins_count_once(responses: Responses) -> None:
    with pytest.raises(InputError, match="1 learner"):
        learner_folds(responses, 2, seed=0, groups=np.zeros(40, np.int32))


def test_folds_are_read_back_as_written(responses: Responses) -> None:
    folds = learner_folds(responses, 5, seed=3)
    shuffled = folds_frame(responses, folds).sample(frac=1.0, random_state=0)
    assert read_folds(shuffled, responses).tolist() == folds.tolist()


def test_folds_that_do_not_fit_are_refused(responses: Responses) -> None:
    frame = folds_frame(responses, learner_folds(responses, 5, seed=3))
    with pytest.raises(InputError, match="no fold"):
        read_folds(frame.drop(columns="fold"), responses)
    with pytest.raises(InputError, match="learners without a fold"):
        read_folds(frame.iloc[1:], responses)
    with pytest.raises(InputError, match="stands in two folds"):
        read_folds(pd.concat([frame, frame.iloc[:1]]), responses)
