"""What is new of a class: answers by when they became known, and the last look at it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polku.records import Responses
from polku.store import Store
from polku.store.news import NewAnswer
from polku.store.values import Read
from polku.testing.store import sample

CLASS_VIEW = "/groups/{group_id}"


@pytest.fixture
def filled(any_store: Store) -> Store:
    with any_store.begin() as tx:
        tx.responses.add(sample())
    return any_store


def known(store: Store, since: int, *learners: str) -> list[NewAnswer]:
    with store.read() as tx:
        return sorted(tx.news.answers(learners, since))


def test_answers_are_new_that_became_known_after_a_moment(filled: Store) -> None:
    found = known(filled, 1, "l0", "l1")
    assert [(one.learner_id, one.known_at) for one in found] == [("l0", 3), ("l0", 2), ("l1", 3), ("l1", 2)]
    assert {one.skill_ids for one in found} == {("a",), ("a", "b")}
    assert {one.correct for one in found} == {0.0, 1.0}
    assert known(filled, 3, "l0") == known(filled, -1, "nobody") == known(filled, -1) == []


def test_an_answer_counts_as_it_holds_now(filled: Store) -> None:
    with filled.begin() as tx:
        tx.responses.void("r-0-3", by="T1", role="teacher", reason="twice")
        held = tx.responses.latest("r-0-2")
        tx.responses.correct(replace(held, correct=1.0), by="T1", role="teacher", reason="misread")
    assert [one.correct for one in known(filled, 1, "l0")] == [1.0]
    assert len(known(filled, 1, "l1")) == 2


def test_answers_of_several_hold_as_those_of_each(filled: Store) -> None:
    """What was amended is put in its place for each of a class as for one alone, also where it became known later."""
    with filled.begin() as tx:
        tx.responses.void("r-0-3", by="T1", role="teacher", reason="twice")
        for one in ("r-1-0", "r-2-3"):
            held = tx.responses.latest(one)
            tx.responses.correct(replace(held, skill_ids=("c",)), by="T1", role="teacher", reason="misread")
    names = ("l0", "l1", "l2")
    for since in (-1, 0, 2):
        assert known(filled, since, *names) == sorted(one for name in names for one in known(filled, since, name))
    assert {("l1", ("c",)), ("l2", ("c",))} <= {(one.learner_id, one.skill_ids) for one in known(filled, -1, *names)}


def test_another_provider_s_answers_are_not_news(filled: Store) -> None:
    assert known(filled.for_provider("elsewhere"), -1, "l0") == []


def test_the_last_look_is_the_viewer_s_own_at_the_same_thing(any_store: Store) -> None:
    looks = [
        Read("l0", "T1", "teacher", CLASS_VIEW, 10),
        Read("l1", "T1", "teacher", CLASS_VIEW, 20),
        Read("l0", "T1", "teacher", CLASS_VIEW, 30),
        Read("l0", "T1", "teacher", "/learners/{learner_id}", 25),
        Read("l0", "T2", "teacher", CLASS_VIEW, 26),
        Read("l9", "T1", "teacher", CLASS_VIEW, 27),
    ]
    with any_store.begin() as tx:
        tx.reads.add(looks)
    with any_store.read() as tx:
        assert tx.news.looked("T1", CLASS_VIEW, ["l0", "l1"], before=30) == 20
        assert tx.news.looked("T1", CLASS_VIEW, ["l0", "l1"], before=31) == 30
        assert tx.news.looked("T1", CLASS_VIEW, ["l0"], before=10) is None
        assert tx.news.looked("T1", CLASS_VIEW, [], before=99) is None
        assert tx.news.looked("T3", CLASS_VIEW, ["l0"], before=99) is None


def test_responses_without_any_are_no_news(any_store: Store) -> None:
    with any_store.begin() as tx:
        tx.responses.add(Responses.from_responses([]))
    assert known(any_store, -1, "l0") == []
