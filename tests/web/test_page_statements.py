"""How often a page asks the store does not grow with the class, nor with the steps that are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from polku.records import Roster
from village import Village

SMALL, LARGE = "five", "thirty"
Count = Callable[[str], int]


@contextmanager
def heard(village: Village) -> Iterator[list[str]]:
    """Give a list that fills with the statements of a village's store."""
    said: list[str] = []

    def hear(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(village.store.engine, "before_cursor_execute", hear)
    yield said
    event.remove(village.store.engine, "before_cursor_execute", hear)


@pytest.fixture
def count(village: Village) -> Count:
    """Return what counts the statements of a page that was opened before, in a village with two classes."""
    with village.store.begin() as tx:
        learners = tx.roster.learners().iloc[:35].copy()
        learners["group_id"] = [SMALL] * 5 + [LARGE] * 30
        tx.roster.replace(Roster(learners, tx.roster.teachers()))

    def counted(address: str) -> int:
        for _ in range(2):
            with heard(village) as said:
                answer = village.client.get(address)
            assert answer.status_code == 200, answer.text
        return len(said)

    return counted


def test_the_page_of_a_class_asks_as_often_for_thirty_as_for_five(count: Count) -> None:
    assert count(f"/groups/{LARGE}") == count(f"/groups/{SMALL}")


def test_so_it_does_where_much_was_decided_asked_and_answered(village: Village, count: Count) -> None:
    quiet = count(f"/groups/{SMALL}")
    with village.store.begin() as tx:
        for one in tx.roster.group(LARGE):
            offered = (
                tx.suggestions.of(one.learner_id)
                or village.app.state.service.suggester.offer(tx, one.learner_id).suggestions
            )
            for suggestion in offered:
                tx.decisions.add(suggestion.suggestion_id, "accept", "T07", "teacher")
            tx.requests.ask("help", one.learner_id, by=one.learner_id, role="learner")
    assert count(f"/groups/{LARGE}") == quiet


def test_what_a_class_could_take_up_together_asks_as_often_for_many(village: Village, count: Count) -> None:
    """Beside the first look of each, which is written down for each."""
    asked = []
    for group in (SMALL, LARGE):
        shared = village.get(f"/v1/groups/{group}/suggestions")["together"]
        most = max(shared, key=lambda one: len(one["learner_ids"]))
        asked.append(count(f"/groups/{group}/together?skill={most['skill_id']}"))
    assert asked[0] == asked[1]
