"""Histories as they were known before corrections, found row by row."""

from __future__ import annotations

import numpy as np

from polku.records.earlier import Earlier, Version
from polku.testing.store import sample

NOW = sample(learners=3)


def before(learner: str, until: int, answers: int = 4) -> Version:
    own = NOW.of_learners([learner])
    return Version(learner, until, own.rows(np.arange(len(own)) < answers))


def test_each_row_is_read_in_the_version_of_its_own_time() -> None:
    made = Earlier.of([before("l1", 3), before("l1", 2)])
    assert made is not None
    places, then = made.places(NOW, np.arange(len(NOW)))
    names = made.responses.response_id[then]
    assert places.tolist() == [4, 5, 6]
    assert names.tolist() == ["2\x1fr-1-0", "2\x1fr-1-1", "3\x1fr-1-2"]


def test_an_answer_that_was_not_there_then_is_read_as_it_holds() -> None:
    made = Earlier.of([before("l1", 3, answers=2)])
    assert made is not None
    assert made.places(NOW, np.arange(len(NOW)))[0].tolist() == [4, 5]


def test_where_nothing_was_corrected_there_is_nothing() -> None:
    assert Earlier.of([]) is None
    assert Earlier.of([before("l1", 3, answers=0)]) is None


def test_versions_stand_beside_histories_in_one_coding() -> None:
    made = Earlier.of([before("l1", 3)])
    assert made is not None
    both = made.joined(NOW)
    assert len(both) == len(NOW) + 4
    assert both.of_learners(NOW.learners.tolist()).hash == NOW.hash
