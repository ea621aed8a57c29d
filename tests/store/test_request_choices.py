"""Every kind of request, with and without a skill and a choice: what goes together is taken, the rest refused."""

from __future__ import annotations

import pytest

from polku.errors import ConflictError, InputError
from polku.store import Store
from polku.store.requests import CHOICES, KINDS

TAKEN = [
    ("help", None, None),
    ("help", "a", None),
    ("review", None, None),
    ("review", "a", None),
    ("check", "a", None),
    ("comment", "a", "too_easy"),
    ("comment", "a", "too_hard"),
    ("comment", "a", "done_elsewhere"),
    ("comment", "a", "another_topic"),
    ("comment", "a", "not_clear"),
]
REFUSED = [
    ("help", None, "too_easy", "nothing else has one"),
    ("help", "a", "not_clear", "nothing else has one"),
    ("review", None, "too_hard", "nothing else has one"),
    ("check", "a", "done_elsewhere", "nothing else has one"),
    ("check", None, None, "are about a skill"),
    ("comment", None, None, "one of the fixed choices"),
    ("comment", "a", None, "one of the fixed choices"),
    ("comment", None, "too_easy", "are about a skill"),
    ("comment", "a", "", "no such choice"),
    ("comment", "a", "TOO_EASY", "no such choice"),
    ("comment", "a", "I have been ill", "no such choice"),
    ("comment", "a", "too_easy ", "no such choice"),
    ("Help", None, None, "nothing of this kind"),
    ("", None, None, "nothing of this kind"),
    ("grade", None, None, "nothing of this kind"),
    ("absence", "a", None, "nothing of this kind"),
]


def test_the_table_is_whole() -> None:
    assert {kind for kind, _, _ in TAKEN} == set(KINDS)
    assert {choice for _, _, choice in TAKEN} - {None} == set(CHOICES)


@pytest.mark.parametrize(("kind", "skill", "choice"), TAKEN)
def test_what_can_be_asked(any_store: Store, kind: str, skill: str | None, choice: str | None) -> None:
    with any_store.begin() as tx:
        made = tx.requests.ask(kind, "l0", by="l0", role="learner", skill_id=skill, choice=choice)
    with any_store.read() as tx:
        assert tx.requests.open_of(["l0"]) == [made]
    assert (made.kind, made.skill_id, made.choice) == (kind, skill, choice)
    assert (made.by, made.role, made.answered_at, made.answered_by) == ("l0", "learner", None, None)


@pytest.mark.parametrize(("kind", "skill", "choice", "says"), REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(
    any_store: Store, kind: str, skill: str | None, choice: str | None, says: str
) -> None:
    with pytest.raises(InputError, match=says), any_store.begin() as tx:
        tx.requests.ask(kind, "l0", by="l0", role="learner", skill_id=skill, choice=choice)
    with any_store.read() as tx:
        assert tx.requests.of("l0") == []


def test_a_life_from_asked_to_answered_to_asked_again(any_store: Store) -> None:
    """A request lives until it is answered or taken back; what was answered stays in the history as it was."""
    made = []
    for who in ("T07", "l0", "T08"):
        with any_store.begin() as tx:
            asked = tx.requests.ask("help", "l0", by="l0", role="learner")
            again = tx.requests.ask("help", "l0", by="l0", role="learner")
            assert again == asked
            made.append(tx.requests.answer(asked.request_id, who))
    with any_store.read() as tx:
        assert sorted(tx.requests.of("l0")) == sorted(made)
        assert tx.requests.open_of(["l0"]) == []
    assert [one.answered_by for one in made] == ["T07", "l0", "T08"]
    assert all(one.answered_at is not None and one.answered_at >= one.asked_at for one in made)


def test_what_was_answered_keeps_its_first_answer(any_store: Store) -> None:
    with any_store.begin() as tx:
        asked = tx.requests.ask("help", "l0", by="l0", role="learner")
        done = tx.requests.answer(asked.request_id, "T07")
    with pytest.raises(ConflictError, match="answered already"), any_store.begin() as tx:
        tx.requests.answer(asked.request_id, "T08")
    with any_store.read() as tx:
        assert tx.requests.get(asked.request_id) == done


@pytest.mark.parametrize("role", ["learner", "guardian"])
def test_what_one_role_asks_is_not_the_others(any_store: Store, role: str) -> None:
    other = {"learner": "guardian", "guardian": "learner"}[role]
    with any_store.begin() as tx:
        one = tx.requests.ask("review", "l0", by="x", role=role)
        two = tx.requests.ask("review", "l0", by="y", role=other)
        assert one.request_id != two.request_id
        tx.requests.answer(one.request_id, "T07")
        assert tx.requests.open_of(["l0"]) == [two]
