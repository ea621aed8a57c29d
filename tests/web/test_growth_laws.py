"""What was shown never falls: by any sequence of answers, in any order, with any skills, at any later time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.curriculum import Curriculum
from polku.paths.bands import BANDS, band_of
from polku.records import Response, Responses
from polku.web.pages.growth import ENOUGH, FRESH, Growth
from polku.web.pages.learner_view import READS_FROM, shown_by_others

GRAPH = Curriculum.from_json(
    '{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}, {"id": "c", "prerequisites": ["a", "b"]}],'
    ' "replacedBy": {"old": ["a", "b"]}}'
)
DAY = 86_400_000_000
NOW = 1000 * DAY
Said = tuple[str, float, int]
quick = settings(deadline=None, max_examples=60, derandomize=True)
said = st.tuples(
    st.sampled_from(["a", "b", "c", "a b", "a b c", "old", "unheard"]),
    st.sampled_from([0.0, 1.0]) | st.floats(0, 1, width=16),
    st.integers(0, 1000),
)
sequences = st.lists(said, max_size=25)


def answers(sequence: list[Said]) -> Responses:
    """Return one learner's answers."""
    rows = [
        Response(
            response_id=f"r{number:03}",
            learner_id="l",
            item_id="i",
            skill_ids=tuple(skills.split()),
            answered_at=day * DAY,
            known_at=day * DAY,
            correct=score,
            clock=True,
        )
        for number, (skills, score, day) in enumerate(sequence)
    ]
    return Responses.from_responses(rows, clock=True)


def grown(sequence: list[Said], now: int = NOW) -> Growth:
    return Growth.of(GRAPH, answers(sequence), now=now)


def titles(growth: Growth) -> list[str]:
    return [one.title["en"] for _, skills in growth.areas for one in skills]


@quick
@given(sequences)
def test_no_answer_takes_anything_away(sequence: list[Said]) -> None:
    lists = [set(titles(grown(sequence[:count]))) for count in range(len(sequence) + 1)]
    assert lists[0] == set()
    assert all(before <= after for before, after in pairwise(lists))


@quick
@given(sequences, st.integers(0, 3000))
def test_no_time_takes_anything_away(sequence: list[Said], days: int) -> None:
    today, later = grown(sequence), grown(sequence, NOW + days * DAY)
    assert titles(today) == titles(later)
    assert later.fresh <= today.fresh


@quick
@given(sequences, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(sequence: list[Said], drawn: object) -> None:
    mixed = list(sequence)
    drawn.shuffle(mixed)  # type: ignore[attr-defined] # a Random of hypothesis
    assert titles(grown(mixed)) == titles(grown(sequence))


@quick
@given(sequences, said)
def test_a_wrong_answer_changes_nothing_at_all(sequence: list[Said], last: Said) -> None:
    skills, _, day = last
    assert grown([*sequence, (skills, 0.0, day)]) == grown(sequence)


@quick
@given(sequences)
def test_right_instead_of_wrong_only_adds(sequence: list[Said]) -> None:
    better = [(skills, 1.0, day) for skills, _, day in sequence]
    assert set(titles(grown(sequence))) <= set(titles(grown(better)))


@quick
@given(sequences)
def test_counts_are_those_of_the_list_and_its_order_the_curriculums(sequence: list[Said]) -> None:
    found = grown(sequence)
    assert found.total == len(titles(found)) == len(set(titles(found)))
    assert 0 <= found.fresh <= found.total
    assert titles(found) == [one for one in GRAPH.order if one in titles(found)]


@quick
@given(st.integers(0, 10), st.integers(0, 10))
def test_a_skill_is_shown_by_its_right_answers_alone(right: int, wrong: int) -> None:
    sequence: list[Said] = [("b", 0.0, day) for day in range(wrong)] + [("b", 1.0, 500 + day) for day in range(right)]
    assert titles(grown(sequence)) == (["b"] if right >= ENOUGH else [])


@pytest.mark.parametrize(
    ("days_ago", "fresh"),
    [
        (0, 1),
        (1, 1),
        (13, 1),
        (14, 0),
        (15, 0),
        (400, 0),
    ],
)
def test_new_is_what_came_in_the_last_two_weeks(days_ago: int, fresh: int) -> None:
    assert FRESH == 14 * DAY
    found = grown([("a", 1.0, 1000 - days_ago)] * ENOUGH)
    assert (found.total, found.fresh) == (1, fresh)


@pytest.mark.parametrize(
    ("score", "counts"),
    [
        (0.0, False),
        (0.25, False),
        (0.49, False),
        (0.5, True),
        (0.75, True),
        (1.0, True),
    ],
)
def test_half_of_the_points_is_right(score: float, counts: bool) -> None:
    assert bool(grown([("a", score, 1)] * ENOUGH).total) is counts


@pytest.mark.parametrize(
    ("grade", "band", "others"),
    [
        (1, "7-9", True),
        (2, "7-9", True),
        (3, "7-9", False),
        (4, "10-12", False),
        (5, "10-12", False),
        (6, "10-12", False),
        (7, "13-15", False),
        (8, "13-15", False),
        (9, "13-15", False),
        (10, "16plus", False),
        (11, "16plus", False),
        (12, "16plus", False),
        (None, "13-15", False),
    ],
)
def test_each_grade_has_its_band_and_the_first_two_have_no_page(grade: int | None, band: str, others: bool) -> None:
    assert band_of(grade) == band
    assert band in BANDS
    assert shown_by_others(grade) is others
    assert READS_FROM == 3
