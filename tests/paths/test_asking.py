"""The short diagnostic of a learner in the store: what is asked, by which task, and when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import diagnose, load_policy
from polku.paths.asking import answered, next_question
from polku.paths.settled import Settled
from polku.records import Items, Responses
from polku.store import Store

POLICY = load_policy(Home.find().models)
CHAIN = Curriculum.from_json(
    '{"skills": [{"id": "s0"}, '
    + ", ".join(f'{{"id": "s{n}", "prerequisites": ["s{n - 1}"]}}' for n in range(1, 9))
    + "]}"
)
NOTHING = Settled()


def answers(*rows: tuple[str, str, float]) -> Responses:
    """Return anna's answers, in order of time: item, skills, score."""
    items, skills, correct = ([row[part] for row in rows] for part in range(3))
    return Responses.from_columns(
        {
            "response_id": [f"r{len(rows) - place}" for place in range(len(rows))],
            "learner_id": ["anna"] * len(rows),
            "item_id": items,
            "skill_ids": [tuple(str(names).split("+")) for names in skills],
            "answered_at": list(range(len(rows))),
            "correct": correct,
        },
        clock=False,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    skills = [("s4",), ("s4",), ("s3", "s4"), ("s6",)]
    items = pd.DataFrame({"item_id": ["i2", "i3", "i1", "i4"], "skill_ids": skills, "title": ["", "", "", ""]})
    with Store.open(f"sqlite:///{tmp_path / 'polku.db'}", "testville") as opened:
        with opened.begin() as tx:
            tx.items.replace(Items(items))
        yield opened


@pytest.fixture
def ask(store: Store) -> Callable[..., tuple[int, str | None, str | None]]:
    """Return a function that records answers and asks for the next question."""

    def put(
        *rows: tuple[str, str, float], settled: Settled = NOTHING, **more: object
    ) -> tuple[int, str | None, str | None]:
        with store.begin() as tx:
            if rows:
                tx.responses.add(answers(*rows))
            one = next_question(tx, "anna", CHAIN, POLICY, grade=None, settled=settled, **more)  # type: ignore[arg-type] # goals only
        return one.asked, one.ask, one.item_id

    return put


def test_the_first_question_is_what_tells_most_by_a_task_on_that_skill_alone(
    ask: Callable[..., tuple[int, str | None, str | None]],
) -> None:
    assert ask() == (0, diagnose(CHAIN, POLICY).ask, "i2") == (0, "s4", "i2")


def test_the_next_follows_from_the_answers_in_order_of_time(
    ask: Callable[..., tuple[int, str | None, str | None]],
) -> None:
    said = [("s4", True), ("s6", False)]
    expected = diagnose(CHAIN, POLICY, said).ask
    assert ask(("i2", "s4", 1.0), ("i4", "s6", 0.0))[:2] == (2, expected)
    assert expected != diagnose(CHAIN, POLICY, [("s4", False), ("s6", False)]).ask


def test_a_task_not_met_before_goes_first(ask: Callable[..., tuple[int, str | None, str | None]]) -> None:
    only = Settled(goals=("s0",))
    assert ask(("i2", "unheard.of", 1.0), settled=Settled(goals=("s4",), locked=tuple(f"s{n}" for n in range(4)))) == (
        0,
        "s4",
        "i3",
    )
    assert ask(settled=only) == (0, "s0", None), "the bank has no task on it"


def test_a_bank_that_is_used_up_begins_anew(ask: Callable[..., tuple[int, str | None, str | None]]) -> None:
    assert ask(("i2", "other", 1.0), ("i3", "other", 0.0)) == (0, "s4", "i2")


def test_goals_asked_for_come_before_those_settled(ask: Callable[..., tuple[int, str | None, str | None]]) -> None:
    assert ask(goals=("s0",), settled=Settled(goals=("s8",)))[1] == "s0"


def test_what_is_locked_is_not_asked_about(ask: Callable[..., tuple[int, str | None, str | None]]) -> None:
    assert ask(settled=Settled(locked=("s4",)))[1] not in {None, "s4"}


def test_it_is_done_after_the_policys_number_at_the_latest(
    ask: Callable[..., tuple[int, str | None, str | None]],
) -> None:
    most = POLICY.diagnostic.most
    assert ask(*((f"i{n}", f"s{n % 9}", float(n % 2)) for n in range(most))) == (most, None, None)


def test_it_stops_early_when_answers_agree(ask: Callable[..., tuple[int, str | None, str | None]]) -> None:
    rows: list[tuple[str, bool]] = []
    while (skill := diagnose(CHAIN, POLICY, rows).ask) is not None:
        rows.append((skill, True))
    asked = len(rows)
    assert POLICY.diagnostic.least <= asked < POLICY.diagnostic.most
    assert ask(*(("i", skill, 1.0) for skill, _ in rows)) == (asked, None, None)


def test_an_answer_speaks_for_its_first_skill_of_the_curriculum() -> None:
    said = answered(answers(("i", "gone+s2+s3", 0.5), ("j", "gone", 1.0), ("k", "s1", 0.25)), CHAIN)
    assert said == [("s2", True), ("s1", False)]
