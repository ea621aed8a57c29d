"""Requests: asked once, answered once, of fixed words alone, gone with their learner."""

from __future__ import annotations

from typing import Any

import pytest

from polku.errors import ConflictError, InputError, NotFoundError
from polku.store import Store
from polku.store.requests import CHOICES, Asked

LEARNER = {"by": "l0", "role": "learner"}


def ask(store: Store, kind: str, learner: str = "l0", **more: Any) -> Asked:
    with store.begin() as tx:
        return tx.requests.ask(kind, learner, **(LEARNER | more))


def test_a_request_is_open_until_it_is_answered(any_store: Store) -> None:
    made = ask(any_store, "help", skill_id="a")
    assert made.open
    with any_store.begin() as tx:
        assert tx.requests.open_of(["l0", "l1"]) == [made]
        done = tx.requests.answer(made.request_id, "T07")
        assert (done.open, done.answered_by) == (False, "T07")
    with any_store.read() as tx:
        assert tx.requests.open_of(["l0"]) == []
        assert tx.requests.of("l0") == [done]
        assert tx.requests.get(made.request_id) == done


def test_asked_again_it_is_the_same_request_and_after_an_answer_another(any_store: Store) -> None:
    first = ask(any_store, "help")
    assert ask(any_store, "help") == first
    others = [
        ask(any_store, "help", skill_id="a"),
        ask(any_store, "help", role="guardian"),
        ask(any_store, "help", "l1"),
        ask(any_store, "comment", skill_id="a", choice="too_easy"),
        ask(any_store, "comment", skill_id="a", choice="too_hard"),
    ]
    assert len({first.request_id, *(one.request_id for one in others)}) == 6
    with any_store.begin() as tx:
        tx.requests.answer(first.request_id, "T07")
    assert ask(any_store, "help").request_id != first.request_id


def test_those_of_several_learners_come_oldest_first(any_store: Store) -> None:
    made = [ask(any_store, "help", learner) for learner in ("l2", "l0", "l1")]
    with any_store.read() as tx:
        found = tx.requests.open_of(["l0", "l1", "l2", "l3"])
        assert tx.requests.open_of([]) == []
    assert sorted(one.request_id for one in found) == sorted(one.request_id for one in made)
    assert [one.asked_at for one in found] == sorted(one.asked_at for one in made)


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("grade", {}, "nothing of this kind"),
        ("comment", {"skill_id": "a", "choice": "my own words"}, "no such choice"),
        ("comment", {"skill_id": "a"}, "one of the fixed choices"),
        ("help", {"choice": "too_hard"}, "one of the fixed choices"),
        ("check", {}, "are about a skill"),
        ("comment", {"choice": CHOICES[0]}, "are about a skill"),
    ],
)
def test_what_cannot_be_asked(any_store: Store, kind: str, more: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        ask(any_store, kind, **more)
    with any_store.read() as tx:
        assert tx.requests.of("l0") == []


def test_an_answer_to_nothing_and_a_second_answer(any_store: Store) -> None:
    made = ask(any_store, "review", role="guardian", by="G1")
    with any_store.begin() as tx:
        with pytest.raises(NotFoundError, match="no such request"):
            tx.requests.answer("nothing", "T07")
        tx.requests.answer(made.request_id, "T07")
    with pytest.raises(ConflictError, match="answered already"), any_store.begin() as tx:
        tx.requests.answer(made.request_id, "T07")


def test_another_provider_sees_none_of_it(any_store: Store) -> None:
    made = ask(any_store, "help")
    with any_store.for_provider("elsewhere").read() as tx:
        assert tx.requests.get(made.request_id) is None
        assert tx.requests.open_of(["l0"]) == []


def test_they_are_in_the_export_and_go_with_their_learner(any_store: Store) -> None:
    kept = ask(any_store, "help", "l1")
    ask(any_store, "comment", skill_id="a", choice="not_clear")
    with any_store.read() as tx:
        (row,) = tx.rights.held("l0")["requests"]
    assert (row["kind"], row["choice"], row["asked_by"]) == ("comment", "not_clear", "l0")
    assert any_store.erase("l0").rows["requests"] == 1
    with any_store.read() as tx:
        assert tx.requests.of("l0") == []
        assert tx.requests.of("l1") == [kept]
