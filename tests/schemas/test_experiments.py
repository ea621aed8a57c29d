"""What a spec may say is tried beside a model, and how large a difference in an item is large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polku.errors import DefinitionError
from polku.home import Home, validate
from polku.schemas.experiment import BY_GROUP, Experiment, SpecFile
from polku.schemas.item_limits import ItemLimits
from polku.schemas.model import ModelSpec
from polku.training import load_spec
from polku.training.specs import load_experiments

HERE = Path("spec.toml")
SPEC = {
    "name": "plain",
    "kind": "lightgbm",
    "purpose": "A model for tests of its spec.",
    "features": "all",
    "lightgbm": {},
}


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"method": "reweigh"}, "name it"),
        ({"method": "exponentiated_gradient"}, "name it"),
        ({"method": "none", "attribute": "s2"}, "attribute goes with"),
        ({"method": "monotone", "attribute": "s2"}, "attribute goes with"),
        ({"method": "reweigh", "attribute": "s2", "slack": 0.1}, "slack goes with exponentiated_gradient"),
        ({"method": "reweigh", "attribute": "s2", "on": False}, "on goes with monotone"),
        ({"method": "exponentiated_gradient", "attribute": "s2", "rounds": 1}, "rounds"),
        ({"method": "relabel"}, "method"),
    ],
)
def test_an_experiment_says_what_its_method_needs_and_nothing_else(declared: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        validate({"name": "tried", **declared}, Experiment, HERE)


@pytest.mark.parametrize(
    ("experiments", "says"),
    [
        ([{"name": "a", "method": "none"}, {"name": "a", "method": "monotone"}], "one name"),
        ([{"name": "a", "method": "none"}, {"name": "b", "method": "none"}], "stands once"),
    ],
)
def test_experiments_are_told_apart(experiments: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        validate({**SPEC, "experiments": experiments}, SpecFile, HERE)


def test_experiments_are_of_trees() -> None:
    linear = {**SPEC, "kind": "logistic", "logistic": {}, "experiments": [{"name": "a", "method": "monotone"}]}
    linear.pop("lightgbm")
    with pytest.raises(DefinitionError, match='need kind "lightgbm"'):
        validate(linear, SpecFile, HERE)


def test_no_part_of_an_experiment_is_part_of_the_model() -> None:
    declared = SpecFile.model_validate(
        {**SPEC, "experiments": [{"name": "even", "method": "reweigh", "attribute": "s2"}]}
    )
    model = declared.model()
    assert type(model) is ModelSpec
    assert model == ModelSpec.model_validate(SPEC)
    assert "s2" not in model.model_dump_json()


def test_the_shipped_model_tries_every_method_and_keeps_none(home: Home) -> None:
    methods = {one.method for one in load_experiments(home, "mastery")}
    assert methods >= BY_GROUP | {"without_flagged_items", "monotone"}
    assert "experiments" not in load_spec(home, "mastery").model_dump()


@pytest.mark.parametrize("limits", [{"large": 0.9}, {"large_curves": 0.01}])
def test_large_does_not_lie_below_watched(limits: dict[str, float]) -> None:
    with pytest.raises(DefinitionError, match="may not lie below watched"):
        validate(limits, ItemLimits, HERE)
