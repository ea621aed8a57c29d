"""What ``[[experiments]]`` in ``models/<name>/spec.toml`` may say: what is tried against a gap, beside the model."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition
from polku.schemas.model import ModelSpec

Method = Literal["none", "reweigh", "exponentiated_gradient", "without_flagged_items", "monotone"]
BY_GROUP: Final = frozenset({"reweigh", "exponentiated_gradient"})
"""Methods whose fit looks at a group; nothing fitted so may be released."""
_OWN: Final = {
    "attribute": BY_GROUP | {"without_flagged_items"},
    "parity": {"exponentiated_gradient"},
    "slack": {"exponentiated_gradient"},
    "rounds": {"exponentiated_gradient"},
    "on": {"monotone"},
}
"""Which keys go with which methods."""


class Experiment(Definition):
    """One way to fit the model otherwise, compared with the model as it is.

    Examples
    --------
    >>> Experiment(name="even_s2", method="reweigh", attribute="s2").parity
    'held_back'
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=24)]
    """Name in tables and figures."""

    method: Method
    """What is done: nothing; reweighing by group and outcome; fairlearn's exponentiated gradient; flagged items left
    out of the evidence; monotone constraints on or off."""

    attribute: str | None = None
    """Attribute of ``models/slices.toml`` whose groups are evened out; for flagged items, the one they are flagged by
    (left out: any)."""

    parity: Literal["held_back", "error_rates"] = "held_back"
    """What the exponentiated gradient evens out: how many correct answers are expected to be wrong, or that and how
    many wrong answers are expected to be correct."""

    slack: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """How far from everybody's rate a group's may stay; the gates bear as much. Less costs accuracy fast."""

    rounds: Annotated[int, Field(ge=2, le=50)] = 5
    """Rounds of the exponentiated gradient at most; each fits the trees about three times."""

    on: bool = True
    """Whether monotone constraints hold in this experiment."""

    @model_validator(mode="after")
    def _keys_of_its_method(self) -> Self:
        if self.method in BY_GROUP and self.attribute is None:
            raise ValueError(f"{self.method} evens out the groups of an attribute: name it")
        fields = type(self).model_fields
        for key, methods in _OWN.items():
            if self.method not in methods and getattr(self, key) != fields[key].default:
                raise ValueError(f"{key} goes with {', '.join(sorted(methods))}, not with {self.method}")
        return self


class SpecFile(ModelSpec):
    """A ``spec.toml`` whole: the model, and what is tried beside it. No part of an experiment is part of a model."""

    experiments: tuple[Experiment, ...] = ()
    """What `polku compare` fits beside the model."""

    @model_validator(mode="after")
    def _experiments_of_trees(self) -> Self:
        if self.experiments and self.kind != "lightgbm":
            raise ValueError('experiments need kind "lightgbm"')
        return self

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [one.name for one in self.experiments]
        if len(set(names)) != len(names):
            raise ValueError("two experiments have one name")
        if sum(one.method == "none" for one in self.experiments) > 1:
            raise ValueError('the model as it is (method = "none") stands once; it is added where it is left out')
        return self

    def model(self) -> ModelSpec:
        """Return what is fitted, evaluated and released."""
        return ModelSpec.model_validate(self.model_dump(exclude={"experiments"}))
