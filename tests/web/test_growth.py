"""What was shown so far only grows: whatever comes later, and however it went."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from polku.curriculum import Curriculum
from polku.records import Response, Responses
from polku.web.pages.growth import ENOUGH, FRESH, Growth

GRAPH = Curriculum.from_json(
    '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c"}], "replacedBy": {"old": ["a", "b"]}}'
)
DAY = 86_400_000_000
NOW = 1000 * DAY


def answers(*said: tuple[str, float, int], clock: bool = True) -> Responses:
    """Return answers: skills, score, day."""
    return Responses.from_responses(
        [
            Response(
                response_id=f"r{number:03}",
                learner_id="l",
                item_id="i",
                skill_ids=tuple(skills.split()),
                answered_at=day * DAY,
                known_at=day * DAY,
                correct=score,
                clock=clock,
            )
            for number, (skills, score, day) in enumerate(said)
        ],
        clock=clock,
    )


def titles(growth: Growth) -> list[str]:
    return [one.title["en"] for _, skills in growth.areas for one in skills]


def test_three_right_answers_at_any_time_put_a_skill_on_the_list() -> None:
    early = [("a", 1.0, 1), ("a", 0.0, 2), ("a", 1.0, 400)]
    assert Growth.of(GRAPH, answers(*early), now=NOW).total == 0
    shown = Growth.of(GRAPH, answers(*early, ("a b", 0.5, 990)), now=NOW)
    assert titles(shown) == ["a"]
    assert (shown.total, shown.fresh) == (1, 1)


def test_what_is_not_of_the_last_two_weeks_is_not_new() -> None:
    before = NOW - FRESH - DAY
    old = answers(*[("a", 1.0, before // DAY)] * ENOUGH)
    assert (Growth.of(GRAPH, old, now=NOW).total, Growth.of(GRAPH, old, now=NOW).fresh) == (1, 0)
    of_no_day = answers(*[("a", 1.0, 1)] * ENOUGH, clock=False)
    assert (Growth.of(GRAPH, of_no_day, now=NOW).total, Growth.of(GRAPH, of_no_day, now=NOW).fresh) == (1, 0)


def test_an_answer_to_a_replaced_skill_speaks_for_what_replaced_it() -> None:
    assert titles(Growth.of(GRAPH, answers(*[("old", 1.0, 1)] * ENOUGH), now=NOW)) == ["a", "b"]
    assert titles(Growth.of(GRAPH, answers(*[("unknown", 1.0, 1)] * ENOUGH), now=NOW)) == []


@pytest.mark.parametrize("seed", range(20))
def test_nothing_that_comes_later_takes_anything_away(seed: int) -> None:
    drawn = random.Random(seed)
    said = [
        (drawn.choice(["a", "b", "c", "a b"]), float(drawn.random() < 0.5), drawn.randrange(999)) for _ in range(40)
    ]
    lists = [set(titles(Growth.of(GRAPH, answers(*said[:count]), now=NOW))) for count in range(len(said) + 1)]
    assert all(before <= after for before, after in pairwise(lists))
    assert lists[-1], "so the test says something"
    flipped = [(skills, 1.0, day) for skills, _, day in said]
    assert set(titles(Growth.of(GRAPH, answers(*flipped), now=NOW))) >= lists[-1]
