"""How hard things are: lookups, fallbacks, and the same bits after a round trip."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InputError
from polku.profiles import ItemStatistics
from polku.records import Responses
from strategies import answers, patient, responses

KNOWN = ItemStatistics(
    items={"i1": -1.0, "i2": 0.5, "i3": 2.0},
    skills={"a": -0.5, "b": 1.5},
    areas={"numbers": 0.75},
    overall=0.1,
    item_skills={"i1": ["a"], "i2": ["a", "b"], "i3": ["b"]},
    skill_areas={"c": "numbers", "d": "unseen area"},
)


@pytest.mark.parametrize(
    ("item", "skills", "difficulty"),
    [
        ("i1", ["b"], -1.0),
        ("new", ["a", "b"], 0.5),
        ("new", ["a", "c"], 0.125),
        ("new", ["d"], 0.1),
        ("new", ["unheard"], 0.1),
        ("new", [], 0.1),
    ],
)
def test_an_item_falls_back_to_its_skills_their_area_and_everything(
    item: str, skills: list[str], difficulty: float
) -> None:
    assert KNOWN.difficulty(item, skills) == pytest.approx(difficulty)


@pytest.mark.parametrize(("skill", "difficulty"), [("a", -0.25), ("b", 1.25), ("c", 0.75), ("d", 0.1)])
def test_the_reference_item_is_the_median_of_the_skills_items(skill: str, difficulty: float) -> None:
    assert KNOWN.reference_item_difficulty(skill) == pytest.approx(difficulty)


@patient
@given(data=responses())
def test_rows_are_single_lookups(data: Responses) -> None:
    assert KNOWN.rows(data).tolist() == [KNOWN.difficulty(row.item_id, row.skill_ids) for row in data]
    assert KNOWN.skill_rows(data).tolist() == [KNOWN.skill_difficulty(skill) for row in data for skill in row.skill_ids]


numbers = st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=5)


@patient
@given(items=numbers, skills=numbers, overall=st.floats(-10, 10))
def test_json_keeps_every_bit(items: dict[str, float], skills: dict[str, float], overall: float) -> None:
    one = ItemStatistics(items, skills, {}, overall, {item: ["a"] for item in items})
    again = ItemStatistics.from_json(one.to_json())
    assert again == one
    assert (again.to_json(), again.hash) == (one.to_json(), one.hash)


def test_the_hash_notices_one_bit() -> None:
    other = ItemStatistics({**KNOWN.items, "i1": math.nextafter(-1.0, 0.0)}, KNOWN.skills, KNOWN.areas, KNOWN.overall)
    assert other.hash != KNOWN.hash


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"items": {}}', '{"items": {}, "skills": {}, "areas": {}, "overall": "hard"}', "null"]
)
def test_damaged_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="these are not item statistics"):
        ItemStatistics.from_json(text)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_numbers_that_would_poison_profiles_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match=r"not a finite number\n  got: i9"):
        ItemStatistics({"i1": 0.0, "i9": wrong}, {}, {}, 0.0)
    with pytest.raises(InputError, match=r"not a finite number\n  got: overall"):
        ItemStatistics({}, {}, {}, wrong)


def test_rows_of_nothing() -> None:
    data = answers(("i1", "a", 0, 1.0)).rows(np.zeros(0, np.int64))
    assert KNOWN.rows(data).shape == KNOWN.skill_rows(data).shape == (0,)
