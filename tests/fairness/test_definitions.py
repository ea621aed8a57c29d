"""The declared slices: they fit the simulated background, and what they refuse they refuse by name."""

from __future__ import annotations

from typing import Any

import pytest

from polku.fairness.method import definition_hash, describe
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.slices import Inference, Slice, Slices
from polku.simulate.config import GROUPS

QUESTION = "Do the groups meet the same errors?"


def test_the_simulated_background_is_declared(declared: Slices) -> None:
    assert {name: set(groups) for name, groups in GROUPS.items()} == {
        name: set(one.groups or ()) for name, one in declared.attributes.items()
    }


def test_every_attribute_answers_a_question_and_every_denial_has_a_reason(declared: Slices) -> None:
    assert all(one.question.endswith("?") for one in declared.attributes.values())
    assert all(len(why) > 20 for why in declared.denied.values())
    assert {"religion", "ethnicity", "health"} <= declared.denied.keys()


def test_inference_and_disclosure_are_two_limits(declared: Slices) -> None:
    assert (declared.inference.learners, declared.inference.positives, declared.inference.negatives) == (100, 30, 30)
    assert (declared.disclosure.inside, declared.disclosure.outside) == (5, 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"denied": {"gender": "because"}}, "both an attribute and denied: gender"),
        ({"disclosure": {"inside": 3}}, "greater than or equal to 5"),
        ({"disclosure": {"outside": 5}}, "greater than or equal to 10"),
        ({"depth": 4}, "less than or equal to 3"),
        ({"attributes": {"gender": {"question": "Who?"}}}, "at least 20 characters"),
        ({"attributes": {"gender": {"question": QUESTION, "groups": ["a", "a"]}}}, "groups are distinct"),
        ({"colour": 1}, "Extra inputs are not permitted"),
    ],
)
def test_slices_that_do_not_hold_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Slices.model_validate({"attributes": {"gender": {"question": QUESTION}}, **changes})


def test_comments_and_order_do_not_change_a_hash(declared: Slices) -> None:
    again = Slices.model_validate(declared.model_dump())
    assert definition_hash(again) == definition_hash(declared)
    assert definition_hash(declared.model_copy(update={"depth": 2})) != definition_hash(declared)


def test_the_method_names_its_numbers(home: Home, gates: Gates) -> None:
    slices = Slices(attributes={"a": Slice(question=QUESTION)}, inference=Inference(permutations=99))
    said = describe(slices, gates, {})
    assert said["permutations"] == 99
    assert said["priority"] == {"first": "calibration", "why": gates.priority.why}
    assert home.models.joinpath("mastery", "card.md").is_file()
