"""Background frames and the helpers that readers share."""

from __future__ import annotations

import pyarrow as pa
import pytest

from polku.curriculum import Curriculum
from polku.exchange.areas import Place, curriculum_json
from polku.exchange.groups import background, recoded
from polku.exchange.scores import scaled
from polku.records import DenyRules, Response, Responses


def responses(*learners: str) -> Responses:
    rows = [Response(f"r{learner}", learner, "i", ("s",), 1, 1, 1.0, clock=False) for learner in learners]
    return Responses.from_responses(rows, clock=False)


def test_one_row_a_learner_with_the_first_value_that_is_given() -> None:
    learner = pa.array(["u2", "u1", "u1", "u1", "u3"])
    frame = background(
        learner,
        {"home": pa.array(["R", "", "U", "R", "U"]), "age": pa.array([" 15 ", "16", "17", None, "15"])},
        responses("u1", "u2"),
        DenyRules(),
    )
    assert frame.to_numpy().tolist() == [["u1", "U", "16"], ["u2", "R", "15"]]


@pytest.mark.parametrize("value", ["", " ", "NULL", "nan", "?", None, "010190-123A"])
def test_no_value_and_no_identity_code_is_a_value(value: str | None) -> None:
    frame = background(pa.array(["u1"]), {"home": pa.array([value], pa.string())}, responses("u1"), DenyRules())
    assert frame["home"].isna().tolist() == [True]


def test_a_set_without_attributes_gives_learners_only() -> None:
    frame = background(pa.array(["u1", "u1"]), {}, responses("u1"), DenyRules())
    assert frame.columns.tolist() == ["learner_id"]


def test_codes_without_a_meaning_are_missing() -> None:
    assert recoded(pa.array(["1", "7", " 1 "]), {"1": "yes"}).to_pylist() == ["yes", None, "yes"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20", "1.0"), ("0", "0.0"), (" 5 ", "0.25"), ("2e1", "1.0"), ("-1", "-0.05"), ("1_0", "1_0"), ("inf", "inf")],
)
def test_only_numbers_are_scaled(text: str, expected: str) -> None:
    assert scaled(pa.array([text]), 20).to_pylist() == [expected]


def test_a_set_without_skills_has_no_curriculum() -> None:
    assert curriculum_json("x", {}, {"a": "A"}) is None


def test_a_skill_without_title_or_area_goes_by_its_id() -> None:
    text = curriculum_json("x", {"s1": Place("", "")}, {})
    assert text is not None
    skill = Curriculum.from_json(text).skills["s1"]
    assert (skill.title["sv"], skill.area) == ("s1", "")
