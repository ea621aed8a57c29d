"""JSON as it is stored: the quick way says what the careful one says, and refuses what it refuses."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.store.jsontext import canonical, parse, written

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_both_ways_hold_the_same_value(value: Any) -> None:
    assert parse(written(value)) == parse(canonical(value)) == value


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("shape", ["alone", "in a list", "deep"])
def test_what_is_no_number_is_refused_by_both(number: float, shape: str) -> None:
    value: Any = {"alone": number, "in a list": [1.0, number], "deep": {"a": [{"b": (number, None)}]}}[shape]
    for way in (canonical, written):
        with pytest.raises(InputError, match="cannot be stored as JSON"):
            way(value)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "it says NaN", '"NaN", null', "\ud7ff ä"])
def test_a_text_may_say_what_a_number_may_not(text: str) -> None:
    assert json.loads(written({"said": [text, None]})) == {"said": [text, None]}


@pytest.mark.parametrize("number", [2**63, 2**64, 2**70, -(2**63) - 1, 10**300])
def test_numbers_of_any_length_are_held(number: int) -> None:
    assert parse(written({"at": [number, None]})) == {"at": [number, None]}


def test_one_value_has_one_text() -> None:
    assert written({"b": (1, 2), "a": {"d": 0.5, "c": None}}) == written({"a": {"c": None, "d": 0.5}, "b": [1, 2]})
    assert written({"b": (1, 2), "a": None}) == canonical({"b": [1, 2], "a": None}) == '{"a":null,"b":[1,2]}'


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be stored as JSON"):
        written({"what": object()})
