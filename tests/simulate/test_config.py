"""Settings out of range are refused with a name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, get_args

import pytest

from polku.errors import DefinitionError
from polku.simulate import Planted, SimulationConfig
from polku.simulate.config import GROUPS, LawName
from polku.simulate.laws import LAWS


@pytest.mark.parametrize("attribute", GROUPS)
def test_every_group_can_be_planted(attribute: str) -> None:
    assert [Planted(attribute, group, 0.5).group for group in GROUPS[attribute]] == list(GROUPS[attribute])


def test_an_unknown_attribute_or_group_is_named_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="no such background attribute") as attribute:
        Planted("home_langauge", "other", 0.5)
    assert attribute.value.hint == "did you mean 'home_language'?"
    with pytest.raises(DefinitionError, match="no such group of home_language") as group:
        Planted("home_language", "others", 0.5)
    assert group.value.hint == "did you mean 'other'?"


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(DefinitionError, match="size of zero or more"):
        Planted("gender", "girl", -0.1)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("seed", -1, "seed is at least 0"),
        ("learners", 9, "learners is at least 10"),
        ("responses_per_learner", 2, "responses_per_learner is at least 3"),
        ("schools", 0, "schools is at least 1"),
        ("group_size", 1, "group_size is at least 2"),
        ("grades", (), "grades are distinct"),
        ("grades", (2, 1), "grades are distinct"),
        ("grades", (0, 1), "grades are distinct"),
        ("grades", (12, 13), "grades are distinct"),
        ("silent_share", 0.6, "silent_share and newcomer_share together"),
        ("silent_share", -0.005, "silent_share is a share"),
        ("gap_share", 1.2, "gap_share is a share"),
        ("fewer_opportunities_for", Planted("gender", "girl", 1.1), "size of fewer_opportunities_for"),
        ("noisier_answers_for", Planted("gender", "girl", 1.1), "size of noisier_answers_for"),
        ("harder_items_for_language", Planted("gender", "girl", 1.0), "meets a language group"),
    ],
)
def test_settings_out_of_range_are_refused(setting: str, value: object, message: str) -> None:
    settings: dict[str, Any] = {setting: value}
    with pytest.raises(DefinitionError, match=message):
        SimulationConfig(**settings)


def test_logits_may_be_larger_than_one() -> None:
    planted = Planted("home_language", "other", 1.5)
    assert SimulationConfig(harder_items_for_language=planted).harder_items_for_language == planted


def test_every_law_has_a_name_in_the_configuration() -> None:
    assert set(get_args(LawName)) == set(LAWS)
    assert SimulationConfig().law in LAWS


def test_a_configuration_is_a_value() -> None:
    assert SimulationConfig(learners=50) == SimulationConfig(learners=50)
    with pytest.raises(FrozenInstanceError, match="learners"):
        SimulationConfig().learners = 3  # type: ignore[misc]  # that is what is tested
