"""Histories as they were known before corrections, found row by row."""

from __future__ import annotations

import numpy as np

from polku.records import Responses
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


def test_histories_are_as_they_were_known_at_a_moment() -> None:
    other = NOW.to_frame().assign(correct=lambda rows: 1.0 - rows["correct"])
    then = Responses.from_frame(other, clock=False).of_learners(["l1"])
    made = Earlier.of([Version("l1", 3, then), before("l2", 2)])
    assert made is not None
    assert made.as_of(NOW, 3).hash == NOW.rows(NOW.known_at <= 3).hash, "nothing was amended later"
    early = made.as_of(NOW, 2)
    rows = NOW.known_at <= 2
    assert list(early.response_id) == list(NOW.response_id[rows])
    flipped = NOW.learners[NOW.learner[rows]].astype(str) == "l1"
    assert early.correct.tolist() == np.where(flipped, 1.0 - NOW.correct[rows], NOW.correct[rows]).tolist()
    assert len(made.as_of(NOW, -1)) == 0


def test_what_was_taken_back_later_was_there_at_the_moment() -> None:
    made = Earlier.of([Version("l1", 3, NOW.of_learners(["l1"]))])
    assert made is not None
    held = NOW.of_learners(["l0", "l2"])
    assert made.as_of(held, 2).hash == NOW.rows(NOW.known_at <= 2).hash
    assert list(made.as_of(held, 3).learners) == ["l0", "l2"]


def test_versions_of_before_a_moment_and_without_items() -> None:
    made = Earlier.of([before("l1", 3), before("l1", 2), before("l2", 3)])
    assert made is not None
    until = made.until(2)
    assert until is not None
    assert until.untils == {"l1": (2,)}
    assert list(until.responses.learners) == ["2\x1fl1"]
    assert made.until(1) is None
    first = made.responses.items == made.responses.items[0]
    without = made.without_items(first)
    assert without.untils == made.untils
    assert made.responses.items[0] not in set(without.responses.items)
    assert len(without.responses) == len(made.responses) - int(first[made.responses.item].sum())


def test_where_nothing_was_corrected_there_is_nothing() -> None:
    assert Earlier.of([]) is None
    assert Earlier.of([before("l1", 3, answers=0)]) is None


def test_versions_stand_beside_histories_in_one_coding() -> None:
    made = Earlier.of([before("l1", 3)])
    assert made is not None
    both = made.joined(NOW)
    assert len(both) == len(NOW) + 4
    assert both.of_learners(NOW.learners.tolist()).hash == NOW.hash
