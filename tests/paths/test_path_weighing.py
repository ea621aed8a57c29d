"""Terms as whole points: they add up, whatever the score is made of."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.paths.weighing import Part, weighed

POINTS = st.floats(-1.0, 1.0).map(lambda number: round(number, 4))


@given(st.dictionaries(st.sampled_from("abcdefgh"), POINTS, max_size=8))
def test_the_parts_add_up_to_the_rounded_score(terms: dict[str, float]) -> None:
    weighing = weighed(terms)
    assert sum(part.points for part in weighing.parts) == weighing.total
    assert abs(weighing.total - 100 * sum(terms.values())) <= 0.5 + 1e-6
    for part in weighing.parts:
        assert abs(part.points - 100 * terms[part.rule]) < 1
    assert all(one.points >= other.points for one, other in pairwise(weighing.parts))


@given(st.dictionaries(st.sampled_from("abcd"), POINTS.map(abs), min_size=1))
def test_each_bar_begins_where_the_last_one_ended(terms: dict[str, float]) -> None:
    parts = weighed(terms).parts
    assert all(before.start + before.points == after.start for before, after in pairwise(parts))
    assert not parts or parts[0].start == 0
    assert all(part.start + part.points <= weighed(terms).width for part in parts)


@pytest.mark.parametrize(
    ("terms", "parts"),
    [
        ({}, []),
        ({"review": 0.0}, []),
        ({"a": 0.333, "b": 0.333, "c": 0.334}, [Part("c", 34, 0), Part("a", 33, 34), Part("b", 33, 67)]),
        ({"a": 0.5, "b": -0.2}, [Part("a", 50, 0), Part("b", -20, 30)]),
    ],
)
def test_what_the_parts_are(terms: dict[str, float], parts: list[Part]) -> None:
    assert weighed(terms).parts == parts


def test_a_score_above_one_widens_the_drawing() -> None:
    assert weighed({"a": 0.8, "b": 0.7}).width == 150
    assert weighed({"a": 0.3}).width == 100
